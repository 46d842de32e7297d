"""Links to the pages of a list, and to its categories."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from dash import html
from dash.development.base_component import Component

from storefront.components.base import current, labelled
from storefront.context import Context
from storefront.urls import Browsing

PER_PAGE = 48
CHIPS = 40  # categories that are offered at once


def page_count(products: int) -> int:
    """How many pages a number of products takes, one at least."""
    return max(1, -(-products // PER_PAGE))


def page_numbers(page: int, pages: int) -> list[int]:
    """The pages worth a link, ascending: the first, the last, and two on each side of the present one."""
    near = range(max(1, page - 2), min(pages, page + 2) + 1)
    return sorted({1, pages, *near})


def counted(context: Context, total: int, page: int) -> str:
    """`60 products, page 1 of 2`."""
    pages, texts = page_count(total), context.texts
    products = context.counted(total)
    if pages == 1:
        return products
    return f"{products}, {texts.page_of.format(page=context.count(page), pages=context.count(pages))}"


def pagination(context: Context, wanted: Browsing, path: str, total: int) -> Component | None:
    """Real links to the other pages; nothing where there is one."""
    pages, texts = page_count(total), context.texts
    if pages == 1:
        return None

    def link(number: int, label: str) -> Component:
        href = context.at(replace(wanted, page=number).address(path))
        return html.A(label, href=href, className="page-number", **current(present=number == wanted.page))

    links: list[Component] = [link(wanted.page - 1, texts.previous)] if wanted.page > 1 else []
    before = 0
    for number in page_numbers(wanted.page, pages):
        if number > before + 1:
            links.append(html.Span("…", className="page-gap"))
        links.append(link(number, context.count(number)))
        before = number
    links += [link(wanted.page + 1, texts.next)] if wanted.page < pages else []
    return html.Nav(links, className="pagination-bar", **labelled(texts.pages))


def chips(
    context: Context, wanted: Browsing, path: str, everything: int, categories: Iterable[tuple[str, int]]
) -> Component:
    """Links to all products and to those of each category, with their counts."""

    def chip(category: str, count: int) -> Component:
        label: list[Any] = [category or context.texts.all, " ", html.Span(context.count(count), className="chip-count")]
        href = context.at(Browsing(replace(wanted.query, category=category)).address(path))
        return html.A(label, href=href, className="chip", **current(present=category == wanted.query.category))

    links = [chip("", everything), *(chip(*each) for each in categories)]
    return html.Nav(links, className="chips", **labelled(context.texts.categories))
