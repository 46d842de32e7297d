"""What one source says of one product, before several are put together."""

from dataclasses import dataclass

from catalogue.product import Availability, Price


@dataclass(frozen=True, slots=True)
class Draft:
    """Fields as one source gives them; empty, or None, where it says nothing.

    `link` and `images` are absolute http(s) addresses, the main image first; texts are plain, without markup or
    entities. `group` names the product that this one is a variant of. `source` is the name of the source's module, for
    the report on where each field came from.
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
    group: str = ""
