"""What search engines and shared links read: the head of the first HTML, robots.txt and the sitemap."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape

import flask

from catalogue.encoding import Entry, dump
from catalogue.product import Availability, Product, Thumbnail
from catalogue.search import Query
from storefront.site import Site
from storefront.urls import HOME, Browsing, product_address

SITEMAP = "/sitemap.xml"
PART = 50_000  # addresses in one file, as the protocol has it
READ = 1000  # products that are in memory at once
PHOTOS = 5  # of one product, so that a file stays below the protocol's 50 MB
ROBOTS = """User-agent: *
Disallow: {prefix}/api/
Disallow: {prefix}/*?q=
Disallow: {prefix}/*&q=
"""
OPENED = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
IMAGES = 'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
SCHEMA = "https://schema.org/"
STATES: dict[Availability, str] = {
    "in_stock": "InStock",
    "out_of_stock": "OutOfStock",
    "preorder": "PreOrder",
    "backorder": "BackOrder",
}


@dataclass(frozen=True)
class Shared:
    """A page as it is told of elsewhere; `path` is percent-encoded and begins with a slash."""

    title: str
    description: str
    path: str
    image: Thumbnail | None
    product: Product | None
    indexed: bool = True


def head(shared: Shared, base: str, image_base: str, name: str) -> str:
    """Markup for the head of a page of the shop `name`, whose addresses stand at `base`, without a slash at its end.

    Without a `base`, where nobody knows it, there is nothing in it that needs an absolute address.
    """
    url = base + shared.path if base else ""
    lines = [_meta("name", "description", shared.description)]
    lines += [] if shared.indexed else [_meta("name", "robots", "noindex")]
    lines += [f'<link rel="canonical" href="{escape(url)}">'] if url else []
    lines.append(_meta("name", "twitter:card", "summary"))
    lines += [_meta("property", f"og:{key}", value) for key, value in _graph(shared, url, base, image_base, name)]
    if shared.product:
        lines.append(_data(_described(shared.product, url, _photo(shared.image, base, image_base))))
    return "\n".join(lines)


def base_of(site: Site) -> str:
    """Where the site stands, without a slash at its end: as it is set, else as it was asked."""
    return site.settings.public_url or flask.request.host_url.rstrip("/") + site.settings.path_prefix


def _graph(shared: Shared, url: str, base: str, image_base: str, name: str) -> Iterator[tuple[str, str]]:
    """Open Graph's properties."""
    yield "site_name", name
    yield "type", "product" if shared.product else "website"
    yield "title", shared.title
    yield "description", shared.description
    if url:
        yield "url", url
    photo = _photo(shared.image, base, image_base)
    if shared.image and photo:
        yield "image", photo
        yield "image:width", str(shared.image.width)
        yield "image:height", str(shared.image.height)


def _described(product: Product, url: str, photo: str) -> dict[str, object]:
    """The product in schema.org's words; what the shop does not say is left out."""
    said = {
        "name": product.title,
        "image": photo,
        "description": product.description,
        "sku": product.id,
        "brand": {"@type": "Brand", "name": product.brand} if product.brand else None,
        "category": product.product_type,
        "url": url,
    }
    if product.paid:
        said["offers"] = {
            "@type": "Offer",
            "price": str(product.paid.amount),
            "priceCurrency": product.paid.currency,
            "availability": SCHEMA + STATES[product.availability],
            **({"url": url} if url else {}),
        }
    return {"@context": SCHEMA, "@type": "Product", **{name: value for name, value in said.items() if value}}


def _data(value: object) -> str:
    """JSON-LD in which no text of a shop can end the element or open a comment."""
    quoted = dump(value).decode().replace("<", "\\u003c")
    return f'<script type="application/ld+json">{quoted}</script>'


def _photo(thumbnail: Thumbnail | None, base: str, image_base: str) -> str:
    """The absolute address of the larger size, empty without a photo or where nobody knows it."""
    own = image_base.startswith("/")
    if thumbnail is None or (own and not base):
        return ""
    return (base if own else "") + image_base + thumbnail.path(320)


def _meta(kind: str, name: str, content: str) -> str:
    return f'<meta {kind}="{name}" content="{escape(content)}">'


def register_sitemap(server: flask.Flask, site: Site) -> None:
    """Answer `/robots.txt`, `/sitemap.xml`, and the parts of the latter when one file cannot hold all addresses."""

    @server.get("/robots.txt")
    def robots() -> flask.Response:
        return flask.Response(robots_of(base_of(site), site.settings.path_prefix), mimetype="text/plain")

    @server.get(SITEMAP)
    def sitemap() -> flask.Response:
        return _xml(next(sitemaps(site, base_of(site)))[1])

    @server.get("/sitemap-<int:part>.xml")
    def sitemap_part(part: int) -> flask.Response:
        if not 1 <= part <= _parts(site):
            flask.abort(404)
        return _xml(urls(site, base_of(site), part - 1))


def robots_of(base: str, prefix: str) -> str:
    """robots.txt of a site that stands at `base`, below the path `prefix` of its host; without a `base` no sitemap."""
    return ROBOTS.format(prefix=prefix) + (f"\nSitemap: {base}{SITEMAP}\n" if base else "")


def sitemaps(site: Site, base: str) -> Iterator[tuple[str, Iterable[str]]]:
    """Each file by its address, the sitemap that engines are told of first; the pieces are made as they are read."""
    parts = _parts(site)
    if parts == 1:
        yield SITEMAP, urls(site, base, 0)
        return
    yield SITEMAP, [index(base, parts)]
    for part in range(parts):
        yield f"/sitemap-{part + 1}.xml", urls(site, base, part)


def index(base: str, parts: int) -> str:
    """The sitemap of sitemaps."""
    listed = "".join(f"<sitemap><loc>{escape(base)}/sitemap-{part + 1}.xml</loc></sitemap>\n" for part in range(parts))
    return f"{OPENED}<sitemapindex {NAMESPACE}>\n{listed}</sitemapindex>\n"


def urls(site: Site, base: str, part: int) -> Iterator[str]:
    """The addresses of one part of the site as a sitemap, piece by piece: the home page, categories, then products."""
    yield f"{OPENED}<urlset {NAMESPACE} {IMAGES}>\n"
    pages, start = _pages(site), part * PART
    for path in pages[start : start + PART]:
        yield f"<url><loc>{escape(base + site.path(path))}</loc></url>\n"
    first, last = (max(0, each - len(pages)) for each in (start, start + PART))
    for offset in range(first, min(last, len(site.shop)), READ):
        for entry in site.shop.search(Query(), min(READ, last - offset), offset).entries:
            yield _url(site, entry, base)
    yield "</urlset>\n"


def _pages(site: Site) -> list[str]:
    return [HOME, *(Browsing(Query(category=name)).address() for name, _ in site.shop.categories())]


def _parts(site: Site) -> int:
    return -(-(len(_pages(site)) + len(site.shop)) // PART)


def _url(site: Site, entry: Entry, base: str) -> str:
    photos = (_photo(thumbnail, base, site.settings.image_base) for thumbnail in entry.thumbnails[:PHOTOS])
    images = "".join(f"<image:image><image:loc>{escape(photo)}</image:loc></image:image>" for photo in photos)
    return f"<url><loc>{escape(base + site.path(product_address(entry.product.id)))}</loc>{images}</url>\n"


def _xml(pieces: Iterable[str]) -> flask.Response:
    return flask.Response(pieces, mimetype="application/xml")
