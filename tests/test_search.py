"""Searches of a catalogue: what they find, in which order, and that no text breaks them."""

import fcntl
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue import finding, writer
from catalogue.encoding import Entry
from catalogue.precomputed import load
from catalogue.product import Price, Product
from catalogue.search import SORTS, Found, Query, Sort
from catalogue.shop import Shop
from tests.factories import make_product
from tests.serving import ROOT
from tests.shop_folder import BUILD, make_products

Make = Callable[..., Shop]

MUGS, LAMPS = "Kitchen > Mugs", "Living > Lamps"


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def made(*products: Product) -> Shop:
        writer.write(tmp_path, BUILD, [Entry(product) for product in products], {})
        return load(tmp_path)

    return made


def priced(id: str, amount: str, currency: str = "INR", sale: str = "") -> Product:
    sale_price = Price(Decimal(sale), currency) if sale else None
    return make_product(id, price=Price(Decimal(amount), currency), sale_price=sale_price)


def ids(found: Found) -> list[str]:
    return [entry.product.id for entry in found.entries]


def search(shop: Shop, text: str = "", category: str = "", sort: Sort = "relevance") -> list[str]:
    return ids(shop.search(Query(text, category, sort), 100))


def test_each_word_must_begin_a_word_of_the_product(make: Make) -> None:
    shop = make(
        make_product("p1", "Blue mug", description="Fired twice"),
        make_product("p2", "Blue bowl", brand="Muggins"),
        make_product("p3", "Smug face"),
        make_product("mug-4", "Vase"),
        make_product("p5", "Cup", product_type=MUGS),
    )
    assert sorted(search(shop, "mug")) == ["mug-4", "p1", "p2", "p5"]
    assert sorted(search(shop, "mug blu")) == ["p1", "p2"]
    assert search(shop, "twice MUG") == ["p1"]
    assert search(shop, "mug-4") == ["mug-4"]
    assert search(shop, "mug lamp") == []


def test_what_is_in_the_title_comes_first(make: Make) -> None:
    shop = make(
        make_product("p1", "Vase", description="Stands well beside a mug"),
        make_product("p2", "Bowl", product_type=MUGS),
        make_product("p3", "Mug"),
    )
    assert search(shop, "mug") == ["p3", "p2", "p1"]


@pytest.mark.parametrize(
    ("title", "text"),
    [("Café", "cafe"), ("cafe", "CAFÉ"), ("CAFE\u0301", "café"), ("Ærø", "ærø"), ("陶器", "陶"), ("हिन्दी", "हिन्दी")],
)
def test_case_and_diacritics_do_not_count(make: Make, title: str, text: str) -> None:
    assert search(make(make_product("p1", title)), text) == ["p1"]


