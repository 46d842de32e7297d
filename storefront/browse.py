"""The catalogue as a grid: categories above, pages below."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from dash import html
from dash.development.base_component import Component

from catalogue.search import Found, Query, Sort
from storefront import cards
from storefront.aria import current, labelled
from storefront.markup import control, with_attributes
from storefront.page import Page
from storefront.site import Site
from storefront.urls import HOME, Browsing

PER_PAGE = 48
CHIPS = 40  # categories that are offered at once


def browse_page(site: Site, wanted: Browsing) -> Page:
    """The page that `wanted` names; the last one when it lies beyond the end."""
    found = site.shop.search(wanted.query, PER_PAGE, (wanted.page - 1) * PER_PAGE)
    pages = max(1, -(-found.total // PER_PAGE))
    if wanted.page > pages:
        return browse_page(site, replace(wanted, page=pages))
    heading = _heading(site, wanted.query)
    counted = _count(site, found, wanted.page, pages)
    sorting = None if site.is_files else _sorting(site, wanted)
    content: list[Any] = [
        html.H1(heading, className="page-title", tabIndex="-1"),
        _chips(site, wanted.query),
        html.Div([html.P(counted, className="result-count", role="status"), sorting], className="bar"),
        cards.grid(site, found.entries) if found.entries else _nothing(site, wanted.query),
        _pagination(site, wanted, pages),
    ]
    plain = wanted.query == Query(category=wanted.query.category)
    return Page(
        title=heading if wanted.query != Query() else site.settings.name,
        description=site.texts.describe_shop.format(count=site.count(len(site.shop))),
        main=content,
        announcement=counted,
        indexed=plain,
        address=Browsing(Query(category=wanted.query.category), wanted.page).address(),
        photo=next((entry.thumbnails[0] for entry in found.entries if entry.thumbnails), None),
    )


def addresses(site: Site) -> Iterator[str]:
    """Of all pages of the catalogue and of each category, in the order of their relevance."""
    for name, count in [("", len(site.shop)), *site.shop.categories()]:
        for page in range(1, max(1, -(-count // PER_PAGE)) + 1):
            yield Browsing(Query(category=name), page).address()


def page_numbers(page: int, pages: int) -> list[int]:
    """The pages worth a link, ascending: the first, the last, and two on each side of the present one."""
    near = range(max(1, page - 2), min(pages, page + 2) + 1)
    return sorted({1, pages, *near})


def _heading(site: Site, query: Query) -> str:
    if query.text:
        return site.texts.results_for.format(text=query.text)
    return query.category or site.texts.all_products


def _count(site: Site, found: Found, page: int, pages: int) -> str:
    texts = site.texts
    products = (texts.products_one if found.total == 1 else texts.products_many).format(count=site.count(found.total))
    if pages == 1:
        return products
    return f"{products}, {texts.page_of.format(page=site.count(page), pages=site.count(pages))}"


def _chips(site: Site, query: Query) -> Component:
    counted = site.shop.categories(query.text)
    shown = counted[:CHIPS] + [each for each in counted[CHIPS:] if each[0] == query.category]
    everything = site.shop.search(Query(query.text), 0).total
    links = [_chip(site, query, name, number) for name, number in [("", everything), *shown]]
    return html.Nav(links, className="chips", **labelled(site.texts.categories))


def _chip(site: Site, query: Query, category: str, number: int) -> Component:
    label: list[Any] = [category or site.texts.all, " ", html.Span(site.count(number), className="chip-count")]
    address = Browsing(replace(query, category=category)).address()
    return _link(label, address, "chip", present=category == query.category)


def _sorting(site: Site, wanted: Browsing) -> Component:
    """A form that works without scripts; with them, a choice is followed at once."""
    texts = site.texts
    names: dict[Sort, str] = {
        "relevance": texts.sort_relevance,
        "price": texts.sort_price,
        "price-down": texts.sort_price_down,
        "title": texts.sort_title,
        **({"newest": texts.sort_newest} if site.shop.dated else {}),
    }
    options = [control("Option", name, value=sort, selected=sort == wanted.query.sort) for sort, name in names.items()]
    kept = {"q": wanted.query.text, "category": wanted.query.category}
    hidden = [control("Input", type="hidden", name=name, value=value) for name, value in kept.items() if value]
    choice = control("Select", options, name="sort", id="sort", className="form-select form-select-sm")
    label = html.Label(texts.sort, htmlFor="sort")
    button = html.Noscript(html.Button(texts.sort_button, className="btn btn-sm btn-outline-secondary"))
    return with_attributes(html.Form([*hidden, label, choice, button], className="sorting"), action=HOME)


def _nothing(site: Site, query: Query) -> Component:
    texts = site.texts
    if query.text:
        why: list[Any] = [texts.nothing_found.format(text=query.text), " ", texts.nothing_found_advice]
    else:
        why = [texts.nothing_in_category if query.category else texts.empty_catalogue]
    out: list[Any] = [] if query == Query() else [" ", html.A(texts.see_all, href=HOME)]
    return html.P([*why, *out], className="nothing")


def _pagination(site: Site, wanted: Browsing, pages: int) -> Component | None:
    if pages == 1:
        return None
    links: list[Component] = []
    if wanted.page > 1:
        links.append(_page_link(wanted, wanted.page - 1, site.texts.previous))
    before = 0
    for number in page_numbers(wanted.page, pages):
        if number > before + 1:
            links.append(html.Span("…", className="page-gap"))
        links.append(_page_link(wanted, number, site.count(number)))
        before = number
    if wanted.page < pages:
        links.append(_page_link(wanted, wanted.page + 1, site.texts.next))
    return html.Nav(links, className="pagination-bar", **labelled(site.texts.pages))


def _page_link(wanted: Browsing, number: int, label: str) -> Component:
    return _link(label, replace(wanted, page=number).address(), "page-number", present=number == wanted.page)


def _link(label: Any, address: str, name: str, *, present: bool) -> Component:
    return html.A(label, href=address, className=name, **current(present=present))
