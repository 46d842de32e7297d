"""The sections of the report that only pictures can tell: hubs, duplicates and the worst lists."""

from itertools import chain
from typing import Any

from dash import html
from dash.development.base_component import Component

from catalogue.report import Report, WorstList
from storefront.components import cards
from storefront.pages.report.sections import exposure
from storefront.pages.report.view import View, section
from storefront.urls import REPORT, product_address

MEMBERS = 12  # of a group of duplicates
SMALL = "120px"


def pictured(report: Report) -> list[str]:
    """The ids of the products that are shown, some of them more than once."""
    hubs = [hub.product_id for hub in report.ways[0].hubs]
    twins = [product_id for group in report.duplicates.shown for product_id in group[:MEMBERS]]
    lists = [[each.product_id, *(place.product_id for place in each.places)] for each in report.worst]
    return [*hubs, *twins, *chain.from_iterable(lists)]


def sections(view: View) -> list[Component]:
    """Coverage with the hubs, duplicates and the worst lists, as far as there are any."""
    report = view.report
    duplicates = [_duplicates(view)] if report.duplicates.groups else []
    return [_coverage(view), *duplicates, *([_worst(view)] if report.worst else [])]


def _coverage(view: View) -> Component:
    texts, count, served = view.texts, view.count, view.report.ways[0]
    sentences = [
        texts.coverage_explained.format(count=count(served.covered.count), of=count(served.covered.of)),
        texts.orphans_some.format(count=count(served.orphans.count)) if served.orphans.count else texts.orphans_none,
        texts.shadowed.format(count=count(served.shadowed)) if served.shadowed else "",
        texts.unevenness_explained,
    ]
    hubs = [
        html.Li(
            _photo(
                view,
                hub.product_id,
                (texts.hub_one if hub.lists == 1 else texts.hub_many).format(count=count(hub.lists)),
            )
        )
        for hub in served.hubs
    ]
    shown = [html.H3(texts.hubs), html.P(texts.hubs_explained), html.Ol(hubs, className="photos")] if hubs else []
    return section(texts.coverage, sentences, [*exposure(view), *shown])


def _duplicates(view: View) -> Component:
    texts, count, duplicates = view.texts, view.count, view.report.duplicates
    some = texts.duplicates_some.format(shown=count(len(duplicates.shown)), count=count(duplicates.groups))
    sentences = [
        texts.duplicates_explained.format(count=count(duplicates.products)),
        some if duplicates.groups > len(duplicates.shown) else "",
    ]
    groups = [html.Li(_group(view, group)) for group in duplicates.shown]
    return section(texts.duplicates, sentences, [html.Ul(groups, className="twins")])


def _group(view: View, group: tuple[str, ...]) -> Component:
    members = [html.Li(_photo(view, product_id)) for product_id in group[:MEMBERS]]
    if len(group) > MEMBERS:
        members.append(html.Li(view.texts.and_more.format(count=view.count(len(group) - MEMBERS)), className="more"))
    return html.Ul(members, className="photos")


def _worst(view: View) -> Component:
    texts = view.texts
    why = texts.worst_judged if view.report.judged else texts.worst_unjudged
    lists = [html.Li(_list(view, each)) for each in view.report.worst]
    return section(texts.worst, [why], [html.Ol(lists, className="sheet")], "report-whole")


def _list(view: View, worst: WorstList) -> list[Component]:
    """A product, and beside it the first places of its list."""
    own = sum(place.own for place in worst.places)
    note = view.texts.own_of.format(category=worst.category, own=own, count=len(worst.places)) if worst.category else ""
    places = []
    for place in worst.places:
        similarity: list[Any] = [view.decimal(place.similarity)]
        if place.own:
            similarity += [" ", html.Span(view.texts.own, className="visually-hidden")]
        shown = _photo(view, place.product_id, similarity, named=False)
        places.append(html.Li(shown, className="own" if place.own else ""))
    return [_photo(view, worst.product_id, note), html.Ol(places, className="strip")]


def _photo(view: View, product_id: str, note: Any = "", *, named: bool = True) -> Component:
    """A link to a product by its picture, with its name where there is room for it."""
    entry = view.entries[product_id]
    title = entry.product.title
    content: list[Any] = [cards.picture(view.context, entry.thumbnails, "" if named else title, SMALL, eager=False)]
    content += [html.Span(title, className="photo-name")] if named else []
    content += [" ", html.Span(note, className="photo-note")] if note else []
    href = view.context.at(product_address(product_id, REPORT))
    return html.A(content, href=href, className="photo", title=title)
