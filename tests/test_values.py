"""Texts, addresses, prices and availability as shops write them."""

import doctest
from collections import Counter
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.product import AVAILABILITIES, Price
from scraper import values
from scraper.values import Separators

PAGE = "https://shop.example/en/mugs/blue.html?colour=2"
GERMAN = Separators(decimal=",", thousands=".")
anything = st.none() | st.booleans() | st.integers() | st.floats() | st.decimals() | st.text(st.characters())
markup = st.lists(
    st.sampled_from(["<p>", "</p>", "<script>", "</script>", "<", "&lt;", "&#xD800;", "\ud800", "a", " "])
)


def spelt(price: Price | None) -> str:
    return "" if price is None else str(price)


def test_examples_in_the_docstrings() -> None:
    assert doctest.testmod(values) == (0, 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mug", "Mug"),
        (12, "12"),
        (1.5, "1.5"),
        ("Caf&eacute; &#8211; R&amp;D &#128512;", "Café – R&D 😀"),
        ("a &amp;amp; b", "a &amp; b"),
        ("&lt;b&gt;bold&lt;/b&gt;", "bold"),
        ("<b>bo</b>ld", "bold"),
        ("<p>one</p><p>two<br>three</p>", "one two three"),
        ("<ul><li>oak</li><li>ash</li></ul>", "oak ash"),
        ("a<script>steal()</script>b<style>p{}</style>c<noscript>d</noscript><template>e</template>", "abc"),
        ("&lt;script&gt;steal()&lt;/script&gt;Mug", "Mug"),
        ("Mug<script>steal()", "Mug"),
        ("Mug<!-- note -->s", "Mugs"),
        ('<img src="x" onerror="steal()">Mug', "Mug"),
        ('<?xml:namespace prefix="o" /><p>From Word</p>', "From Word"),
        ('<?xml version="1.0"?><b>XML</b>', "XML"),
        ("5 < 6, I <3 mugs", "5 < 6, I <3 mugs"),
        (" a\n\tb\u00a0\u2003c ", "a b c"),
        ("a\x00b\x07c\x7fd\x85e", "a b c d e"),
        ("\ud800", "?"),
        ("<b>\ud800</b>", "?"),
        ("&#xD800;", "\ufffd"),
        ("<i>" * 5_000 + "deep", "deep"),
        (None, ""),
        (True, ""),
        (["Mug"], ""),
        ({"a": 1}, ""),
        (b"Mug", ""),
    ],
)
def test_plain_text(text: object, expected: str) -> None:
    assert values.plain(text) == expected


def test_long_text_is_cut() -> None:
    assert values.plain("ab " * 10_000) == ("ab " * 10_000)[: values.TEXT_LIMIT].rstrip()
    assert values.plain("ab cd", 3) == "ab"


@given(anything | markup.map("".join), st.integers(0, 50))
def test_plain_text_has_no_edges_no_control_characters_and_a_limit(text: object, limit: int) -> None:
    found = values.plain(text, limit)
    assert len(found) <= limit
    assert found == " ".join(found.split())
    assert found.encode().isascii() or not any(0xD800 <= ord(letter) < 0xE000 for letter in found)
    assert not any(ord(letter) < 32 or 0x7F <= ord(letter) < 0xA0 for letter in found)


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://cdn.example/a.jpg", "https://cdn.example/a.jpg"),
        ("//cdn.example/a.jpg", "https://cdn.example/a.jpg"),
        ("/a.jpg", "https://shop.example/a.jpg"),
        ("red.html", "https://shop.example/en/mugs/red.html"),
        ("../a.jpg", "https://shop.example/en/a.jpg"),
        ("?colour=3", "https://shop.example/en/mugs/blue.html?colour=3"),
        ("#reviews", PAGE),
        ("/a#b#c", "https://shop.example/a"),
        ("  /a b.jpg\n", "https://shop.example/a%20b.jpg"),
        ("/é.jpg", "https://shop.example/é.jpg"),
        ("https://cdn.example:8443/a", "https://cdn.example:8443/a"),
        ("/\ud800", "https://shop.example/?"),
        ("", ""),
        ("  ", ""),
        ("data:image/png;base64,AAAA", ""),
        ("javascript:alert(1)", ""),
        ("java\nscript:alert(1)", ""),
        ("JavaScript:alert(1)", ""),
        ("file:///etc/passwd", ""),
        ("ftp://cdn.example/a", ""),
        ("mailto:shop@shop.example", ""),
        ("blob:https://shop.example/1", ""),
        ("https://", PAGE),
        ("https:///a", "https://shop.example/a"),
        ("http:///a", ""),
        ("https://[broken", ""),
        ("https://cdn.example:0/", ""),
        ("https://cdn.example:99999/", ""),
        ("https://cdn.example:port/", ""),
        ("/" + "a" * 2_000, ""),
        (None, ""),
        (5, ""),
        (["/a"], ""),
    ],
)
def test_addresses(link: object, expected: str) -> None:
    assert values.address(PAGE, link) == expected


