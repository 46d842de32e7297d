"""Updates of large catalogues: only what changed is written and read, and the shop is what it would be without."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue import atomic, precomputed, writer
from catalogue.content import Extras
from catalogue.encoding import SHARD, Build, Entry, Manifest
from catalogue.errors import PrecomputedError
from catalogue.precomputed import load, read_manifest, verify
from catalogue.product import Layout, MapGroup, Neighbour, Price, Product
from catalogue.search import SORTS, Query
from catalogue.shop import Shop
from catalogue.updates import planning, renewed
from tests.factories import make_product
from tests.serving import ROOT
from tests.shop_folder import BUILD
from tests.test_crash import dying
from tests.test_precomputed import replace_file, tree

WORDS = ("blue", "mug", "müg", "lamp", "oak")
CATEGORIES = ("", "Kitchen > Mugs", "Living > Lamps")
IDS = tuple(f"p{number}" for number in range(9))


@dataclass(frozen=True)
class Drawn:
    """A catalogue with all that stands beside it."""

    products: Sequence[Product]
    lists: dict[str, list[Neighbour]]
    extras: Extras

    def write(self, folder: Path, build: Build = BUILD) -> Manifest:
        return writer.write(folder, build, [Entry(each) for each in self.products], self.lists, extras=self.extras)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Catalogues of any size are updated, however much of them changed."""
    monkeypatch.setattr(planning, "SMALLEST", 1)
    monkeypatch.setattr(planning, "SHARE", 10)


@st.composite
def catalogues(draw: st.DrawFn) -> Drawn:
    ids = sorted(draw(st.sets(st.sampled_from(IDS), min_size=1)))
    texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
    products = [
        make_product(
            each,
            draw(texts),
            description=draw(texts),
            price=draw(st.none() | st.integers(1, 3).map(lambda amount: Price(Decimal(amount), "INR"))),
            availability=draw(st.sampled_from(["in_stock", "out_of_stock"])),
            product_type=draw(st.sampled_from(CATEGORIES)),
            added=draw(st.sampled_from(["", "2024-05-17", "2025-01-01"])),
        )
        for each in ids
    ]
    near = st.lists(st.builds(Neighbour, st.sampled_from(ids), st.sampled_from([0.9, 0.8]), st.integers(0, 3)))
    lists, elsewhere = ({each: draw(near) for each in ids} for _ in range(2))
    heats = {each: draw(st.lists(st.sampled_from(["1", "22"]), max_size=2)) for each in ids}
    # What has no rows of some kind at all is written whole.
    elsewhere[ids[0]] = [Neighbour(ids[-1], 0.7)]
    heats[ids[0]] = ["1"]
    places = {each: (draw(st.integers(0, 99)), 1) for each in draw(st.sets(st.sampled_from(ids)))}
    group = sorted(draw(st.sets(st.sampled_from(ids))))
    report = draw(st.sampled_from([b"", b'{"format":1}']))
    labels = tuple(MapGroup(name, (5, 5), 3) for name in draw(st.sets(st.sampled_from(WORDS))))
    layout = Layout(places, len(places), labels) if places else None
    return Drawn(products, lists, Extras(elsewhere, [group] if len(group) > 1 else [], layout, heats, report))


def known(shop: Shop) -> dict[str, object]:
    """All that is known of each product, whatever its number."""
    return {
        each.id: (
            each, shop.stored(each.id), shop.neighbours(each.id), shop.elsewhere(each.id), shop.heats(each.id),
            sorted(shop.duplicates(each.id)), each.id in shop,
        )
        for each in sorted(shop.products, key=lambda each: each.id)
    } | {"": (shop.layout, shop.report, shop.categories(), shop.dated, len(shop))}  # fmt: skip


