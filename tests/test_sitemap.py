"""Sitemaps: of XML and of text, compressed or not, whole or broken."""

import gzip
import io
import tracemalloc
from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scraper.sources import sitemap
from scraper.sources.sitemap import Entry

URL = "https://shop.example/sitemap.xml"
SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def read(content: bytes | str) -> tuple[list[str], dict[str, int]]:
    """The addresses of pages and what was counted."""
    skips: Counter[str] = Counter()
    found = list(sitemap.entries(stream(content), URL, skips))
    assert {entry.kind for entry in found} <= {"page"}
    return [entry.address for entry in found], dict(skips)


def stream(content: bytes | str) -> io.BytesIO:
    return io.BytesIO(content.encode() if isinstance(content, str) else content)


def urlset(*addresses: str, space: str = SPACE) -> str:
    urls = "".join(f"<url><loc>{address}</loc><lastmod>2026-01-01</lastmod></url>\n" for address in addresses)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {space}>\n{urls}</urlset>\n'


def numbered(count: int) -> list[str]:
    return [f"https://shop.example/p/{number}" for number in range(count)]


@pytest.mark.parametrize("space", [SPACE, "", 'xmlns="http://www.google.com/schemas/sitemap/0.84"'])
def test_pages_of_a_urlset(space: str) -> None:
    assert read(urlset("https://shop.example/1", "\n https://shop.example/?a=1&amp;b=2 ", space=space)) == (
        ["https://shop.example/1", "https://shop.example/?a=1&b=2"],
        {},
    )


def test_sitemaps_of_an_index() -> None:
    content = f"<sitemapindex {SPACE}><sitemap><loc>https://a.example/1.xml.gz</loc></sitemap></sitemapindex>"
    assert list(sitemap.entries(stream(content), URL, Counter())) == [Entry("sitemap", "https://a.example/1.xml.gz")]


def test_prefixes_and_cdata_are_understood() -> None:
    content = (
        '<s:urlset xmlns:s="http://www.sitemaps.org/schemas/sitemap/0.9">'
        "<s:url><s:loc><![CDATA[https://a.example/?a&b]]></s:loc></s:url></s:urlset>"
    )
    assert read(content) == (["https://a.example/?a&b"], {})


def test_pictures_and_translations_are_not_the_page() -> None:
    content = (
        f'<urlset {SPACE} xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" '
        'xmlns:xhtml="http://www.w3.org/1999/xhtml"><url>'
        "<image:loc>https://a.example/0.jpg</image:loc>"
        "<image:image><image:loc>https://a.example/1.jpg</image:loc><loc>https://a.example/2.jpg</loc></image:image>"
        '<xhtml:link rel="alternate" hreflang="de" href="https://a.example/de"/>'
        "<loc>https://a.example/page</loc><loc>https://a.example/second</loc></url>"
        "<url><image:image><image:loc>https://a.example/3.jpg</image:loc></image:image></url></urlset>"
    )
    assert read(content) == (["https://a.example/page"], {"sitemap entry without address": 1})


def test_addresses_are_absolute_http() -> None:
    found, skips = read(urlset("/p/1", "//cdn.example/2", "ftp://a.example/3", "mailto:x@a.example", "", "http://[:"))
    assert found == ["https://shop.example/p/1", "https://cdn.example/2"]
    assert skips == {"sitemap entry without address": 4}


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_plain_text_has_one_address_a_line(ends: str) -> None:
    lines = ["\ufeffhttps://a.example/1", "", "  https://a.example/2 ", "nonsense", "https://a.example/3"]
    assert read(ends.join(lines)) == (
        [f"https://a.example/{number}" for number in (1, 2, 3)],
        {"sitemap entry without address": 1},
    )


@pytest.mark.parametrize("content", [urlset(*numbered(900)), "\n".join(numbered(900))])
def test_compression_is_recognised_by_its_first_bytes(content: str) -> None:
    packed = gzip.compress(content.encode())
    assert read(packed) == read(content) == (numbered(900), {})


def test_streams_that_give_little_at_a_time_are_read() -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 0, 7))

    for content in (urlset(*numbered(9)).encode(), gzip.compress(urlset(*numbered(9)).encode())):
        found = sitemap.entries(Slow(content), URL, Counter())
        assert [entry.address for entry in found] == numbered(9)


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1"])
def test_other_encodings_are_declared(encoding: str) -> None:
    content = urlset("https://a.example/é").replace("UTF-8", encoding).encode(encoding)
    assert read(content) == (["https://a.example/é"], {})


def test_blank_lines_before_the_declaration_are_forgiven() -> None:
    assert read("\ufeff\n\n" + urlset("https://a.example/1")) == (["https://a.example/1"], {})


