"""Pages as functions of data, and what the web app answers at each address."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, expect

from catalogue.errors import PrecomputedError, SettingsError
from catalogue.precomputed import load
from catalogue.product import Price
from catalogue.search import Query
from storefront import create_app
from storefront.app import Storefront
from storefront.components import cards
from storefront.components.cards import sentence
from storefront.components.formatting import money
from storefront.components.pagination import PER_PAGE, page_numbers
from storefront.components.render import to_html
from storefront.context import Context
from storefront.pages import page_at
from storefront.settings import Settings
from storefront.texts import LANGUAGES
from storefront.urls import Browsing, main_address, product_address, product_id_of
from tests.conftest import DESKTOP
from tests.serving import ROOT
from tests.shop_folder import make_products, make_shop_folder
from tests.visiting import heading, open_page, visit

ENGLISH = LANGUAGES["en"]
ODD_IDS = ("a/b c", "ünï→", "quote\"'<b>", "100%25", "..")
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    products = make_products(120)
    odd = [replace(products[0], id=odd_id, title=SCRIPT, link="javascript:alert(1)") for odd_id in ODD_IDS]
    lonely = replace(products[1], id="no-photo", title="Unseen", price=None, image_files=())
    return make_shop_folder(tmp_path_factory.mktemp("shop"), [*products, *odd, lonely])


@pytest.fixture
def client(app: Storefront) -> Iterator[FlaskClient]:
    with app.server.test_client() as client:
        yield client


class _Reader(HTMLParser):
    """What HTML shows and where it leads."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: list[str] = []
        self.shown: list[str] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.shown.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.shown).split())


def read(content: Any) -> _Reader:
    return _Reader(to_html(content))


def part(app: Storefront, client: FlaskClient, address: str) -> Any:
    return client.get(f"/page/{app.context.build}?at={quote(address, safe='')}")


def test_browsing_is_its_address() -> None:
    for browsing in (
        Browsing(),
        Browsing(Query(category="Mugs & more"), 3),
        Browsing(page=2),
        Browsing(Query("blue mug", sort="price-down"), 2),
    ):
        assert Browsing.parse(browsing.address().partition("?")[2]) == browsing


@pytest.mark.parametrize("page", ["0", "-1", "x", "²", "", "99999999999999999999", "3000000"])
def test_absurd_page_numbers_show_a_page_that_exists(context: Context, page: str) -> None:
    shown = read(page_at(context, "/", f"?page={page}").main)
    assert [link for link in shown.links if link.startswith("/p/")]


def test_a_long_search_is_cut_and_a_foreign_order_is_left_out() -> None:
    parsed = Browsing.parse(f"?q={'word+' * 2000}&sort=%27%3B+DROP")
    assert len(parsed.query.text) <= 200
    assert parsed.query.sort == "relevance"


def test_pages_show_every_product_once(context: Context) -> None:
    pages = [read(page_at(context, "/", f"?page={number}").main) for number in (1, 2, 3)]
    shown = [[link for link in page.links if link.startswith("/p/")] for page in pages]
    assert list(map(len, shown)) == [PER_PAGE, PER_PAGE, 30]
    assert len({link for page in shown for link in page}) == len(context.shop) == 126


def test_a_category_shows_its_products_alone(context: Context) -> None:
    page = page_at(context, "/", "?category=Bowls")
    assert page.announcement == "61 products, page 1 of 2"
    assert page.title == "Bowls"


def test_a_search_says_what_it_looked_for_and_is_not_indexed(context: Context) -> None:
    page = page_at(context, "/", "?q=mug+number+4")
    assert "Results for “mug number 4”" in read(page.main).text
    assert product_address("mug-004", "/?q=mug+number+4") in read(page.main).links
    assert not page.indexed


def test_an_empty_search_says_what_to_do(context: Context) -> None:
    shown = read(page_at(context, "/", f"?q={quote(SCRIPT)}zzz").main)
    assert "Try fewer or shorter words" in shown.text
    assert "/" in shown.links
    assert "script" not in shown.tags


def test_page_numbers_are_first_last_and_near() -> None:
    assert page_numbers(1, 1) == [1]
    assert page_numbers(5, 9) == [1, 3, 4, 5, 6, 7, 9]


MAINS = ("/", "/map", "/report", "/photo", "/?category=Mugs+%26+more&page=2", "/map?category=a%2Fb", "/?q=from%3Dmap")


