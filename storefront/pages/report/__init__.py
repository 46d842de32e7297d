"""The quality report of this catalogue, with a sentence on the meaning of each figure for the shop."""

from dash import html
from dash.development.base_component import Component

from storefront.context import Context
from storefront.pages.not_found import page_without
from storefront.pages.page import Page
from storefront.pages.report import pictures, sections
from storefront.pages.report.view import View
from storefront.urls import REPORT


def report_page(context: Context) -> Page:
    """The page of the report, or of the reason why there is none."""
    texts, report = context.texts.of_report, context.report
    if report is None:
        return page_without(context, texts.title, texts.missing, REPORT)
    found = context.shop.entries(dict.fromkeys(pictures.pictured(report)))
    view = View(context, report, {entry.product.id: entry for entry in found})
    lead = _lead(view)
    opening = [
        html.H1(texts.title, className="page-title", tabIndex="-1"),
        html.P(lead, className="report-lead"),
        _tiles(view),
        html.P(texts.intervals_explained, className="page-lead"),
    ]
    return Page(
        title=texts.title,
        description=lead,
        main=html.Div([*opening, *sections.charted(view), *pictures.sections(view)], className="report"),
        announcement=f"{texts.title}. {lead}",
        address=REPORT,
    )


def _lead(view: View) -> str:
    """The report in a sentence or two."""
    texts = view.texts
    if not view.report.precisions:
        return texts.lead_unjudged
    ten = view.report.precisions[-1]
    own, by_chance = (view.decimal(10 * share, 1) for share in (ten.scores[0].share.value, ten.chance))
    lead = texts.lead.format(own=own, chance=by_chance)
    if ten.gain is None:
        return lead
    interval = view.interval(view.signed(10 * ten.gain.low), view.signed(10 * ten.gain.high))
    said = texts.gain_more if ten.gain.low > 0 else texts.gain_fewer if ten.gain.high < 0 else texts.gain_noise
    return f"{lead} {said.format(gain=view.decimal(10 * abs(ten.gain.value), 1), interval=interval)}"


def _tiles(view: View) -> Component:
    """The figures that a shop asks for first: name, figure, unit and interval."""
    texts, report, count, served = view.texts, view.report, view.count, view.report.ways[0]
    orphans, hub, twins = served.orphans, served.hub, report.duplicates.products
    covered, of_covered = view.share(served.covered.share)
    tiles = [
        (texts.shown, covered, texts.of_all, of_covered),
        (
            texts.never_shown,
            count(orphans.count),
            texts.of_photos.format(count=count(orphans.of)),
            view.share(orphans.share)[1],
        ),
        (texts.most_shown, count(hub.count), texts.of_lists.format(count=count(hub.of)), view.share(hub.share)[1]),
        (texts.duplicates, count(twins), texts.of_products.format(count=count(report.products)), ""),
    ]
    if report.precisions:
        own = report.precisions[-1].scores[0].share
        value, low, high = (view.decimal(10 * each, 1) for each in (own.value, own.low, own.high))
        tiles.insert(0, (texts.same_category, value, texts.of_ten, view.interval(low, high)))
    return html.Dl([_tile(*tile) for tile in tiles], className="tiles")


def _tile(name: str, figure: str, of: str, margin: str) -> Component:
    more = [html.Dd(margin, className="tile-margin")] if margin else []
    return html.Div([html.Dt(name), html.Dd([html.B(figure), " ", of]), *more])
