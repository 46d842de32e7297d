"""Searches of the tables: which positions a query finds, sorted and paged by SQLite."""

from collections.abc import Sequence
from functools import cached_property, lru_cache, partial
from string import ascii_lowercase, digits

from catalogue.database import Database
from catalogue.search import Query, Sort, expression
from catalogue.tables import MISSING

# Above this many matches the weights of words no longer tell products apart, and weighing them all takes long.
WEIGHED = 2000
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
# Words first: they are few. `members` is what can be read fast where they are many.
JOINED = "FROM words CROSS JOIN {} ON position = words.rowid WHERE words MATCH ?"
MEMBERS, SORTED = JOINED.format("members"), JOINED.format("sorted")


class Finder:
    """What queries find in a database that `Tables` filled."""

    def __init__(self, database: Database, products: int) -> None:
        self._database, self._products = database, products
        rows = database.rows("SELECT number, name, size FROM categories ORDER BY size DESC, name")
        self._numbers = {name: number for number, name, _ in rows}
        self._sizes = {name: size for _, name, size in rows if name}
        self._counted = lru_cache(KEPT)(partial(_count, database))  # a method would hold what holds it
        self._of_letters: dict[str, dict[int, int]] = {}

    def prepare(self) -> None:
        """Make the indexes of orders and of words, unless they are there."""
        self._database.beside(INDEX)

    def count_letters(self) -> None:
        """Count what each letter finds alone: whoever types a text begins with one, and nearly all products have it."""
        for letter in sorted({*ascii_lowercase, *digits, *"".join(self._numbers).casefold()}):
            if words := expression(letter):
                self._of_letters[words] = _count(self._database, words)

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
        counts = self._counts(words) if words else {}
        found = [(name, counts[number]) for name, number in self._numbers.items() if name and number in counts]
        return sorted(found, key=lambda each: (-each[1], each[0]))

    def _listed(self, query: Query, limit: int, offset: int) -> tuple[list[int], int]:
        category = self._category(query)
        if not category and query.sort == "relevance":
            sql = "SELECT position FROM mixed WHERE rank > ? AND rank <= ? ORDER BY rank"
            return self._positions(sql, [offset, offset + limit]), self._products
        where = "WHERE category = ?" if category else ""
        table = "sorted" if self._database.has_beside() else "orders"  # the one without indexes is there at once
        sql = f"SELECT position FROM {table} {where} ORDER BY {COLUMNS[query.sort]}, position LIMIT ? OFFSET ?"
        total = self._sizes[query.category] if category else self._products
        return self._positions(sql, [*category, limit, offset]), total

    def _matching(self, query: Query, words: str, limit: int, offset: int) -> tuple[list[int], int]:
        total = self._total(query, words)
        if not limit:
            return [], total
        self.prepare()
        if query.sort != "relevance":
            return self._ordered(query, words, limit, offset, few=total <= WEIGHED), total
        if total <= WEIGHED:
            return self._page(query, words, f"bm25(words, {WEIGHTS}), words.rowid", limit, offset), total
        titled = f"title : ({words})"
        found = self._page(query, titled, "words.rowid", limit, offset)
        if len(found) < limit:
            before = offset + len(found) if found or not offset else self._total(query, titled)
            others = f"({words}) NOT ({titled})" if before else words
            found += self._page(query, others, "words.rowid", limit - len(found), max(0, offset - before))
        return found, total

    def _page(self, query: Query, words: str, order: str, limit: int, offset: int) -> list[int]:
        """Of what matches, in an order of the index of words."""
        category = self._category(query)
        source = f"{MEMBERS} AND members.category = ?" if category else "FROM words WHERE words MATCH ?"
        sql = f"SELECT words.rowid {source} ORDER BY {order} LIMIT ? OFFSET ?"
        return self._positions(sql, [words, *category, limit, offset])

    def _ordered(self, query: Query, words: str, limit: int, offset: int, *, few: bool) -> list[int]:
        """Of what matches, as it is sorted: few are sorted themselves, of many the first are soon met in the order."""
        category, order = self._category(query), f"ORDER BY sorted.{COLUMNS[query.sort]}, position LIMIT ? OFFSET ?"
        if few:
            sql = f"SELECT position {SORTED} {'AND sorted.category = ?' if category else ''} {order}"
            return self._positions(sql, [words, *category, limit, offset])
        among = f"{'category = ? AND' if category else ''} +position IN (SELECT rowid FROM words WHERE words MATCH ?)"
        return self._positions(f"SELECT position FROM sorted WHERE {among} {order}", [*category, words, limit, offset])

    def _total(self, query: Query, words: str) -> int:
        counts = self._counts(words)
        return sum(counts.get(number, 0) for number in self._category(query) or counts)

    def _counts(self, words: str) -> dict[int, int]:
        return self._of_letters.get(words) or self._counted(words)

    def _category(self, query: Query) -> list[int]:
        """The number of the category that is asked for, none for all of them."""
        return [self._numbers[query.category]] if query.category else []

    def _positions(self, sql: str, values: Sequence[object]) -> list[int]:
        return [number for (number,) in self._database.rows(sql, values)]


def _count(database: Database, words: str) -> dict[int, int]:
    """How many products of each category, by its number, match."""
    database.beside(INDEX)
    return dict(database.rows(f"SELECT members.category, count(*) {MEMBERS} GROUP BY 1", [words]))
