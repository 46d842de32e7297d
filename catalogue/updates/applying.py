"""A file of changes put into tables that `Tables` filled, and into the indexes that `Finder` made of them."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from catalogue.encoding import Listing
from catalogue.finding import INDEXED
from catalogue.product import SOLD_OUT, leaf
from catalogue.tables import MIX, order
from catalogue.updates.files import CATALOGUE, Change

AMONG = "position IN (SELECT value FROM json_each(?))"
COLUMNS = "rowid, title, brand, category, id, description"
# The index of words keeps no texts: it is told what it is to forget.
FORGET = f"INSERT INTO beside.words (words, {COLUMNS}) SELECT 'delete', {INDEXED} WHERE {AMONG}"
LEARN = f"INSERT INTO beside.words ({COLUMNS}) SELECT {INDEXED} WHERE {AMONG}"
SORT = f"INSERT INTO beside.sorted SELECT * FROM orders WHERE {AMONG}"
JOIN = f"INSERT INTO beside.members SELECT position, category FROM orders WHERE {AMONG}"


def apply(connection: sqlite3.Connection, change: Change, *, beside: bool = False) -> None:
    """Make the tables those of the next version; `beside` where the indexes are attached as well.

    Raises ValueError, KeyError or TypeError for what makes no sense.
    """
    products, listings = change.rows.get(CATALOGUE, {}), change.listings
    _forget(connection, [*products, *_beyond(connection, change.products)], beside=beside)
    try:
        _add(connection, products, listings)
    except sqlite3.IntegrityError as error:
        raise ValueError("a product is there twice") from error
    if beside:
        for sql in (LEARN, SORT, JOIN):
            connection.execute(sql, [json.dumps([*products])])
    connection.execute("DELETE FROM rows WHERE position >= ?", [change.products])
    for kind in change.rows.keys() - {CATALOGUE}:
        rows = ((kind, number, orjson.dumps(row)) for number, row in change.rows[kind].items())
        connection.executemany("INSERT OR REPLACE INTO rows VALUES (?, ?, ?)", rows)


def mix(connection: sqlite3.Connection) -> None:
    """Make the mixed order of all products anew."""
    connection.execute("DELETE FROM mixed")
    connection.execute(MIX)


def counts(connection: sqlite3.Connection, sharded: int) -> tuple[int, int]:
    """How many products there are, and how many lists: `sharded` of each stood in shards."""
    ((products,),) = connection.execute("SELECT count(*) FROM products").fetchall()
    sql = "SELECT count(*) FROM rows WHERE kind = 'neighbours' AND position >= ?"
    ((further,),) = connection.execute(sql, [sharded]).fetchall()
    return products, min(products, sharded) + further


def _beyond(connection: sqlite3.Connection, products: int) -> list[int]:
    rows = connection.execute("SELECT position FROM products WHERE position >= ?", [products])
    return [position for (position,) in rows]


def _forget(connection: sqlite3.Connection, numbers: Sequence[int], *, beside: bool) -> None:
    """Remove products from the tables; there may be none of a number yet."""
    among = [json.dumps(numbers)]
    if beside:
        connection.execute(FORGET, among)
        for table in ("sorted", "members"):
            connection.execute(f"DELETE FROM beside.{table} WHERE {AMONG}", among)
    sizes = connection.execute(f"SELECT category, -count(*) FROM orders WHERE {AMONG} GROUP BY category", among)
    _resize(connection, sizes.fetchall())
    for table in ("orders", "products"):
        connection.execute(f"DELETE FROM {table} WHERE {AMONG}", among)


def _add(connection: sqlite3.Connection, products: Mapping[int, Any], listings: Mapping[int, Listing]) -> None:
    categories = _categories(connection, {leaf(listing.product_type) for listing in listings.values()})
    numbered = {number: categories[leaf(listing.product_type)] for number, listing in listings.items()}
    entries = (
        (number, row["id"], row.get("availability") != SOLD_OUT, orjson.dumps(row).decode())
        for number, row in products.items()
    )
    connection.executemany("INSERT INTO products VALUES (?, ?, ?, ?)", entries)
    orders = ((number, *order(listing, numbered[number])) for number, listing in listings.items())
    connection.executemany("INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?)", orders)
    _resize(connection, Counter(numbered.values()).items())
    connection.execute("DELETE FROM categories WHERE size = 0")


def _categories(connection: sqlite3.Connection, names: set[str]) -> dict[str, int]:
    """The numbers of categories by name; those of `names` that are new are added, without products."""
    numbers = dict(connection.execute("SELECT name, number FROM categories").fetchall())
    new = enumerate(sorted(names - numbers.keys()), max(numbers.values(), default=-1) + 1)
    added = {name: number for number, name in new}
    rows = [(number, name) for name, number in added.items()]
    connection.executemany("INSERT INTO categories VALUES (?, ?, 0)", rows)
    return numbers | added


def _resize(connection: sqlite3.Connection, more: Iterable[tuple[int, int]]) -> None:
    """Products more, or fewer, of categories by number."""
    rows = [(count, number) for number, count in more]
    connection.executemany("UPDATE categories SET size = size + ? WHERE number = ?", rows)
