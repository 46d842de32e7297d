"""One product: its photos and facts, and the products that look similar."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from catalogue.encoding import Entry
from catalogue.product import Neighbour, Product
from catalogue.search import Query
from storefront.components import cards, heatmap
from storefront.components.base import Img, freeze, hyphened
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
    head = html.Div([_photos(context, entry), _facts(context, product)], className="product-head")
    described = html.P(product.description, className="description") if product.description else None
    return Page(
        product.title,
        product.description or texts.describe_product.format(title=product.title, count=count),
        product=html.Article([head, described, *_lists(context, entry, similar, beside)], className="product"),
        announcement=f"{product.title}. {shown.format(count=count)}",
        entry=entry,
        address=product_address(product.id),
        photo=next(iter(entry.thumbnails), None),
    )


def gallery(context: Context, product_id: str) -> list[Component]:
    """All photos of a product as large as they are kept. Raises UnknownProduct."""
    (entry,) = context.shop.entries([product_id])
    photos, alt = entry.thumbnails, context.texts.photo_of.format(title=entry.product.title)
    return freeze([Img(src=context.image(each, 320), alt=alt, width=each.width, height=each.height) for each in photos])


def _photos(context: Context, entry: Entry) -> Component:
    """The main photo, which leads to all of them as large as they are; the others below it."""
    texts, photos = context.texts, entry.thumbnails
    main = cards.picture(context, photos, texts.photo_of.format(title=entry.product.title), cards.HERO, eager=True)
    if not photos:
        return html.Div(main, className="photos-of")
    whole = context.image(photos[0], 320) if context.is_files else GALLERY
    others = [
        Img(src=context.image(each, 160), alt="", width=each.width // 2, height=each.height // 2, loading="lazy")
        for each in photos[1:]
    ]
    strip = html.Div(others, className="more-photos") if others else None
    return html.Div([html.A(main, href=whole, className="enlarge", title=texts.enlarge), strip], className="photos-of")


def _facts(context: Context, product: Product) -> Component:
    texts, steps = context.texts, [html.A(context.texts.all_products, href=context.at(HOME))]
    if product.category:
        category = Browsing(Query(category=product.category))
        steps.append(html.A(product.category, href=context.at(category.address())))
    brand = html.P(texts.by_brand.format(brand=product.brand), className="brand") if product.brand else None
    address = shop_address(product.link)
    to_shop = html.A(texts.see_in_shop, href=address, className="btn btn-sm btn-primary", rel="noopener")
    facts = [
        html.Nav(steps, className="breadcrumbs", **hyphened(aria_label=texts.where)),
        html.H1(product.title, className="product-title", tabIndex="-1"),
        html.P(cards.price(context, product), className="product-price"),
        brand,
        html.P(texts.article.format(id=product.id), className="article-number"),
        html.Div([to_shop] if address else [], className="actions"),
    ]
    return html.Div(facts, className="facts")


def _lists(context: Context, entry: Entry, similar: list[Neighbour], beside: str) -> list[Any]:
    texts, product = context.texts, entry.product
    heading = html.H2(texts.looks_similar, className="section-title")
    if not similar:
        why = texts.none_to_compare if entry.thumbnails else texts.none_without_photo
        return [heading, html.P(why, className="nothing")]
    parts: list[Any] = [
        heading,
        cards.similar_grid(context, similar, beside, eager=True),
        html.P(texts.similarity_explained, className="explained"),
        heatmap.maps(context, entry, similar, beside),
    ]
    if elsewhere := context.shop.elsewhere(product.id, SIMILAR):
        parts.append(html.H2(texts.elsewhere, className="section-title"))
        parts.append(cards.similar_grid(context, elsewhere, beside, eager=False))
    if same := context.shop.entries(context.shop.duplicates(product.id)):
        parts.append(html.H2(texts.same_picture, className="section-title"))
        parts.append(cards.grid(context, same, beside, aside=True))
    return parts
