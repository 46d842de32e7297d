"""The quality report of this catalogue, with a sentence on what each figure means for the shop."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from storefront import report_pictures, report_similarity, report_tables
from storefront.page import Page
from storefront.report_texts import ReportTexts
from storefront.report_view import Shown
from storefront.site import Site
from storefront.urls import HOME, REPORT

PARTS = (report_tables, report_similarity, report_pictures)


def report_page(site: Site) -> Page:
    texts = site.texts.report_texts
    report = site.report
    if report is None:
        why = html.P([texts.missing, " ", html.A(site.texts.see_all, href=HOME)], className="nothing")
        return _page(site, [_title(texts), why], texts.missing, indexed=False)
    found = site.shop.entries(dict.fromkeys(report_pictures.pictured(report)))
    shown = Shown(site, report, {entry.product.id: entry for entry in found})
    lead = _lead(shown)
    sections = [part for each in PARTS for part in each.sections(shown)]
    opening = [_title(texts), html.P(lead, className="report-lead"), _tiles(shown)]
    explained = html.P(texts.intervals_explained, className="page-lead")
    return _page(site, html.Div([*opening, explained, *sections], className="report"), lead, indexed=True)


def _page(site: Site, main: Any, description: str, *, indexed: bool) -> Page:
    title = site.texts.report_texts.title
    return Page(
        title=title,
        description=description,
        main=main,
        announcement=f"{title}. {description}",
        indexed=indexed,
        address=REPORT,
    )


def _title(texts: ReportTexts) -> Component:
    return html.H1(texts.title, className="page-title", tabIndex="-1")


def _lead(shown: Shown) -> str:
    """The report in a sentence or two."""
    texts = shown.texts
    if not shown.report.precisions:
        return texts.lead_unjudged
    ten = shown.report.precisions[-1]
    own, by_chance = (shown.decimal(10 * share, 1) for share in (ten.scores[0].share.value, ten.chance))
    lead = texts.lead.format(own=own, chance=by_chance)
    if ten.gain is None:
        return lead
    interval = texts.interval.format(low=shown.signed(10 * ten.gain.low), high=shown.signed(10 * ten.gain.high))
    said = texts.gain_more if ten.gain.low > 0 else texts.gain_fewer if ten.gain.high < 0 else texts.gain_noise
    return f"{lead} {said.format(gain=shown.decimal(10 * abs(ten.gain.value), 1), interval=interval)}"


def _tiles(shown: Shown) -> Component:
    """The figures that a shop asks for first."""
    texts, report, count = shown.texts, shown.report, shown.site.count
    served = report.ways[0]
    tiles = [
        (texts.shown, shown.percent(served.covered.share.value), texts.of_all, shown.margin(served.covered.share)),
        (
            texts.never_shown,
            count(served.orphans.count),
            texts.of_photos.format(count=count(served.orphans.of)),
            shown.margin(served.orphans.share),
        ),
        (
            texts.most_shown,
            count(served.hub.count),
            texts.of_lists.format(count=count(served.hub.of)),
            shown.margin(served.hub.share),
        ),
        (
            texts.duplicates,
            count(report.duplicates.products),
            texts.of_products.format(count=count(report.products)),
            "",
        ),
    ]
    if report.precisions:
        own = report.precisions[-1].scores[0].share
        margin = texts.interval.format(low=shown.decimal(10 * own.low, 1), high=shown.decimal(10 * own.high, 1))
        tiles.insert(0, (texts.same_category, shown.decimal(10 * own.value, 1), texts.of_ten, margin))
    return html.Dl([_tile(*tile) for tile in tiles], className="tiles")


def _tile(name: str, figure: str, of: str, margin: str) -> Component:
    more = [html.Dd(margin, className="tile-margin")] if margin else []
    return html.Div([html.Dt(name), html.Dd([html.B(figure), " ", of]), *more])
