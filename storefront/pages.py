"""The pages as functions of a shop and an address. Each gives what stands between header and foot, and its title."""

from dataclasses import dataclass, replace

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from catalogue.product import Product
from catalogue.shop import Shop
from storefront import cards, selection
from storefront.aria import labelled
from storefront.selection import Selection
from storefront.urls import HOME, Browsing, product_id_of

NAME = "Lookalike"
SIMILAR = 12


@dataclass(frozen=True)
class Page:
    """A page's title and content; `found` is false where the address names nothing."""

    title: str
    content: Component
    found: bool = True


def page_at(shop: Shop, path: str, search: str, *, encoded: bool = True) -> Page:
    """The page at an address; `encoded` as in `urls.product_id_of`."""
    if path in ("", HOME):
        return browse_page(shop, Browsing.parse(search))
    product_id = product_id_of(path, encoded=encoded)
    if product_id is not None and product_id in shop:
        return product_page(shop, shop.product(product_id))
    return missing_page("This product is not in the catalogue." if product_id else "There is no page at this address.")


def browse_page(shop: Shop, wanted: Browsing) -> Page:
    """One page of the catalogue as a grid, with categories above and further pages below."""
    chosen = selection.select(shop, wanted)
    heading = wanted.category or "All products"
    content = [
        html.H1(heading, className="page-title"),
        _chips(shop, wanted.category),
        html.P(_count(chosen), role="status", className="result-count"),
        cards.grid(shop, list(chosen.products)) if chosen.products else _nothing(),
        _pagination(chosen),
    ]
    return Page(heading if wanted.category else NAME, html.Div(content))


def product_page(shop: Shop, product: Product) -> Page:
    """One product, and what looks similar."""
    neighbours = shop.neighbours(product.id, SIMILAR)
    similar = cards.similar_grid(shop, neighbours) if neighbours else html.P(_no_neighbours(shop, product))
    content = [
        html.Article(
            [cards.picture(shop, product, hero=True), html.Div(_facts(product), className="facts")], className="product"
        ),
        html.H2("Looks similar", className="section-title"),
        similar,
    ]
    return Page(product.title, html.Div(content))


def missing_page(reason: str) -> Page:
    content = [
        html.H1("Not found", className="page-title"),
        html.P([reason, " ", dcc.Link("See all products", href=HOME)]),
    ]
    return Page("Not found", html.Div(content, className="missing"), found=False)


def _chips(shop: Shop, chosen: str) -> Component:
    counted = [("", len(shop.products)), *selection.categories(shop)]
    links = [_chip(category, count, category == chosen) for category, count in counted]
    return html.Nav(links, className="chips", **labelled("Categories"))


def _chip(category: str, count: int, current: bool) -> Component:
    label: list[str | Component] = [category or "All", html.Span(f"{count:,}", className="chip-count")]
    return dcc.Link(label, href=Browsing(category).address(), className="chip chip-current" if current else "chip")


def _count(chosen: Selection) -> str:
    products = f"{chosen.total:,} product{'' if chosen.total == 1 else 's'}"
    return f"{products}, page {chosen.browsing.page} of {chosen.pages}" if chosen.pages > 1 else products


def _nothing() -> Component:
    return html.P(["No product is in this category. ", dcc.Link("See all products", href=HOME)], className="nothing")


def _pagination(chosen: Selection) -> Component:
    page, pages = chosen.browsing.page, chosen.pages
    if pages == 1:
        return html.Div()
    links: list[Component] = []
    if page > 1:
        links.append(_page_link(chosen, page - 1, "Previous"))
    before = 0
    for number in selection.page_numbers(page, pages):
        if number > before + 1:
            links.append(html.Span("…", className="page-gap"))
        links.append(_page_link(chosen, number, str(number)))
        before = number
    if page < pages:
        links.append(_page_link(chosen, page + 1, "Next"))
    return html.Nav(links, className="pagination-bar", **labelled("Pages"))


def _page_link(chosen: Selection, number: int, label: str) -> Component:
    current = label == str(chosen.browsing.page)
    name = "page-number page-current" if current else "page-number"
    return dcc.Link(label, href=replace(chosen.browsing, page=number).address(), className=name)


def _facts(product: Product) -> list[Component]:
    facts: list[Component] = [_trail(product), html.H1(product.title, className="page-title"), cards.price(product)]
    if product.brand:
        facts.append(html.P(f"by {product.brand}", className="brand"))
    if product.description:
        facts.append(html.P(product.description, className="description"))
    if product.link.startswith(("https://", "http://")):  # a feed may hold any other scheme
        facts.append(dbc.Button("See it in the shop", href=product.link, color="primary", external_link=True))
    facts.append(html.P(f"Article {product.id}", className="article-number"))
    return facts


def _trail(product: Product) -> Component:
    steps = [dcc.Link("All products", href=HOME)]
    if product.category:
        steps.append(dcc.Link(product.category, href=Browsing(product.category).address()))
    return html.Nav(steps, className="breadcrumbs", **labelled("Where this product stands"))


def _no_neighbours(shop: Shop, product: Product) -> str:
    if shop.thumbnails(product.id):
        return "There is no other product to compare it with."
    return "This product has no usable photo, so nothing could be compared with it."
