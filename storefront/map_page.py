"""The map: every product a dot, up to a number that can be drawn, and those products as cards in its order."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from storefront import cards
from storefront.aria import HIDDEN, current, data, labelled
from storefront.browse import CHIPS, PER_PAGE, page_numbers
from storefront.dots import Dots, dots_of
from storefront.page import Page
from storefront.site import Site
from storefront.urls import HOME, MAP, Browsing, chart_address

COLOURED = 10  # categories that have a colour; the others are grey


@dataclass(frozen=True)
class _Wanted:
    """A page of the cards of a category, counted from 1; all categories where it is empty."""

    category: str = ""
    page: int = 1

    def address(self) -> str:
        query = {"category": self.category, "page": str(self.page) if self.page > 1 else ""}
        encoded = urlencode({name: value for name, value in query.items() if value})
        return f"{MAP}?{encoded}" if encoded else MAP


def map_page(site: Site, search: str) -> Page:
    """The map with the category that `search` names set off, and a page of its products."""
    dots = dots_of(site)
    if dots is None:
        return _without(site)
    asked = Browsing.parse(search)
    wanted = _Wanted(asked.query.category, asked.page)
    ids = dots.of(wanted.category)
    pages = max(1, -(-len(ids) // PER_PAGE))
    wanted = _Wanted(wanted.category, min(wanted.page, pages))
    counted = (site.texts.products_one if len(ids) == 1 else site.texts.products_many).format(
        count=site.count(len(ids))
    )
    return Page(
        title=site.texts.map_title,
        description=site.texts.map_explained,
        main=[*_chart(site, dots, wanted.category), *_listed(site, ids, wanted, pages, counted)],
        announcement=f"{site.texts.map_title}. {counted}",
        indexed=wanted == _Wanted(),
        address=MAP,
    )


def addresses(site: Site) -> Iterator[str]:
    """Of all pages of the map, and of each category that it offers."""
    dots = dots_of(site)
    offered = [("", len(dots.ids)), *dots.categories[:CHIPS]] if dots else [("", 0)]
    for name, count in offered:
        for page in range(1, max(1, -(-count // PER_PAGE)) + 1):
            yield _Wanted(name, page).address()


def _without(site: Site) -> Page:
    texts = site.texts
    heading = html.H1(texts.map_title, className="page-title", tabIndex="-1")
    out: list[Any] = [texts.map_missing, " ", html.A(texts.see_all, href=HOME)]
    return Page(
        title=texts.map_title,
        description=texts.map_missing,
        main=[heading, html.P(out, className="nothing")],
        announcement=texts.map_missing,
        indexed=False,
        address=MAP,
    )


def _chart(site: Site, dots: Dots, category: str) -> list[Any]:
    """What `assets/map.js` draws on: the canvas shows nothing that the cards below do not say too."""
    texts = site.texts
    chosen = dots.kind(category)
    buttons = [("in", texts.map_nearer, "+"), ("out", texts.map_further, "−"), ("whole", texts.map_whole, "⤢")]
    chart = [
        html.Canvas(className="map-dots", **HIDDEN),
        html.A(className="map-dot", tabIndex="-1", **HIDDEN),
        html.Div(
            [
                html.Button(html.Span(sign, **HIDDEN), type="button", title=name, **labelled(name), **data(zoom=step))
                for step, name, sign in buttons
            ],
            className="map-zoom",
        ),
        html.P(texts.map_drawing, className="map-drawing"),
    ]
    return [
        html.H1(texts.map_title, className="page-title", tabIndex="-1"),
        html.P(" ".join([texts.map_explained, *_left_out(site, dots)]), className="page-lead"),
        html.Div(
            chart,
            className="map",
            **data(map=chart_address(site.build), **({"kind": str(chosen)} if chosen is not None else {})),
        ),
        html.P(texts.map_hint, className="map-hint"),
        _legend(site, dots, category),
    ]


def _left_out(site: Site, dots: Dots) -> list[str]:
    """What is said of products without a dot."""
    texts, shown, lost = site.texts, len(dots.ids), len(site.shop) - dots.placed
    some = texts.map_some.format(count=site.count(shown), placed=site.count(dots.placed))
    without = (texts.map_left_out_one if lost == 1 else texts.map_left_out_many).format(count=site.count(lost))
    return [*([some] if shown < dots.placed else []), *([without] if lost else [])]


def _legend(site: Site, dots: Dots, category: str) -> Component | None:
    """The categories with their colours; each is a link to its own dots and cards."""
    if not dots.categories:
        return None
    shown = [
        (name, count, min(kind, COLOURED))
        for kind, (name, count) in enumerate(dots.categories)
        if kind < CHIPS or name == category
    ]
    everything = _chip(site, "", len(dots.ids), [site.texts.all], present=not category)
    chips = [
        _chip(site, name, count, [html.Span(className=f"swatch kind-{kind}"), name], present=name == category)
        for name, count, kind in shown
    ]
    return html.Nav([everything, *chips], className="chips map-legend", **labelled(site.texts.categories))


def _chip(site: Site, category: str, count: int, label: list[Any], *, present: bool) -> Component:
    counted = [*label, " ", html.Span(site.count(count), className="chip-count")]
    return html.A(counted, href=_Wanted(category).address(), className="chip", **current(present=present))


def _listed(site: Site, ids: Any, wanted: _Wanted, pages: int, counted: str) -> list[Any]:
    texts = site.texts
    if pages > 1:
        counted += f", {texts.page_of.format(page=site.count(wanted.page), pages=site.count(pages))}"
    first = (wanted.page - 1) * PER_PAGE
    entries = site.shop.entries(ids[first : first + PER_PAGE])
    return [
        html.H2(texts.map_listed, className="section-title"),
        html.P(counted, className="result-count map-count", role="status"),
        cards.grid(site, entries) if entries else html.P(texts.nothing_in_category, className="nothing"),
        _pagination(site, wanted, pages),
    ]


def _pagination(site: Site, wanted: _Wanted, pages: int) -> Component | None:
    if pages == 1:
        return None
    links: list[Component] = []
    before = 0
    for number in page_numbers(wanted.page, pages):
        if number > before + 1:
            links.append(html.Span("…", className="page-gap"))
        address, present = _Wanted(wanted.category, number).address(), number == wanted.page
        links.append(html.A(site.count(number), href=address, className="page-number", **current(present=present)))
        before = number
    return html.Nav(links, className="pagination-bar", **labelled(site.texts.pages))
