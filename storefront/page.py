"""What a page is."""

from dataclasses import dataclass
from typing import Any

from catalogue.encoding import Entry
from catalogue.product import Thumbnail


@dataclass(frozen=True)
class Page:
    """One address as it is shown.

    `main` stands in the main column and `product` beside it (on a phone alone); None leaves there what is shown.
    `announcement` is read out by a screen reader. `entry` is the product of a product's page. `found` is false where
    the address names nothing, `indexed` where search engines shall not list it. `address` is the one by which they
    shall know it, `photo` what a link shows.
    """

    title: str
    description: str
    main: Any = None
    product: Any = ()
    announcement: str = ""
    entry: Entry | None = None
    address: str = ""
    photo: Thumbnail | None = None
    found: bool = True
    indexed: bool = True
