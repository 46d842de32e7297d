"""Merchant Center feeds as shops write them: XML of both kinds, tables, and what is wrong with them."""

import io
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import IO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.errors import CatalogueError
from catalogue.product import AVAILABILITIES, Price
from scraper.draft import Draft
from scraper.sources import merchant

BASE = "https://shop.example/feeds/google.xml"
HEAD = '<?xml version="1.0"?><rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel><title>Shop</title>'
TAIL = "</channel></rss>"
MUG = "<item><g:id>m1</g:id><title>Mug</title></item>"
DEEP = f"<item>{'<a>' * 5_000}{'</a>' * 5_000}</item>{TAIL}"
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0"><title>Shop</title><entry>
<id>tag:shop.example,2026:1</id><g:id>a1</g:id><title>Oak bowl</title><summary>Turned by hand</summary>
<link rel="self" href="/api/1"/><link rel="alternate" href="/bowl"/><g:image_link>/bowl.jpg</g:image_link>
<g:price>EUR 49,50</g:price></entry></feed>"""


class Chunks(io.RawIOBase):
    """A stream that is made while it is read."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks, self._left = iter(chunks), b""

    def read(self, size: int = -1) -> bytes:
        while len(self._left) < size and (chunk := next(self._chunks, b"")):
            self._left += chunk
        taken, self._left = self._left[:size], self._left[size:]
        return taken


def rss(*items: str) -> bytes:
    return (HEAD + "".join(items) + TAIL).encode()


def item(**fields: str) -> str:
    named = {"id": "m1", "title": "Mug"} | fields
    return "<item>" + "".join(f"<g:{name}>{text}</g:{name}>" for name, text in named.items()) + "</item>"


def read(content: bytes | str) -> tuple[list[Draft], Counter[str]]:
    skips: Counter[str] = Counter()
    stream = io.BytesIO(content if isinstance(content, bytes) else content.encode())
    return list(merchant.drafts(stream, BASE, skips)), skips


def only(content: bytes | str) -> Draft:
    (draft,), skips = read(content)
    assert not skips
    return draft


def test_every_field_of_an_rss_item() -> None:
    fields = """<item><title>Blue mug &amp;amp; saucer</title><link>https://shop.example/p/1?a=1&amp;b=2#top</link>
    <description><![CDATA[<p>Glazed &eacute;maille</p><script>steal()</script>]]></description><g:id>SKU-1</g:id>
    <g:image_link>//cdn.shop.example/1.jpg</g:image_link><g:additional_image_link>/2.jpg</g:additional_image_link>
    <g:additional_image_link>https://cdn.shop.example/w_3,h_3/3.jpg</g:additional_image_link>
    <g:shipping><g:country>DE</g:country><g:price>4.90 EUR</g:price></g:shipping>
    <g:price>1,299.00 INR</g:price><g:sale_price>INR 999</g:sale_price><g:availability>out of stock</g:availability>
    <g:brand>Kiln &amp; Co</g:brand><g:google_product_category>2169</g:google_product_category>
    <g:product_type>Kitchen &gt; Mugs</g:product_type><g:product_type>Sale</g:product_type>
    <g:item_group_id>SKU</g:item_group_id></item>"""
    assert only(rss(fields)) == Draft(
        source="merchant",
        id="SKU-1",
        title="Blue mug & saucer",
        description="Glazed émaille",
        link="https://shop.example/p/1?a=1&b=2",
        images=(
            "https://cdn.shop.example/1.jpg",
            "https://shop.example/2.jpg",
            "https://cdn.shop.example/w_3,h_3/3.jpg",
        ),
        price=Price(Decimal("1299.00"), "INR"),
        sale_price=Price(Decimal("999.00"), "INR"),
        availability="out_of_stock",
        brand="Kiln & Co",
        product_type="Kitchen > Mugs",
        group="SKU",
    )


def test_an_atom_entry_with_its_own_id_and_several_links() -> None:
    draft = only(ATOM)
    assert (draft.id, draft.title, draft.description) == ("a1", "Oak bowl", "Turned by hand")
    assert (draft.link, draft.images) == ("https://shop.example/bowl", ("https://shop.example/bowl.jpg",))
    assert draft.price == Price(Decimal("49.50"), "EUR")


def test_names_without_a_namespace() -> None:
    draft = only("<rss><channel><item><id>p</id><title>Pot</title><price>5 EUR</price></item></channel></rss>")
    assert (draft.id, draft.title, draft.price) == ("p", "Pot", Price(Decimal("5.00"), "EUR"))


