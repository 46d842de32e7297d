"""`/products.json` of Shopify shops, and the odd things that it holds."""

import json
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.product import Price
from scraper.draft import Draft
from scraper.sources import shopify
from tests.factories import json_values

BASE = "https://shop.example/products.json?limit=250&page=1"


def variant(price: object = "12.00", **rest: Any) -> dict[str, Any]:
    return {"id": 1, "title": "Default Title", "price": price, "available": True, "compare_at_price": None} | rest


def product(**changes: Any) -> dict[str, Any]:
    return {"id": 701, "title": "Blue mug", "handle": "blue-mug", "variants": [variant()]} | changes


def read(*products: object, currency: str = "EUR") -> tuple[list[Draft], Counter[str]]:
    skips: Counter[str] = Counter()
    return shopify.drafts(json.dumps({"products": products}).encode(), BASE, currency, skips), skips


def only(**changes: Any) -> Draft:
    (draft,), skips = read(product(**changes))
    assert not skips
    return draft


def test_every_field_of_a_product() -> None:
    images = [
        {"position": 2, "src": "//cdn.shop.example/back.jpg?v=1"},
        {"position": 1, "src": "https://cdn.shop.example/front.jpg"},
        {"src": "/loose.jpg"},
        {"position": 3, "src": "https://cdn.shop.example/front.jpg"},
    ]
    assert only(
        body_html="<p>Fired twice.</p><p>Caf&eacute; &amp; bar</p>",
        vendor="Kiln &amp; Co",
        product_type="Mugs",
        tags=["blue"],
        published_at="2024-05-17T10:00:00-04:00",
        images=images,
        variants=[variant("14.00"), variant("12.00", compare_at_price="15.50")],
    ) == Draft(
        source="shopify",
        id="701",
        title="Blue mug",
        description="Fired twice. Café & bar",
        link="https://shop.example/products/blue-mug",
        images=(
            "https://cdn.shop.example/front.jpg",
            "https://cdn.shop.example/back.jpg?v=1",
            "https://shop.example/loose.jpg",
        ),
        price=Price(Decimal("15.50"), "EUR"),
        sale_price=Price(Decimal("12.00"), "EUR"),
        availability="in_stock",
        brand="Kiln & Co",
        product_type="Mugs",
        added="2024-05-17T10:00:00-04:00",
    )


@pytest.mark.parametrize(("published", "skipped"), [(None, {}), ("", {}), ("soon", {"unreadable date": 1})])
def test_a_date_that_makes_no_sense_is_left_out(published: object, skipped: dict[str, int]) -> None:
    (draft,), skips = read(product(published_at=published))
    assert (draft.added, skips) == ("", skipped)


@pytest.mark.parametrize(
    ("variants", "price", "sale"),
    [
        ([variant("9.00", available=False), variant("12.00"), variant("14.00")], "12.00 EUR", None),
        ([variant("14.00", available=False), variant("9.00", available=False)], "9.00 EUR", None),
        ([variant("9.00", compare_at_price="9.00")], "9.00 EUR", None),
        ([variant("9.00", compare_at_price="0.00")], "9.00 EUR", None),
        ([variant("9.00", compare_at_price="")], "9.00 EUR", None),
        ([variant("9.00", compare_at_price="12.00")], "12.00 EUR", "9.00 EUR"),
        ([variant("9.00"), variant("10.00", compare_at_price="99.00")], "9.00 EUR", None),
        ([variant(""), variant("10.00")], "10.00 EUR", None),
        ([variant(10)], "10.00 EUR", None),
        ([variant(None), variant([]), variant({"amount": "5"}), variant(True)], None, None),
        ([], None, None),
    ],
)
def test_the_price_is_the_cheapest_variants_that_can_be_bought(
    variants: list[Any], price: str | None, sale: str | None
) -> None:
    draft = only(variants=variants)
    assert (draft.price and str(draft.price), draft.sale_price and str(draft.sale_price)) == (price, sale)


@pytest.mark.parametrize(
    ("price", "reason"),
    [
        ("NaN", "unreadable price"),
        ("-3.00", "negative price"),
        ("dear", "unreadable price"),
        (float("nan"), "unreadable price"),
    ],
)
def test_prices_that_cannot_be_are_counted(price: object, reason: str) -> None:
    (draft,), skips = read(product(variants=[variant(price)]))
    assert (draft.price, skips) == (None, {reason: 1})


def test_without_a_currency_there_is_no_price() -> None:
    (draft,), skips = read(product(), currency="")
    assert (draft.price, skips) == (None, {"price without currency": 1})


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ([True, False], "in_stock"),
        ([None, True], "in_stock"),
        ([False, False], "out_of_stock"),
        ([False, None], None),
        (["true"], None),
        ([], None),
    ],
)
def test_availability_is_known_only_when_variants_say_so(flags: list[object], expected: str | None) -> None:
    assert only(variants=[variant(available=flag) for flag in flags]).availability == expected


