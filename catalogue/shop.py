"""A catalogue with its lists, as it is looked up."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from catalogue import encoding
from catalogue.database import Database
from catalogue.encoding import MAP, REPORT, SCALE, SHARD, Entry, Manifest
from catalogue.errors import UnknownProduct
from catalogue.finding import Finder
from catalogue.product import Layout, MapGroup, Neighbour, Placed, Product, Thumbnail
from catalogue.search import Found, Query
from catalogue.shards import Kind, Shards, understood


class Shop:
    """A catalogue with its neighbour lists, in a database.

    Products stand in the order of their ids. A search without text mixes their categories: see `Query`.

    Any thread may ask, and a process forked from the one that loaded it.
    """

    def __init__(self, manifest: Manifest, database: Database) -> None:
        self.manifest = manifest
        self._database = database
        self._finder = Finder(database, manifest.products)
        self._shards = Shards(database, manifest.products)

    def __len__(self) -> int:
        """How many products there are."""
        return self.manifest.products

    def __contains__(self, product_id: str) -> bool:
        return product_id in dict(self._among("id, position", "id", [product_id]))

    def __iter__(self) -> Iterator[Entry]:
        """All products with their thumbnails, read as they are passed over."""
        for start in range(0, len(self), SHARD):
            sql = "SELECT entry FROM products WHERE position >= ? AND position < ? ORDER BY position"
            for (text,) in self._database.rows(sql, [start, start + SHARD]):
                yield _entry(text)

    @property
    def products(self) -> Iterator[Product]:
        return (entry.product for entry in self)

    @property
    def dated(self) -> bool:
        """Whether any product says when it was added."""
        return self._finder.dated

    def entries(self, ids: Iterable[str]) -> list[Entry]:
        """Products with their thumbnails in the order asked, read at once. Raises UnknownProduct."""
        asked = list(ids)
        found = dict(self._among("id, entry", "id", asked))
        try:
            return [_entry(found[product_id]) for product_id in asked]
        except KeyError as error:
            raise _unknown(error.args[0]) from None

    def prepare_search(self) -> None:
        """Make the indexes that searches and sorted pages need; the first of them does it otherwise, and waits."""
        self._finder.prepare()

    def search(self, query: Query, limit: int, offset: int = 0) -> Found:
        """Up to `limit` products that `query` finds, after the first `offset`. Any text can be asked for."""
        positions, total = self._finder.find(query, limit, offset)
        found = dict(self._among("position, entry", "position", positions))
        return Found(tuple(_entry(found[position]) for position in positions), total)

    def categories(self, text: str = "") -> list[tuple[str, int]]:
        """Categories with their number of products among those that match `text`, the largest first, then by name.

        Products without a category are not counted.
        """
        return self._finder.categories(text)

    def product(self, product_id: str) -> Product:
        """Raises UnknownProduct."""
        return self.entries([product_id])[0].product

    def thumbnails(self, product_id: str) -> tuple[Thumbnail, ...]:
        """The product's usable photos, the main one first. Raises UnknownProduct."""
        return self.entries([product_id])[0].thumbnails

    def neighbours(self, product_id: str, k: int = 12) -> list[Neighbour]:
        """Up to `k` similar products that can be ordered, best first; none for a product without a usable photo.

        Raises UnknownProduct.
        """
        return self._listed("neighbours", product_id, sold_out=False)[:k]

    def listed(self, neighbours: Iterable[Neighbour]) -> list[tuple[Neighbour, Entry]]:
        """Each neighbour with its product, in the order given. Raises UnknownProduct."""
        near = list(neighbours)
        return list(zip(near, self.entries(each.product_id for each in near), strict=True))

    def stored(self, product_id: str) -> list[Neighbour]:
        """The whole list as it was built, with what is sold out. Raises UnknownProduct."""
        return self._listed("neighbours", product_id, sold_out=True)

    def all_stored(self) -> Iterator[tuple[str, list[tuple[str, float]]]]:
        """Each product's id with the ids and similarities of its whole list, in the order of the numbers."""
        ids = [product_id for (product_id,) in self._database.rows("SELECT id FROM products ORDER BY position")]
        for own, pairs in zip(ids, self._shards.all_neighbours("neighbours"), strict=True):
            yield own, [(ids[index], score / SCALE) for index, score, _ in pairs]

    def elsewhere(self, product_id: str, k: int = 12) -> list[Neighbour]:
        """Up to `k` similar products of other categories, best first. Raises UnknownProduct."""
        return self._listed("elsewhere", product_id, sold_out=False)[:k]

    def heats(self, product_id: str) -> tuple[str, ...]:
        """Encoded heat maps of the first neighbours, none where they were not made. Raises UnknownProduct."""
        return self._shards.heats(self._position(product_id))

    def duplicates(self, product_id: str) -> list[str]:
        """The ids of other products that show the same picture. Raises UnknownProduct."""
        position = self._position(product_id)
        sql = """SELECT id FROM groups JOIN products USING (position)
            WHERE number = (SELECT number FROM groups WHERE position = ?) AND position != ? ORDER BY groups.rowid"""
        return [other for (other,) in self._database.rows(sql, [position, position])]

    @property
    def groups(self) -> list[list[str]]:
        """The ids of products that show the same picture, group by group."""
        groups: dict[int, list[str]] = {}
        sql = "SELECT number, id FROM groups CROSS JOIN products USING (position) ORDER BY groups.rowid"
        for number, product_id in self._database.rows(sql):
            groups.setdefault(number, []).append(product_id)
        return list(groups.values())

    @property
    def layout(self) -> Layout | None:
        """The whole map of the catalogue, where there is one."""
        content = self._file(MAP)
        if not content:
            return None
        with understood(MAP):
            places, laid_out, groups = encoding.parse_map(content)
            ids = (product_id for (product_id,) in self._database.rows("SELECT id FROM products ORDER BY position"))
            by_id = {product_id: place for product_id, place in zip(ids, places, strict=True) if place}
        return Layout(by_id, laid_out, groups) if by_id else None

    def places(self, most: int) -> tuple[list[Placed], int]:
        """Up to `most` products with a place on the map, chosen evenly by their numbers, and how many have one."""
        if not (content := self._file(MAP)):
            return [], 0
        with understood(MAP):
            among = "json_each(?, '$.places') AS places"
            counted = f"SELECT count(*) FROM {among} WHERE type = 'array'"
            ((placed,),) = self._database.rows(counted, [content.decode()])
            sql = f"""SELECT products.id, name, value FROM {among} CROSS JOIN products ON products.position = key
                CROSS JOIN orders USING (position) CROSS JOIN categories ON number = category
                WHERE key % ? = 0 AND type = 'array'"""
            rows = self._database.rows(sql, [content.decode(), -(-len(self) // most)])
            return [Placed(own, name, encoding.parse_place(*json.loads(place))) for own, name, place in rows], placed

    def map_groups(self) -> tuple[MapGroup, ...]:
        """The labels of the map, the largest first, then by name; none where the build made none, or no map.

        Raises PrecomputedError for what makes no sense.
        """
        with understood(MAP):
            sql = "SELECT json_extract(CAST(content AS TEXT), '$.groups') FROM files WHERE name = ?"
            found = [text for (text,) in self._database.rows(sql, [MAP]) if text is not None]
            return encoding.parse_map_groups(json.loads(*found)) if found else ()

    def check(self) -> None:
        """Read all that is otherwise read when it is asked for. Raises PrecomputedError for what makes no sense."""
        self._shards.check()
        _ = self.layout

    @property
    def report(self) -> bytes:
        """The quality report's file, empty where there is none."""
        return self._file(REPORT)

    def _listed(self, kind: Kind, product_id: str, *, sold_out: bool) -> list[Neighbour]:
        pairs = self._shards.neighbours(kind, self._position(product_id))
        found = self._among("position, id, available", "position", [index for index, _, _ in pairs])
        ids = {position: each for position, each, available in found if available or sold_out}
        return [Neighbour(ids[index], score / SCALE, reasons) for index, score, reasons in pairs if index in ids]

    def _position(self, product_id: str) -> int:
        try:
            return int(dict(self._among("id, position", "id", [product_id]))[product_id])
        except KeyError:
            raise _unknown(product_id) from None

    def _among(self, columns: str, key: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        """The products whose `key` is one of the values, which go as JSON: any text and any number of them can."""
        sql = f"SELECT {columns} FROM products WHERE {key} IN (SELECT value FROM json_each(?))"
        return self._database.rows(sql, [json.dumps(values)])

    def _file(self, name: str) -> bytes:
        rows = self._database.rows("SELECT content FROM files WHERE name = ?", [name])
        return bytes(rows[0][0]) if rows else b""


def _entry(text: str) -> Entry:
    return encoding.parse_entry(json.loads(text))


def _unknown(product_id: str) -> UnknownProduct:
    return UnknownProduct(f"no product has the id {product_id!r}. Check it against products.csv.")