@pytest.fixture(scope="module")
def mugs(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    folder = tmp_path_factory.mktemp("mugs")
    writer.write(folder, BUILD, [Entry(product) for product in make_products(20)], {})
    return load(folder)


@pytest.mark.parametrize("text", ["—", "☕", "!!! ???", '"', "*", "()", "\0", "\ud800", "^", '" "', "+", "💚" * 99])
def test_a_text_without_a_word_finds_nothing(mugs: Shop, text: str) -> None:
    assert mugs.search(Query(text), 100) == Found((), 0)


@pytest.mark.parametrize("text", ["mug*)", "-mug", '"mug', 'mug"', "^mug", "+mug", "(mug", "mug:", "{mug}"])
def test_signs_around_a_word_do_not_count(mugs: Shop, text: str) -> None:
    assert len(search(mugs, text)) == 10


@pytest.mark.parametrize("text", ["mug NOT number", "mug AND number", "mug OR lamp", "NEAR(mug number)", "id : mug"])
def test_words_of_the_query_language_are_words(mugs: Shop, text: str) -> None:
    assert search(mugs, text) == []


@pytest.mark.parametrize("text", ["mug ☕", "mug —", "mug\0number", " mug  ", "mug " * 2500, "mug\ud800"])
def test_what_cannot_be_searched_is_left_out(mugs: Shop, text: str) -> None:
    assert len(search(mugs, text)) == 10


@given(st.text(st.characters()) | st.text('"*(){}:^+-ORANDTmug \0', max_size=30), st.sampled_from(SORTS))
def test_no_text_breaks_a_search(mugs: Shop, text: str, sort: Sort) -> None:
    query = Query(text, sort=sort)
    found = mugs.search(query, 5)
    assert len(found.entries) == min(5, found.total)
    assert sum(count for _, count in mugs.categories(text)) == found.total
    assert mugs.search(Query(text, category=text), 5).total in (0, 20 if not text else 0)


def test_ten_thousand_characters_are_as_good_as_any(mugs: Shop) -> None:
    assert search(mugs, "m" * 10_000) == []
    assert search(mugs, "mug-" * 2_500) == []


def test_without_text_categories_are_mixed_in_proportion(make: Make) -> None:
    mugs, lamps = ([f"{kind}-{n}" for n in range(count)] for kind, count in (("mug", 4), ("lamp", 2)))
    shop = make(
        *(make_product(each, product_type=MUGS) for each in mugs),
        *(make_product(each, product_type=LAMPS) for each in lamps),
        make_product("a-thing"),
    )
    mixed = ["mug-0", "lamp-0", "mug-1", "a-thing", "mug-2", "lamp-1", "mug-3"]
    assert search(shop) == search(shop, "  ") == mixed
    assert search(shop, category="Mugs") == mugs
    assert [product.id for product in shop.products] == ["a-thing", *lamps, *mugs]


@given(st.lists(st.sampled_from(["", "Mugs", "Lamps", "Attic > Lamps", "Chairs"]), min_size=1, max_size=60))
def test_each_category_is_spread_evenly(tmp_path_factory: pytest.TempPathFactory, kinds: list[str]) -> None:
    products = [make_product(f"p{number:02}", product_type=kind) for number, kind in enumerate(kinds)]
    folder = tmp_path_factory.mktemp("mixed")
    writer.write(folder, BUILD, [Entry(product) for product in products], {})
    by_category: defaultdict[str, list[str]] = defaultdict(list)
    for product in products:
        by_category[product.category].append(product.id)
    keys = {
        product_id: (Fraction(2 * nth + 1, 2 * len(ids)), product_id)
        for ids in by_category.values()
        for nth, product_id in enumerate(ids)
    }
    assert search(load(folder)) == sorted(keys, key=keys.__getitem__)


def test_every_page_has_the_proportions_of_the_whole(make: Make) -> None:
    shop = make(*(make_product(f"p{n:03}", product_type="Mugs" if n < 240 else f"Kind {n % 6}") for n in range(480)))
    for start in range(0, 480, 48):
        page = [entry.product.category for entry in shop.search(Query(), 48, start).entries]
        assert abs(page.count("Mugs") - 24) <= 3
        assert all(abs(page.count(f"Kind {kind}") - 4) <= 1 for kind in range(6))


@pytest.mark.parametrize("text", ["", "p"])
def test_prices_are_those_that_are_paid(make: Make, text: str) -> None:
    shop = make(
        priced("p1", "30.00"), priced("p2", "99.00", sale="5.50"), make_product("p3"), priced("p4", "30.00", "EUR"),
        priced("p5", "0.00"),
    )  # fmt: skip
    assert search(shop, text, sort="price") == ["p5", "p2", "p1", "p4", "p3"]
    assert search(shop, text, sort="price-down") == ["p1", "p4", "p2", "p5", "p3"]


@pytest.mark.parametrize("text", ["", "p"])
def test_titles_are_sorted_without_case_and_diacritics(make: Make, text: str) -> None:
    titles = {"p1": "Zebra", "p2": "äpfel", "p3": "apple", "p4": "Éclair", "p5": "apple"}
    shop = make(*(make_product(product_id, title) for product_id, title in titles.items()))
    assert search(shop, text, sort="title") == ["p2", "p3", "p5", "p4", "p1"]


@pytest.mark.parametrize("text", ["", "p"])
def test_the_newest_come_first_and_the_undated_last(make: Make, text: str) -> None:
    dates = ["2024-05-17", "", "2024-05-17T01:00:00+02:00", "2025-01-01", "2024-05-17"]
    shop = make(*(make_product(f"p{number}", added=added) for number, added in enumerate(dates)))
    assert search(shop, text, sort="newest") == ["p3", "p0", "p4", "p2", "p1"]
    assert shop.dated


def test_a_shop_without_dates_says_so(mugs: Shop) -> None:
    assert not mugs.dated


def test_categories_count_what_matches(make: Make) -> None:
    shop = make(
        make_product("p1", "Blue mug", product_type=MUGS),
        make_product("p2", "Red mug", product_type=MUGS),
        make_product("p3", "Blue lamp", product_type=LAMPS),
        make_product("p4", "Blue thing"),
        make_product("p5", "Grey", product_type="Attic"),
    )
    assert shop.categories() == [("Mugs", 2), ("Attic", 1), ("Lamps", 1)]
    assert shop.categories("blue") == [("Lamps", 1), ("Mugs", 1)]
    assert shop.categories("☕") == shop.categories("nothing") == []
    assert search(shop, "blue", category="Mugs") == ["p1"]
    assert search(shop, category="Mugs") == ["p1", "p2"]
    assert search(shop, category="Chairs") == search(shop, category="\ud800") == []


@pytest.mark.parametrize("weighed", [finding.WEIGHED, 3])
@pytest.mark.parametrize("text", ["", "kitchen", "number", "thrown"])
@pytest.mark.parametrize("category", ["", "Mugs"])
def test_pages_are_the_whole_in_pieces(
    mugs: Shop, monkeypatch: pytest.MonkeyPatch, category: str, text: str, weighed: int
) -> None:
    monkeypatch.setattr(finding, "WEIGHED", weighed)
    for sort in SORTS:
        query = Query(text, category, sort)
        whole = mugs.search(query, 100)
        assert whole.total == len(whole.entries)
        pages = [mugs.search(query, 3, start) for start in range(0, 24, 3)]
        assert [product_id for page in pages for product_id in ids(page)] == ids(whole)
        assert {page.total for page in pages} == {whole.total}


@pytest.mark.parametrize("category", ["", "Mugs"])
def test_many_matches_are_sorted_as_few_are(mugs: Shop, monkeypatch: pytest.MonkeyPatch, category: str) -> None:
    queries = [Query("thrown", category, sort) for sort in SORTS[1:]]
    few = [mugs.search(query, 3, 4) for query in queries]
    assert all(found.total > 3 for found in few)
    monkeypatch.setattr(finding, "WEIGHED", 3)
    assert [mugs.search(query, 3, 4) for query in queries] == few


def test_very_many_matches_stand_in_the_order_of_the_catalogue(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = make(*(make_product(f"p{n}", "Mug" if n % 2 else "Vase", description="a mug") for n in range(8)))
    assert search(shop, "mug") == ["p1", "p3", "p5", "p7", "p0", "p2", "p4", "p6"]
    monkeypatch.setattr(finding, "WEIGHED", 3)
    assert search(shop, "mug") == [f"p{n}" for n in range(8)]


def test_entries_come_in_the_order_asked(mugs: Shop) -> None:
    asked = ["mug-004", "bowl-001", "mug-004"]
    assert [entry.product.id for entry in mugs.entries(asked)] == asked
    assert mugs.entries([]) == []
    assert [entry.product for entry in mugs] == list(mugs.products)
    assert "mug-004" in mugs
    for unknown in ("mug", "\ud800", "mug-004\0", ""):
        assert unknown not in mugs


def test_threads_read_the_same(mugs: Shop) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: tuple(search(mugs, "mug")), range(50)))
    assert set(found) == {tuple(search(mugs, "mug"))}


