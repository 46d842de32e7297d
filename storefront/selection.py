"""What of the catalogue a page shows: pure functions of a shop and the address."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from catalogue.product import Product
from catalogue.shop import Shop
from storefront.urls import Browsing

PER_PAGE = 48


@dataclass(frozen=True)
class Selection:
    """The products of one page, and where it stands among the others. `page` is one that exists."""

    browsing: Browsing
    products: Sequence[Product]
    total: int
    pages: int


def select(shop: Shop, wanted: Browsing) -> Selection:
    """The page that `wanted` names; the last one when it lies beyond the end."""
    found = [product for product in shop.products if wanted.category in ("", product.category)]
    pages = max(1, -(-len(found) // PER_PAGE))
    page = min(wanted.page, pages)
    shown = found[(page - 1) * PER_PAGE : page * PER_PAGE]
    return Selection(Browsing(wanted.category, page), shown, len(found), pages)


def categories(shop: Shop) -> list[tuple[str, int]]:
    """Each category with its number of products, the largest first; products without one are not counted."""
    counts = Counter(product.category for product in shop.products if product.category)
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def page_numbers(page: int, pages: int) -> list[int]:
    """The pages worth a link, ascending: the first, the last, and two on each side of the present one."""
    near = range(max(1, page - 2), min(pages, page + 2) + 1)
    return sorted({1, pages, *near})
