"""WooCommerce's Store API: minor units, ranges, sales, and JSON of any shape."""

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.draft import Draft
from scraper.sources import woocommerce
from tests.factories import json_values

PATH = "/wp-json/wc/store/v1/products"
BASE = f"https://shop.example{PATH}?per_page=100&page=1"


def prices(price: object = "129900", unit: object = 2, code: object = "INR", **rest: Any) -> dict[str, Any]:
    return {"price": price, "currency_minor_unit": unit, "currency_code": code, "price_range": None} | rest


def product(**changes: Any) -> dict[str, Any]:
    return {
        "id": 34,
        "name": "Oak bowl",
        "permalink": "https://shop.example/product/bowl/",
        "prices": prices(),
    } | changes


def read(*products: object) -> tuple[list[Draft], Counter[str]]:
    skips: Counter[str] = Counter()
    return woocommerce.drafts(json.dumps(products).encode(), BASE, skips), skips


def priced(on_sale: object = False, **changes: Any) -> tuple[str | None, str | None, Counter[str]]:
    (draft,), skips = read(product(on_sale=on_sale, prices=prices(**changes)))
    return str(draft.price or "") or None, str(draft.sale_price or "") or None, skips


def test_every_field_of_a_product() -> None:
    (draft,), skips = read(
        product(
            name="Oak bowl &#8211; caf&eacute;",
            description="<p>Turned by hand</p>\n<script>steal()</script>",
            short_description="<p>Short</p>",
            on_sale=True,
            prices=prices("99900", regular_price="129900", sale_price="99900"),
            images=[{"id": 1, "src": "https://shop.example/a.jpg"}, {"src": "//cdn.shop.example/b.jpg"}, {"src": ""}],
            categories=[{"id": 3, "name": "Bowls &amp; plates"}, {"id": 4, "name": "Oak"}],
            brands=[{"id": 9, "name": "Kiln &amp; Co"}],
            is_in_stock=True,
            is_on_backorder=False,
        )
    )
    assert json.loads(draft.packed()) == {
        "source": "woocommerce",
        "id": "34",
        "title": "Oak bowl – café",
        "description": "Turned by hand",
        "link": "https://shop.example/product/bowl/",
        "images": ["https://shop.example/a.jpg", "https://cdn.shop.example/b.jpg"],
        "price": "1299.00 INR",
        "sale_price": "999.00 INR",
        "availability": "in_stock",
        "brand": "Kiln & Co",
        "product_type": "Bowls & plates",
    }
    assert not skips


@pytest.mark.parametrize(
    ("price", "unit", "code", "expected"),
    [
        ("129900", 2, "INR", "1299.00 INR"),
        ("1299", 0, "JPY", "1299.00 JPY"),
        ("12345", 3, "KWD", "12.345 KWD"),
        (500, "2", "eur", "5.00 EUR"),
        ("0", 2, "EUR", "0.00 EUR"),
        ("", 2, "EUR", None),
        (None, 2, "EUR", None),
    ],
)
def test_amounts_are_in_minor_units(price: object, unit: object, code: str, expected: str | None) -> None:
    assert priced(price=price, unit=unit, code=code) == (expected, None, {})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"price": "NaN"}, "unreadable price"),
        ({"price": "Free"}, "unreadable price"),
        ({"price": "12.50"}, "unreadable price"),
        ({"price": "9" * 20}, "unreadable price"),
        ({"unit": None}, "unreadable price"),
        ({"unit": -2}, "unreadable price"),
        ({"unit": True}, "unreadable price"),
        ({"unit": 999_999_999}, "unreadable price"),
        ({"price": "-500"}, "negative price"),
        ({"code": ""}, "price without currency"),
        ({"code": ["EUR"]}, "price without currency"),
    ],
)
def test_prices_that_cannot_be_are_counted(changes: dict[str, Any], reason: str) -> None:
    assert priced(**changes) == (None, None, {reason: 1})


def test_the_lower_end_of_a_range_counts() -> None:
    ends = {"min_amount": "1000", "max_amount": "2500"}
    assert priced(price="2500", price_range=ends) == ("10.00 INR", None, {"range of prices": 1})


def test_a_range_of_one_price_is_none() -> None:
    ends = {"min_amount": "1000", "max_amount": "1000"}
    assert priced(price="2500", price_range=ends) == ("10.00 INR", None, {})