@pytest.mark.parametrize("beside", MAINS)
@pytest.mark.parametrize("product_id", ODD_IDS)
def test_a_product_keeps_the_address_of_the_page_beside_it(product_id: str, beside: str) -> None:
    path, _, search = product_address(product_id, beside).partition("?")
    assert product_id_of(path) == product_id
    assert main_address(path, search) == main_address(path, f"?{search}") == beside
    assert main_address(*beside.partition("?")[::2]) == beside


@pytest.mark.parametrize(
    ("search", "beside"),
    [
        ("from=map", "/map"),
        ("from=map&category=Mugs", "/map?category=Mugs"),
        ("from=//evil.example", "/"),
        ("from=/evil.example&q=mug", "/?q=mug"),
        ("from=javascript:alert(1)", "/"),
        ("from=p/mug-000", "/"),
        ("from=maps", "/"),
        ("from=", "/"),
        ("from", "/?from"),
        ("q=mug&from=map", "/?q=mug&from=map"),
        ("from=map&from=report", "/map?from=report"),
        ("from=%6Dap", "/"),
    ],
)
def test_a_product_stands_beside_pages_of_the_site_alone(context: Context, search: str, beside: str) -> None:
    assert main_address("/p/mug-004", search) == beside
    for link in read(page_at(context, "/p/mug-004", search).product).links:
        assert link.startswith(("/", "https://shop.example/", "#photos"))
        assert not link.startswith("//")
        if link.startswith("/p/"):
            assert main_address(*link.partition("?")[::2]) == beside


def test_links_of_a_page_keep_it_beside_their_product(client: FlaskClient, context: Context) -> None:
    for address in ("/?category=Bowls", "/?q=bowl&sort=price&page=2"):
        shown = read(page_at(context, *address.partition("?")[::2]).main)
        products = [link for link in shown.links if link.startswith("/p/")]
        assert products
        assert all(main_address(*link.partition("?")[::2]) == address for link in products)
        answer = client.get(products[0]).text
        close = re.search(r'<a [^>]*class="close"[^>]* href="([^"]*)"', answer)
        assert close
        assert close[1].replace("&amp;", "&") == address
        assert answer.index("product-grid") < answer.index('class="close"')


@pytest.mark.parametrize("product_id", ODD_IDS)
def test_odd_ids_survive_their_address(product_id: str) -> None:
    assert product_id_of(product_address(product_id)) == product_id


def test_a_product_page_shows_its_neighbours_in_order(context: Context) -> None:
    page = page_at(context, "/p/mug-004", "")
    shown = read(page.product)
    expected = [product_address(near.product_id) for near in context.shop.neighbours("mug-004", 12)]
    assert [link for link in shown.links if link.startswith("/p/")][: len(expected)] == expected
    assert len(expected) == 12
    assert "₹104" in shown.text
    assert f"{context.shop.neighbours('mug-004')[0].similarity:.2f}" in shown.text
    assert page.announcement == "Mug number 4. 12 similar products shown"
    assert page.main is None


def test_a_product_without_photo_says_why_it_has_no_list(context: Context) -> None:
    shown = read(page_at(context, "/p/no-photo", "").product).text
    assert "No photo" in shown
    assert "no usable photo" in shown


def test_links_of_other_schemes_are_not_offered(context: Context) -> None:
    assert "https://shop.example/4" in read(page_at(context, "/p/mug-004", "").product).links
    assert not [link for link in read(page_at(context, "/p/100%2525", "").product).links if "javascript" in link]


def test_bands_say_what_similarities_of_this_catalogue_mean(context: Context) -> None:
    assert context.band(0.9) == ""  # this build has no report
    demo = Context(load("precomputed"), Settings())
    assert [demo.band(least) for least in demo.least] == list(ENGLISH.bands)
    assert demo.band(demo.least[-1] - 0.01) == ""


@pytest.mark.parametrize(
    ("price", "locale", "shown"),
    [
        ("1299.00 INR", "en", "₹1,299"),
        ("12.50 EUR", "en", "€12.50"),
        ("12.50 EUR", "de", "12,50\xa0€"),
        ("7 CHF", "en", "CHF\xa07"),
        ("0.00 USD", "en", "$0"),
        ("1234567 JPY", "de", "1.234.567\xa0¥"),
        ("5.00 XQX", "en", "XQX\xa05"),
    ],
)
def test_prices_read_as_shoppers_read_them(price: str, locale: str, shown: str) -> None:
    assert money(Price.parse(price), locale) == shown


def test_a_sale_shows_both_prices(context: Context) -> None:
    product = replace(context.shop.product("mug-000"), sale_price=Price(Decimal(80), "INR"))
    assert read(cards.price(context, product)).text == "Former price ₹100 ₹80"


