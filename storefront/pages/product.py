"""One product: its photos and facts, and the products that look similar."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from catalogue.encoding import Entry
from catalogue.product import Neighbour, Product
from catalogue.search import Query
from storefront.components import cards, heatmap
from storefront.components.base import Img, labelled
from storefront.context import Context
from storefront.pages.page import Page
from storefront.urls import GALLERY, HOME, Browsing, product_address, shop_address

SIMILAR = 12


def product_page(context: Context, product_id: str, beside: str = HOME) -> Page:
    """The page of a product beside the page at another address. Raises UnknownProduct."""
    (entry,) = context.shop.entries([product_id])
    product, texts = entry.product, context.texts
    similar = context.shop.neighbours(product.id, SIMILAR)
    shown = texts.similar_shown_one if len(similar) == 1 else texts.similar_shown_many
    count = context.count(len(similar))
    return Page(
        title=product.title,
        description=product.description or texts.describe_product.format(title=product.title, count=count),
        product=html.Article([*_head(context, entry), *_lists(context, entry, similar, beside)], className="product"),
        announcement=f"{product.title}. {shown.format(count=count)}",
        entry=entry,
        address=product_address(product.id),
        photo=entry.thumbnails[0] if entry.thumbnails else None,
    )


def gallery(context: Context, product_id: str) -> list[Component]:
    """All photos of a product as large as they are kept. Raises UnknownProduct."""
    (entry,) = context.shop.entries([product_id])
    alt = context.texts.photo_of.format(title=entry.product.title)
    return [
        Img(src=context.image(each, 320), alt=alt, width=each.width, height=each.height) for each in entry.thumbnails
    ]


def _head(context: Context, entry: Entry) -> list[Component | None]:
    product = entry.product
    described = html.P(product.description, className="description") if product.description else None
    facts = html.Div(_facts(context, product), className="facts")
    return [html.Div([_photos(context, entry), facts], className="product-head"), described]


def _photos(context: Context, entry: Entry) -> Component:
    """The main photo, which leads to all of them as large as they are; the others below it."""
    texts = context.texts
    alt = texts.photo_of.format(title=entry.product.title)
    main = cards.picture(context, entry.thumbnails, alt, cards.HERO, eager=True)
    if not entry.thumbnails:
        return html.Div(main, className="photos-of")
    whole = context.image(entry.thumbnails[0], 320) if context.is_files else GALLERY
    others = [
        Img(src=context.image(each, 160), alt="", width=each.width // 2, height=each.height // 2, loading="lazy")
        for each in entry.thumbnails[1:]
    ]
    strip = html.Div(others, className="more-photos") if others else None
    return html.Div([html.A(main, href=whole, className="enlarge", title=texts.enlarge), strip], className="photos-of")


def _facts(context: Context, product: Product) -> list[Any]:
    texts = context.texts
    steps = [html.A(texts.all_products, href=context.at(HOME))]
    if product.category:
        address = Browsing(Query(category=product.category)).address()
        steps.append(html.A(product.category, href=context.at(address)))
    facts: list[Any] = [
        html.Nav(steps, className="breadcrumbs", **labelled(texts.where)),
        html.H1(product.title, className="product-title", tabIndex="-1"),
        html.P(cards.price(context, product), className="product-price"),
    ]
    if product.brand:
        facts.append(html.P(texts.by_brand.format(brand=product.brand), className="brand"))
    facts.append(html.P(texts.article.format(id=product.id), className="article-number"))
    return [*facts, html.Div(_actions(context, product), className="actions")]


def _actions(context: Context, product: Product) -> list[Component]:
    address = shop_address(product.link)
    to_shop = html.A(context.texts.see_in_shop, href=address, className="btn btn-sm btn-primary", rel="noopener")
    return [to_shop] if address else []


def _lists(context: Context, entry: Entry, similar: list[Neighbour], beside: str) -> list[Any]:
    texts, product = context.texts, entry.product
    if not similar:
        why = texts.none_to_compare if entry.thumbnails else texts.none_without_photo
        return [html.H2(texts.looks_similar, className="section-title"), html.P(why, className="nothing")]
    parts: list[Any] = [
        html.H2(texts.looks_similar, className="section-title"),
        cards.similar_grid(context, similar, beside, eager=True),
        html.P(texts.similarity_explained, className="explained"),
        heatmap.maps(context, entry, similar, beside),
    ]
    elsewhere = context.shop.elsewhere(product.id, SIMILAR)
    if elsewhere:
        parts.append(html.H2(texts.elsewhere, className="section-title"))
        parts.append(cards.similar_grid(context, elsewhere, beside, eager=False))
    same = context.shop.entries(context.shop.duplicates(product.id))
    if same:
        parts.append(html.H2(texts.same_picture, className="section-title"))
        parts.append(cards.plain_grid(context, same, beside))
    return parts
