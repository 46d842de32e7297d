"""robots.txt and the sitemap."""

from collections.abc import Iterable, Iterator

import flask

from catalogue.search import Query
from storefront.context import Context
from storefront.seo.head import base_of, photo_address
from storefront.templates import render, stream
from storefront.urls import HOME, Browsing, product_address

SITEMAP = "/sitemap.xml"
PART = 50_000  # addresses in one file, as the protocol has it
READ = 1000  # products that are in memory at once
PHOTOS = 5  # of one product, so that a file stays below the protocol's 50 MB


def register(server: flask.Flask, context: Context) -> None:
    """Answer `/robots.txt`, `/sitemap.xml`, and the parts of the latter when one file cannot hold all addresses."""

    @server.get("/robots.txt")
    def robots() -> flask.Response:
        return flask.Response(robots_of(base_of(context), context.settings.path_prefix), mimetype="text/plain")

    @server.get(SITEMAP)
    @server.get("/sitemap-<int:_>.xml")
    def sitemap(_: int = 0) -> flask.Response:
        pieces = dict(sitemaps(context, base_of(context))).get(flask.request.path)
        return flask.Response(pieces, mimetype="application/xml") if pieces else flask.abort(404)


def robots_of(base: str, prefix: str) -> str:
    """robots.txt of a site that stands at `base`, below the path `prefix` of its host; without a `base` no sitemap."""
    return render("robots.txt", base=base, prefix=prefix)


def sitemaps(context: Context, base: str) -> Iterator[tuple[str, Iterable[str]]]:
    """Each file by its address, the sitemap that engines are told of first; the pieces are made as they are read."""
    parts = _parts(context)
    if parts == 1:
        yield SITEMAP, urls(context, base, 0)
        return
    names = [f"/sitemap-{part + 1}.xml" for part in range(parts)]
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


def _parts(context: Context) -> int:
    return -(-(len(_pages(context)) + len(context.shop)) // PART)
