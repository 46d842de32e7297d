"""A product as a card: one link with its picture, title, category and price."""

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from catalogue.encoding import Entry
from catalogue.product import Neighbour, Product, Thumbnail
from storefront import money
from storefront.aria import GRID
from storefront.markup import toned, with_attributes
from storefront.reasons import sentence
from storefront.site import Site
from storefront.urls import product_address, shop_address

EAGER = 6  # pictures of a grid that a phone shows at once
IN_GRID = "(max-width: 420px) 46vw, 160px"  # where it is up to 210, so that a plain screen takes the small photo
IN_ASIDE = "(min-width: 992px) 126px, 31vw"
HERO = "(min-width: 992px) 180px, 44vw"


def grid(site: Site, entries: Sequence[Entry]) -> Component:
    """The products of a page."""
    cards = [
        html.Li(_card(site, entry, _foot(site, entry.product), IN_GRID, eager=place < EAGER))
        for place, entry in enumerate(entries)
    ]
    return html.Ul(cards, className="product-grid", **GRID)


def plain_grid(site: Site, entries: Sequence[Entry]) -> Component:
    """Products beside a list, without a score."""
    cards = [html.Li(_card(site, entry, _foot(site, entry.product), IN_ASIDE, eager=False)) for entry in entries]
    return html.Ul(cards, className="product-grid similar-grid", **GRID)


def similar_grid(site: Site, neighbours: Sequence[Neighbour], *, eager: bool, to_shop: bool = False) -> Component:
    """The products of a list, best first, with how similar they are and why; `eager` where it is seen at once.

    With `to_shop` they lead to the shop's own pages, where it has said these.
    """
    entries = site.shop.entries(near.product_id for near in neighbours)
    found = zip(entries, neighbours, strict=True)
    cards = [html.Li(_similar(site, entry, near, eager=eager, to_shop=to_shop)) for entry, near in found]
    return html.Ul(cards, className="product-grid similar-grid", **GRID)


def picture(site: Site, thumbnails: Sequence[Thumbnail], alt: str, sizes: str, *, eager: bool) -> Component:
    """The main photo in a square of its dominant colour; `alt` is empty where the title stands beside it."""
    if not thumbnails:
        return html.Span(site.texts.no_photo, className="picture picture-none")
    main = thumbnails[0]
    small, large = site.image(main, 160), site.image(main, 320)
    image = html.Img(
        src=large, srcSet=f"{small} 160w, {large} 320w", sizes=sizes, alt=alt, width=main.width, height=main.height
    )
    waiting = {} if eager else {"loading": "lazy"}
    return toned(html.Span(with_attributes(image, decoding="async", **waiting), className="picture"), main.colour)


def price(site: Site, product: Product) -> Component | None:
    """The price that is paid, beside the former one in a sale; that it is sold out; nothing without a price."""
    if not product.available:
        return html.Span(site.texts.sold_out, className="sold-out")
    if product.paid is None:
        return None
    paid = money.shown(product.paid, site.texts.locale)
    if product.sale_price is None or product.price is None:
        return html.Span(paid, className="price")
    before = money.shown(product.price, site.texts.locale)
    former: list[Any] = [html.Span(site.texts.former_price + " ", className="visually-hidden"), before]
    return html.Span([html.Del(former, className="former-price"), " ", paid], className="price")


def _similar(site: Site, entry: Entry, near: Neighbour, *, eager: bool, to_shop: bool) -> Component:
    """A card with the band in words, the cosine itself, and why, where the build says so."""
    named = html.Span(f"{site.texts.similarity} ", className="visually-hidden")
    why = " · ".join(filter(None, [f"{near.similarity:.2f}", sentence(site.texts, near.reasons)]))
    band = site.band(near.similarity)
    foot = [*_foot(site, entry.product), " ", html.Span([named, why], className="why")]
    badge = html.Span(band, className="band") if band else None
    address = shop_address(entry.product.link) if to_shop else ""
    return _card(site, entry, foot, IN_ASIDE, eager=eager, badge=badge, address=address)


def _card(
    site: Site,
    entry: Entry,
    foot: list[Any],
    sizes: str,
    *,
    eager: bool,
    badge: Component | None = None,
    address: str = "",
) -> Component:
    content = [
        picture(site, entry.thumbnails, "", sizes, eager=eager),
        badge,
        html.Span(entry.product.title, className="card-name"),
        " ",
        html.Span(foot, className="card-foot"),
    ]
    return html.A(content, href=address or product_address(entry.product.id), className="product-card")


def _foot(site: Site, product: Product) -> list[Any]:
    return [html.Span(product.category, className="card-category"), " ", price(site, product)]
