"""The head of a page, as search engines and shared links read it."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

import flask

from catalogue.encoding import dump
from catalogue.product import Availability, Product, Thumbnail
from storefront.context import Context

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
        lines.append(_data(_described(shared.product, url, photo_address(shared.image, base, image_base))))
    return "\n".join(lines)


def base_of(context: Context) -> str:
    """Where the site stands, without a slash at its end: as it is set, else as it was asked."""
    return context.settings.public_url or flask.request.host_url.rstrip("/") + context.settings.path_prefix


def _graph(shared: Shared, url: str, base: str, image_base: str, name: str) -> Iterator[tuple[str, str]]:
    """Open Graph's properties."""
    yield "site_name", name
    yield "type", "product" if shared.product else "website"
    yield "title", shared.title
    yield "description", shared.description
    if url:
        yield "url", url
    photo = photo_address(shared.image, base, image_base)
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


def photo_address(thumbnail: Thumbnail | None, base: str, image_base: str) -> str:
    """The absolute address of the larger size, empty without a photo or where nobody knows it."""
    own = image_base.startswith("/")
    if thumbnail is None or (own and not base):
        return ""
    return (base if own else "") + image_base + thumbnail.path(320)


def _meta(kind: str, name: str, content: str) -> str:
    return f'<meta {kind}="{name}" content="{escape(content)}">'
