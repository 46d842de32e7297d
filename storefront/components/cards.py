"""A product as a card: one link with its picture, title, category and price.

`beside` is the address of the page in the main column, which the links of cards keep.
"""

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from catalogue import reasons
from catalogue.encoding import Entry
from catalogue.product import Neighbour, Product, Thumbnail
from catalogue.reasons import Reason
from storefront.components import formatting
from storefront.components.base import Img, hyphened
from storefront.context import Context
from storefront.texts import Texts
from storefront.urls import HOME, product_address, shop_address

EAGER = 6  # pictures of a grid that a phone shows at once
IN_GRID = "(max-width: 420px) 46vw, 160px"  # where it is up to 210, so that a plain screen takes the small photo
IN_ASIDE = "(min-width: 992px) 126px, 31vw"
HERO = "(min-width: 992px) 180px, 44vw"
KEYS = hyphened(data_keys="grid")  # the cards in it can be walked through with the arrow keys


def grid(context: Context, entries: Sequence[Entry], beside: str = HOME, *, aside: bool = False) -> Component:
    """The products of a page, or `aside` those below a list."""
    sizes, eager = (IN_ASIDE, 0) if aside else (IN_GRID, EAGER)
    cards = [card(context, entry, beside, sizes, eager=place < eager) for place, entry in enumerate(entries)]
    return _list("similar-grid" if aside else "", cards)


def similar_grid(
    context: Context, neighbours: Sequence[Neighbour], beside: str = HOME, *, eager: bool, to_shop: bool = False
) -> Component:
    """The products of a list, best first, with how similar they are and why; `eager` where it is seen at once.

    With `to_shop` they lead to the shop's own pages, where it names them.
    """
    listed = context.shop.listed(neighbours)
    cards = [card(context, entry, beside, IN_ASIDE, near, eager=eager, to_shop=to_shop) for near, entry in listed]
    return _list("similar-grid", cards)


def card(
    context: Context, entry: Entry, beside: str, sizes: str, near: Neighbour | None = None, *,
    eager: bool = False, to_shop: bool = False,
) -> Component:  # fmt: skip
    """The card of a product over its category and price, and how `near` it is; it leads to its page, or to the shop."""
    product = entry.product
    foot: list[Any] = [html.Span(product.category, className="card-category"), " ", price(context, product)]
    foot += [" ", _why(context, near)] if near else []
    parts: list[Any] = [
        picture(context, entry.thumbnails, "", sizes, eager=eager),
        html.Span(product.title, className="card-name"),
        " ",
        html.Span(foot, className="card-foot"),
    ]
    address = shop_address(product.link) if to_shop else ""
    return html.A(parts, href=address or context.at(product_address(product.id, beside)), className="card product-card")


def picture(context: Context, thumbnails: Sequence[Thumbnail], alt: str, sizes: str, *, eager: bool) -> Component:
    """The main photo in a square of its dominant colour; `alt` is empty where the title stands beside it."""
    if not thumbnails:
        return html.Span(context.texts.no_photo, className="picture picture-none")
    main = thumbnails[0]
    small, large = context.image(main, 160), context.image(main, 320)
    image = Img(
        src=large, srcSet=f"{small} 160w, {large} 320w", sizes=sizes, alt=alt, width=main.width, height=main.height,
        loading=None if eager else "lazy",
    )  # fmt: skip
    tone: Any = {"--tone": main.colour}  # the one style that data alone can say
    return html.Span(image, className="picture", style=tone)


def price(context: Context, product: Product) -> Component | None:
    """The price that is paid, beside the former one in a sale; that it is sold out; nothing without a price."""
    if not product.available:
        return html.Span(context.texts.sold_out, className="badge rounded-pill bg-sold-out")
    if product.paid is None:
        return None
    paid = formatting.money(product.paid, context.texts.locale)
    if product.sale_price is None or product.price is None:
        return html.Span(paid, className="price")
    before = formatting.money(product.price, context.texts.locale)
    former: list[Any] = [html.Span(context.texts.former_price + " ", className="visually-hidden"), before]
    return html.Span([html.Del(former, className="former-price"), " ", paid], className="price")


def step(context: Context, entry: Entry, beside: str) -> Component:
    """A product as one of the trail's."""
    title, photos = entry.product.title, entry.thumbnails
    shown = Img(src=context.image(photos[0], 160), alt=title, width=40, height=40) if photos else title
    return html.A(shown, href=context.at(product_address(entry.product.id, beside)), title=title)


def sentence(texts: Texts, flags: int) -> str:
    """`Same colours and shape, near in price`; empty for none. The category stands beside it on the card."""
    things = {Reason.COLOURS: texts.reason_colours, Reason.SHAPE: texts.reason_shape, Reason.BRAND: texts.reason_brand}
    return reasons.sentence(flags, things, texts.reason_same, texts.reason_and, texts.reason_price)


def _list(name: str, cards: list[Component]) -> Component:
    return html.Ul([html.Li(each) for each in cards], className=f"product-grid {name}".strip(), **KEYS)


def _why(context: Context, near: Neighbour) -> Component:
    """The band in words, the cosine itself, and the reasons, where the build has them."""
    texts, band = context.texts, context.band(near.similarity)
    named = html.Span(f"{texts.similarity} ", className="visually-hidden")
    why = " · ".join(filter(None, [f"{near.similarity:.2f}", sentence(texts, near.reasons)]))
    badge: list[Any] = [html.Span(band, className="badge rounded-pill bg-band band"), " "] if band else []
    return html.Span([*badge, named, why], className="why")
