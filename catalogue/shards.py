"""Rows that stand beside the products, in the shards that they came in: looked at when a product is asked for."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import Any, Literal

import orjson

from catalogue import encoding
from catalogue.database import Database
from catalogue.encoding import SHARD, Pair
from catalogue.errors import PrecomputedError

Kind = Literal["neighbours", "elsewhere", "heats"]
KINDS: tuple[Kind, ...] = ("neighbours", "elsewhere", "heats")

KEPT = 1 << 11  # shards of which it is known where each row ends, 4 kB each


class Shards:
    """The rows of some number of products; empty where there is none.

    That a shard is what a build wrote, its hash has said; that it makes sense is seen when it is read. All methods
    raise PrecomputedError, which names its file.
    """

    def __init__(self, database: Database, products: int) -> None:
        self._database, self._products = database, products
        self._ends = lru_cache(KEPT)(partial(_ends, database, products))  # a method would hold what holds it

    def neighbours(self, kind: Kind, position: int) -> tuple[Pair, ...]:
        """One list, best first."""
        with understood(_file_of(kind, position // SHARD)):
            row = self._row(kind, position)
            encoding.check_lists([row], self._products)
            return encoding.parse_list(row)

    def all_neighbours(self, kind: Kind) -> Iterator[tuple[Pair, ...]]:
        """The lists of all products in the order of their numbers, a shard at a time."""
        for start in range(0, self._products, SHARD):
            number = start // SHARD
            with understood(_file_of(kind, number)):
                rows = orjson.loads(_content(self._database, kind, number))
                encoding.check_lists(rows, self._products)
                lists = [encoding.parse_list(row) for row in rows]
            yield from lists

    def heats(self, position: int) -> tuple[str, ...]:
        """The heat maps of a product's first neighbours."""
        with understood(_file_of("heats", position // SHARD)):
            return encoding.parse_heats(self._row("heats", position))

    def check(self) -> None:
        """Read all of them."""
        for kind, number in self._database.rows("SELECT kind, number FROM shards ORDER BY kind, number"):
            with understood(_file_of(kind, number)):
                rows = orjson.loads(_content(self._database, kind, number))
                self._ends(kind, number)
                self._check(kind, rows)

    def _check(self, kind: Kind, rows: Sequence[Any]) -> None:
        if kind == "heats":
            for row in rows:
                encoding.parse_heats(row)
        else:
            encoding.check_lists(rows, self._products)

    def _row(self, kind: Kind, position: int) -> Sequence[Any]:
        number, place = divmod(position, SHARD)
        content = _content(self._database, kind, number)
        return encoding.row_at(content, self._ends(kind, number), place) if content else []


def _content(database: Database, kind: Kind, number: int) -> bytes:
    rows = database.rows("SELECT content FROM shards WHERE kind = ? AND number = ?", [kind, number])
    return rows[0][0] if rows else b""


def _ends(database: Database, products: int, kind: Kind, number: int) -> bytes:
    """What `row_ends` finds in a shard. Raises ValueError."""
    ends, expected = encoding.row_ends(_content(database, kind, number)), min(SHARD, products - number * SHARD)
    if len(ends) != expected:
        raise ValueError(f"it has {len(ends)} rows that can be told apart, of {expected} products")
    return ends.tobytes()


def _file_of(kind: Kind, number: int) -> str:
    return f"{kind}-{number:04}.json"


@contextmanager
def understood(file: str) -> Iterator[None]:
    """Raise PrecomputedError, which names the file, for what makes no sense in it."""
    try:
        yield
    except (ValueError, KeyError, TypeError, IndexError, sqlite3.OperationalError) as error:
        raise PrecomputedError(f"{file} cannot be read: {error}. Build the folder again.") from error