def answers(shop: Shop) -> list[object]:
    """Whatever can be asked, in the order of the answers."""
    shop.check()
    found = [
        [entry.product.id for entry in shop.search(Query(text, category, sort), limit, limit).entries]
        for text in ("", *WORDS, "bl", "blue mug", "p1")
        for category in ("", "Mugs", "Lamps")
        for sort in SORTS
        for limit in (3, 100)
    ]
    firsts = [shop.search(Query(text, sort=sort), 100) for text in ("", *WORDS, "p") for sort in SORTS]
    return [
        found,
        firsts,
        [shop.categories(text) for text in WORDS],
        shop.groups,
        shop.places(5),
        shop.map_groups(),
        known(shop),
    ]


@settings(deadline=None, max_examples=60)
@given(st.lists(catalogues(), min_size=2, max_size=4), st.booleans())
def test_an_updated_shop_is_the_one_that_was_loaded_whole(
    tmp_path_factory: pytest.TempPathFactory, versions: list[Drawn], searched: bool
) -> None:
    folder, whole = (tmp_path_factory.mktemp(name) for name in ("updated", "whole"))
    shop: Shop | None = None
    for version in versions:
        version.write(folder)
        shop = renewed.load(folder, shop)
        if searched:
            shop.prepare_search()
        assert answers(shop) == answers(load(folder))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(planning, "SMALLEST", 1000)
            version.write(whole)
        assert known(shop) == known(load(whole))
    assert "catalogue-0000.json" in read_manifest(whole).files


def test_numbers_stay_and_have_no_gaps() -> None:
    before = ["a", "b", "c", "d", "e"]
    assert planning.numbered(before, before) == before
    assert planning.numbered(before, ["f", *before, "0"]) == [*before, "0", "f"]
    assert planning.numbered(before, ["a", "x", "c", "d", "e"]) == ["a", "x", "c", "d", "e"]
    assert planning.numbered(before, ["a", "c", "e"]) == ["a", "e", "c"]
    assert planning.numbered(before, ["e", "z"]) == ["e", "z"]
    assert planning.numbered(["b", "a"], ["a", "b"]) == ["b", "a"]


def many(count: int, k: int = 3) -> Drawn:
    """Products with lists of others, in several shards."""
    ids = [f"product-{number:06}" for number in range(count)]
    lists = {
        own: [Neighbour(ids[(row * 7919 + place * 104729) % count], round(0.9 - place / 50, 4)) for place in range(k)]
        for row, own in enumerate(ids)
    }
    return Drawn([make_product(own) for own in ids], lists, Extras(report=b"{}"))


def retitled(drawn: Drawn, *numbers: int) -> Drawn:
    products = [
        replace(product, title=f"{product.title} changed") if number in numbers else product
        for number, product in enumerate(drawn.products)
    ]
    return replace(drawn, products=products)


def written(folder: Path, change: Callable[[], object]) -> set[str]:
    """The files that a change wrote, by where they lie."""
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    change()
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.stat().st_mtime_ns != before.get(path)
    }


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    first = many(2 * SHARD + 5)
    base = first.write(tmp_path).version
    assert written(tmp_path, lambda: first.write(tmp_path)) == set()

    second = retitled(first, 7, 1500)
    assert written(tmp_path, lambda: second.write(tmp_path)) == {
        "manifest.json",
        f"{read_manifest(tmp_path).version}/changes-0001.json",
    }
    path = tmp_path / read_manifest(tmp_path).version / "changes-0001.json"
    change = json.loads(path.read_bytes())
    assert (change["products"], [number for number, _ in change["rows"]["catalogue"]]) == (2005, [7, 1500])
    assert [*change["rows"]] == ["catalogue"]
    assert written(tmp_path, lambda: second.write(tmp_path)) == set()

    third = replace(second, extras=Extras(report=b'{"other":1}'))
    names = {Path(name).name for name in written(tmp_path, lambda: third.write(tmp_path))}
    assert names == {"manifest.json", "report.json"}
    assert not (tmp_path / base / "report.json").exists()
    assert len([*tmp_path.glob("*/*.json")]) == 3 * 2 + 1 + 1
    assert [product.title for product in verify(tmp_path).products] == [product.title for product in third.products]