@pytest.mark.parametrize(
    ("flags", "expected"),
    [(0, ""), (3, "Same colours and shape"), (11, "Same colours and shape, near in price"), (8, "Near in price")],
)
def test_reasons_are_a_sentence(flags: int, expected: str) -> None:
    assert sentence(ENGLISH, flags) == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_fills_the_same_gaps(language: str) -> None:
    own, english = (entries_of(LANGUAGES[each].entries) for each in (language, "en"))
    assert list(own) == list(english)
    for name, text in own.items():
        assert gaps(text) == gaps(english[name]), name
        assert text, name


def entries_of(entries: Any, name: str = "") -> dict[str, str]:
    """Every text by its name, such as `photo_page.refused.413`."""
    if isinstance(entries, str):
        return {name: entries}
    items = entries.items() if isinstance(entries, dict) else enumerate(entries)
    return {path: text for key, inner in items for path, text in entries_of(inner, f"{name}.{key}".lstrip(".")).items()}


def gaps(text: str) -> set[str]:
    return set(re.findall(r"\{\w*\}", text))


def test_texts_are_those_that_pages_use() -> None:
    code = "".join(path.read_text() for path in (ROOT / "storefront").rglob("*.py"))
    used = {*re.findall(r"(?:texts|of_photo|of_report)\.(\w+)", code)} - {"of_photo", "of_report", "refused"}
    written = {re.sub(r"^(report|photo)_page\.", "", name).split(".")[0] for name in entries_of(ENGLISH.entries)}
    assert used <= written
    assert [name for name in written - used if f'"{name}"' not in code] == []


def test_a_text_that_nobody_wrote_is_an_error() -> None:
    with pytest.raises(AttributeError, match="no text is named 'unwritten'"):
        _ = ENGLISH.unwritten
    assert ENGLISH.refused(418) == ENGLISH.refused(500) != ENGLISH.refused(413)


def test_the_language_is_a_setting(folder: Path) -> None:
    with create_app(folder, Settings(language="de", name="Krug & Co")).server.test_client() as client:
        page = client.get("/p/mug-004").text
    assert '<html lang="de"' in page
    assert "Sieht ähnlich aus" in page
    assert "104\xa0₹" in page
    assert "<title>Mug number 4 – Krug &amp; Co</title>" in page


def test_settings_come_from_the_environment() -> None:
    read = Settings.of({"IMAGE_BASE_URL": "https://cdn.example/x/", "CORS_ORIGINS": "https://a.example, *"})
    assert read.image_base == "https://cdn.example/x/"
    assert read.cors_origins == ("https://a.example", "*")
    assert Settings.of({}) == Settings()
    with pytest.raises(SettingsError, match="one of: en, de"):
        Settings.of({"SHOP_LANGUAGE": "xx"})
    with pytest.raises(SettingsError, match="https://"):
        Settings.of({"PUBLIC_URL": "shop.example"})


@pytest.mark.parametrize(
    ("address", "status"),
    [("/", 200), ("/p/mug-000", 200), ("/p/a%2Fb%20c", 200), ("/p/nobody", 404), ("/nowhere", 404), ("/p/", 404)],
)
def test_addresses_answer_with_the_right_status(
    app: Storefront, client: FlaskClient, address: str, status: int
) -> None:
    assert client.get(address).status_code == status
    assert part(app, client, address).status_code == status


def test_the_first_html_is_the_page_itself(client: FlaskClient) -> None:
    page = client.get("/p/mug-004").text
    assert 'class="columns with-product"' in page
    assert page.index("Looks similar") < page.index("react-entry-point")
    assert '<html lang="en"' in page
    assert page.count("product-card") >= PER_PAGE + 12  # beside it stands the catalogue


def test_nothing_of_a_shop_runs(client: FlaskClient) -> None:
    for address in ("/p/a%2Fb%20c", f"/?q={quote(SCRIPT)}", f"/{quote(SCRIPT)}", "/?category=%22%3E%3Cscript%3E"):
        assert "<script>alert" not in client.get(address).text
        assert '"><script>' not in client.get(address).text


def test_pages_as_json_are_kept_for_good(app: Storefront, client: FlaskClient) -> None:
    answer = part(app, client, "/p/mug-004")
    assert "immutable" in answer.headers["Cache-Control"]
    page = json.loads(answer.data)
    assert page["title"] == "Mug number 4 – Lookalike"
    assert page["main"] is None
    assert [each["type"] for each in page["product"]] == ["Frozen"]  # mounted as one
    (step,) = page["step"][0]["props"]["tree"]
    assert (step["type"], step["props"]["href"], step["props"]["title"]) == ("A", "/p/mug-004", "Mug number 4")
    assert step["props"]["children"]["props"]["src"].endswith("-160.webp")
    bowls = json.loads(part(app, client, "/?category=Bowls").data)
    assert (bowls["product"], bowls["step"]) == (None, None)
    assert bowls["announcement"] == "61 products, page 1 of 2"


