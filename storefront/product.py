"""One product: what it is, and what looks similar."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from catalogue.encoding import Entry
from catalogue.product import Neighbour, Product
from catalogue.search import Query
from storefront import cards, heat
from storefront.aria import data, labelled
from storefront.page import Page
from storefront.site import Site
from storefront.urls import HOME, Browsing, product_address, shop_address

SIMILAR = 12


def product_page(site: Site, product_id: str) -> Page:
    """Raises UnknownProduct."""
    (entry,) = site.shop.entries([product_id])
    product, texts = entry.product, site.texts
    similar = site.shop.neighbours(product.id, SIMILAR)
    shown = texts.similar_shown_one if len(similar) == 1 else texts.similar_shown_many
    return Page(
        title=product.title,
        description=_description(site, product, len(similar)),
        product=html.Article([*_head(site, entry), *_lists(site, entry, similar)], className="product"),
        announcement=f"{product.title}. {shown.format(count=site.count(len(similar)))}",
        entry=entry,
        address=product_address(product.id),
        photo=entry.thumbnails[0] if entry.thumbnails else None,
    )


def _head(site: Site, entry: Entry) -> list[Component]:
    texts, product = site.texts, entry.product
    close = html.A("×", href=HOME, className="close", title=texts.close, **labelled(texts.close))
    trail = html.Nav(className="trail", **labelled(texts.trail))
    alt = texts.photo_of.format(title=product.title)
    photo = cards.picture(site, entry.thumbnails, alt, cards.HERO, eager=True)
    return [
        html.Div([trail, close], className="product-top"),
        html.Div([photo, html.Div(_facts(site, product), className="facts")], className="product-head"),
        *([html.P(product.description, className="description")] if product.description else []),
    ]


def _facts(site: Site, product: Product) -> list[Any]:
    texts = site.texts
    steps = [html.A(texts.all_products, href=HOME)]
    if product.category:
        address = Browsing(Query(category=product.category)).address()
        steps.append(html.A(product.category, href=address))
    facts: list[Any] = [
        html.Nav(steps, className="breadcrumbs", **labelled(texts.where)),
        html.H1(product.title, className="product-title", tabIndex="-1"),
        html.P(cards.price(site, product), className="product-price"),
    ]
    if product.brand:
        facts.append(html.P(texts.by_brand.format(brand=product.brand), className="brand"))
    facts.append(html.P(texts.article.format(id=product.id), className="article-number"))
    return [*facts, html.Div(_actions(site, product), className="actions")]


def _actions(site: Site, product: Product) -> list[Component]:
    texts = site.texts
    copy = html.Button(
        texts.copy_link,
        className="btn btn-sm btn-outline-secondary",
        type="button",
        **data(copy=product_address(product.id), copied=texts.copied),
    )
    address = shop_address(product.link)
    if not address:
        return [copy]
    return [html.A(texts.see_in_shop, href=address, className="btn btn-sm btn-primary", rel="noopener"), copy]


def _lists(site: Site, entry: Entry, similar: list[Neighbour]) -> list[Any]:
    texts, product = site.texts, entry.product
    if not similar:
        why = texts.none_to_compare if entry.thumbnails else texts.none_without_photo
        return [html.H2(texts.looks_similar, className="section-title"), html.P(why, className="nothing")]
    parts: list[Any] = [
        html.H2(texts.looks_similar, className="section-title"),
        cards.similar_grid(site, similar, eager=True),
        html.P(texts.similarity_explained, className="explained"),
        heat.maps(site, entry, similar),
    ]
    elsewhere = site.shop.elsewhere(product.id, SIMILAR)
    if elsewhere:
        parts += [html.H2(texts.elsewhere, className="section-title"), cards.similar_grid(site, elsewhere, eager=False)]
    same = site.shop.entries(site.shop.duplicates(product.id))
    if same:
        parts += [html.H2(texts.same_picture, className="section-title"), cards.plain_grid(site, same)]
    return parts


def _description(site: Site, product: Product, similar: int) -> str:
    return product.description or site.texts.describe_product.format(title=product.title, count=site.count(similar))