def test_a_removed_product_leaves_its_number_to_the_last_one(tmp_path: Path) -> None:
    first = many(SHARD + 2)
    first.write(tmp_path)
    gone = first.products[4].id
    ids = [product.id for product in first.products if product.id != gone]
    lists = {own: [each for each in first.lists[own] if each.product_id != gone] for own in ids}
    second = Drawn([product for product in first.products if product.id != gone], lists, first.extras)
    before = load(tmp_path)
    second.write(tmp_path)
    shop = renewed.load(tmp_path, before)
    assert [product.id for product in shop.products][4] == ids[-1]
    assert {own: shop.stored(own) for own in ids} == lists
    assert dict(shop.all_stored()) == {
        own: [(near.product_id, near.similarity) for near in each] for own, each in lists.items()
    }
    assert gone not in shop
    assert gone in before
    shop.check()


def test_many_changed_rows_go_into_several_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalogue.updates.files.ROWS", 100)
    first = many(SHARD)
    first.write(tmp_path)
    second = retitled(first, *range(350))
    second.write(tmp_path)
    assert len(read_manifest(tmp_path).files) == 3 + 4
    assert [product.title for product in load(tmp_path).products] == [product.title for product in second.products]


def is_whole(manifest: Manifest) -> bool:
    return not any("/" in name or name.startswith("changes") for name in manifest.files)


@pytest.mark.parametrize("reason", ["build", "share", "files", "size", "kinds", "damage", "no manifest"])
def test_what_cannot_go_on_from_the_version_there_is_written_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    first = many(SHARD)
    first.write(tmp_path / "one")
    second, build = retitled(first, *range(300)), BUILD
    if reason == "build":
        build = replace(BUILD, fingerprint="1" * 16)
    elif reason == "share":
        monkeypatch.setattr(planning, "SHARE", 0.1)
    elif reason == "files":
        monkeypatch.setattr(planning, "MOST", 0)
    elif reason == "size":
        monkeypatch.setattr(planning, "SMALLEST", SHARD + 1)
    elif reason == "kinds":
        elsewhere = {first.products[0].id: [Neighbour(first.products[1].id, 0.5)]}
        second = replace(second, extras=replace(second.extras, elsewhere=elsewhere))
    elif reason == "damage":
        next((tmp_path / "one").glob("*/neighbours-0000.json")).write_bytes(b"[]")
    else:
        (tmp_path / "one" / "manifest.json").write_bytes(b"{")
    assert is_whole(second.write(tmp_path / "one", build))
    monkeypatch.setattr(planning, "SMALLEST", 10_000)
    second.write(tmp_path / "two", build)
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


def test_changes_since_the_last_whole_writing_count_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "SHARE", 0.1)  # of the rows of products and of lists
    version = many(SHARD)
    version.write(tmp_path)
    for numbers, whole in ((range(150), False), (range(150), False), (range(150, 199), False), (range(10, 260), True)):
        version = retitled(version, *numbers)
        assert is_whole(version.write(tmp_path)) is whole
    assert [product.title for product in verify(tmp_path).products] == [product.title for product in version.products]


@pytest.mark.parametrize("survived", [0, 1])
def test_an_update_that_fails_leaves_what_was_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, survived: int
) -> None:
    first = many(50)
    first.write(tmp_path)
    before = retitled(first, 1).write(tmp_path)
    left = [atomic.write_bytes] * survived

    def full_disk(path: Path, content: bytes) -> None:
        if not left:
            raise OSError(28, "No space left on device", str(path))
        left.pop()(path, content)

    monkeypatch.setattr(atomic, "write_bytes", full_disk)
    with pytest.raises(PrecomputedError, match="No space left"):
        retitled(first, 2).write(tmp_path)
    assert verify(tmp_path).manifest == before
    monkeypatch.undo()
    monkeypatch.setattr(planning, "SMALLEST", 1)
    retitled(first, 3).write(tmp_path)
    assert verify(tmp_path).product(first.products[3].id).title.endswith("changed")


