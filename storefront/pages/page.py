"""A page as data: its components, and its words for the window, for engines, and for a screen reader."""

from dataclasses import dataclass
from typing import Any

from catalogue.encoding import Entry
from catalogue.product import Thumbnail


@dataclass(frozen=True)
class Page:
    """One address as it is shown.

    `main` stands in the main column; `product` is set on a product's page alone, and stands beside the main column (on
    a phone in its place). `announcement` is read out by a screen reader. `entry` is the product of a product's page.
    `found` is false where the address names nothing, `indexed` where search engines shall not list it. `address` is
    the one by which they shall know it, `photo` the picture of a shared link.
    """

    title: str
    description: str
    main: Any = None
    product: Any = None
    announcement: str = ""
    entry: Entry | None = None
    address: str = ""
    photo: Thumbnail | None = None
    found: bool = True
    indexed: bool = True
