"""The dots of the map, in the order in which they are met on it, and what a pointer asks of one."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from catalogue.encoding import dump
from storefront.site import Site
from storefront.urls import product_address

MOST = 100_000  # dots that are drawn
PART = 128  # dots that are told of together, as a pointer that is at one comes to those near it


@dataclass(frozen=True)
class Dots:
    """Products with a place, or some of very many, those near each other mostly near in the order too.

    `ids`, `xs`, `ys` (0 to 9999, y up) and `kinds` have an item for each; a kind counts in `categories`, which are the
    largest first, and is -1 for a product without one. `placed` products have a place, with and without a dot.
    """

    ids: tuple[str, ...]
    xs: tuple[int, ...]
    ys: tuple[int, ...]
    kinds: tuple[int, ...]
    categories: tuple[tuple[str, int], ...]
    placed: int

    def of(self, category: str) -> Sequence[str]:
        """The ids of a category in the order of the map; all of them for an empty one."""
        if not category:
            return self.ids
        kind = self.kind(category)
        return [product_id for product_id, own in zip(self.ids, self.kinds, strict=True) if own == kind]

    def kind(self, category: str) -> int | None:
        """The number of a category, nothing for one that is not on the map."""
        return next((kind for kind, (name, _) in enumerate(self.categories) if name == category), None)


@lru_cache(maxsize=1)
def dots_of(site: Site) -> Dots | None:
    """Nothing where the build has no map."""
    some, placed = site.shop.places(MOST)
    if not some:
        return None
    some.sort(key=lambda each: along(*each.place))
    counted = Counter(each.category for each in some if each.category)
    categories = sorted(counted.items(), key=lambda each: (-each[1], each[0]))
    kind_of = {name: kind for kind, (name, _) in enumerate(categories)}
    xs, ys = zip(*(each.place for each in some), strict=True)
    kinds = tuple(kind_of.get(each.category, -1) for each in some)
    return Dots(tuple(each.product_id for each in some), xs, ys, kinds, tuple(categories), placed)


def along(x: int, y: int) -> int:
    """How far (x, y), below 2**16 each, lies along a curve that goes through the square quarter by quarter."""
    return _spread(x) | _spread(y) << 1


def drawn(dots: Dots) -> bytes:
    """`{x, y, kind, part}` for `assets/map.js`: places as the steps between them, which are small."""
    return dump({"x": _steps(dots.xs), "y": _steps(dots.ys), "kind": dots.kinds, "part": PART})


def told(site: Site, dots: Dots, part: int) -> bytes:
    """`[[address, title, photo], …]` of the dots from `part` times PART on; the photo is empty where there is none."""
    entries = site.shop.entries(dots.ids[part * PART : (part + 1) * PART])
    return dump(
        [
            [
                site.at(product_address(entry.product.id)),
                entry.product.title,
                site.at(site.image(entry.thumbnails[0], 160)) if entry.thumbnails else "",
            ]
            for entry in entries
        ]
    )


def _spread(number: int) -> int:
    """The bits of a number below 2**16, each followed by a zero."""
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        number = (number | number << shift) & mask
    return number


def _steps(values: Sequence[int]) -> list[int]:
    return [value - before for before, value in zip((0, *values), values, strict=False)]
