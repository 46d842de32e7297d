"""A product as a card: one link with its picture, title, category and price."""

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from catalogue.product import Neighbour, Product, Thumbnail
from catalogue.shop import Shop
from storefront import money
from storefront.urls import IMAGES, product_address


def card(shop: Shop, product: Product, similarity: float | None = None) -> Component:
    """The card of one product; with `similarity`, the cosine in [-1, 1], it says how similar it is."""
    foot = [html.Span(product.category, className="card-category"), price(product)]
    if similarity is not None:
        foot.append(html.Span(f"similarity {similarity:.2f}", className="card-similarity"))
    return dcc.Link(
        [
            picture(shop, product),
            html.Span(product.title, className="card-name"),
            html.Span(foot, className="card-foot"),
        ],
        href=product_address(product.id),
        className="product-card",
    )


def grid(shop: Shop, products: list[Product]) -> Component:
    return html.Ul([html.Li(card(shop, product)) for product in products], className="product-grid")


def similar_grid(shop: Shop, neighbours: list[Neighbour]) -> Component:
    """The products of a list, best first."""
    items = [html.Li(card(shop, shop.product(near.product_id), near.similarity)) for near in neighbours]
    return html.Ul(items, className="product-grid")


def picture(shop: Shop, product: Product, *, hero: bool = False) -> Component:
    """The main photo in a square; the title stands beside it, so the card's picture has no text of its own."""
    frame = "picture picture-hero" if hero else "picture"
    thumbnails = shop.thumbnails(product.id)
    if not thumbnails:
        return html.Span("No photo", className=f"{frame} picture-none")
    image = _image(
        thumbnails[0],
        f"Photo of {product.title}" if hero else "",
        "(min-width: 992px) 440px, 100vw" if hero else "168px",
    )
    return html.Span(image, className=frame)


def price(product: Product) -> Component:
    """The price that is paid, beside the former one in a sale; nothing where the shop names none."""
    if product.availability == "out_of_stock":
        badge: Component = dbc.Badge("Sold out", color="secondary", pill=True, className="sold-out")
        return badge
    if product.price is None:
        return html.Span(className="card-price")
    if product.sale_price is None:
        return html.Span(money.shown(product.price), className="card-price")
    former = html.Del(money.shown(product.price), className="former-price")
    return html.Span([former, " ", money.shown(product.sale_price)], className="card-price")


def _image(thumbnail: Thumbnail, alt: str, sizes: str) -> Component:
    small, large = IMAGES + thumbnail.path(160), IMAGES + thumbnail.path(320)
    return html.Img(
        src=large, srcSet=f"{small} 160w, {large} 320w", sizes=sizes, alt=alt,
        width=thumbnail.width, height=thumbnail.height,
    )  # fmt: skip
