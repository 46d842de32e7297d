"""The widget's script in a real browser with a stand-in for the API: what it asks for, and what it makes of it."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from storefront.api.widget import script

ORIGIN = "http://shop.example"
SCRIPT = script().decode()
DOCUMENT = '<!doctype html><html lang="en"><title>Shop</title><main></main>'
ITEM: dict[str, Any] = {
    "id": "a", "title": "Mug", "category": "Mugs", "availability": "in_stock", "price": None, "sale_price": None,
    "image": None, "link": "https://shop.example/mug", "links": {"page": "/p/a"}, "band": "", "similarity": 0.9,
}  # fmt: skip


class Api:
    """Answers every address below `/api/` with `similar`; `asked` are the addresses in their order."""

    def __init__(self, page: Page) -> None:
        self.asked: list[str] = []
        self.similar: Any = [ITEM]
        page.route(f"{ORIGIN}/**", self._take)

    def _take(self, route: Route) -> None:
        address = route.request.url.removeprefix(ORIGIN)
        if "/api/" not in address:
            route.fulfill(body=DOCUMENT, content_type="text/html")
            return
        self.asked.append(address)
        route.fulfill(json={"similar": self.similar})


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    tab = browser.new_page(locale="en-GB")
    yield tab
    tab.close()


@pytest.fixture
def api(page: Page) -> Api:
    """A page with the script, and what answers it."""
    api = Api(page)
    page.goto(f"{ORIGIN}/")
    page.add_script_tag(content=SCRIPT)
    return api


def shown(page: Page, **attributes: str) -> dict[str, Any]:
    """What an element with these attributes tells the shop once it has its answer."""
    told: dict[str, Any] = page.evaluate(
        """attributes => new Promise((resolve) => {
          const element = document.createElement("lookalike-similar");
          for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
          for (const type of ["lookalike:shown", "lookalike:empty"])
            document.addEventListener(type, (event) => resolve({ type, ...event.detail }), { once: true });
          document.querySelector("main").replaceChildren(element);
        })""",
        attributes,
    )
    return told


def paid(page: Page, price: str, **attributes: str) -> str:
    shown(page, product="a", **attributes)
    text = page.locator(price).inner_text()
    return text.replace("\xa0", " ")


IDS = ["mug-001", "a/b c", "ünï→", "it's (50%)!*", "a?b#c", "a%2Fb"]


@pytest.mark.parametrize("product_id", IDS)
def test_the_api_is_asked_by_the_id(page: Page, api: Api, product_id: str) -> None:
    assert shown(page, product=product_id) == {"type": "lookalike:shown", "product": product_id, "count": 1}
    kept = quote(product_id, safe="!'()*")
    assert api.asked == [f"/api/v1/products/{kept}/similar?k=6"]


@pytest.mark.parametrize("product_id", IDS)
def test_a_static_export_has_a_file_of_the_id(page: Page, api: Api, product_id: str) -> None:
    shown(page, product=product_id, static="")
    assert api.asked == [f"/api/v1/similar/{quote(quote(product_id, safe=''), safe='')}.json"]


@pytest.mark.parametrize(
    ("attributes", "address"),
    [
        ({"k": "3"}, "/api/v1/products/a/similar?k=3"),
        ({"k": "many"}, "/api/v1/products/a/similar?k=6"),
        ({"k": "1000"}, "/api/v1/products/a/similar?k=100"),
        ({"k": "-2"}, "/api/v1/products/a/similar?k=1"),
        ({"category": "Mugs & more"}, "/api/v1/products/a/similar?category=Mugs+%26+more&k=6"),
        ({"src": "/below/it"}, "/below/it/api/v1/products/a/similar?k=6"),
        ({"src": f"{ORIGIN}/below/"}, "/below/api/v1/products/a/similar?k=6"),
    ],
)
def test_attributes_say_what_is_asked_for(page: Page, api: Api, attributes: dict[str, str], address: str) -> None:
    shown(page, product="a", **attributes)
    assert api.asked == [address]


def test_a_static_list_is_cut_and_kept_to_a_category(page: Page, api: Api) -> None:
    api.similar = [{**ITEM, "category": name} for name in ("Mugs", "Bowls", "Mugs", "Mugs")]
    assert shown(page, product="a", static="", category="Mugs")["count"] == 3
    assert shown(page, product="a", static="", k="2")["count"] == 2


@pytest.mark.parametrize(
    ("language", "amount", "currency", "expected"),
    [
        ("en", "1299.00", "INR", "₹1,299"),
        ("en", "1299.50", "INR", "₹1,299.50"),
        ("de", "1299.50", "EUR", "1.299,50 €"),
        ("ja", "1299.00", "JPY", "￥1,299"),
        ("no such_language", "5.00", "EUR", "€5"),
    ],
)
def test_prices_read_as_shoppers_read_them(
    page: Page, api: Api, language: str, amount: str, currency: str, expected: str
) -> None:
    api.similar = [{**ITEM, "price": {"amount": amount, "currency": currency}}]
    assert paid(page, ".price", lang=language).strip() == expected


def test_a_sale_shows_both_prices(page: Page, api: Api) -> None:
    price = {"amount": "20.00", "currency": "EUR"}
    api.similar = [{**ITEM, "price": price, "sale_price": {**price, "amount": "15.00"}}]
    assert paid(page, ".price").split() == ["Former", "price", "€20", "€15"]
    assert paid(page, "del").split() == ["Former", "price", "€20"]


def test_it_speaks_the_language_of_the_page(page: Page, api: Api) -> None:
    api.similar = [{**ITEM, "band": "very similar"}]
    page.evaluate("document.documentElement.lang = 'de-AT'")
    shown(page, product="a")
    expect(page.get_by_role("heading", name="Sieht ähnlich aus")).to_be_visible()
    expect(page.get_by_role("link", name="Mug Sehr ähnlich")).to_be_visible()
    shown(page, product="a", heading="Auch schön", lang="en")
    expect(page.get_by_role("region", name="Auch schön")).to_be_visible()
    expect(page.get_by_role("link", name="Mug Very similar")).to_be_visible()


@pytest.mark.parametrize(
    ("link", "page_link", "expected"),
    [
        ("https://shop.example/mug", "/p/a", "https://shop.example/mug"),
        ("", "/p/a", f"{ORIGIN}/p/a"),
        ("", "../../../p/a/index.html", f"{ORIGIN}/p/a/index.html"),
        ("javascript:alert(1)", "/p/a", f"{ORIGIN}/p/a"),
        ("data:text/html,x", "https://site.example/p/a", "https://site.example/p/a"),
    ],
)
def test_cards_lead_to_the_shop_else_to_the_site(
    page: Page, api: Api, link: str, page_link: str, expected: str
) -> None:
    api.similar = [{**ITEM, "link": link, "links": {"page": page_link}}]
    shown(page, product="a", static="")
    assert page.get_by_role("link").evaluate("link => link.href") == expected


@pytest.mark.parametrize(
    "similar",
    [
        [],
        None,
        "mugs",
        [{}],
        [{**ITEM, "price": {"amount": "1", "currency": "no currency"}}],
        [{**ITEM, "link": "", "links": {"page": "javascript:alert(1)"}}],
    ],
)
def test_what_makes_no_sense_shows_nothing(page: Page, api: Api, similar: Any) -> None:
    api.similar = similar
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    assert shown(page, product="a") == {"type": "lookalike:empty", "product": "a", "count": 0}
    assert page.locator("lookalike-similar").bounding_box() == {"x": 8, "y": 8, "width": 1264, "height": 0}
    assert wrong == []


def test_another_product_takes_the_place_of_the_first(page: Page, api: Api) -> None:
    shown(page, product="a")
    api.similar = [{**ITEM, "title": "Bowl"}]
    page.evaluate("document.querySelector('lookalike-similar').setAttribute('product', 'b')")
    expect(page.get_by_role("link")).to_have_text("Bowl ")
    assert api.asked[-1] == "/api/v1/products/b/similar?k=6"


def test_an_element_that_is_taken_away_asks_for_nothing(page: Page, api: Api) -> None:
    page.evaluate(
        """() => {
          const element = document.createElement("lookalike-similar");
          element.setAttribute("product", "a");
          document.body.append(element);
          element.remove();
        }"""
    )
    assert shown(page, product="b")["product"] == "b"
    assert api.asked == ["/api/v1/products/b/similar?k=6"]


def test_a_second_script_changes_nothing(page: Page, api: Api) -> None:
    page.add_script_tag(content=SCRIPT)
    assert shown(page, product="a")["count"] == 1
    assert len(api.asked) == 1
