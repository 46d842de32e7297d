"""One module a kind; adding a module here adds a kind to the shop."""

import pkgutil
from importlib import import_module

from studio.product import Kind, Product, products_of


def every_kind() -> tuple[Kind, ...]:
    """The kinds of all modules in this package, by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(import_module(f"{__name__}.{name}").KIND for name in names)


def every_product() -> tuple[Product, ...]:
    """All products of the shop, sorted by id."""
    found = [product for kind in every_kind() for product in products_of(kind)]
    return tuple(sorted(found, key=lambda product: product.id))
