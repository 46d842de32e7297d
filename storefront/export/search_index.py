"""What the search of a site as files reads: the words of all products, and what their cards show."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from catalogue.encoding import Entry, dump
from storefront.components import formatting
from storefront.context import Context
from storefront.file_names import file_name, is_hashed

PART = 10_000  # products in one file, some 300 kB of it when it is compressed
SOURCE = 20  # digits of a photo's hash that its names begin with


def parts(context: Context) -> int:
    """How many files there are."""
    return -(-len(context.shop) // PART)


def files(context: Context) -> Iterator[bytes]:
    """Each file, column by column, which compresses best. `assets/find.js` reads it."""
    entries = iter(context.shop)
    while part := list(islice(entries, PART)):
        yield dump(_columns(context, part))


def _columns(context: Context, entries: Sequence[Entry]) -> dict[str, object]:
    """`ids`, `titles`, `photos`, `prices`, `brand` and `kind` have an item for each product.

    The last two count in `brands` and `kinds`. A photo is the beginning of its names, empty for none. Few products have
    a `former` price, are `sold` out, or are `named` otherwise than by their ids; these are told by their places.
    """
    products = [entry.product for entry in entries]
    placed, locale = list(enumerate(products)), context.texts.locale
    brands, brand = _counted(product.brand for product in products)
    kinds, kind = _counted(product.product_type for product in products)
    return {
        "ids": [product.id for product in products],
        "titles": [product.title for product in products],
        "photos": [entry.thumbnails[0].source[:SOURCE] if entry.thumbnails else "" for entry in entries],
        "prices": [formatting.money(product.paid, locale) if product.paid else "" for product in products],
        "brands": brands,
        "brand": brand,
        "kinds": kinds,
        "kind": kind,
        "former": {
            place: formatting.money(product.price, locale)
            for place, product in placed
            if product.price and product.sale_price
        },
        "sold": [place for place, product in placed if not product.available],
        "named": {place: file_name(product.id) for place, product in placed if is_hashed(product.id)},
    }


def _counted(names: Iterable[str]) -> tuple[list[str], list[int]]:
    """Each name once, and for each of `names` which one of those it is."""
    numbers: dict[str, int] = {}
    counted = [numbers.setdefault(name, len(numbers)) for name in names]
    return list(numbers), counted
