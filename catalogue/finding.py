"""Searches of the tables: which positions a query finds, sorted and paged by SQLite."""

from collections.abc import Sequence
from functools import cached_property

from catalogue.database import Database
from catalogue.search import Query, Sort, expression
from catalogue.tables import MISSING

# Above this many matches the weights of words no longer tell products apart, and weighing them all takes long.
WEIGHED = 2000
WEIGHTS = "10, 4, 4, 6, 1"  # of title, brand, category, id and description
PLACES: dict[Sort, str] = {
    "relevance": "orders.position",
    "price": "orders.price, orders.position",
    "price-down": "orders.price_down, orders.position",
    "title": "orders.title, orders.position",
    "newest": "orders.newest, orders.position",
}
# Made when a search first needs it, as it takes as long as all the rest of a start.
INDEX = """
CREATE VIRTUAL TABLE beside.words USING fts5 (
    title, brand, category, id, description,
    content = '', prefix = '1 2', tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO beside.words (words, rank) VALUES ('automerge', 0);
INSERT INTO beside.words (words, rank) VALUES ('hashsize', 12000000);
INSERT INTO beside.words (rowid, title, brand, category, id, description) SELECT
    position, json_extract(entry, '$.title'), json_extract(entry, '$.brand'), json_extract(entry, '$.product_type'),
    id, json_extract(entry, '$.description')
FROM products;
"""
MATCHING = "FROM words WHERE words MATCH ?"
ORDERED = "FROM words CROSS JOIN orders ON position = words.rowid WHERE words MATCH ?"  # words first: they are few


class Finder:
    """What queries find in a database that `Tables` filled."""

    def __init__(self, database: Database, products: int) -> None:
        self._database, self._products = database, products
        rows = database.rows(
            "SELECT name, number, count(*) AS found FROM orders JOIN categories ON number = category"
            " GROUP BY category ORDER BY found DESC, name"
        )
        self._numbers = {name: number for name, number, _ in rows}
        self._sizes = {name: size for name, _, size in rows if name}

    def prepare(self) -> None:
        """Make the index of words, unless it is there."""
        self._database.beside(INDEX)

    @cached_property
    def dated(self) -> bool:
        return bool(self._database.rows("SELECT 1 FROM orders WHERE newest < ? LIMIT 1", [MISSING]))

    def find(self, query: Query, limit: int, offset: int) -> tuple[list[int], int]:
        """The positions of one page, and the number on all pages."""
        words = expression(query.text)
        if (query.text.strip() and not words) or (query.category and query.category not in self._numbers):
            return [], 0
        return self._matching(query, words, limit, offset) if words else self._listed(query, limit, offset)

    def categories(self, text: str) -> list[tuple[str, int]]:
        """Categories with counts among what matches, the largest first, then by name."""
        if not text.strip():
            return list(self._sizes.items())
        words = expression(text)
        self.prepare()
        counted = "SELECT orders.category, count(*) AS found " + ORDERED + " GROUP BY 1"
        sql = f"SELECT name, found FROM ({counted}) JOIN categories ON number = category"
        sql += " WHERE name != '' ORDER BY found DESC, name"
        return self._database.rows(sql, [words]) if words else []

    def _listed(self, query: Query, limit: int, offset: int) -> tuple[list[int], int]:
        where = "WHERE category = ?" if query.category else ""
        category = [self._numbers[query.category]] if query.category else []
        sql = f"SELECT position FROM orders {where} ORDER BY {PLACES[query.sort]} LIMIT ? OFFSET ?"
        total = self._sizes[query.category] if query.category else self._products
        return self._positions(sql, [*category, limit, offset]), total

    def _matching(self, query: Query, words: str, limit: int, offset: int) -> tuple[list[int], int]:
        self.prepare()
        category = [self._numbers[query.category]] if query.category else []
        matching = f"{ORDERED} AND orders.category = ?" if category else MATCHING

        def count(words: str) -> int:
            return self._positions(f"SELECT count(*) {matching}", [words, *category])[0]

        def page(words: str, order: str, limit: int, offset: int) -> list[int]:
            source = matching if category or "orders" not in order else ORDERED
            sql = f"SELECT words.rowid {source} ORDER BY {order} LIMIT ? OFFSET ?"
            return self._positions(sql, [words, *category, limit, offset])

        total = count(words)
        if query.sort != "relevance":
            return page(words, PLACES[query.sort], limit, offset), total
        if total <= WEIGHED:
            return page(words, f"bm25(words, {WEIGHTS}), words.rowid", limit, offset), total
        titled = f"title : ({words})"
        found = page(titled, "words.rowid", limit, offset)
        if len(found) < limit:
            offset = max(0, offset - count(titled))
            found += page(f"({words}) NOT ({titled})", "words.rowid", limit - len(found), offset)
        return found, total

    def _positions(self, sql: str, values: Sequence[object]) -> list[int]:
        return [number for (number,) in self._database.rows(sql, values)]
