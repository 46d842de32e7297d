"""schema.org objects as pages nest them: which of them are the page's own products, lists and breadcrumbs.

JSON-LD and microdata come here in one shape: dictionaries with `@type`, as deep and as wrong as the page wrote them.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from scraper.values import TITLE_LIMIT, plain

Item = dict[str, Any]
PRODUCTS = frozenset({"product", "productgroup", "individualproduct", "productmodel", "someproducts",
                      "book", "vehicle", "car", "motorcycle", "motorizedbicycle"})  # fmt: skip
_DEPTH = 24
# Only these lead to what the page is about: others, such as isRelatedTo or review, hold products of other pages.
_INSIDE = ("@graph", "mainEntity", "mainEntityOfPage", "about", "hasPart", "itemListElement", "item", "makesOffer",
           "hasOfferCatalog", "offers", "itemOffered", "isVariantOf", "hasVariant", "breadcrumb")  # fmt: skip
_HOLDING = ("hasVariant", "itemOffered", "item")
_OWN = frozenset({"@id", "@type", "hasVariant", "isVariantOf", "productID", "sku", "mpn", "isbn"})
_NOTHING: tuple[Any, ...] = (None, "", [], {})


@dataclass
class Found:
    """A product, what holds it (a group, an Offer or a ListItem; `{}` for nothing), and whether it is in a list."""

    item: Item
    holder: Item
    listed: bool


class Objects:
    """The objects of one page. `products` are in the page's order, without groups whose variants are among them."""

    def __init__(self, tops: Sequence[object]) -> None:
        self._named = _named(tops)
        self._seen: set[int] = set()
        self._groups: set[int] = set()
        self._found: dict[int, Found] = {}
        self.lists: list[Item] = []
        self.breadcrumbs: list[Item] = []
        self._walk(list(tops), {}, listed=False, depth=_DEPTH)
        found = self._found
        self.products = [found[key] for key in found if key not in self._groups] or list(found.values())

    def values(self, item: Item, name: str) -> list[Any]:
        """A property as a list, with its references to objects of the page resolved."""
        return [self._resolved(value) for value in listed(item.get(name))]

    def items(self, item: Item, name: str) -> list[Item]:
        """The objects among the values of a property."""
        return [value for value in self.values(item, name) if isinstance(value, dict)]

    def group(self, found: Found) -> Item:
        """The group that a product is a variant of; `{}` for none."""
        return (
            found.holder if types_of(found.holder) & PRODUCTS else next(iter(self.items(found.item, "isVariantOf")), {})
        )

    def whole(self, found: Found) -> Item:
        """A product with what it leaves to its group, its Offer or its ListItem."""
        kinds = types_of(found.holder)
        inherited = {
            name: value for name, value in self.group(found).items() if name not in _OWN and not name.startswith("gtin")
        }
        if "offer" in kinds:
            inherited["offers"] = found.holder
        if "listitem" in kinds:
            inherited["url"] = found.holder.get("url")
        return inherited | {name: value for name, value in found.item.items() if value not in _NOTHING}

    def _resolved(self, value: object) -> object:
        named = value.get("@id") if isinstance(value, dict) and value.keys() <= {"@id", "@type"} else None
        return self._named.get(named, value) if isinstance(named, str) else value

    def _walk(self, value: object, holder: Item, *, listed: bool, depth: int) -> None:
        value = self._resolved(value)
        if isinstance(value, list) and depth:
            for part in value:
                self._walk(part, holder, listed=listed, depth=depth - 1)
        elif isinstance(value, dict) and depth:
            self._visit(value, holder, listed, depth - 1)

    def _visit(self, item: Item, holder: Item, listed: bool, depth: int) -> None:
        kinds = types_of(item)
        if (kinds | types_of(holder)) & PRODUCTS:
            self._keep(item, holder, listed)
        if id(item) in self._seen:
            return
        self._seen.add(id(item))
        if "breadcrumblist" in kinds:
            self.breadcrumbs.append(item)
            return
        if "itemlist" in kinds:
            self.lists.append(item)
        for name in _INSIDE:
            if name != "offers" or not kinds & PRODUCTS:
                passed_on = item if name in _HOLDING else {}
                self._walk(item.get(name), passed_on, listed=listed or name == "itemListElement", depth=depth)

    def _keep(self, item: Item, holder: Item, listed: bool) -> None:
        # A product of the graph may come before the group or the list that refers to it.
        found = self._found.setdefault(id(item), Found(item, holder, listed))
        found.holder = holder or found.holder
        found.listed |= listed
        group = self.group(found)
        if group and group is not item:
            self._groups.add(id(group))


def listed(value: object) -> list[Any]:
    """What may be one value, several or none, as a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def types_of(item: Item) -> set[str]:
    """Names of the types in lower case, without the vocabulary: `{"product"}` of `schema:Product`."""
    names = (name for name in listed(item.get("@type")) if isinstance(name, str))
    return {name.strip(" /").replace(":", "/").replace("#", "/").rsplit("/", 1)[-1].lower() for name in names}


def texts(value: object, limit: int = TITLE_LIMIT, depth: int = 4) -> Iterator[str]:
    """The readable texts of a value: its own, or `@value` or `name` of an object, or those of each in a list."""
    if isinstance(value, dict) and depth:
        yield from texts(value.get("@value") or value.get("name"), limit, depth - 1)
    elif isinstance(value, list) and depth:
        for part in value:
            yield from texts(part, limit, depth - 1)
    elif words := plain(value, limit):
        yield words


def text(value: object, limit: int = TITLE_LIMIT) -> str:
    """The first readable text of a value; empty for none."""
    return next(texts(value, limit), "")


def _named(tops: Sequence[object]) -> dict[str, Item]:
    """Objects by their `@id`, wherever they are; mere references are none."""
    named: dict[str, Item] = {}
    waiting: deque[object] = deque(tops)
    while waiting:
        value = waiting.popleft()
        if isinstance(value, dict):
            name = value.get("@id")
            if isinstance(name, str) and not value.keys() <= {"@id", "@type"}:
                named.setdefault(name, value)
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return named
