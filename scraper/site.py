"""Site files: TOML that says where a shop publishes what, and how to behave there."""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from catalogue.errors import SiteError
from scraper.fetch import Manners
from scraper.sources import shopify, woocommerce
from scraper.sources.selectors import Rules, Selector
from scraper.values import Separators, address

Reader = Literal["jsonld", "microdata", "opengraph", "selectors"]
Role = Literal["feed", "shopify", "woocommerce", "sitemap", "listing", "product", "image"]
SOURCES = ("feed", "shopify", "woocommerce", "sitemap", "listing", "local")
FIELDS = ("id", "title", "description", "price", "sale_price", "image", "availability", "brand", "category")


def _css(text: str) -> str:
    Selector.parse(text)
    return text


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is not a regular expression: {error}") from error
    return text


Css = Annotated[str, AfterValidator(_css)]
Pattern = Annotated[str, AfterValidator(_pattern)]
Count = Annotated[int, Field(ge=0)]
Seconds = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]


class Table(BaseModel):
    """A table of a site file; a name that it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Prices(Table):
    """How amounts are written for people."""

    decimal: str = ""
    thousands: str = ""


class Limits(Table):
    """What a run takes at most: bytes are those after unpacking, seconds those of one request."""

    pages: Count = 20_000
    page_bytes: Count = 10_000_000
    image_bytes: Count = 25_000_000
    feed_bytes: Count = 1_000_000_000
    images_per_product: Count = 4
    redirects: Count = 5
    retries: Count = 2
    seconds: Seconds = 60.0


class Coverage(Table):
    """The share of products that must have a field; below it the shop has drifted from its site file.

    `kept` is the share of the last run's products that must still be there.
    """

    title: Share = 0.95
    image: Share = 0.5
    price: Share = 0.0
    description: Share = 0.0
    availability: Share = 0.0
    brand: Share = 0.0
    category: Share = 0.0
    kept: Share = 0.5


class At(Table):
    """A source that is one address, relative to `start`; empty stands for `start`."""

    address: str = ""


class Sitemap(At):
    """A sitemap or an index of them; `pages` is what the addresses of product pages look like."""

    pages: Pattern = ""


class Fields(Table):
    """Selectors of a product's fields."""

    id: Css | None = None
    title: Css | None = None
    description: Css | None = None
    price: Css | None = None
    sale_price: Css | None = None
    image: Css | None = None
    availability: Css | None = None
    brand: Css | None = None
    category: Css | None = None


class Listing(Fields):
    """Pages that list products, each naming the next; one address or several.

    Without `link`, the products are those that the pages name for machines.
    """

    address: str | tuple[str, ...] = ""
    item: Css | None = None
    link: Css | None = None
    next: Css | None = None


class ProductPage(Fields):
    """What is read on product pages, the most trusted reader first; each fills what those before it left open."""

    read: tuple[Reader, ...] = ("jsonld", "microdata", "opengraph", "selectors")


class Local(Table):
    """A feed's file, or a folder with a products.csv or with photos; relative to the site file."""

    path: Path


class Site(Table):
    """A whole site file."""

    start: str = ""
    contact: str = ""
    currency: Annotated[str, Field(pattern=r"^([A-Z]{3})?$")] = ""
    hosts: tuple[str, ...] = ()
    delay: Seconds = 1.0
    allow_private: bool = False
    respect_noai: bool = True
    placeholders: tuple[Pattern, ...] = ()
    placeholder_share: Count = 5
    prices: Prices = Prices()
    limits: Limits = Limits()
    coverage: Coverage = Coverage()
    feed: At | None = None
    shopify: At | None = None
    woocommerce: At | None = None
    sitemap: Sitemap | None = None
    listing: Listing | None = None
    product: ProductPage | None = None
    local: Local | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        """The tables that products are found through."""
        return tuple(name for name in SOURCES if getattr(self, name) is not None)

    @property
    def manners(self) -> Manners:
        """How to behave on the network."""
        name = (urlsplit(self.start).hostname or "").lower()
        twin = name.removeprefix("www.") if name.startswith("www.") else f"www.{name}"
        return Manners(
            contact=self.contact,
            delay=self.delay,
            hosts=(name, twin, *(host.lower() for host in self.hosts)),
            allow_private=self.allow_private,
            respect_noai=self.respect_noai,
            seconds=self.limits.seconds,
            redirects=self.limits.redirects,
            retries=self.limits.retries,
        )

    def rules(self, fields: Fields) -> Rules:
        """The selectors of a table, ready to read with."""
        named = {
            name: Selector.parse(css) for name in (*FIELDS, "link", "next") if (css := getattr(fields, name, None))
        }
        return Rules(named, self.currency, Separators(self.prices.decimal, self.prices.thousands))

    @property
    def fingerprint(self) -> str:
        """Changes when pages must be read again, because the site file reads them in another way."""
        manners = ("contact", "delay", "coverage", "placeholders", "placeholder_share")
        caps = set(Limits.model_fields) - {"images_per_product"}
        return self.model_dump_json(exclude={**dict.fromkeys(manners, True), "limits": caps})

    def seeds(self) -> Iterator[tuple[Role, str]]:
        """The addresses that a run begins with."""
        if self.feed:
            yield "feed", address(self.start, self.feed.address or self.start)
        if self.shopify:
            yield "shopify", shopify.page_address(address(self.start, self.shopify.address or self.start), 1)
        if self.woocommerce:
            yield (
                "woocommerce",
                woocommerce.page_address(address(self.start, self.woocommerce.address or self.start), 1),
            )
        if self.sitemap:
            yield "sitemap", address(self.start, self.sitemap.address or "/sitemap.xml")
        if self.listing:
            several = (self.listing.address,) if isinstance(self.listing.address, str) else self.listing.address
            yield from (("listing", address(self.start, each or self.start)) for each in several)


def load(path: Path, only: Collection[str] = (), **changes: Any) -> Site:
    """Read a site file, with the sources `only` when some are given; `changes` replace what it says at the top.

    Raises SiteError, naming the entry.
    """
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SiteError(
            f"no site file at {path}. Write one with: python -m scraper probe URL --write {path}"
        ) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SiteError(f"{path} cannot be read as TOML: {error}") from error
    if local := entries.get("local"):
        local["path"] = str(path.parent / str(local.get("path", "")))
    kept = {name: value for name, value in entries.items() if not only or name not in SOURCES or name in only}
    return parse(kept | changes, str(path))


def parse(entries: Mapping[str, Any], name: str = "the site file") -> Site:
    """Check the entries of a site file. Raises SiteError, naming the entry and what was expected."""
    try:
        site = Site.model_validate(entries)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise SiteError(f"{name}: {where}: {first['msg']} (received {first['input']!r:.80})") from error
    if not site.sources:
        raise SiteError(f"{name} names no source. It needs one of the tables {', '.join(SOURCES)}.")
    if site.sources != ("local",) and not address(site.start, site.start):
        raise SiteError(f"{name}: start: expected an address such as https://shop.example/, received {site.start!r}.")
    return site
