"""Heads of pages, robots.txt and the sitemap: for search engines and shared links."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import flask

from catalogue.product import Availability, Thumbnail
from catalogue.search import Query
from storefront.context import Context
from storefront.pages.page import Page
from storefront.templates import render, stream
from storefront.urls import HOME, Browsing, product_address

SCHEMA = "https://schema.org/"
STATES: dict[Availability, str] = {
    "in_stock": "InStock",
    "out_of_stock": "OutOfStock",
    "preorder": "PreOrder",
    "backorder": "BackOrder",
}
SITEMAP = "/sitemap.xml"
PART = 50_000  # addresses in one file, as the protocol has it
READ = 1000  # products that are in memory at once
PHOTOS = 5  # of one product, so that a file stays below the protocol's 50 MB


@dataclass(frozen=True)
class Head:
    """A page of the shop `site` for `templates/head.html`, and the absolute addresses of page and photo, if known."""

    page: Page
    site: str
    url: str
    photo: str

    @classmethod
    def of(cls, context: Context, page: Page, base: str) -> "Head":
        """The head of a page of the site at `base`, which has no slash at its end; empty where nobody knows it."""
        url = base + context.path(page.address or HOME) if base else ""
        return cls(page, context.settings.name, url, photo_address(context, page.photo, base))

    @property
    def product(self) -> dict[str, object]:
        """The product in schema.org's words; values that the shop does not have are left out."""
        if self.page.entry is None:
            return {}
        product = self.page.entry.product
        offer = product.paid and _thing(
            "Offer",
            price=str(product.paid.amount),
            priceCurrency=product.paid.currency,
            availability=SCHEMA + STATES[product.availability],
            url=self.url,
        )
        return {"@context": SCHEMA} | _thing(
            "Product",
            name=product.title,
            image=self.photo,
            description=product.description,
            sku=product.id,
            brand=product.brand and _thing("Brand", name=product.brand),
            category=product.product_type,
            url=self.url,
            offers=offer,
        )


def _thing(kind: str, **values: object) -> dict[str, object]:
    return {"@type": kind, **{name: value for name, value in values.items() if value}}


def base_of(context: Context) -> str:
    """The address of the site, without a slash at its end: as it is set, else as it was asked."""
    return context.settings.public_url or flask.request.host_url.rstrip("/") + context.settings.path_prefix


def photo_address(context: Context, thumbnail: Thumbnail | None, base: str) -> str:
    """The absolute address of the larger size, empty without a photo or where nobody knows it."""
    address = context.settings.image_base + thumbnail.path(320) if thumbnail else ""
    return address if not address.startswith("/") else base and base + address


def register(server: flask.Flask, context: Context) -> None:
    """Answer `/robots.txt`, `/sitemap.xml`, and the parts of the latter when one file cannot hold all addresses."""

    @server.get("/robots.txt")
    def robots() -> flask.Response:
        content = render("robots.txt", base=base_of(context), prefix=context.settings.path_prefix)
        return flask.Response(content, mimetype="text/plain")

    @server.get(SITEMAP)
    @server.get("/sitemap-<int:_>.xml")
    def sitemap(_: int = 0) -> flask.Response:
        pieces = dict(sitemaps(context, base_of(context))).get(flask.request.path)
        return flask.Response(pieces, mimetype="application/xml") if pieces else flask.abort(404)


def sitemaps(context: Context, base: str) -> Iterator[tuple[str, Iterable[str]]]:
    """Each file by its address, the sitemap that engines are told of first; the pieces are made as they are read."""
    total = len(_pages(context)) + len(context.shop)
    names = [f"/sitemap-{part + 1}.xml" for part in range(-(-total // PART))] if total > PART else [SITEMAP]
    if total > PART:
        yield SITEMAP, stream("sitemap_index.xml", addresses=[base + name for name in names])
    for part, name in enumerate(names):
        yield name, urls(context, base, part)


def urls(context: Context, base: str, part: int) -> Iterable[str]:
    """One part of the site as a sitemap, piece by piece: the home page, categories, then products."""
    return stream("sitemap.xml", addresses=_addresses(context, base, part))


def _addresses(context: Context, base: str, part: int) -> Iterator[tuple[str, list[str]]]:
    """Each address with its photos."""
    pages, start = _pages(context), part * PART
    for path in pages[start : start + PART]:
        yield base + context.path(path), []
    first, last = (max(0, each - len(pages)) for each in (start, start + PART))
    for offset in range(first, min(last, len(context.shop)), READ):
        for entry in context.shop.search(Query(), min(READ, last - offset), offset).entries:
            photos = [photo_address(context, image, base) for image in entry.thumbnails[:PHOTOS]]
            yield base + context.path(product_address(entry.product.id)), photos


def _pages(context: Context) -> list[str]:
    return [HOME, *(Browsing(Query(category=name)).address() for name, _ in context.shop.categories())]