@given(
    st.text(st.characters()) | st.sampled_from("/:?#[]@%a. ").flatmap(lambda sign: st.text(f"{sign}/:a", max_size=9))
)
def test_an_address_is_of_the_web_or_empty(link: str) -> None:
    found = values.address(PAGE, link)
    assert not found or (found.encode() and urlsplit(found).scheme in ("http", "https") and urlsplit(found).hostname)
    assert "#" not in found
    assert not any(ord(letter) < 33 for letter in found)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1299, "1299.00 INR"),
        (1299.5, "1299.50 INR"),
        (Decimal("12.345"), "12.345 INR"),
        (0, "0.00 INR"),
        ("1299", "1299.00 INR"),
        ("1,299.00", "1299.00 INR"),
        ("1.299,00", "1299.00 INR"),
        ("1,29,999", "129999.00 INR"),
        ("1,234,567.89", "1234567.89 INR"),
        ("1.234.567,89", "1234567.89 INR"),
        ("1 299,50", "1299.50 INR"),
        ("1\u00a0299.50", "1299.50 INR"),
        ("1'299.50", "1299.50 INR"),
        ("1299,5", "1299.50 INR"),
        ("1,299", "1299.00 INR"),
        ("-0", "0.00 INR"),
        ("0.00001", "0.00 INR"),
        ("12.34567", "12.3457 INR"),
        ("1e3", "1000.00 INR"),
        ("Free", "0.00 INR"),
        (None, ""),
        (True, ""),
        ("", ""),
        (" ", ""),
    ],
)
def test_amounts_for_machines(value: object, expected: str) -> None:
    skips: Counter[str] = Counter()
    assert (spelt(values.amount(value, " inr", skips)), skips) == (expected, {})


@pytest.mark.parametrize(
    ("value", "currency", "reason"),
    [
        ("ask", "EUR", "unreadable price"),
        ("NaN", "EUR", "unreadable price"),
        ("sNaN", "EUR", "unreadable price"),
        (float("nan"), "EUR", "unreadable price"),
        (float("inf"), "EUR", "unreadable price"),
        ("-Infinity", "EUR", "unreadable price"),
        ("1e12", "EUR", "unreadable price"),
        ("999999999999.99999", "EUR", "unreadable price"),
        ("9" * 5_000, "EUR", "unreadable price"),
        ("10 - 20", "EUR", "unreadable price"),
        ([], "EUR", "unreadable price"),
        ({"value": 1}, "EUR", "unreadable price"),
        (-5, "EUR", "negative price"),
        ("-0.01", "EUR", "negative price"),
        ("5", "", "price without currency"),
        ("5", None, "price without currency"),
        ("5", "EURO", "price without currency"),
        ("5", "€", "price without currency"),
        ("5", ["EUR"], "price without currency"),
    ],
)
def test_amounts_that_are_none_are_counted(value: object, currency: object, reason: str) -> None:
    skips: Counter[str] = Counter()
    assert (values.amount(value, currency, skips), skips) == (None, {reason: 1})


@given(anything | st.decimals().map(str) | st.text("0123456789.,-+eE' ", max_size=20))
def test_every_price_can_be_written_and_read(value: object) -> None:
    price = values.amount(value, "EUR", Counter())
    assert price is None or Price.parse(str(price)) == price


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1299.00 INR", "1299.00 INR"),
        ("INR 1,299", "1299.00 INR"),
        ("12.99EUR", "12.99 EUR"),
        ("eur 12,99", "12.99 EUR"),
        ("1 299,00 SEK", "1299.00 SEK"),
        ("0 EUR", "0.00 EUR"),
        ("", ""),
        (None, ""),
    ],
)
def test_amount_and_currency_in_one_field(text: object, expected: str) -> None:
    skips: Counter[str] = Counter()
    assert (spelt(values.stated(text, skips)), skips) == (expected, {})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("12.99", "price without currency"),
        ("Free", "price without currency"),
        ("NaN EUR", "unreadable price"),
        ("10 - 20 EUR", "unreadable price"),
        ("EUR 1 USD", "unreadable price"),
        ("12 EURO", "unreadable price"),
        ("-12 EUR", "negative price"),
    ],
)
def test_stated_prices_that_are_none_are_counted(text: str, reason: str) -> None:
    skips: Counter[str] = Counter()
    assert (values.stated(text, skips), skips) == (None, {reason: 1})


