"""The catalogue as a grid: categories above, pages below."""

from dataclasses import replace
from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from catalogue.search import SORTS, Query
from storefront import ids
from storefront.components import cards
from storefront.components.pagination import PER_PAGE, chips, counted, page_count, pagination
from storefront.context import Context
from storefront.pages.page import Page
from storefront.urls import HOME, Browsing


def browse_page(context: Context, wanted: Browsing) -> Page:
    """The page that `wanted` names; the last one when it lies beyond the end."""
    query, texts = wanted.query, context.texts
    found = context.shop.search(query, PER_PAGE, (wanted.page - 1) * PER_PAGE)
    if wanted.page > page_count(found.total):
        return browse_page(context, replace(wanted, page=page_count(found.total)))
    heading = texts.results_for.format(text=query.text) if query.text else query.category or texts.all_products
    count, category = counted(context, found.total, wanted.page), Query(category=query.category)
    everything = context.shop.search(Query(query.text), 0).total
    bar = [html.P(count, className="result-count", role="status"), *_sorting(context, wanted)]
    content: list[Any] = [
        html.H1(heading, className="page-title", tabIndex="-1"),
        chips(context, wanted, HOME, [("", everything), *context.shop.categories(query.text)]),
        html.Div(bar, className="bar"),
        cards.grid(context, found.entries, wanted.address()) if found.entries else _nothing(context, query),
        pagination(context, wanted, HOME, found.total),
    ]
    return Page(
        heading if query != Query() else context.settings.name,
        texts.describe_shop.format(count=context.count(len(context.shop))),
        content,
        announcement=count,
        indexed=query == category,
        address=Browsing(category, wanted.page).address(),
        photo=next((entry.thumbnails[0] for entry in found.entries if entry.thumbnails), None),
    )


def offered(context: Context) -> list[tuple[str, int]]:
    """All products and each category, with their counts."""
    return [("", len(context.shop)), *context.shop.categories()]


def _sorting(context: Context, wanted: Browsing) -> list[Component]:
    """A form that works without scripts; with them, a callback follows a choice at once."""
    texts = context.texts
    if context.is_files:
        return []
    kept = {"q": wanted.query.text, "category": wanted.query.category}
    hidden = [dbc.Input(type="hidden", name=name, value=value) for name, value in kept.items() if value]
    names = [texts.sort_relevance, texts.sort_price, texts.sort_price_down, texts.sort_title, texts.sort_newest]
    sorts = [each for each in zip(SORTS, names, strict=True) if each[0] != "newest" or context.shop.dated]
    options = [{"label": name, "value": sort} for sort, name in sorts]
    choice = dbc.Select(id=ids.SORT, name="sort", options=options, value=wanted.query.sort, size="sm")
    button = html.Noscript(html.Button(texts.sort_button, className="btn btn-sm btn-outline-secondary"))
    label = html.Label(texts.sort, htmlFor=ids.SORT)
    return [dbc.Form([*hidden, label, choice, button], action=context.at(HOME), method="GET", class_name="sorting")]


def _nothing(context: Context, query: Query) -> Component:
    texts = context.texts
    why = texts.nothing_in_category if query.category else texts.empty_catalogue
    if query.text:
        why = f"{texts.nothing_found.format(text=query.text)} {texts.nothing_found_advice}"
    out: list[Any] = [] if query == Query() else [" ", html.A(texts.see_all, href=context.at(HOME))]
    return html.P([why, *out], className="nothing")
