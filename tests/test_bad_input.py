"""Bad pages, feeds, names, texts and prices: the run ends, says why, and the table is whole."""

import csv
import gzip
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from catalogue import feed
from catalogue.errors import Drift, Incomplete, LookalikeError, Refused
from catalogue.product import Product
from scraper.crawl import OVER_LIMIT, REPEATED
from scraper.run import settle
from tests.shop_server import Answering, Raw, Reply, fetch_shop, item, listing, photo, redirect, shop

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
CROWD = listing(*(item(f"Mug {number}") for number in range(2_000))).body


def only(folder: Path) -> Product:
    (product,) = feed.read(folder).products
    return product


BAD_PAGES: dict[str, tuple[Reply | Raw, type[LookalikeError], str]] = {
    "nothing": (Reply(), Drift, "no products found"),
    "bytes": (Reply(bytes(range(256)) * 99), Drift, "no products found"),
    "an image": (photo(), Refused, "not a document"),
    "a redirect to a file": (redirect("file:///etc/passwd"), Refused, "redirect without an address"),
    "a redirect to itself": (redirect("/"), Refused, "too many redirects"),
    "a server error": (Reply(status=500), Refused, "HTTP 500"),
    "a missing page": (Reply(status=404), Refused, "HTTP 404"),
    "a declared length over the limit": (Reply(CROWD), Refused, "too large"),
    "an undeclared length over the limit": (Raw([HEAD + b"\r\n" + bytes(200_000)]), Refused, "too large"),
    "a bomb": (
        Reply(gzip.compress(bytes(50_000_000)), headers={"Content-Encoding": "gzip"}), Refused, "too large",
    ),
    "a short body": (Raw([HEAD + b"Content-Length: 9999\r\n\r\n<article>"]), Refused, "short body"),
    "dripping headers": (Raw([b"HTTP/1.1 200 OK\r\n", *[b"X: y\r\n"] * 90], pause=0.05), Refused, "took too long"),
    "a dripping body": (Raw([HEAD + b"\r\n", *[b"<p>"] * 90], pause=0.05), Refused, "took too long"),
    "elements in elements": (Reply("<div>" * 15_000), Drift, "no products found"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_PAGES)
def test_a_shop_whose_only_page_is_bad(name: str, tmp_path: Path) -> None:
    answer, error, words = BAD_PAGES[name]
    with shop({"/": answer}) as server, pytest.raises(error, match=words) as caught:
        fetch_shop(tmp_path, server.address, limits={"page_bytes": 100_000, "seconds": 1.0})
    assert type(caught.value) is error
    assert {path.name for path in tmp_path.iterdir()} == {".scrape.lock", "report.json", "scrape.sqlite"}
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["failed"] | report["refused"] | report["skipped"]


def test_a_bad_product_page_leaves_what_the_listing_says(tmp_path: Path) -> None:
    pages: dict[str, Answering] = {
        "/": listing(*(item(name, link=f"/{name}") for name in ("good", "gone", "short", "picture", "empty"))),
        "/good": Reply("<h1>From the page</h1>"),
        "/short": Raw([HEAD + b"Content-Length: 9999\r\n\r\n<h1>half a page"]),
        "/picture": photo(),
        "/empty": Reply(),
    }
    with shop(pages) as server:
        report = fetch_shop(tmp_path, server.address, product={"read": ["selectors"], "title": "h1"})
    titles = [product.title for product in feed.read(tmp_path).products]
    assert titles == ["From the page", "short", "picture", "empty"]
    assert report.failed == {"product: short body": 1}
    assert report.refused == {"product: HTTP 404": 1, "product: not a document": 1}
    assert report.skipped == {"product page gone": 1, "page without a product": 1}
    with pytest.raises(Incomplete, match="1 × product: short body"):
        settle(report)


def test_the_table_of_an_earlier_run_outlives_a_bad_one(tmp_path: Path) -> None:
    with shop({"/": listing(item(image="/x.png")), "/x.png": photo()}) as server:
        fetch_shop(tmp_path, server.address)
        before = (tmp_path / "products.csv").read_bytes()
        server.answers |= {"/": Reply(status=500), "/x.png": Reply(status=404)}
        report = fetch_shop(tmp_path, server.address, refresh=True)
    assert report.failed == {"listing: HTTP 500": 1}
    assert (tmp_path / "products.csv").read_bytes() == before


def number_of(path: str) -> int:
    return int(path.partition("=")[2] or 1)


SAME = [item("A"), item("B")]
LOOPS: dict[str, tuple[Callable[[str], Reply], int, Counter[str]]] = {
    "a page that names itself": (lambda path: listing(*SAME, following=path), 1, Counter()),
    "two pages that name each other": (
        lambda path: listing(item(f"P{number_of(path)}"), following=f"/?page={3 - number_of(path)}"),
        3,  # `/` is not known to be `/?page=1`
        Counter(),
    ),
    "the same page under ever new numbers": (
        lambda path: listing(*SAME, following=f"/?page={number_of(path) + 1}"),
        2,
        Counter([REPEATED]),
    ),
    "the last page again and again": (
        lambda path: listing(item(f"P{min(number_of(path), 4)}"), following=f"/?page={number_of(path) + 1}"),
        5,
        Counter([REPEATED]),
    ),
    "empty pages": (
        lambda path: listing(*SAME[: 2 - number_of(path)], following=f"/?page={number_of(path) + 1}"),
        2,
        Counter(["listing page without products"]),
    ),
    "ever new products": (
        lambda path: listing(item(f"P{number_of(path)}"), following=f"/?page={number_of(path) + 1}"),
        9,
        Counter([OVER_LIMIT]),
    ),
}


@pytest.mark.parametrize("name", LOOPS)
def test_pages_that_lead_on_for_ever(name: str, tmp_path: Path) -> None:
    answer, pages, skipped = LOOPS[name]
    with shop({"/": answer}) as server:
        report = fetch_shop(tmp_path, server.address, limits={"pages": 9})
        assert len(server.paths) == 1 + pages
    assert report.skipped == skipped
    if skipped[OVER_LIMIT]:
        with pytest.raises(Incomplete, match=r"limits\.pages"):
            settle(report)
    else:
        settle(report)


def test_shopify_pages_that_repeat(tmp_path: Path) -> None:
    products = {"products": [{"id": 1, "title": "Mug", "handle": "mug", "variants": []}]}
    with shop({"/products.json": Reply(json.dumps(products), "application/json")}) as server:
        report = fetch_shop(tmp_path, server.address, shopify={}, limits={"pages": 9})
        assert len(server.paths) == 3
    assert (report.products, report.skipped) == (1, {REPEATED: 1, "duplicate id": 1})


TITLES = {
    "&lt;script&gt;alert(1)&lt;/script&gt; Mug": "Mug",
    "<script>alert(1)</script><b>Mug</b>": "Mug",
    "Caf&eacute; &amp; Bar": "Café & Bar",
    "Caf&amp;eacute; &amp;amp; Bar": "Café & Bar",
    "=cmd|' /C calc'!A0": "=cmd|' /C calc'!A0",
    "=HYPERLINK(&quot;http://evil.example&quot;)": '=HYPERLINK("http://evil.example")',
    "+1 Mug": "+1 Mug",
    "-1 Mug": "-1 Mug",
    "@SUM(A1)": "@SUM(A1)",
    "&#9;=1+1": "=1+1",
    "&#13;&#10;=1+1": "=1+1",
    "'=1+1": "'=1+1",
    "'quoted'": "'quoted'",
    'A "mug", blue;\nround': 'A "mug", blue; round',
    "a\0b&#0;c": "a\ufffdb\ufffdc",
    "&#x202e;guM": "\u202eguM",
    "🏺 花瓶": "🏺 花瓶",
    "&#xd800;Mug": "\ufffdMug",
    "x" * 2_000: "x" * 300,
}


@pytest.mark.parametrize("markup", TITLES)
def test_titles_are_plain_text_and_no_formula(markup: str, tmp_path: Path) -> None:
    with shop({"/": listing(item(markup, link="/p"))}) as server:
        fetch_shop(tmp_path, server.address)
    title = only(tmp_path).title
    assert title == TITLES[markup]
    with (tmp_path / "products.csv").open(encoding="utf-8", newline="") as file:
        header, row = csv.reader(file)
    assert len(header) == len(row)
    assert not [cell for cell in row if cell[:1] in tuple("=+-@\t\r\n")]
    if title[0] in "=+-@":
        assert row[header.index("title")] == f"'{title}"


def test_a_feed_with_formulas_and_paths_in_every_field(tmp_path: Path) -> None:
    evil = ["=cmd()", "../../x", "@SUM(A1)", "<script>x</script>-1", "+1"]
    columns = ["id", "title", "description", "brand", "product_type", "link"]
    lines = ["\t".join(columns), *("\t".join([f"{words}"] * 5 + [f"/{place}"]) for place, words in enumerate(evil))]
    with shop({"/feed": Reply("\n".join(lines), "text/plain")}) as server:
        report = fetch_shop(tmp_path / "out", server.address, feed={"address": "/feed"})
    products = feed.read(tmp_path / "out").products
    assert report.products == len(products) == 5
    assert [product.id for product in products] == ["=cmd()", "../../x", "@SUM(A1)", "-1", "+1"]
    assert all(product.title == product.brand == product.description == product.id for product in products)
    with (tmp_path / "out/products.csv").open(encoding="utf-8", newline="") as file:
        assert not [cell for row in csv.reader(file) for cell in row if cell[:1] in tuple("=+-@")]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize(
    ("text", "price", "skipped"),
    [
        ("€ 12.00", "12.00 EUR", {}),
        ("", "None", {}),
        ("Free", "0.00 EUR", {}),
        ("NaN", "None", {"unreadable price": 1}),
        ("Infinity", "None", {"unreadable price": 1}),
        ("call us", "None", {"unreadable price": 1}),
        ("-€ 5.00", "None", {"negative price": 1}),
        ("€ −5.00", "None", {"negative price": 1}),
        ("€ 10.00 – € 20.00", "10.00 EUR", {"range of prices": 1}),
        ("from 10.00 to 20.00", "10.00 EUR", {"range of prices": 1}),
        ("€ 9999999999999999", "None", {"unreadable price": 1}),
        ("9" * 5_000, "None", {"unreadable price": 1}),
        ("12.00 USD", "12.00 USD", {}),
    ],
)
def test_prices_that_pages_show(text: str, price: str, skipped: dict[str, int], tmp_path: Path) -> None:
    with shop({"/": listing(item(price=text))}) as server:
        report = fetch_shop(tmp_path, server.address, currency="EUR")
    assert (str(only(tmp_path).price), report.skipped) == (price, skipped)


@pytest.mark.parametrize(
    ("text", "price", "skipped"),
    [
        ("12.00 EUR", "12.00 EUR", {}),
        ("", "None", {}),
        ("Free", "None", {"price without currency": 1}),
        ("0 EUR", "0.00 EUR", {}),
        ("NaN EUR", "None", {"unreadable price": 1}),
        ("-5.00 EUR", "None", {"negative price": 1}),
        ("10.00 - 20.00 EUR", "None", {"unreadable price": 1}),
        ("1e999 EUR", "None", {"unreadable price": 1}),
        ("12.00", "None", {"price without currency": 1}),
    ],
)
def test_prices_of_feeds(text: str, price: str, skipped: dict[str, int], tmp_path: Path) -> None:
    table = f"id\ttitle\tlink\tprice\n1\tMug\t/1\t{text}\n"
    with shop({"/feed": Reply(table, "text/plain")}) as server:
        report = fetch_shop(tmp_path, server.address, feed={"address": "/feed"})
    assert (str(only(tmp_path).price), report.skipped) == (price, skipped)


def test_of_one_id_the_first_is_kept(tmp_path: Path) -> None:
    table = "id\ttitle\tlink\tprice\n1\tFirst\t/1\t1.00 EUR\n2\tOther\t/2\t\n1\tSecond\t/3\t2.00 EUR\n1\tThird\t/4\t\n"
    with shop({"/feed": Reply(table, "text/plain")}) as server:
        report = fetch_shop(tmp_path, server.address, feed={"address": "/feed"})
    assert [(product.id, product.title) for product in feed.read(tmp_path).products] == [("1", "First"), ("2", "Other")]
    assert (report.products, report.skipped) == (2, {"duplicate id": 2})


def test_of_one_id_without_links_the_first_is_kept(tmp_path: Path) -> None:
    table = "id\ttitle\timage_link\n1\tFirst\t/a.png\n1\tSecond\t/b.png\n"
    with shop({"/feed": Reply(table, "text/plain"), "*": photo()}) as server:
        report = fetch_shop(tmp_path, server.address, feed={"address": "/feed"})
    assert (only(tmp_path).title, only(tmp_path).image_link) == ("First", f"{server.address}/a.png")
    assert report.products == 1


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c SYSTEM "file:///etc/passwd">]><rss><channel><item><title>&{};</title></item></channel></rss>'
)


