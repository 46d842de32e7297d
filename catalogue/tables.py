"""The tables that a shop answers from, filled with the files of a version, shard after shard."""

import json
import sqlite3
import unicodedata
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Executor, Future
from typing import Any, Literal

from catalogue import encoding
from catalogue.encoding import GROUPS, MAP, REPORT, Entry
from catalogue.product import Product, instant

Kind = Literal["neighbours", "elsewhere", "heats"]  # of rows beside the products, as they stand in their shards

MISSING = 2**62  # in the place of a price or a date that there is not: after all others

SCHEMA = """
CREATE TABLE products (position INTEGER PRIMARY KEY, id TEXT UNIQUE, available INTEGER, entry TEXT);
CREATE TABLE neighbours (position INTEGER PRIMARY KEY, row TEXT);
CREATE TABLE elsewhere (position INTEGER PRIMARY KEY, row TEXT);
CREATE TABLE heats (position INTEGER PRIMARY KEY, row TEXT);
CREATE TABLE groups (number INTEGER, position INTEGER);
CREATE TABLE files (name TEXT PRIMARY KEY, content BLOB);
CREATE TABLE categories (number INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE orders (
    position INTEGER PRIMARY KEY, category INTEGER, price INTEGER, price_down INTEGER, newest INTEGER, title TEXT
);
CREATE VIRTUAL TABLE words USING fts5 (
    title, brand, category, id, description,
    content = '', prefix = '1 2', tokenize = 'unicode61 remove_diacritics 2'
);
CREATE INDEX group_of ON groups (position);
CREATE INDEX in_group ON groups (number);
INSERT INTO words (words, rank) VALUES ('automerge', 0);
INSERT INTO words (words, rank) VALUES ('hashsize', 12000000);
"""
# Made when all products are there, which is quicker. Each ends with the position by itself, which breaks ties by id.
INDEXES = """
CREATE INDEX by_price ON orders (price);
CREATE INDEX by_price_down ON orders (price_down);
CREATE INDEX by_newest ON orders (newest);
CREATE INDEX by_title ON orders (title);
CREATE INDEX category_by_position ON orders (category);
CREATE INDEX category_by_price ON orders (category, price);
CREATE INDEX category_by_price_down ON orders (category, price_down);
CREATE INDEX category_by_newest ON orders (category, newest);
CREATE INDEX category_by_title ON orders (category, title);
"""
# SQLite takes shards apart by itself: a statement a shard leaves the interpreter free to check the next one meanwhile.
PRODUCTS = """
INSERT INTO products SELECT
    key + ?, json_extract(value, '$.id'), json_extract(value, '$.availability') IS NOT 'out_of_stock', value
FROM json_each(?)
"""
WORDS = """
INSERT INTO words (rowid, title, brand, category, id, description) SELECT
    position, json_extract(entry, '$.title'), json_extract(entry, '$.brand'), json_extract(entry, '$.product_type'),
    id, json_extract(entry, '$.description')
FROM products WHERE position >= ?
"""
ORDERS = """
INSERT INTO orders SELECT
    key + ?, json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
    json_extract(value, '$[3]'), json_extract(value, '$[4]')
FROM json_each(?)
"""


class Tables:
    """Files are added in the order of their names; `counts` are the rows of each kind so far."""

    def __init__(self, connection: sqlite3.Connection, writer: Executor, products: int) -> None:
        """`writer` is one thread. `products`: how many there are to be, to which lists may point."""
        self._connection, self._writer, self._products = connection, writer, products
        self._writing: Future[None] | None = None
        self._categories: dict[str, int] = {}
        self._last: str | None = None
        self.counts: Counter[str] = Counter()
        connection.executescript(SCHEMA)

    def add(self, name: str, content: bytes) -> list[Entry]:
        """Add a file, and give the products in it. Raises ValueError, KeyError or TypeError for what makes no sense."""
        kind = name.split("-")[0]
        if kind == "catalogue":
            return self._add_products(content)
        if kind in ("neighbours", "elsewhere", "heats"):
            self._add_rows(kind, content)
        elif name == GROUPS:
            self._add_groups(content)
        elif name in (MAP, REPORT):
            self.counts["places"] += len(encoding.parse_map(content)[0]) if name == MAP else 0
            self._write(("INSERT INTO files VALUES (?, ?)", name, content))
        return []

    def finish(self) -> None:
        """Wait until all that was added is written."""
        if self._writing:
            self._writing.result()

    def _add_products(self, content: bytes) -> list[Entry]:
        entries = [encoding.parse_entry(row) for row in json.loads(content)]
        for entry in entries:
            if self._last is not None and entry.product.id <= self._last:
                raise ValueError(f"product {entry.product.id!r} is out of order or there twice")
            self._last = entry.product.id
        start, text = self.counts["products"], content.decode()
        orders = json.dumps([self._order(entry.product) for entry in entries])
        self._write((PRODUCTS, start, text), (WORDS, start), (ORDERS, start, orders))
        self.counts["products"] += len(entries)
        if self.counts["products"] == self._products:
            self._index()
        return entries

    def _index(self) -> None:
        numbered = {number: name for name, number in self._categories.items()}
        categories = "INSERT INTO categories SELECT key, value FROM json_each(?)"
        self._write((categories, json.dumps(numbered)), *((statement,) for statement in INDEXES.split(";")))

    def _add_rows(self, kind: str, content: bytes) -> None:
        rows = json.loads(content)
        for row in rows:
            if kind == "heats":
                encoding.parse_heats(row)
            elif encoding.parse_list(row):
                self._check_within(row[0])
        self._write(
            (f"INSERT INTO {kind} SELECT key + ?, value FROM json_each(?)", self.counts[kind], content.decode())
        )
        self.counts[kind] += len(rows)

    def _add_groups(self, content: bytes) -> None:
        for group in encoding.parse_groups(content):
            self._check_within(group)
        members = "json_each(?) AS groups, json_each(groups.value) AS members"
        sql = f"INSERT INTO groups SELECT groups.key, members.value FROM {members}"
        self._write((sql, content.decode()))

    def _order(self, product: Product) -> tuple[int, int, int, int, str]:
        """The category's number, and what the sorts compare: 10⁻⁴ units of currency, seconds, the title."""
        category = self._categories.setdefault(product.category, len(self._categories))
        paid = product.paid
        amount = int(paid.amount.scaleb(4)) if paid else MISSING
        newest = -instant(product.added) if product.added else MISSING
        return category, amount, -amount if paid else MISSING, newest, folded(product.title)

    def _check_within(self, positions: Sequence[int]) -> None:
        if min(positions) < 0 or max(positions) >= self._products:
            raise ValueError(f"a list points outside the {self._products} products")

    def _write(self, *statements: tuple[Any, ...]) -> None:
        """Execute them beside what is done next, once those before are done."""
        self.finish()
        self._writing = self._writer.submit(self._execute, statements)

    def _execute(self, statements: Sequence[tuple[Any, ...]]) -> None:
        for sql, *values in statements:
            self._connection.execute(sql, values)


def folded(text: str) -> str:
    """Without case and diacritics, to sort by."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text)
    return "".join(part for part in parts if not unicodedata.combining(part)).casefold()
