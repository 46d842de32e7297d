"""Links to the pages of a list, and to its categories."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

from dash import html
from dash.development.base_component import Component

from catalogue.search import Query
from storefront.components.base import hyphened
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
    pages = page_count(total)
    of = context.texts.page_of.format(page=context.count(page), pages=context.count(pages))
    return f"{context.counted(total)}, {of}" if pages > 1 else context.counted(total)


def pagination(context: Context, wanted: Browsing, path: str, total: int) -> Component | None:
    """Real links to the other pages; nothing where there is one."""
    pages, texts = page_count(total), context.texts
    if pages == 1:
        return None

    def link(number: int, label: str) -> Component:
        return _link(context, label, "page-number", replace(wanted, page=number).address(path), number == wanted.page)

    links: list[Component] = [link(wanted.page - 1, texts.previous)] if wanted.page > 1 else []
    for before, number in pairwise([0, *page_numbers(wanted.page, pages)]):
        links += [html.Span("…", className="page-gap")] if number > before + 1 else []
        links.append(link(number, context.count(number)))
    links += [link(wanted.page + 1, texts.next)] if wanted.page < pages else []
    return html.Nav(links, className="pagination-bar", **hyphened(aria_label=texts.pages))


def chips(context: Context, wanted: Browsing, path: str, categories: Iterable[tuple[str, int]]) -> Component:
    """Links with counts to all products, and to those of the first categories and of the one that is asked for."""
    links = []
    for place, (category, count) in enumerate(categories):
        present = category == wanted.query.category
        if place <= CHIPS or present:
            number = html.Span(context.count(count), className="chip-count")
            address = Browsing(replace(wanted.query, category=category)).address(path)
            links.append(_link(context, [category or context.texts.all, " ", number], "chip", address, present))
    return html.Nav(links, className="chips", **hyphened(aria_label=context.texts.categories))


def addresses(path: str, categories: Iterable[tuple[str, int]]) -> Iterator[str]:
    """Of all pages of a list, and of each category; an empty one stands for all products."""
    for name, count in categories:
        for page in range(1, page_count(count) + 1):
            yield Browsing(Query(category=name), page).address(path)


def _link(context: Context, label: Any, name: str, address: str, present: bool) -> Component:
    """A link that says so where it leads to what is shown."""
    return html.A(label, href=context.at(address), className=name, **hyphened(aria_current="page" if present else None))