FORKED = """
import os, sys, threading
from catalogue.precomputed import load
from catalogue.search import Query, Sort

shop = load(sys.argv[1])
first = shop.search(Query("mug"), 100)
if child := os.fork():
    assert os.waitpid(child, 0)[1] == 0
    late = []
    thread = threading.Thread(target=lambda: late.append(shop.search(Query("mug"), 100)))
    thread.start()
    thread.join()
    assert late == [first]
assert shop.search(Query("mug"), 100) == first
print(len(os.listdir(os.environ["TMPDIR"])), flush=True)
"""


def test_a_forked_process_reads_on_and_leaves_the_file_to_its_maker(tmp_path: Path) -> None:
    writer.write(tmp_path / "lists", BUILD, [Entry(product) for product in make_products(30)], {})
    (tmp_path / "temporary").mkdir()
    answer = subprocess.run(
        [sys.executable, "-c", FORKED, str(tmp_path / "lists")],
        cwd=ROOT, env={**os.environ, "TMPDIR": str(tmp_path / "temporary")}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert answer.stdout.split() == ["2", "2"]  # the tables and the index of words, which both processes share
    assert not list((tmp_path / "temporary").iterdir())


def test_what_a_killed_process_left_is_removed_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer.write(tmp_path / "lists", BUILD, [Entry(make_product("p1"))], {})
    left = tmp_path / "temporary" / "lookalike-left.sqlite"
    left.parent.mkdir()
    left.touch()
    monkeypatch.setattr(tempfile, "tempdir", str(left.parent))
    shops = [load(tmp_path / "lists") for _ in range(2)]
    assert not left.exists()
    assert [search(shop) for shop in shops] == [["p1"], ["p1"]]
    shops.clear()
    assert not list(left.parent.iterdir())


def test_threads_that_search_first_make_one_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer.write(tmp_path / "lists", BUILD, [Entry(product) for product in make_products(500)], {})
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    shop = load(tmp_path / "lists")
    assert len(search(shop)) > 0
    assert len(list((tmp_path / "temporary").iterdir())) == 1  # pages that search for no words need no index
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: tuple(search(shop, "mug")), range(16)))
    assert len(set(found)) == 1
    assert found[0]
    assert len(list((tmp_path / "temporary").iterdir())) == 2


