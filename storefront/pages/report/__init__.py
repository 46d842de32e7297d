"""The quality report of this catalogue, with a sentence on the meaning of each figure for the shop."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from catalogue.report import WorstList
from storefront.components import cards
from storefront.context import Context
from storefront.pages.page import Page, page_without
from storefront.pages.report.figures import View, categories, exposure, precision, section, similarities
from storefront.urls import REPORT, product_address

MEMBERS = 12  # of a group of duplicates
SMALL = "120px"


def report_page(context: Context) -> Page:
    """The page of the report, or of the reason why there is none."""
    texts, report = context.texts.of_report, context.report
    if report is None:
        return page_without(context, texts.title, texts.missing, REPORT)
    view = View(context, report)
    lead = _lead(view)
    content = [
        html.H1(texts.title, className="page-title", tabIndex="-1"),
        html.P(lead, className="report-lead"),
        _tiles(view),
        html.P(texts.intervals_explained, className="page-lead"),
        *([precision(view), categories(view)] if report.precisions else []),
        *([similarities(view, report.bands)] if report.bands else []),
        _coverage(view),
        *([_duplicates(view)] if report.duplicates.groups else []),
        *([_worst(view)] if report.worst else []),
    ]
    main = html.Div(content, className="report")
    return Page(texts.title, lead, main, announcement=f"{texts.title}. {lead}", address=REPORT)


def _lead(view: View) -> str:
    """The report in a sentence or two."""
    texts = view.texts
    if not view.report.precisions:
        return texts.lead_unjudged
    ten = view.report.precisions[-1]
    own, by_chance = (view.decimal(10 * share, digits=1) for share in (ten.scores[0].share.value, ten.chance))
    lead = texts.lead.format(own=own, chance=by_chance)
    if ten.gain is None:
        return lead
    _, interval = view.share(ten.gain, lambda share: view.signed(10 * share))
    said = texts.gain_more if ten.gain.low > 0 else texts.gain_fewer if ten.gain.high < 0 else texts.gain_noise
    return f"{lead} {said.format(gain=view.decimal(10 * abs(ten.gain.value), digits=1), interval=interval)}"


def _tiles(view: View) -> Component:
    """The figures that a shop asks for first: name, figure, unit and interval."""
    texts, report, count, served = view.texts, view.report, view.context.count, view.report.ways[0]
    orphans, hub, twins = served.orphans, served.hub, report.duplicates.products
    covered, of_covered = view.share(served.covered.share)
    of_photos, of_lists = texts.of_photos.format(count=count(orphans.of)), texts.of_lists.format(count=count(hub.of))
    tiles = [
        (texts.shown, covered, texts.of_all, of_covered),
        (texts.never_shown, count(orphans.count), of_photos, view.share(orphans.share)[1]),
        (texts.most_shown, count(hub.count), of_lists, view.share(hub.share)[1]),
        (texts.duplicates, count(twins), texts.of_products.format(count=count(report.products)), ""),
    ]
    if report.precisions:
        of_ten = view.share(report.precisions[-1].scores[0].share, lambda share: view.decimal(10 * share, digits=1))
        tiles.insert(0, (texts.same_category, of_ten[0], texts.of_ten, of_ten[1]))
    return html.Dl([_tile(*tile) for tile in tiles], className="tiles")


def _tile(name: str, figure: str, of: str, margin: str) -> Component:
    more = [html.Dd(margin, className="tile-margin")] if margin else []
    return html.Div([html.Dt(name), html.Dd([html.B(figure), " ", of]), *more])


def _coverage(view: View) -> Component:
    texts, count, served = view.texts, view.context.count, view.report.ways[0]
    sentences = [
        texts.coverage_explained.format(count=count(served.covered.count), of=count(served.covered.of)),
        texts.orphans_some.format(count=count(served.orphans.count)) if served.orphans.count else texts.orphans_none,
        texts.shadowed.format(count=count(served.shadowed)) if served.shadowed else "",
        texts.unevenness_explained,
    ]
    counted = ((hub, texts.hub_one if hub.lists == 1 else texts.hub_many) for hub in served.hubs)
    hubs = [html.Li(_photo(view, hub.product_id, text.format(count=count(hub.lists)))) for hub, text in counted]
    shown = [html.H3(texts.hubs), html.P(texts.hubs_explained), html.Ol(hubs, className="photos")] if hubs else []
    return section(texts.coverage, sentences, [*exposure(view), *shown])


def _duplicates(view: View) -> Component:
    texts, count, duplicates = view.texts, view.context.count, view.report.duplicates
    shown, found = len(duplicates.shown), duplicates.groups
    some = texts.duplicates_some.format(shown=count(shown), count=count(found)) if found > shown else ""
    sentences = [texts.duplicates_explained.format(count=count(duplicates.products)), some]
    groups = [html.Li(_group(view, group)) for group in duplicates.shown]
    return section(texts.duplicates, sentences, [html.Ul(groups, className="twins")])


def _group(view: View, group: tuple[str, ...]) -> Component:
    members = [html.Li(_photo(view, product_id)) for product_id in group[:MEMBERS]]
    if len(group) > MEMBERS:
        more = view.texts.and_more.format(count=view.context.count(len(group) - MEMBERS))
        members.append(html.Li(more, className="more"))
    return html.Ul(members, className="photos")


def _worst(view: View) -> Component:
    why = view.texts.worst_judged if view.report.judged else view.texts.worst_unjudged
    lists = [html.Li(_list(view, each)) for each in view.report.worst]
    return section(view.texts.worst, [why], [html.Ol(lists, className="sheet")], "report-whole")


def _list(view: View, worst: WorstList) -> list[Component]:
    """A product, and beside it the first places of its list."""
    own = sum(place.own for place in worst.places)
    note = view.texts.own_of.format(category=worst.category, own=own, count=len(worst.places)) if worst.category else ""
    mark = [" ", html.Span(view.texts.own, className="visually-hidden")]
    places = []
    for place in worst.places:
        similarity = [view.decimal(place.similarity), *(mark if place.own else [])]
        shown = _photo(view, place.product_id, similarity, named=False)
        places.append(html.Li(shown, className="own" if place.own else ""))
    return [_photo(view, worst.product_id, note), html.Ol(places, className="strip")]


def _photo(view: View, product_id: str, note: Any = "", *, named: bool = True) -> Component:
    """A link to a product by its picture, with its name where there is room for it."""
    (entry,) = view.context.shop.entries([product_id])
    title = entry.product.title
    content: list[Any] = [cards.picture(view.context, entry.thumbnails, "" if named else title, SMALL, eager=False)]
    content += [html.Span(title, className="photo-name")] if named else []
    content += [" ", html.Span(note, className="photo-note")] if note else []
    href = view.context.at(product_address(product_id, REPORT))
    return html.A(content, href=href, className="photo", title=title)
