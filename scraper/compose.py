"""Drafts of one product → one product, field by field, and where each field came from."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from catalogue.product import Product
from scraper.draft import Draft

FIELDS = ("title", "description", "price", "availability", "brand", "category", "image")
_REPORTED = {"images": "image", "product_type": "category"}
_ID_LIMIT = 80


@dataclass(frozen=True)
class Composed:
    """A product without its image files, the source of each field that it has, and what it is a variant of."""

    product: Product
    sources: dict[str, str]
    group: str = ""


def compose(key: str, drafts: Sequence[Draft]) -> Composed:
    """Put together what several sources say, the most trusted first: each field from the first that has it."""
    taken = _Taken(drafts)
    link = taken.first("link") or ""
    images = taken.first("images") or ()
    product = Product(
        id=taken.first("id") or id_of(link or key),
        title=taken.first("title") or "",
        description=taken.first("description") or "",
        link=link,
        image_link=images[0] if images else "",
        additional_image_links=images[1:],
        price=taken.first("price"),
        sale_price=taken.first("sale_price"),
        availability=taken.first("availability") or "in_stock",
        brand=taken.first("brand") or "",
        product_type=taken.first("product_type") or "",
        added=taken.first("added") or "",
    )
    return Composed(product, taken.sources, taken.first("group") or "")


def id_of(link: str) -> str:
    """An id made of the last telling part of an address: `the-mug_12` of `/catalogue/the-mug_12/`."""
    parts = [part for part in unquote(urlsplit(link).path).split("/") if part] or [urlsplit(link).query or link]
    name = re.sub(r"\.(html?|php|aspx?)$", "", parts[-1], flags=re.IGNORECASE)
    return re.sub(r"[^\w.-]+", "-", name).strip("-.")[:_ID_LIMIT] or "product"


class _Taken:
    """Takes fields, and remembers whose they were."""

    def __init__(self, drafts: Sequence[Draft]) -> None:
        self._drafts = drafts
        self.sources: dict[str, str] = {}

    def first(self, name: str) -> Any:
        """The field of the first draft that has it; None when none has."""
        for draft in self._drafts:
            if value := getattr(draft, name):
                self.sources[_REPORTED.get(name, name)] = draft.source
                return value
        return None