def test_whoever_waits_for_the_index_leaves_it_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer.write(tmp_path / "lists", BUILD, [Entry(product) for product in make_products(30)], {})
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    shop = load(tmp_path / "lists")
    (database,) = (tmp_path / "temporary").iterdir()
    draft = database.with_suffix(".draft")
    with ThreadPoolExecutor(1) as threads, draft.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # as another worker does
        file.write(b"half an index")
        file.flush()
        found = threads.submit(search, shop, "mug")
        assert not wait([found], timeout=0.3).done
        assert draft.read_bytes() == b"half an index"
        fcntl.flock(file, fcntl.LOCK_UN)  # it has died
        assert len(found.result()) == 15
    assert len(list((tmp_path / "temporary").iterdir())) == 2


def test_no_room_for_the_tables_is_one_clear_error(tmp_path: Path) -> None:
    writer.write(tmp_path, BUILD, [Entry(product) for product in make_products(30)], {})
    code = "import resource, sys; from catalogue.errors import one_line_errors; from catalogue.precomputed import load"
    code += "; resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))\nwith one_line_errors(): load(sys.argv[1])"
    answer = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 6
    assert answer.stderr.startswith("error: ")
    assert "TMPDIR" in answer.stderr


READ_ONLY = ["unshare", "--mount", "--map-root-user", "sh", "-c", 'mount -o remount,bind,ro / && exec "$@"', "sh"]
SORTED = """
from catalogue.database import Database

rows = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT 50000) SELECT hex(randomblob(99)) FROM n"
database = Database()
with database.filling() as connection:
    connection.execute(f"CREATE TABLE texts AS {rows} ORDER BY 1")
database.beside("CREATE TABLE beside.sorted AS SELECT * FROM texts ORDER BY 1 DESC")
print(len(database.rows("SELECT * FROM texts UNION SELECT * FROM beside.sorted")))
"""


@pytest.mark.skipif(
    subprocess.run([*READ_ONLY, "true"], capture_output=True, check=False).returncode != 0,
    reason="a disk cannot be made read-only here",
)
def test_many_rows_are_sorted_on_a_read_only_disk() -> None:
    command = [*READ_ONLY, sys.executable, "-c", SORTED]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout == "50000\n"


def test_two_shops_do_not_mix(tmp_path: Path) -> None:
    shops = []
    for name in ("one", "two"):
        writer.write(tmp_path / name, BUILD, [Entry(make_product("p1", name))], {})
        shops.append(load(tmp_path / name))
    assert [shop.product("p1").title for shop in shops] == ["one", "two"]
    assert [search(shop, "one") for shop in shops] == [["p1"], []]