def test_googles_names_come_before_plain_ones_and_others_are_ignored() -> None:
    entry = '<title>Plain</title><g:title>Google</g:title><m:brand xmlns:m="urn:media">Other</m:brand><g:id>1</g:id>'
    draft = only(rss(f"<item>{entry}</item>"))
    assert (draft.title, draft.brand) == ("Google", "")


def test_a_price_for_shipping_alone_is_no_price() -> None:
    draft = only(rss(item(shipping="<g:price>4.90 EUR</g:price>", installment="<g:amount>5 EUR</g:amount>")))
    assert draft.price is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", ""),
        ("NaN EUR", "unreadable price"),
        ("Infinity EUR", "unreadable price"),
        ("ask us", "unreadable price"),
        ("-5.00 EUR", "negative price"),
        ("12.50", "price without currency"),
        ("Free", "price without currency"),
    ],
)
def test_prices_that_are_none(text: str, reason: str) -> None:
    (draft,), skips = read(rss(item(price=text)))
    assert draft.price is None
    assert skips == ({reason: 1} if reason else {})


@pytest.mark.parametrize("availability", AVAILABILITIES)
def test_availability_in_all_spellings(availability: str) -> None:
    for words in (availability, availability.replace("_", " "), availability.title(), availability.replace("_", "")):
        assert only(rss(item(availability=words))).availability == availability


def test_an_availability_that_nobody_knows_is_counted() -> None:
    (draft,), skips = read(rss(item(availability="perhaps")))
    assert (draft.availability, skips) == (None, {"unknown availability": 1})


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"google_product_category": "Home &amp; Garden &gt; Kitchen"}, "Home & Garden > Kitchen"),
        ({"google_product_category": " 2169 "}, ""),
        ({"product_type": "Mugs", "google_product_category": "Home"}, "Mugs"),
        ({"product_type": " ", "google_product_category": "Home"}, "Home"),
        ({"product_type": "Kitchen&gt;Kitchen&gt;&gt;Mugs"}, "Kitchen > Mugs"),
    ],
)
def test_the_category_is_the_shops_own_path_or_googles_text(fields: dict[str, str], path: str) -> None:
    assert only(rss(item(**fields))).product_type == path


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("&lt;script&gt;alert(1)&lt;/script&gt;Mug", "Mug"),
        ("Caf&amp;eacute; &lt;b&gt;cup&lt;/b&gt;", "Café cup"),
        ("\n  two\n\tlines ", "two lines"),
        ("M" * 400, "M" * 300),
    ],
)
def test_titles_are_plain_text(title: str, expected: str) -> None:
    assert only(rss(item(title=title))).title == expected


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:image/png;base64,AA", "file:///etc/passwd", "ftp://a.b/"]
)
def test_only_web_addresses_are_kept(link: str) -> None:
    draft = only(rss(item(link=link, image_link=link)))
    assert (draft.link, draft.images) == ("", ())


def test_what_is_dropped_is_counted_and_what_comes_twice_is_not() -> None:
    drafts, skips = read(rss(MUG, MUG, item(id=" "), item(title="&lt;script&gt;x&lt;/script&gt;")))
    assert [draft.id for draft in drafts] == ["m1", "m1"]
    assert skips == {"row without id": 1, "item without title": 1}


