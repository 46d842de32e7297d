"""The rows of a Merchant Center feed as they come in: XML (RSS 2.0 or Atom) or a table, texts by column name.

A feed of 100 MB takes no more memory than its longest row.
"""

import csv
import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import IO, cast
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from catalogue.errors import CatalogueError
from scraper.values import plain

Cells = Mapping[str, list[str]]
_HEAD = 4_096  # how far the first letter may be from the start
_HEADER_LIMIT = 65_536
_DEPTH_LIMIT = 100
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_GOOGLE = re.compile(r"\{https?://base\.google\.com/ns/1\.0/?\}")
_PLAIN = re.compile(r"\{http://www\.w3\.org/2005/Atom\}|(?!\{)")


def rows(stream: IO[bytes], base: str, skips: Counter[str]) -> Iterator[Cells]:
    """The texts of each row by Merchant Center's name, the most trusted first; a name may have several, or none.

    Counts `undecodable text`, `unreadable row` and `broken feed`, which ends the feed early. Raises CatalogueError,
    naming `base`, when the stream is no feed at all.
    """
    head = stream.read(_HEAD)
    encoding = "utf-16" if head.startswith(_UTF16) else "utf-8"
    if encoding == "utf-8":
        head = head.removeprefix(b"\xef\xbb\xbf").lstrip()  # shops' scripts leave blank lines, which XML refuses
    feed = cast(IO[bytes], io.BufferedReader(_Joined(head, stream)))
    is_xml = head.decode(encoding, "replace").lstrip("\ufeff\0 \t\r\n").startswith("<")
    return _items(feed, base, skips) if is_xml else _table(feed, base, encoding, skips)


class _Joined(io.RawIOBase):
    """The bytes that were read already, then the rest of their stream, which stays open."""

    def __init__(self, head: bytes, stream: IO[bytes]) -> None:
        self._parts = (io.BytesIO(head), stream)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]  # typeshed's Buffer takes no slices
        data = self._parts[0].read(len(buffer)) or self._parts[1].read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _items(feed: IO[bytes], base: str, skips: Counter[str]) -> Iterator[Cells]:
    """The cells of each `<item>` or `<entry>`; whatever has been read is dropped from the tree at once."""
    opened: list[Element] = []
    item: Element | None = None
    found = False
    try:
        for event, element in iterparse(feed, ("start", "end")):
            if event == "start":
                opened.append(element)
                item = element if item is None and _name(element) in ("item", "entry") else item
                _check_depth(opened)
                continue
            opened.pop()
            if element is item:
                found, item = True, None
                yield _cells(cast(Element, element))
            if item is None and opened:
                opened[-1].remove(element)
    except DefusedXmlException as error:
        raise _no_feed(base, "XML that declares entities, as attacks do") from error
    except (ParseError, LookupError, ValueError) as error:  # the last two for encodings that expat does not know
        if not found:
            raise _no_feed(base, f"unreadable XML, {error}") from error
        skips["broken feed"] += 1
    if not found:
        raise _no_feed(base, f"<{_name(element)}> without either")


def _check_depth(opened: list[Element]) -> None:
    if len(opened) > _DEPTH_LIMIT:
        raise ParseError(f"elements nested more than {_DEPTH_LIMIT} deep")


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _cells(item: Element) -> Cells:
    """Texts of an item's own children by name, Google's before those of RSS and Atom."""
    cells: defaultdict[str, list[str]] = defaultdict(list)
    for names in (_GOOGLE, _PLAIN):
        for child in item:
            if names.match(child.tag):
                cells[_name(child)].append(_text(child))
    return cells


def _text(element: Element) -> str:
    """What an element holds; of Atom's links, the address of the one that is the product's page."""
    address_of_page = element.get("href", "") if element.get("rel", "alternate") == "alternate" else ""
    return "".join(element.itertext()).strip() or address_of_page


def _table(feed: IO[bytes], base: str, encoding: str, skips: Counter[str]) -> Iterator[Cells]:
    text = io.TextIOWrapper(feed, encoding, errors="replace", newline="")
    header = text.readline(_HEADER_LIMIT)
    separator = max("\t,;|", key=header.count)
    columns = [_column(name) for row in csv.reader([header], delimiter=separator) for name in row]
    if "id" not in columns:
        raise _no_feed(base, plain(header, 80) or "nothing")
    for row in _readable(csv.reader(text, delimiter=separator), skips):
        cells: defaultdict[str, list[str]] = defaultdict(list)
        for name, cell in zip(columns, row, strict=False):
            # A comma inside an address is its own; one before a blank or another address is not.
            cells[name] += re.split(r",\s+|,(?=https?://|//)", cell) if name == "additional_image_link" else [cell]
        yield cells


def _readable(rows: Iterator[list[str]], skips: Counter[str]) -> Iterator[list[str]]:
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:  # a cell beyond the csv module's limit; the next line is a row again
            skips["unreadable row"] += 1
            continue
        skips.update(["undecodable text"] if any("\ufffd" in cell for cell in row) else [])
        if any(row):
            yield row


def _column(name: str) -> str:
    return re.sub(r"[\s_-]+", "_", name.strip().lower().removeprefix("g:").strip())


def _no_feed(base: str, received: str) -> CatalogueError:
    return CatalogueError(
        f"{base} is no Merchant Center feed: expected XML with <item> or <entry>, or a table with a column id; "
        f"received {received}."
    )