def test_the_parts_of_a_page_are_the_page(app: Storefront, client: FlaskClient, context: Context) -> None:
    for address in ("/p/mug-004?category=Mugs", "/p/no-photo", "/nowhere", "/map"):
        page, sent = page_at(context, *address.partition("?")[::2]), json.loads(part(app, client, address).data)
        for content, tree in ((page.main, sent["main"]), (page.product, sent["product"])):
            assert "".join(texts_of(tree)) == "".join(read(content).shown)


def texts_of(tree: Any) -> list[str]:
    """The texts of components as they are sent, in their order."""
    if isinstance(tree, str):
        return [tree]
    if isinstance(tree, list):
        return [text for inner in tree for text in texts_of(inner)]
    return texts_of(tree["props"].get("tree") or tree["props"].get("children")) if tree else []


def test_a_page_of_another_build_is_gone(client: FlaskClient) -> None:
    answer = client.get("/page/000000000000?at=/")
    assert answer.status_code == 410
    assert answer.headers["Cache-Control"] == "no-store"


def test_nothing_foreign_may_run(client: FlaskClient) -> None:
    policy = client.get("/").headers["Content-Security-Policy"]
    scripts = next(each for each in policy.split("; ") if each.startswith("script-src"))
    assert re.fullmatch(r"script-src 'self'( 'sha256-[\w+/=]+')*", scripts)


def test_photos_may_lie_elsewhere(folder: Path, tmp_path: Path) -> None:
    bare = shutil.copytree(folder, tmp_path / "lists", ignore=shutil.ignore_patterns("images"))
    with pytest.raises(PrecomputedError, match="is missing"):
        create_app(bare, Settings())
    with create_app(bare, Settings(image_base="https://cdn.example/thumbs/")).server.test_client() as client:
        answer = client.get("/p/mug-004")
    assert 'src="https://cdn.example/thumbs/' in answer.text
    assert "https://cdn.example" in answer.headers["Content-Security-Policy"]
    assert 'src="/images/' not in answer.text


def test_thumbnails_are_served_for_good(client: FlaskClient, context: Context) -> None:
    with client.get(f"/images/{context.shop.thumbnails('mug-000')[0].path(320)}") as answer:
        assert answer.mimetype == "image/webp"
        assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["../manifest.json", "..%2fmanifest.json", "nothing.webp"])
def test_only_thumbnails_are_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/images/{name}").status_code == 404


def test_an_empty_catalogue_says_so(tmp_path: Path) -> None:
    with create_app(make_shop_folder(tmp_path, []), Settings()).server.test_client() as client:
        assert "This catalogue has no products yet." in client.get("/").text
        assert client.get("/p/mug-000").status_code == 404


@pytest.mark.parametrize("count", [1, 5])
def test_small_catalogues_have_pages(tmp_path: Path, count: int) -> None:
    with create_app(make_shop_folder(tmp_path, make_products(count)), Settings()).server.test_client() as client:
        assert client.get("/").status_code == 200
        page = client.get("/p/mug-000").text
        assert ("There is no other product to compare it with." in page) == (count == 1)


def test_two_apps_in_one_process_do_not_mix(tmp_path: Path, client: FlaskClient) -> None:
    with create_app(make_shop_folder(tmp_path, make_products(1)), Settings()).server.test_client() as other:
        assert other.get("/p/bowl-001").status_code == 404
    assert client.get("/p/bowl-001").status_code == 200


def test_a_folder_without_lists_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(PrecomputedError, match="python -m model build"):
        create_app(tmp_path)


@pytest.mark.parametrize(
    ("address", "closed"),
    [
        ("/?category=Bowls", "/?category=Bowls"),
        ("/map?category=Baskets", "/map?category=Baskets"),
        ("/report", "/report"),
        ("/?q=bowl&sort=price", "/?q=bowl&sort=price"),
    ],
)
def test_a_product_closes_to_the_page_that_it_was_opened_from(
    browser: Browser, demo: str, address: str, closed: str
) -> None:
    with visit(browser, demo, viewport=DESKTOP) as page:
        open_page(page, address)
        page.locator("#main a[href*='/p/']").last.click()
        expect(heading(page)).to_be_visible()
        assert page.url.startswith(f"{demo}/p/")
        page.keyboard.press("Escape")
        expect(page).to_have_url(f"{demo}{closed}")
        expect(heading(page)).to_have_count(0)