TABLE = (
    "G:ID\tTitle\tImage Link\tadditional-image-link\tPRICE\tproduct_type\n"
    "t1\tTray, large\t/1.jpg\thttps://a.example/w_1,h_2/2.jpg,https://a.example/3.jpg, /4.jpg\t12.50 EUR\tTrays\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_a_table_with_tabs_and_names_in_any_spelling(encoding: str) -> None:
    mark = b"\xff\xfe" if encoding == "utf-16-le" else b""
    draft = only(mark + TABLE.replace("Tray,", "Tráy,").encode(encoding))
    assert (draft.id, draft.title, draft.product_type) == ("t1", "Tráy, large", "Trays")
    assert draft.price == Price(Decimal("12.50"), "EUR")
    assert draft.images == (
        "https://shop.example/1.jpg",
        "https://a.example/w_1,h_2/2.jpg",
        "https://a.example/3.jpg",
        "https://shop.example/4.jpg",
    )


@pytest.mark.parametrize("separator", [",", ";", "|", "\t"])
def test_a_table_with_other_separators_quotes_and_line_ends(separator: str) -> None:
    rows = [["id", "title", "sale price"], ["1", '"A ""big""\r\npot"', '"5,00 EUR"'], [""], ["2"]]
    drafts, skips = read("\r\n".join(separator.join(row) for row in rows))
    assert [(draft.title, str(draft.sale_price)) for draft in drafts] == [('A "big" pot', "5.00 EUR")]
    assert skips == {"item without title": 1}


def test_rows_with_too_many_cells_or_an_endless_one() -> None:
    drafts, skips = read("id,title\n1,One,more,cells\n2," + "x" * 200_000 + "\n3,Three\n,Nobody\n")
    assert [draft.title for draft in drafts] == ["One", "Three"]
    assert skips == {"unreadable row": 1, "row without id": 1}


def test_other_encodings_are_not_guessed() -> None:
    (draft, whole), skips = read("id\ttitle\n1\tCafé\n2\tTea\n".encode("cp1252"))
    assert (draft.title, whole.title) == ("Caf\ufffd", "Tea")
    assert skips == {"undecodable text": 1}


@pytest.mark.parametrize("start", [b"\n\n  ", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n"])
def test_xml_after_blanks_or_a_byte_order_mark(start: bytes) -> None:
    assert only(start + rss(MUG)).id == "m1"


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1"])
def test_xml_in_the_encoding_that_it_names(encoding: str) -> None:
    head = HEAD.replace('"1.0"', f'"1.0" encoding="{encoding}"', 1)
    assert only((head + item(title="Café") + TAIL).encode(encoding)).title == "Café"


@pytest.mark.parametrize("end", ["<item><g:id>m3", "<item><g:id>m3</g:title></item>", "<item>&nbsp;</item>", DEEP])
def test_what_comes_before_the_break_is_kept(end: str) -> None:
    drafts, skips = read(HEAD + MUG + item(id="m2") + end)
    assert [draft.id for draft in drafts] == ["m1", "m2"]
    assert skips == {"broken feed": 1}


@pytest.mark.parametrize(
    ("content", "received"),
    [
        (b"", "received nothing"),
        (b"sku,name\n1,Mug\n", "received sku,name"),
        (b"\x89PNG\r\n\x1a\n\0\0", "received"),
        (b"<html><body>Log in</body></html>", "received <html> without either"),
        (b"<!doctype html><p>Log in<br></p>", "received unreadable XML"),
        (b"<rss><channel><title>Empty</title></channel></rss>", "received <rss> without either"),
        (b"<?xml version='1.0' encoding='klingon'?><rss/>", "received unreadable XML"),
        (b"<?xml version='1.0' encoding='shift_jis'?><rss/>", "received unreadable XML"),
        (b'<!DOCTYPE r [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><rss><item>&c;</item></rss>', "declares entities"),
        (b'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><item>&a;</item></rss>', "declares entities"),
    ],
)
def test_what_is_no_feed_is_one_clear_error(content: bytes, received: str) -> None:
    with pytest.raises(CatalogueError) as error:
        read(content)
    message = str(error.value)
    assert message.startswith(f"{BASE} is no Merchant Center feed: expected XML with <item> or <entry>, or a table")
    assert received in message
    assert "\n" not in message


@given(
    st.binary(max_size=200), st.sampled_from([b"", b"<rss>", b"id,title\n", b"\xff\xfe", HEAD.encode() + MUG.encode()])
)
def test_any_bytes_are_drafts_or_that_error(content: bytes, start: bytes) -> None:
    try:
        drafts, _ = read(start + content)
    except CatalogueError:
        return
    assert all(draft.id and draft.title for draft in drafts)


def xml_chunks(count: int) -> Iterator[bytes]:
    yield HEAD.encode()
    for number in range(count):
        yield item(id=f"p{number}", description="x" * 300, price="1 EUR").encode() + b"\n<other>not an item</other>"
    yield TAIL.encode()


def table_chunks(count: int) -> Iterator[bytes]:
    yield b"id\ttitle\tdescription\n"
    for number in range(count):
        yield f"p{number}\tMug\t{'x' * 300}\n".encode()


@pytest.mark.parametrize("chunks", [xml_chunks, table_chunks])
def test_a_long_feed_takes_no_more_memory_than_a_short_one(chunks: Callable[[int], Iterator[bytes]]) -> None:
    count = 20_000
    stream = cast(IO[bytes], Chunks(chunks(count)))
    tracemalloc.start()
    try:
        found = sum(1 for _ in merchant.drafts(stream, BASE, Counter()))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found == count
    assert peak < 2_000_000
