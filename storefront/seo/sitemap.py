"""robots.txt and the sitemap."""

from collections.abc import Iterable, Iterator
from html import escape

import flask

from catalogue.encoding import Entry
from catalogue.search import Query
from storefront.context import Context
from storefront.seo.head import base_of, photo_address
from storefront.urls import HOME, Browsing, product_address

SITEMAP = "/sitemap.xml"
PART = 50_000  # addresses in one file, as the protocol has it
READ = 1000  # products that are in memory at once
PHOTOS = 5  # of one product, so that a file stays below the protocol's 50 MB
ROBOTS = """User-agent: *
Disallow: {prefix}/api/
Disallow: {prefix}/*?q=
Disallow: {prefix}/*&q=
Disallow: {prefix}/p/*?
"""
OPENED = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
IMAGES = 'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'


def register(server: flask.Flask, context: Context) -> None:
    """Answer `/robots.txt`, `/sitemap.xml`, and the parts of the latter when one file cannot hold all addresses."""

    @server.get("/robots.txt")
    def robots() -> flask.Response:
        return flask.Response(robots_of(base_of(context), context.settings.path_prefix), mimetype="text/plain")

    @server.get(SITEMAP)
    def sitemap() -> flask.Response:
        return _xml(next(sitemaps(context, base_of(context)))[1])

    @server.get("/sitemap-<int:part>.xml")
    def sitemap_part(part: int) -> flask.Response:
        if not 1 <= part <= _parts(context):
            flask.abort(404)
        return _xml(urls(context, base_of(context), part - 1))


def robots_of(base: str, prefix: str) -> str:
    """robots.txt of a site that stands at `base`, below the path `prefix` of its host; without a `base` no sitemap."""
    return ROBOTS.format(prefix=prefix) + (f"\nSitemap: {base}{SITEMAP}\n" if base else "")


def sitemaps(context: Context, base: str) -> Iterator[tuple[str, Iterable[str]]]:
    """Each file by its address, the sitemap that engines are told of first; the pieces are made as they are read."""
    parts = _parts(context)
    if parts == 1:
        yield SITEMAP, urls(context, base, 0)
        return
    yield SITEMAP, [index(base, parts)]
    for part in range(parts):
        yield f"/sitemap-{part + 1}.xml", urls(context, base, part)


def index(base: str, parts: int) -> str:
    """The sitemap of sitemaps."""
    listed = "".join(f"<sitemap><loc>{escape(base)}/sitemap-{part + 1}.xml</loc></sitemap>\n" for part in range(parts))
    return f"{OPENED}<sitemapindex {NAMESPACE}>\n{listed}</sitemapindex>\n"


def urls(context: Context, base: str, part: int) -> Iterator[str]:
    """The addresses of one part of the site as a sitemap, piece by piece: the home page, categories, then products."""
    yield f"{OPENED}<urlset {NAMESPACE} {IMAGES}>\n"
    pages, start = _pages(context), part * PART
    for path in pages[start : start + PART]:
        yield f"<url><loc>{escape(base + context.path(path))}</loc></url>\n"
    first, last = (max(0, each - len(pages)) for each in (start, start + PART))
    for offset in range(first, min(last, len(context.shop)), READ):
        for entry in context.shop.search(Query(), min(READ, last - offset), offset).entries:
            yield _url(context, entry, base)
    yield "</urlset>\n"


def _pages(context: Context) -> list[str]:
    return [HOME, *(Browsing(Query(category=name)).address() for name, _ in context.shop.categories())]


def _parts(context: Context) -> int:
    return -(-(len(_pages(context)) + len(context.shop)) // PART)


def _url(context: Context, entry: Entry, base: str) -> str:
    photos = (photo_address(thumbnail, base, context.settings.image_base) for thumbnail in entry.thumbnails[:PHOTOS])
    images = "".join(f"<image:image><image:loc>{escape(photo)}</image:loc></image:image>" for photo in photos)
    return f"<url><loc>{escape(base + context.path(product_address(entry.product.id)))}</loc>{images}</url>\n"


def _xml(pieces: Iterable[str]) -> flask.Response:
    return flask.Response(pieces, mimetype="application/xml")
