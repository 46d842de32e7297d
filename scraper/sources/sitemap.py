"""Sitemaps as sitemaps.org describes them: XML or plain text, compressed or not, read piece by piece."""

import gzip
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Literal, cast
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree

from scraper.values import address

SIZE_LIMIT = 50 * 1024 * 1024
ENTRY_LIMIT = 50_000
_PIECE = 64 * 1024
_LINE_LIMIT = 16 * 1024
_DEPTH_LIMIT = 32
_EVENT_LIMIT = 4_000_000  # 50,000 pages with 38 translations each; empty elements alone would take minutes
_HTML = re.compile(rb"<(!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_KINDS: dict[str, tuple[str, Literal["page", "sitemap"]]] = {
    "urlset": ("url", "page"),
    "sitemapindex": ("sitemap", "sitemap"),
}
_WIDE = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Entry:
    """An absolute address, and whether a page or a further sitemap is there."""

    kind: Literal["page", "sitemap"]
    address: str


class _Refused(Exception):
    """Why the rest of a sitemap is left out."""


class _Source:
    """What reads on after the first piece, which was looked at, up to the size that a sitemap may have."""

    def __init__(self, head: bytes, rest: Callable[[int], bytes]) -> None:
        self._head, self._rest, self._left = head, rest, SIZE_LIMIT

    def read(self, size: int = _PIECE) -> bytes:
        """At most `size` bytes; none at the end. Raises _Refused beyond the limit."""
        piece, self._head = (self._head[:size], self._head[size:]) if self._head else (self._rest(size), b"")
        if self._left < 0 or (piece and not self._left):
            raise _Refused("sitemap too large")
        self._left -= len(piece)
        return piece[: len(piece) + min(self._left, 0)]


def entries(stream: IO[bytes], url: str, skips: Counter[str]) -> Iterator[Entry]:
    """Entries of the sitemap at `url`, at most 50,000, in its order.

    Counted in `skips`, with the entries before it kept: `broken sitemap`, `sitemap too large` (over 50 MB unpacked),
    `sitemap too long`, `not a sitemap`, and `sitemap entry without address` each.
    """
    count = 0
    try:
        for entry in _all(stream, url):
            if not entry.address:
                skips["sitemap entry without address"] += 1
                continue
            count += 1
            if count > ENTRY_LIMIT:
                raise _Refused("sitemap too long")
            yield entry
    except _Refused as refused:
        skips[str(refused)] += 1
    except (ParseError, ValueError, LookupError, EOFError, zlib.error, gzip.BadGzipFile):
        skips["broken sitemap"] += 1


def _all(stream: IO[bytes], url: str) -> Iterator[Entry]:
    """Entries of any kind of sitemap, those without an address with an empty one."""
    head, rest = _head(stream), stream.read
    if head.startswith(b"\x1f\x8b"):
        # read1 gives what a file that ends too early has before its end, where read gives nothing.
        rest = gzip.GzipFile(fileobj=cast(IO[bytes], _Source(head, stream.read))).read1
        head = rest(_PIECE)
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()  # templates leave blank lines, which XML forbids there
    if not head or _HTML.match(head):
        raise _Refused("not a sitemap")
    source = _Source(head, rest)
    yield from _of_xml(source, url) if head.startswith((b"<", *_WIDE)) else _of_text(source)


def _head(stream: IO[bytes]) -> bytes:
    head = b""
    while len(head) < 1_024 and (piece := stream.read(_PIECE)):
        head += piece
    return head


def _of_xml(source: _Source, url: str) -> Iterator[Entry]:
    path: list[Element] = []
    location = ""
    for count, (event, element) in enumerate(defusedxml.ElementTree.iterparse(source, ("start", "end"))):
        if event == "start":
            path.append(element)
            _check(path, count)
            continue
        path.pop()
        if not path:
            return
        path[-1].remove(element)  # only the path to the current element stays in memory
        if len(path) == 2 and _name(element) == "loc" and _space(element) == _space(path[1]):
            location = location or (element.text or "").strip()
        elif len(path) == 1 and _name(element) == _KINDS[_name(path[0])][0]:
            yield Entry(_KINDS[_name(path[0])][1], address(url, location))
            location = ""


def _check(path: list[Element], count: int) -> None:
    if _name(path[0]) not in _KINDS:
        raise _Refused("not a sitemap")
    if len(path) > _DEPTH_LIMIT:
        raise _Refused("broken sitemap")
    if count > _EVENT_LIMIT:
        raise _Refused("sitemap too large")


def _name(element: Element) -> str:
    return element.tag.rsplit("}", 1)[-1]


def _space(element: Element) -> str:
    return element.tag.rpartition("}")[0]


def _of_text(source: _Source) -> Iterator[Entry]:
    started = False
    for line in _lines(source):
        words = line.decode("utf-8", "replace").strip()
        link = address("", words)
        if words and not link and not started:
            raise _Refused("not a sitemap")
        if words:
            started = True
            yield Entry("page", link)
    if not started:  # blanks of Unicode, which bytes do not know
        raise _Refused("not a sitemap")


def _lines(source: _Source) -> Iterator[bytes]:
    rest = b""
    while piece := source.read():
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines
        if len(rest) > _LINE_LIMIT:
            raise _Refused("broken sitemap")
    yield rest