KILLED = """
from pathlib import Path
from catalogue.updates import planning
from catalogue.content import Extras
from tests.test_updates import many, replace, retitled
planning.SMALLEST = 1
replace(retitled(many(50), 1), extras=Extras(report=b"[]")).write(Path({!r}))
"""


@pytest.mark.parametrize(
    ("event", "name"),
    [("os.rename", "changes-0001.json"), ("os.rename", "manifest.json"), ("os.remove", "report.json")],
)
def test_an_update_that_is_killed_leaves_a_whole_version(tmp_path: Path, event: str, name: str) -> None:
    first = many(50)
    before = first.write(tmp_path)
    words = [sys.executable, "-c", dying(event, name) + KILLED.format(str(tmp_path))]
    answer = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert answer.returncode == -signal.SIGKILL, answer.stderr
    shop = verify(tmp_path)
    assert (shop.manifest == before) is (event == "os.rename")
    after = replace(retitled(first, 1), extras=Extras(report=b"[]")).write(tmp_path)
    assert verify(tmp_path).report == b"[]"
    assert {name for name in tree(tmp_path) if "/" in name} == {*after.paths}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({}, "products"),
        ({"products": 50, "rows": {"others": []}}, "no rows of the kind others"),
        ({"products": 50, "rows": {"neighbours": [[50, [[], []]]]}}, "none of the 50 products"),
        ({"products": 50, "rows": {"catalogue": [[0, {"id": "product-000001", "title": "A"}]]}}, "there twice"),
        ({"products": 50, "rows": {"catalogue": [[0, {"id": "a"}]]}}, "cannot be read"),
        ({"products": 49, "rows": {}}, "49 products and 49 lists"),
        ({"products": 51, "rows": {"catalogue": [[50, {"id": "a", "title": "A"}]]}}, "51 products and 50 lists"),
        ([], "cannot be read"),
    ],
)
def test_changes_that_make_no_sense_are_named(tmp_path: Path, content: object, message: str) -> None:
    first = many(50)
    first.write(tmp_path)
    retitled(first, 1).write(tmp_path)
    replace_file(tmp_path, "changes-0001.json", json.dumps(content).encode())
    with pytest.raises(PrecomputedError, match=message):
        load(tmp_path)


def test_a_changed_list_that_makes_no_sense_is_named_when_it_is_read(tmp_path: Path) -> None:
    first = many(50)
    first.write(tmp_path)
    retitled(first, 1).write(tmp_path)
    row = [[50], [9000]]
    replace_file(
        tmp_path, "changes-0001.json", json.dumps({"products": 50, "rows": {"neighbours": [[3, row]]}}).encode()
    )
    shop = load(tmp_path)
    for ask in (lambda: shop.stored(first.products[3].id), shop.check):
        with pytest.raises(PrecomputedError, match=r"neighbours.* cannot be read: a list points outside"):
            ask()


def test_other_lists_are_loaded_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many(50).write(tmp_path)
    shop, loads = load(tmp_path), []

    def counted(folder: Path, *, images: bool) -> Shop:
        loads.append(folder)
        return load(folder, images=images)

    monkeypatch.setattr(precomputed, "load", counted)
    assert renewed.load(tmp_path, shop).database is shop.database  # nothing changed
    retitled(many(50), 2).write(tmp_path)
    second = renewed.load(tmp_path, shop)
    assert not loads
    many(51).write(tmp_path, replace(BUILD, k=5))
    assert len(renewed.load(tmp_path, second)) == 51
    assert len(loads) == 1
    changes = retitled(many(51), 2).write(tmp_path, replace(BUILD, k=5)).places["changes-0001.json"]
    (tmp_path / changes).write_bytes(b"{}")
    with pytest.raises(PrecomputedError, match=r"changes-0001\.json is not the file"):
        renewed.load(tmp_path, second)
    assert [product.title for product in second.products][2].endswith("changed")
