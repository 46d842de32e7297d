"""The tables that a shop answers from, filled with the files of a version, shard after shard."""

import json
import sqlite3
import unicodedata
from collections import Counter, deque
from collections.abc import Sequence
from concurrent.futures import Executor, Future
from typing import Any

import orjson

from catalogue import encoding
from catalogue.encoding import GROUPS, MAP, REPORT, SHARD, Listing
from catalogue.product import instant, leaf
from catalogue.shards import KINDS

AHEAD = 4  # files that are checked before those before them are written, so that neither waits for the other
MISSING = 2**62  # in the place of a price or a date that there is not: after all others

SCHEMA = """
CREATE TABLE products (position INTEGER PRIMARY KEY, id TEXT UNIQUE, available INTEGER, entry TEXT);
CREATE TABLE shards (kind TEXT, number INTEGER, content BLOB, PRIMARY KEY (kind, number));
CREATE TABLE groups (number INTEGER, position INTEGER);
CREATE TABLE files (name TEXT PRIMARY KEY, content BLOB);
CREATE TABLE categories (number INTEGER PRIMARY KEY, name TEXT, size INTEGER);
CREATE TABLE orders (
    position INTEGER PRIMARY KEY, category INTEGER, price INTEGER, price_down INTEGER, newest INTEGER, title TEXT
);
CREATE TABLE mixed (rank INTEGER PRIMARY KEY, position INTEGER);
CREATE INDEX group_of ON groups (position);
CREATE INDEX in_group ON groups (number);
"""
# SQLite takes shards apart by itself: a statement a shard leaves the interpreter free to check the next one meanwhile.
PRODUCTS = """
INSERT INTO products SELECT
    key + ?, json_extract(value, '$.id'), json_extract(value, '$.availability') IS NOT 'out_of_stock', value
FROM json_each(?)
"""
ORDERS = """
INSERT INTO orders SELECT
    key + ?, json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
    json_extract(value, '$[3]'), json_extract(value, '$[4]')
FROM json_each(?)
"""
CATEGORIES = """
INSERT INTO categories SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]')
FROM json_each(?)
"""
# Product number i, from 0, of the n in its category gets the key (i + 1/2) / n: so each category is spread evenly over
# the whole order. Ranks count from 1 in the order of the keys, so that a page is a range of ranks.
MIX = """
INSERT INTO mixed (position)
SELECT position FROM (
    SELECT position, size, row_number() OVER (PARTITION BY category ORDER BY position) AS nth
    FROM orders JOIN categories ON number = category
) ORDER BY (nth - 0.5) / size, position
"""


class Tables:
    """Shards of one kind are added in the order of their numbers; `counts` are the rows of each kind so far."""

    def __init__(self, connection: sqlite3.Connection, writer: Executor, products: int) -> None:
        """`writer` is one thread; `products` is the number that the manifest says."""
        self._connection, self._writer, self._products = connection, writer, products
        self._writing: deque[Future[None]] = deque()
        self._categories: dict[str, int] = {}
        self._sizes: Counter[str] = Counter()
        self._last: str | None = None
        self.counts: Counter[str] = Counter()
        connection.executescript(SCHEMA)

    def add(self, name: str, content: bytes) -> list[Listing]:
        """Add a file, and give the products in it.

        Raises ValueError, KeyError or TypeError for what makes no sense.
        """
        kind = name.split("-")[0]
        if kind == "catalogue":
            return self._add_products(content)
        if kind in KINDS:
            self._add_shard(kind, content)
        else:
            self._write(*_whole_file(name, content, self._products))
        return []

    def finish(self) -> None:
        """Add what is known of all products, and wait until everything is written."""
        rows = [[number, name, self._sizes[name]] for name, number in self._categories.items()]
        self._write((CATEGORIES, json.dumps(rows)), (MIX,))
        self._wait(0)

    def _add_products(self, content: bytes) -> list[Listing]:
        listings = [encoding.parse_listing(row) for row in orjson.loads(content)]
        for listing in listings:
            if self._last is not None and listing.id <= self._last:
                raise ValueError(f"product {listing.id!r} is out of order or there twice")
            self._last = listing.id
        start, text = self.counts["products"], content.decode()
        orders = orjson.dumps([self._order(listing) for listing in listings]).decode()
        self._write((PRODUCTS, start, text), (ORDERS, start, orders))
        self.counts["products"] += len(listings)
        return listings

    def _add_shard(self, kind: str, content: bytes) -> None:
        """As it is: `Shards` looks into it when it is asked for."""
        self._write(("INSERT INTO shards VALUES (?, ?, ?)", kind, self.counts[kind] // SHARD, content))
        self.counts[kind] = min(self.counts[kind] + SHARD, self._products)

    def _order(self, listing: Listing) -> tuple[int, int, int, int, str]:
        name = leaf(listing.product_type)
        self._sizes[name] += 1
        return _order(listing, self._categories.setdefault(name, len(self._categories)))

    def _write(self, *statements: tuple[Any, ...]) -> None:
        """Execute them beside what is done next, after those before."""
        self._wait(AHEAD)
        self._writing.append(self._writer.submit(self._execute, statements))

    def _wait(self, ahead: int) -> None:
        """Until no more than `ahead` files are still to be written."""
        while len(self._writing) > ahead:
            self._writing.popleft().result()

    def _execute(self, statements: Sequence[tuple[Any, ...]]) -> None:
        for sql, *values in statements:
            self._connection.execute(sql, values)


def _order(listing: Listing, category: int) -> tuple[int, int, int, int, str]:
    """The category's number, and what the sorts compare: 10⁻⁴ units of currency, seconds, the title."""
    newest = -instant(listing.added) if listing.added else MISSING
    prices = (MISSING, MISSING) if listing.paid is None else (listing.paid, -listing.paid)
    return category, *prices, newest, folded(listing.title)


def _whole_file(name: str, content: bytes, products: int) -> list[tuple[Any, ...]]:
    """The statements that add a file which is not of rows of products. Raises ValueError or TypeError."""
    if name in (MAP, REPORT):
        return [("INSERT INTO files VALUES (?, ?)", name, content)]
    if name != GROUPS:
        raise ValueError("it is no file of this format")
    for group in encoding.parse_groups(content):
        if min(group) < 0 or max(group) >= products:
            raise ValueError(f"a group points outside the {products} products")
    members = "json_each(?) AS groups, json_each(groups.value) AS members"
    return [(f"INSERT INTO groups SELECT groups.key, members.value FROM {members}", content.decode())]


def folded(text: str) -> str:
    """Without case and diacritics, to sort by."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text)
    return "".join(part for part in parts if not unicodedata.combining(part)).casefold()
