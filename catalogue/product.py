"""What flows between the stages: frozen dataclasses, no dictionaries."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Literal

Availability = Literal["in_stock", "out_of_stock", "preorder", "backorder"]
AVAILABILITIES: tuple[Availability, ...] = ("in_stock", "out_of_stock", "preorder", "backorder")
SOLD_OUT: Availability = "out_of_stock"


@dataclass(frozen=True, slots=True)
class Price:
    """An amount in units of an ISO 4217 currency, as Merchant Center writes it: `1299.00 INR`."""

    amount: Decimal
    currency: str

    @classmethod
    def parse(cls, text: str) -> "Price":
        """Read `1299.00 INR`. Raises ValueError for anything else, negative amounts included."""
        match = re.fullmatch(r"(\d{1,12}(?:\.\d{1,4})?)\s*([A-Z]{3})", text.strip())
        if match is None:
            raise ValueError(f"expected an amount and a currency such as '1299.00 INR', received {text!r}")
        try:
            return cls(Decimal(match[1]), match[2])
        except InvalidOperation as error:  # digits of other scripts that \d admits but Decimal does not
            raise ValueError(f"expected a decimal amount, received {match[1]!r}") from error

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


@dataclass(frozen=True, slots=True)
class Product:
    """One row of a catalogue, named as Google Merchant Center names its attributes.

    `image_files` are paths relative to the catalogue's folder, the main picture first. `added` is the day or time in
    ISO 8601 since when the shop has had it; Merchant Center has no such attribute. Empty text and empty
    tuples stand for what the shop does not say.
    """

    id: str
    title: str
    description: str = ""
    link: str = ""
    image_link: str = ""
    additional_image_links: tuple[str, ...] = ()
    price: Price | None = None
    sale_price: Price | None = None
    availability: Availability = "in_stock"
    brand: str = ""
    product_type: str = ""
    image_files: tuple[str, ...] = ()
    added: str = ""

    @property
    def category(self) -> str:
        """The most specific part of `product_type`: `Mugs` of `Kitchen & Dining > Mugs`."""
        return leaf(self.product_type)

    @property
    def available(self) -> bool:
        """Whether it can be ordered."""
        return self.availability != SOLD_OUT

    @property
    def paid(self) -> Price | None:
        """The price that is asked: the sale price where there is one."""
        return self.sale_price or self.price


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A similar product and the cosine of the two features, in [-1, 1], rounded to 4 digits.

    `reasons` are flags from 0 to 31: what else the two have in common.
    """

    product_id: str
    similarity: float
    reasons: int = 0


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """One photo in the two sizes that pages use; `source` is the sha256 of the original file.

    `width` and `height` are the pixels of the larger one (longest side 320); the smaller one has half of them.
    `colour` is the dominant colour as `#rrggbb`. `digest_160` and `digest_320` are sha256 of the two WebP files.
    """

    source: str
    width: int
    height: int
    colour: str
    digest_160: str
    digest_320: str

    def path(self, size: Literal[160, 320]) -> str:
        """Where the file lies, relative to the folder of images."""
        return thumbnail_path(self.source, size)

    def digest(self, size: Literal[160, 320]) -> str:
        return self.digest_160 if size == 160 else self.digest_320


@dataclass(frozen=True, slots=True)
class MapGroup:
    """A label on the map: the category or word that stands out around `place`, and how many products there have it."""

    name: str
    place: tuple[int, int]
    count: int


@dataclass(frozen=True)
class Layout:
    """A map of a catalogue: `places` are (x, y) by product id, whole numbers from 0 to 9999, x to the right and y up.

    `laid_out` of them, at least, were laid out together; the others were added beside them later. `groups` are its
    labels, the largest first, then by name.
    """

    places: Mapping[str, tuple[int, int]]
    laid_out: int
    groups: tuple[MapGroup, ...] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """A product on the map: its category, empty for one without, and its place."""

    product_id: str
    category: str
    place: tuple[int, int]


def thumbnail_path(source: str, size: Literal[160, 320]) -> str:
    """Where the thumbnail of the photo with the sha256 `source` lies, relative to the folder of images."""
    return f"{source[:2]}/{source[2:20]}-{size}.webp"


def leaf(product_type: str) -> str:
    """The most specific part of a `product_type`."""
    return product_type.rsplit(">", 1)[-1].strip()


def instant(text: str) -> int:
    """Seconds since 1970 of an ISO 8601 day or time, in UTC where it does not say. Raises ValueError for others."""
    time = datetime.fromisoformat(text)
    return int((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp())
