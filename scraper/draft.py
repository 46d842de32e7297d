"""What one source says of one product, before several are put together."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from catalogue.product import Availability, Price


@dataclass(frozen=True, slots=True)
class Draft:
    """Fields as one source gives them; empty, or None, where it says nothing.

    `link` and `images` are absolute http(s) addresses, the main image first; texts are plain, without markup or
    entities. `added` is as a Product has it. `group` names the product that this one is a variant of. `source` is the
    name of the source's module, for the report on where each field came from.
    """

    source: str
    id: str = ""
    title: str = ""
    description: str = ""
    link: str = ""
    images: tuple[str, ...] = ()
    price: Price | None = None
    sale_price: Price | None = None
    availability: Availability | None = None
    brand: str = ""
    product_type: str = ""
    added: str = ""
    group: str = ""

    def packed(self) -> str:
        """As JSON, without its empty fields."""
        said = {name: value for name in _FIELDS if (value := getattr(self, name))}
        said |= {name: str(said[name]) for name in ("price", "sale_price") if name in said}
        return json.dumps(said, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def unpacked(cls, text: str) -> "Draft":
        """The reverse of `packed`."""
        said: Mapping[str, Any] = json.loads(text)
        prices = {name: Price.parse(said[name]) for name in ("price", "sale_price") if name in said}
        return cls(**{**said, **prices, "images": tuple(said.get("images", ()))})


_FIELDS = tuple(field.name for field in fields(Draft))
