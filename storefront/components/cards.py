"""A product as a card: one link with its picture, title, category and price.

`beside` is the address of the page in the main column, which the links of cards keep.
"""

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from catalogue.encoding import Entry
from catalogue.product import Neighbour, Product, Thumbnail
from storefront.components import formatting
from storefront.components.base import Img, data
from storefront.components.reason_text import sentence
from storefront.context import Context
from storefront.urls import HOME, product_address, shop_address

EAGER = 6  # pictures of a grid that a phone shows at once
IN_GRID = "(max-width: 420px) 46vw, 160px"  # where it is up to 210, so that a plain screen takes the small photo
IN_ASIDE = "(min-width: 992px) 126px, 31vw"
HERO = "(min-width: 992px) 180px, 44vw"
KEYS = data(keys="grid")  # the cards in it can be walked through with the arrow keys


def grid(context: Context, entries: Sequence[Entry], beside: str = HOME) -> Component:
    """The products of a page."""
    shown = enumerate((entry, foot(context, entry.product)) for entry in entries)
    return _list("", [card(context, *each, IN_GRID, eager=place < EAGER, beside=beside) for place, each in shown])


def plain_grid(context: Context, entries: Sequence[Entry], beside: str = HOME) -> Component:
    """Products beside a list, without a score."""
    shown = ((entry, foot(context, entry.product)) for entry in entries)
    return _list("similar-grid", [card(context, *each, IN_ASIDE, eager=False, beside=beside) for each in shown])


def similar_grid(
    context: Context, neighbours: Sequence[Neighbour], beside: str = HOME, *, eager: bool, to_shop: bool = False
) -> Component:
    """The products of a list, best first, with how similar they are and why; `eager` where it is seen at once.

    With `to_shop` they lead to the shop's own pages, where it names them.
    """
    cards = []
    for near, entry in context.shop.listed(neighbours):
        content = [*foot(context, entry.product), " ", _why(context, near)]
        address = shop_address(entry.product.link) if to_shop else ""
        cards.append(card(context, entry, content, IN_ASIDE, eager=eager, beside=beside, address=address))
    return _list("similar-grid", cards)


def card(
    context: Context, entry: Entry, content: list[Any], sizes: str, *, eager: bool, beside: str, address: str = ""
) -> Component:
    """The card of a product over a line of content; it leads to its page, or to another `address`."""
    parts: list[Any] = [
        picture(context, entry.thumbnails, "", sizes, eager=eager),
        html.Span(entry.product.title, className="card-name"),
        " ",
        html.Span(content, className="card-foot"),
    ]
    return html.A(
        parts, href=address or context.at(product_address(entry.product.id, beside)), className="card product-card"
    )


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
        return _badge(context.texts.sold_out, "bg-sold-out")
    if product.paid is None:
        return None
    paid = formatting.money(product.paid, context.texts.locale)
    if product.sale_price is None or product.price is None:
        return html.Span(paid, className="price")
    before = formatting.money(product.price, context.texts.locale)
    former: list[Any] = [html.Span(context.texts.former_price + " ", className="visually-hidden"), before]
    return html.Span([html.Del(former, className="former-price"), " ", paid], className="price")


def foot(context: Context, product: Product) -> list[Any]:
    """Its category and price."""
    return [html.Span(product.category, className="card-category"), " ", price(context, product)]


def step(context: Context, entry: Entry, beside: str) -> Component:
    """A product as one of the trail's."""
    title, photos = entry.product.title, entry.thumbnails
    shown = Img(src=context.image(photos[0], 160), alt=title, width=40, height=40) if photos else title
    return html.A(shown, href=context.at(product_address(entry.product.id, beside)), title=title)


def _list(name: str, cards: list[Component]) -> Component:
    return html.Ul([html.Li(each) for each in cards], className=f"product-grid {name}".strip(), **KEYS)


def _badge(text: str, name: str) -> Component:
    """Bootstrap's badge without `dbc.Badge`, of which each of 24 cards would ask Dash's store at every step."""
    return html.Span(text, className=f"badge rounded-pill {name}")


def _why(context: Context, near: Neighbour) -> Component:
    """The band in words, the cosine itself, and the reasons, where the build has them."""
    texts, band = context.texts, context.band(near.similarity)
    named = html.Span(f"{texts.similarity} ", className="visually-hidden")
    why = " · ".join(filter(None, [f"{near.similarity:.2f}", sentence(texts, near.reasons)]))
    badge: list[Any] = [_badge(band, "bg-band band"), " "] if band else []
    return html.Span([*badge, named, why], className="why")