@pytest.mark.parametrize(
    ("text", "separators", "expected"),
    [
        ("$1,299.00", Separators(), "1299.00 EUR"),
        ("€ 1.299,00", Separators(), "1299.00 EUR"),
        ("1 299,00 zł", Separators(), "1299.00 PLN"),
        ("₹1,29,999", Separators(), "129999.00 INR"),
        ("£9.99", Separators(), "9.99 GBP"),
        ("R$ 10,50", Separators(), "10.50 BRL"),
        ("USD 5", Separators(), "5.00 USD"),
        ("Now only 5.49!", Separators(), "5.49 EUR"),
        ("1.299", GERMAN, "1299.00 EUR"),
        ("1.299,5", GERMAN, "1299.50 EUR"),
        ("1.299", Separators(decimal="."), "1.299 EUR"),
        ("Free", Separators(), "0.00 EUR"),
        ("", Separators(), ""),
        (" \n", Separators(), ""),
    ],
)
def test_prices_for_people(text: str, separators: Separators, expected: str) -> None:
    skips: Counter[str] = Counter()
    assert (spelt(values.visible_price(text, "EUR", separators, skips)), skips) == (expected, {})


@pytest.mark.parametrize("text", ["10 – 20 €", "€10-€20", "from 10 to 20", "10,00 bis 20,00 €", "10 — 20"])
def test_the_lower_end_of_a_range_counts(text: str) -> None:
    skips: Counter[str] = Counter()
    price = values.visible_price(text, "EUR", Separators(), skips)
    assert (price, skips) == (Price(Decimal("10.00"), "EUR"), {"range of prices": 1})


@pytest.mark.parametrize(
    ("text", "currency", "reason"),
    [
        ("-5 €", "EUR", "negative price"),
        ("−€5", "EUR", "negative price"),
        ("price on request", "EUR", "unreadable price"),
        ("$5", "", "price without currency"),
    ],
)
def test_visible_prices_that_are_none_are_counted(text: str, currency: str, reason: str) -> None:
    skips: Counter[str] = Counter()
    assert (values.visible_price(text, currency, Separators(), skips), skips) == (None, {reason: 1})


@given(st.text(max_size=30) | st.text("0123456789.,-€$ ", max_size=20))
def test_any_visible_text_is_a_price_that_can_be_read_again_or_none(text: str) -> None:
    price = values.visible_price(text, "EUR", Separators(), Counter())
    assert price is None or Price.parse(str(price)) == price


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *((spelling, name) for name in AVAILABILITIES for spelling in (name, name.upper(), name.replace("_", "-"))),
        ("InStock", "in_stock"),
        ("in stock", "in_stock"),
        ("https://schema.org/InStock", "in_stock"),
        ("http://schema.org/LimitedAvailability/", "in_stock"),
        ("True", "in_stock"),
        (True, "in_stock"),
        (1, "in_stock"),
        ("https://schema.org/OutOfStock", "out_of_stock"),
        ("Sold Out", "out_of_stock"),
        ("Discontinued", "out_of_stock"),
        (False, "out_of_stock"),
        (0, "out_of_stock"),
        ("https://schema.org/PreOrder", "preorder"),
        ("available for order", "preorder"),
        ("BackOrder", "backorder"),
        ("MadeToOrder", "backorder"),
        ("perhaps", None),
        ("https://schema.org/", None),
        ("", None),
        (None, None),
        ([], None),
        ({"a": "InStock"}, None),
    ],
)
def test_availability(value: object, expected: str | None) -> None:
    assert values.availability(value) == expected


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (["Kitchen", "Mugs"], "Kitchen > Mugs"),
        (["Kitchen", "Kitchen", "Mugs"], "Kitchen > Mugs"),
        (["Sale", "Mugs", "Sale"], "Sale > Mugs > Sale"),
        ([" > Kitchen > ", "", "<br>", "Mugs /"], "Kitchen > Mugs"),
        (["Bowls &amp; <b>plates</b>"], "Bowls & plates"),
        ([], ""),
    ],
)
def test_category_paths(parts: list[str], expected: str) -> None:
    assert values.path_of(parts) == expected


@pytest.mark.parametrize("content", [b"", b"<html>", b"\xff\xfe\xff", b"[" * 100_000, b"9" * 5_000, b'{"a":'])
def test_json_that_cannot_be_read_is_none(content: bytes) -> None:
    assert values.read_json(content) is None


def test_json_narrows_to_members_and_entries() -> None:
    assert values.members(values.read_json(b'\xef\xbb\xbf{"a": [1, null]}')) == {"a": [1, None]}
    assert values.entries([1]) == [1]
    for other in (None, 1, "text", True):
        assert (values.members(other), values.entries(other)) == ({}, [])
    assert (values.members([1]), values.entries({"a": 1})) == ({}, [])