@pytest.mark.parametrize(
    ("on_sale", "regular", "sale", "expected"),
    [
        (True, "2000", "1500", ("20.00 INR", "15.00 INR")),
        (False, "2000", "1500", ("15.00 INR", None)),
        ("yes", "2000", "1500", ("15.00 INR", None)),
        (True, "2000", "", ("15.00 INR", None)),
        (True, "1500", "1500", ("15.00 INR", None)),
        (True, None, [], ("15.00 INR", None)),
    ],
)
def test_a_sale_has_two_prices(
    on_sale: object, regular: object, sale: object, expected: tuple[str, str | None]
) -> None:
    assert priced(on_sale, price="1500", regular_price=regular, sale_price=sale) == (*expected, {})


@pytest.mark.parametrize(
    ("stock", "backorder", "expected"),
    [
        (True, False, "in_stock"),
        (False, False, "out_of_stock"),
        (True, True, "backorder"),
        (None, None, None),
        ("yes", "no", None),
    ],
)
def test_availability(stock: object, backorder: object, expected: str | None) -> None:
    (draft,), _ = read(product(is_in_stock=stock, is_on_backorder=backorder))
    assert draft.availability == expected


@pytest.mark.parametrize("description", ["", None, [], "<p> </p>"])
def test_the_short_description_stands_in(description: object) -> None:
    (draft,), _ = read(product(description=description, short_description="<p>Short</p>"))
    assert draft.description == "Short"


@pytest.mark.parametrize("name", ["<script>x()</script>Oak bowl", "Oak&nbsp;<b>bowl</b>", " Oak\u0000\tbowl\n"])
def test_names_are_plain_text(name: str) -> None:
    assert read(product(name=name))[0][0].title == "Oak bowl"


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", None, 3, {}])
def test_only_web_addresses_are_kept(link: object) -> None:
    (draft,), _ = read(product(permalink=link, images=[{"src": link}, link]))
    assert (draft.link, draft.images) == ("", ())


@pytest.mark.parametrize(
    "unusable", [None, 3, "text", [], {}, product(id=None), product(id={}), product(name=None), product(name="<br>")]
)
def test_what_is_no_product_is_counted(unusable: object) -> None:
    drafts, skips = read(unusable, product(), product())
    assert [draft.id for draft in drafts] == ["34", "34"]
    assert skips == {"unreadable product": 1}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"X-WP-TotalPages": "7"}, 7),
        ({"x-wp-totalpages": " 12 "}, 12),
        ({}, 1),
        ({"X-WP-Total": "7"}, 1),
        *(({"X-WP-TotalPages": odd}, 1) for odd in ("", "0", "-3", "many", "1.5", "٣", "9" * 5_000)),
    ],
)
def test_how_many_pages_there_are(headers: dict[str, str], expected: int) -> None:
    assert woocommerce.pages(headers) == expected


@pytest.mark.parametrize("base", ["https://shop.example", "https://shop.example/shop/?x=1#y", BASE])
def test_the_address_of_a_page_can_be_made_of_any_page(base: str) -> None:
    assert woocommerce.page_address(base, 3) == f"https://shop.example{PATH}?per_page=100&page=3"


def test_a_wordpress_in_a_folder_stays_there() -> None:
    first = woocommerce.page_address(f"https://shop.example/blog{PATH}/", 1, per_page=20)
    assert first == f"https://shop.example/blog{PATH}?per_page=20&page=1"
    assert woocommerce.page_address(first, 2) == f"https://shop.example/blog{PATH}?per_page=100&page=2"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (json.dumps([product()]).encode(), True),
        (b"[]", True),
        (b"<!doctype html><title>Shop</title>", False),
        (b"", False),
        (b"null", False),
        (b'{"code":"rest_no_route","message":"No route","data":{"status":404}}', False),
        (b'[{"id":1,"name":"Post","link":"https://shop.example/"}]', False),
        (b"[" * 100_000, False),
        (b"[" + b"9" * 5_000 + b"]", False),
    ],
)
def test_pages_of_products_are_told_from_others(content: bytes, expected: bool) -> None:
    assert woocommerce.is_products(content) is expected


NAMES = ["id", "name", "prices", "price_range", "min_amount", "price", "currency_minor_unit", "images", "src", "brands"]


@given(json_values(NAMES))
def test_no_json_makes_it_fail(value: object) -> None:
    for content in (value, [value], [product(prices=value, images=value, categories=[value], brands=value)]):
        found = woocommerce.drafts(json.dumps(content).encode(), BASE, Counter())
        assert all(Draft.unpacked(draft.packed()) == draft for draft in found)
        woocommerce.is_products(json.dumps(content).encode())


@given(st.fixed_dictionaries({"prices": st.dictionaries(st.sampled_from(sorted(prices())), json_values(NAMES))}))
def test_no_product_makes_it_fail(members: dict[str, Any]) -> None:
    (draft,), _ = read(product(**members))
    assert draft.price is None or draft.price.amount >= 0