@pytest.mark.parametrize("entity", ["b", "c"])
@pytest.mark.parametrize(("source", "told"), [("feed", "unreadable document"), ("sitemap", "1 broken sitemap")])
def test_xml_that_declares_entities_is_not_read(source: str, told: str, entity: str, tmp_path: Path) -> None:
    answer = Reply(LAUGHS.replace("{}", entity), "application/xml")
    given: Any = {source: {"address": "/x.xml"}}
    with shop({"/x.xml": answer}) as server, pytest.raises((Refused, Drift), match=told):
        fetch_shop(tmp_path, server.address, **given)


@pytest.mark.parametrize("body", ["[" * 100_000, '{"products": 1}', '{"products": [' + "9" * 5_000 + "]}", "", "\0"])
def test_json_that_is_no_catalogue(body: str, tmp_path: Path) -> None:
    with (
        shop({"/products.json": Reply(body, "application/json")}) as server,
        pytest.raises(Refused, match=r"not Shopify's products\.json"),
    ):
        fetch_shop(tmp_path, server.address, shopify={})


@pytest.mark.parametrize("kind", ["text/html; charset=x-nonsense", "text/html;charset", "nonsense", ""])
def test_kinds_that_say_nothing_true(kind: str, tmp_path: Path) -> None:
    with shop({"/": Reply(listing(item("Mug")).body, kind)}) as server:
        assert fetch_shop(tmp_path, server.address).products == 1
