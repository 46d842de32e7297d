"""A catalogue with its lists, as it is looked up."""

from collections.abc import Sequence
from dataclasses import dataclass

from catalogue.encoding import SCALE, Entry, Manifest, Pair, Place
from catalogue.errors import UnknownProduct
from catalogue.product import Layout, Neighbour, Product, Thumbnail


@dataclass(frozen=True)
class Parts:
    """What may stand beside the lists, by the products' indices; what was not written is empty."""

    elsewhere: Sequence[tuple[Pair, ...]] = ()
    groups: Sequence[tuple[int, ...]] = ()
    places: Sequence[Place | None] = ()
    laid_out: int = 0
    heats: Sequence[tuple[str, ...]] = ()
    report: bytes = b""


class Shop:
    """A catalogue with its neighbour lists, in memory. Products stand in the order of their ids."""

    def __init__(
        self,
        manifest: Manifest,
        entries: Sequence[Entry],
        lists: Sequence[tuple[Pair, ...]],
        parts: Parts | None = None,
    ) -> None:
        self.manifest = manifest
        self.products = tuple(entry.product for entry in entries)
        self._thumbnails = tuple(entry.thumbnails for entry in entries)
        self._lists, self._parts = lists, parts or Parts()
        self._index = {product.id: index for index, product in enumerate(self.products)}
        self._group = {index: group for group in self._parts.groups for index in group}

    def __contains__(self, product_id: str) -> bool:
        return product_id in self._index

    def product(self, product_id: str) -> Product:
        """Raises UnknownProduct."""
        return self.products[self._position(product_id)]

    def neighbours(self, product_id: str, k: int = 12) -> list[Neighbour]:
        """Up to `k` similar products that can be ordered, best first; none for a product without a usable photo.

        Raises UnknownProduct.
        """
        return self._available(self.stored(product_id), k)

    def stored(self, product_id: str) -> list[Neighbour]:
        """The whole list as it was built, with what is sold out. Raises UnknownProduct."""
        return self._named(self._lists[self._position(product_id)])

    def elsewhere(self, product_id: str, k: int = 12) -> list[Neighbour]:
        """Up to `k` similar products of other categories, best first. Raises UnknownProduct."""
        position = self._position(product_id)
        return self._available(self._named(self._parts.elsewhere[position]), k) if self._parts.elsewhere else []

    def duplicates(self, product_id: str) -> list[str]:
        """The ids of other products that show the same picture. Raises UnknownProduct."""
        position = self._position(product_id)
        return [self.products[index].id for index in self._group.get(position, ()) if index != position]

    @property
    def groups(self) -> list[list[str]]:
        """The ids of products that show the same picture, group by group."""
        return [[self.products[index].id for index in group] for group in self._parts.groups]

    @property
    def layout(self) -> Layout | None:
        """The map of the catalogue, where there is one."""
        pairs = zip(self.products, self._parts.places, strict=False)
        places = {product.id: place for product, place in pairs if place}
        return Layout(places, self._parts.laid_out) if places else None

    def heats(self, product_id: str) -> tuple[str, ...]:
        """Encoded heat maps of the first neighbours, none where they were not made. Raises UnknownProduct."""
        position = self._position(product_id)
        return self._parts.heats[position] if self._parts.heats else ()

    @property
    def report(self) -> bytes:
        """The quality report's file, empty where there is none."""
        return self._parts.report

    def thumbnails(self, product_id: str) -> tuple[Thumbnail, ...]:
        """The product's usable photos, the main one first. Raises UnknownProduct."""
        return self._thumbnails[self._position(product_id)]

    def _named(self, pairs: Sequence[Pair]) -> list[Neighbour]:
        return [Neighbour(self.products[index].id, score / SCALE, reasons) for index, score, reasons in pairs]

    def _available(self, found: Sequence[Neighbour], k: int) -> list[Neighbour]:
        return [near for near in found if self.product(near.product_id).available][:k]

    def _position(self, product_id: str) -> int:
        try:
            return self._index[product_id]
        except KeyError:
            raise UnknownProduct(f"no product has the id {product_id!r}. Check it against products.csv.") from None