@pytest.mark.parametrize(
    "end", ["", "<url><loc>https://a.example/2</loc>", "</nonsense>", "<url><loc>&nbsp;</loc></url></urlset>", "\x00"]
)
def test_entries_before_a_break_are_kept(end: str) -> None:
    content = urlset("https://a.example/1").replace("</urlset>\n", end)
    assert read(content) == (["https://a.example/1"], {"broken sitemap": 1})


def test_what_a_download_that_broke_off_has_is_kept() -> None:
    packed = gzip.compress(urlset(*numbered(20_000)).encode())
    found, skips = read(packed[: len(packed) // 2])
    assert found == numbered(len(found))
    assert 5_000 < len(found) < 15_000
    assert skips == {"broken sitemap": 1}
    assert read(packed[:10] + b"\xff" * 90) == ([], {"broken sitemap": 1})


@pytest.mark.parametrize(
    "content",
    [
        "<!DOCTYPE html><html><body><p>Not found<br></body></html>",
        "\n<!doctype html>\n<html>",
        "<HTML><head>",
        "<!-- cached --><html><body><a href='/x'>x</a></body></html>",
        '<rss version="2.0"><channel><link>https://a.example/1</link></channel></rss>',
        "Not found\nhttps://a.example/1",
        '{"error": "https://a.example/1"}',
        "",
        " \n ",
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_something_else_than_a_sitemap_has_no_entries(content: str, packed: bool) -> None:
    assert read(gzip.compress(content.encode()) if packed else content) == ([], {"not a sitemap": 1})


def test_entities_that_grow_are_refused() -> None:
    bomb = '<!DOCTYPE urlset [<!ENTITY a "https://a.example/"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    content = urlset("https://a.example/1", "&b;").replace("<urlset", f"{bomb}<urlset")
    assert read(content) == ([], {"broken sitemap": 1})


def test_files_of_this_computer_are_not_read() -> None:
    content = urlset("&passwords;").replace(
        "<urlset", '<!DOCTYPE urlset [<!ENTITY passwords SYSTEM "file:///etc/passwd">]><urlset'
    )
    assert read(content) == ([], {"broken sitemap": 1})


@pytest.mark.parametrize("filler", ["<!-- -->", "<a/>", "<url/>"])
def test_a_sitemap_that_unpacks_without_end_is_cut(filler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "SIZE_LIMIT", 500_000)
    start = urlset(*numbered(3)).replace("</urlset>\n", "").encode()
    packed = gzip.compress(start + filler.encode() * (2_000_000 // len(filler)))
    assert len(packed) < 20_000
    skips: Counter[str] = Counter()
    tracemalloc.start()
    found = [entry.address for entry in sitemap.entries(io.BytesIO(packed), URL, skips)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found, skips["sitemap too large"]) == (numbered(3), 1)
    assert peak < 4_000_000


def test_the_size_limit_itself_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    content = urlset(*numbered(3))
    monkeypatch.setattr(sitemap, "SIZE_LIMIT", len(content))
    assert read(content) == (numbered(3), {})
    monkeypatch.setattr(sitemap, "SIZE_LIMIT", len(content) - 5)
    assert read(content) == (numbered(3), {"sitemap too large": 1})
    monkeypatch.setattr(sitemap, "SIZE_LIMIT", 80)
    assert read("\n".join(numbered(30))) == (numbered(3), {"sitemap too large": 1})


def test_the_size_limit_is_that_of_the_standard() -> None:
    assert sitemap.SIZE_LIMIT == 52_428_800


def test_elements_without_end_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "_EVENT_LIMIT", 1_000)
    content = urlset(*numbered(3)).replace("</urlset>", "<a/>" * 2_000 + "</urlset>")
    assert read(content) == (numbered(3), {"sitemap too large": 1})


@pytest.mark.parametrize("content", [urlset(*numbered(50_002)), "\n".join(numbered(50_002))])
def test_entries_beyond_the_limit_are_left_out(content: str) -> None:
    assert read(content) == (numbered(50_000), {"sitemap too long": 1})


def test_exactly_as_many_as_the_limit_are_allowed() -> None:
    assert read("\n".join(numbered(50_000))) == (numbered(50_000), {})


@pytest.mark.parametrize("content", ["<urlset>" + "<a>" * 100_000, "https://a.example/1\n" + "a" * 200_000])
def test_what_only_grows_is_broken(content: str) -> None:
    found, skips = read(content)
    assert len(found) <= 1
    assert skips == {"broken sitemap": 1}


@given(
    st.binary(max_size=80)
    | st.text('<>/&;!?[]"= urlsetocindxmap\n', max_size=80).map(str.encode)
    | st.binary(max_size=80).map(gzip.compress)
    | st.binary(max_size=80).map(lambda end: urlset("https://a.example/1").encode()[:-12] + end)
)
@example(b"\x1c")
def test_no_file_raises(content: bytes) -> None:
    skips: Counter[str] = Counter()
    found = list(sitemap.entries(io.BytesIO(content), URL, skips))
    assert found or skips
    assert all(entry.address.startswith("http") for entry in found)
