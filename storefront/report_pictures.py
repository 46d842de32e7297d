"""The parts of the report that only pictures can tell: hubs, duplicates and the worst lists."""

from itertools import chain
from typing import Any

from dash import html
from dash.development.base_component import Component

from catalogue.report import Report, WorstList
from storefront import cards, report_tables
from storefront.report_view import Shown, section
from storefront.urls import product_address

MEMBERS = 12  # of a group of duplicates
SMALL = "120px"


def pictured(report: Report) -> list[str]:
    """The ids of the products that are shown, some of them more than once."""
    hubs = [hub.product_id for hub in report.ways[0].hubs]
    twins = [product_id for group in report.duplicates.shown for product_id in group[:MEMBERS]]
    lists = [[each.product_id, *(place.product_id for place in each.places)] for each in report.worst]
    return [*hubs, *twins, *chain.from_iterable(lists)]


def sections(shown: Shown) -> list[Component]:
    """Coverage with the hubs, duplicates and the worst lists, as far as there are any."""
    report = shown.report
    made = [_coverage(shown)]
    if report.duplicates.groups:
        made.append(_duplicates(shown))
    return [*made, *([_worst(shown)] if report.worst else [])]


def _coverage(shown: Shown) -> Component:
    texts, count, served = shown.texts, shown.site.count, shown.report.ways[0]
    sentences = [
        texts.coverage_explained.format(count=count(served.covered.count), of=count(served.covered.of)),
        texts.orphans_some.format(count=count(served.orphans.count)) if served.orphans.count else texts.orphans_none,
        texts.shadowed.format(count=count(served.shadowed)) if served.shadowed else "",
        texts.unevenness_explained,
    ]
    figures: list[Any] = [report_tables.coverage(shown), html.H3(texts.listings), report_tables.listings(shown)]
    if served.hubs:
        hubs = [
            html.Li(
                _photo(
                    shown,
                    hub.product_id,
                    (texts.hub_one if hub.lists == 1 else texts.hub_many).format(count=count(hub.lists)),
                )
            )
            for hub in served.hubs
        ]
        figures += [html.H3(texts.hubs), html.P(texts.hubs_explained), html.Ol(hubs, className="photos")]
    return section(texts.coverage, sentences, figures)


def _duplicates(shown: Shown) -> Component:
    texts, count, duplicates = shown.texts, shown.site.count, shown.report.duplicates
    some = texts.duplicates_some.format(shown=count(len(duplicates.shown)), count=count(duplicates.groups))
    sentences = [
        texts.duplicates_explained.format(count=count(duplicates.products)),
        some if duplicates.groups > len(duplicates.shown) else "",
    ]
    groups = [html.Li(_group(shown, group)) for group in duplicates.shown]
    return section(texts.duplicates, sentences, [html.Ul(groups, className="twins")])


def _group(shown: Shown, group: tuple[str, ...]) -> Component:
    members = [html.Li(_photo(shown, product_id)) for product_id in group[:MEMBERS]]
    rest = shown.texts.and_more.format(count=shown.site.count(len(group) - MEMBERS))
    return html.Ul([*members, *([html.Li(rest, className="more")] if len(group) > MEMBERS else [])], className="photos")


def _worst(shown: Shown) -> Component:
    texts = shown.texts
    why = texts.worst_judged if shown.report.judged else texts.worst_unjudged
    lists = [html.Li(_list(shown, each)) for each in shown.report.worst]
    return section(texts.worst, [why], [html.Ol(lists, className="sheet")], "report-whole")


def _list(shown: Shown, worst: WorstList) -> list[Component]:
    """A product, and beside it the first places of its list."""
    texts = shown.texts
    own = sum(place.own for place in worst.places)
    note = texts.own_of.format(category=worst.category, own=own, count=len(worst.places)) if worst.category else ""
    places = []
    for place in worst.places:
        note_of: list[Any] = [shown.decimal(place.similarity)]
        if place.own:
            note_of += [" ", html.Span(texts.own, className="visually-hidden")]
        places.append(
            html.Li(_photo(shown, place.product_id, note_of, named=False), className="own" if place.own else "")
        )
    return [_photo(shown, worst.product_id, note), html.Ol(places, className="strip")]


def _photo(shown: Shown, product_id: str, note: Any = "", *, named: bool = True) -> Component:
    """A link to a product by its picture, with its name where there is room for it."""
    entry = shown.entries[product_id]
    title = entry.product.title
    picture = cards.picture(shown.site, entry.thumbnails, "" if named else title, SMALL, eager=False)
    name = [html.Span(title, className="photo-name")] if named else []
    noted: list[Any] = [" ", html.Span(note, className="photo-note")] if note else []
    return html.A([picture, *name, *noted], href=product_address(product_id), className="photo", title=title)