def test_a_missing_key_is_unknown_too() -> None:
    assert only(variants=[{"price": "3.00"}]).availability is None


@pytest.mark.parametrize(
    ("handle", "link"),
    [
        ("blue-mug", "https://shop.example/products/blue-mug"),
        ("tasse-émaillée", "https://shop.example/products/tasse-%C3%A9maill%C3%A9e"),
        ("a/../../b?c#d", "https://shop.example/products/a%2F..%2F..%2Fb%3Fc%23d"),
        ("//evil.example", "https://shop.example/products/%2F%2Fevil.example"),
        ("\ud800", "https://shop.example/products/%3F"),
        (None, ""),
    ],
)
def test_links_stay_in_the_shop(handle: object, link: str) -> None:
    assert only(handle=handle).link == link


@pytest.mark.parametrize("title", ["<script>x()</script>Blue mug", "Blue&nbsp;<b>mug</b>", " Blue\u0000\tmug\n"])
def test_titles_are_plain_text(title: str) -> None:
    assert only(title=title).title == "Blue mug"


def test_texts_that_no_file_can_hold_are_mended() -> None:
    draft = only(body_html="<b>\ud800</b>", images=[{"src": "https://cdn.shop.example/\ud800.jpg"}])
    assert Draft.unpacked(draft.packed().encode().decode()) == draft


@pytest.mark.parametrize(
    "unusable",
    [
        None,
        3,
        "text",
        [],
        {},
        product(id=None),
        product(id=True),
        product(id=[]),
        product(title=None),
        product(title="<br>"),
    ],
)
def test_what_is_no_product_is_counted(unusable: object) -> None:
    drafts, skips = read(unusable, product())
    assert [draft.id for draft in drafts] == ["701"]
    assert skips == {"unreadable product": 1}


def test_what_comes_twice_is_left_to_the_caller() -> None:
    assert len(read(product(), product())[0]) == 2


def test_an_empty_page_ends_the_shop() -> None:
    assert read() == ([], {})
    assert shopify.is_products(b'{"products": []}')


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (json.dumps({"products": [product()]}).encode(), True),
        (b'\xef\xbb\xbf{"products":[{"id":1,"handle":"a"}]}', True),
        (b'{"products":[null,{"variants":[]}]}', True),
        (b"<!doctype html><title>Shop</title>", False),
        (b"", False),
        (b"\xff\xfe\xff", False),
        (b"null", False),
        (b"[]", False),
        (b'{"products":{}}', False),
        (b'{"products":[{"id":1,"title":"Phone","price":9}],"total":1}', False),
        (b"[" * 100_000, False),
        (b'{"products":[' + b"9" * 5_000 + b"]}", False),
    ],
)
def test_pages_of_products_are_told_from_others(content: bytes, expected: bool) -> None:
    assert shopify.is_products(content) is expected
    if not expected:
        assert all(draft.id for draft in shopify.drafts(content, BASE, "EUR", Counter()))


@pytest.mark.parametrize("base", ["https://shop.example", "https://shop.example/en?x=1#y", BASE])
def test_the_address_of_a_page_can_be_made_of_any_page(base: str) -> None:
    assert shopify.page_address(base, 3) == "https://shop.example/products.json?limit=250&page=3"


def test_a_collection_stays_a_collection() -> None:
    first = shopify.page_address("https://shop.example/collections/mugs/products.json", 1)
    assert shopify.page_address(first, 2) == "https://shop.example/collections/mugs/products.json?limit=250&page=2"


NAMES = ["id", "title", "handle", "body_html", "variants", "images", "price", "available", "position", "src"]


@given(json_values(["products", *NAMES]))
def test_no_json_makes_it_fail(value: object) -> None:
    for content in (value, {"products": value}, {"products": [value, product(variants=value, images=[value])]}):
        found = shopify.drafts(json.dumps(content).encode(), BASE, "EUR", Counter())
        assert all(Draft.unpacked(draft.packed()) == draft for draft in found)
        shopify.is_products(json.dumps(content).encode())


@given(st.fixed_dictionaries({name: json_values(NAMES) for name in NAMES}))
def test_no_product_makes_it_fail(members: dict[str, Any]) -> None:
    (draft,), _ = read(members | {"id": 1, "title": "Mug"})
    assert all(image.startswith(("http://", "https://")) for image in draft.images)


@given(st.binary(max_size=100))
def test_no_bytes_make_it_fail(content: bytes) -> None:
    assert shopify.is_products(content) is False
    assert shopify.drafts(content, BASE, "EUR", Counter()) == []
