"""Searches of the tables: which positions a query finds, sorted and paged by SQLite."""

from collections.abc import Sequence
from functools import cached_property, lru_cache, partial

from catalogue.database import Database
from catalogue.search import Query, Sort, expression
from catalogue.tables import MISSING

# A text that more products match than this is a letter or a word of most: to weigh 100,000 of them takes 80 ms, and
# their weights hardly differ. They stand in the order of the catalogue.
WEIGHED = 20_000
KEPT = 256  # texts of which it is known how many products match
WEIGHTS = "10, 4, 4, 6, 1"  # of title, brand, category, id and description
COLUMNS: dict[Sort, str] = {
    "relevance": "position",
    "price": "price",
    "price-down": "price_down",
    "title": "title",
    "newest": "newest",
}
INDEXED = """
    position, json_extract(entry, '$.title'), json_extract(entry, '$.brand'), json_extract(entry, '$.product_type'),
    id, json_extract(entry, '$.description')
FROM products
"""
# Made once the first answer is out, or when a search first needs it: it takes longer than all the rest of a start.
# Each index ends with the position by itself, which breaks ties.
INDEX = """
CREATE TABLE beside.sorted (
    position INTEGER PRIMARY KEY, category INTEGER, price INTEGER, price_down INTEGER, newest INTEGER, title TEXT
);
INSERT INTO beside.sorted SELECT * FROM orders;
CREATE TABLE beside.members (position INTEGER PRIMARY KEY, category INTEGER);
INSERT INTO beside.members SELECT position, category FROM orders;
CREATE INDEX beside.by_price ON sorted (price);
CREATE INDEX beside.by_price_down ON sorted (price_down);
CREATE INDEX beside.by_newest ON sorted (newest);
CREATE INDEX beside.by_title ON sorted (title);
CREATE INDEX beside.category_by_position ON sorted (category);
CREATE INDEX beside.category_by_price ON sorted (category, price);
CREATE INDEX beside.category_by_price_down ON sorted (category, price_down);
CREATE INDEX beside.category_by_newest ON sorted (category, newest);
CREATE INDEX beside.category_by_title ON sorted (category, title);
CREATE VIRTUAL TABLE beside.words USING fts5 (
    title, brand, category, id, description,
    content = '', prefix = '1 2', tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO beside.words (words, rank) VALUES ('automerge', 0);
INSERT INTO beside.words (words, rank) VALUES ('hashsize', 12000000);
"""
INDEX += f"INSERT INTO beside.words (rowid, title, brand, category, id, description) SELECT {INDEXED};"
# Words first: they are few. `members` is narrow, and so is soon counted where they are many.
COUNTED = """
SELECT members.category, count(*) FROM words CROSS JOIN members ON position = words.rowid WHERE words MATCH ? GROUP BY 1
"""


class Finder:
    """What queries find in a database that `Tables` filled."""

    def __init__(self, database: Database, products: int) -> None:
        self._database, self._products = database, products
        rows = database.rows("SELECT number, name, size FROM categories ORDER BY size DESC, name")
        self._numbers = {name: number for number, name, _ in rows}
        self._sizes = {name: size for _, name, size in rows if name}
        self._counted = lru_cache(KEPT)(partial(_count, database))  # a method would hold what holds it

    def prepare(self) -> None:
        """Make the indexes of orders and of words, unless they are there."""
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
        counts = self._counted(words) if words else {}
        found = [(name, counts[number]) for name, number in self._numbers.items() if name and number in counts]
        return sorted(found, key=lambda each: (-each[1], each[0]))

    def _listed(self, query: Query, limit: int, offset: int) -> tuple[list[int], int]:
        category = self._category(query)
        if not category and query.sort == "relevance":
            sql = "SELECT position FROM mixed WHERE rank > ? AND rank <= ? ORDER BY rank"
            return self._positions(sql, [offset, offset + limit]), self._products
        self.prepare()
        where = "WHERE category = ?" if category else ""
        sql = f"SELECT position FROM sorted {where} ORDER BY {COLUMNS[query.sort]}, position LIMIT ? OFFSET ?"
        total = self._sizes[query.category] if category else self._products
        return self._positions(sql, [*category, limit, offset]), total

    def _matching(self, query: Query, words: str, limit: int, offset: int) -> tuple[list[int], int]:
        self.prepare()
        counts, category = self._counted(words), self._category(query)
        total = sum(counts.get(number, 0) for number in category or counts)
        weighed = f"bm25(words, {WEIGHTS})" if total <= WEIGHED else "words.rowid"
        order = weighed if query.sort == "relevance" else f"sorted.{COLUMNS[query.sort]}"
        sql = f"""SELECT words.rowid FROM words CROSS JOIN sorted ON position = words.rowid
            WHERE words MATCH ? {"AND sorted.category = ?" if category else ""}
            ORDER BY {order}, words.rowid LIMIT ? OFFSET ?"""
        return self._positions(sql, [words, *category, limit, offset]), total

    def _category(self, query: Query) -> list[int]:
        """The number of the category that is asked for, none for all of them."""
        return [self._numbers[query.category]] if query.category else []

    def _positions(self, sql: str, values: Sequence[object]) -> list[int]:
        return [number for (number,) in self._database.rows(sql, values)]


def _count(database: Database, words: str) -> dict[int, int]:
    """How many products of each category, by its number, match."""
    database.beside(INDEX)
    return dict(database.rows(COUNTED, [words]))
