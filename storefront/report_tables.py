"""The figures of the report as tables, with a bar in each row."""

from itertools import zip_longest

from dash import html
from dash.development.base_component import Component

from catalogue.report import LISTINGS, Category, PrecisionAt
from storefront.aria import HIDDEN
from storefront.figures import rate, sized
from storefront.report_view import Shown, cell, heading, section, table

CATEGORIES = 30  # that are shown; a report has more


def sections(shown: Shown) -> list[Component]:
    """Precision, of all products and of each category, where the report has it."""
    return [_precision(shown), _categories(shown)] if shown.report.precisions else []


def listings(shown: Shown) -> Component:
    """How many products are in how many lists."""
    texts, ways = shown.texts, shown.report.ways
    counts = ways[0].listings
    highest = max(counts) or 1
    spans = [_span(first, after) for first, after in zip_longest(LISTINGS, LISTINGS[1:])]
    rows = [
        html.Tr(
            [
                html.Th(span, scope="row"),
                html.Td(sized("plain-bar", value=counts[row] / highest), className="wide", **HIDDEN),
                *(cell(shown.site.count(way.listings[row])) for way in ways),
            ]
        )
        for row, span in enumerate(spans)
    ]
    names = [heading(shown.way(number), number=True) for number in range(len(ways))]
    return table(texts.listings, [heading(texts.in_lists), html.Td(), *names], [html.Tbody(rows)])


def coverage(shown: Shown) -> Component:
    """What all lists show, of each way of making them."""
    texts, ways = shown.texts, shown.report.ways
    shares = [
        (texts.shown, [way.covered.share for way in ways]),
        (texts.never_shown, [way.orphans.share for way in ways]),
        (texts.most_shown, [way.hub.share for way in ways]),
    ]
    rows = [
        html.Tr([html.Th(name, scope="row"), *(cell(shown.percent(of.value), shown.margin(of)) for of in figures)])
        for name, figures in shares
    ]
    ginis = [cell(shown.decimal(way.gini.value), shown.between(way.gini)) for way in ways]
    rows.append(html.Tr([html.Th(texts.unevenness, scope="row"), *ginis]))
    names = [heading(shown.way(number), number=True) for number in range(len(ways))]
    return table(texts.coverage, [heading(texts.lists), *names], [html.Tbody(rows)])


def _precision(shown: Shown) -> Component:
    texts = shown.texts
    heads = [heading(texts.lists), html.Td(), heading(texts.share, number=True), heading(texts.margin, number=True)]
    figures = table(texts.precision, heads, [_precision_at(shown, at) for at in shown.report.precisions])
    read = texts.precision_read.format(count=shown.site.count(shown.report.judged))
    return section(texts.precision, [texts.precision_explained, read], [figures])


def _precision_at(shown: Shown, at: PrecisionAt) -> Component:
    texts = shown.texts
    name = texts.first_one if at.k == 1 else texts.first_many.format(count=at.k)
    compared = [
        texts.at_random.format(share=shown.percent(at.chance)),
        texts.at_best.format(share=shown.percent(at.reachable)),
    ]
    rows = [html.Tr(html.Th([name, " ", html.Small(", ".join(compared))], colSpan="4", scope="rowgroup"))]
    for number, score in enumerate(at.scores):
        bar = html.Td(rate(score.share, at, number), className="wide")
        figures = [cell(shown.percent(score.share.value)), cell(html.Small(shown.margin(score.share)))]
        rows.append(html.Tr([html.Th(shown.way(number), scope="row"), bar, *figures]))
    if at.gain:
        low, high = (shown.signed(100 * value) for value in (at.gain.low, at.gain.high))
        figures = [cell(shown.signed(100 * at.gain.value)), cell(html.Small(texts.interval.format(low=low, high=high)))]
        rows.append(html.Tr([html.Th(texts.difference, scope="row"), html.Td(), *figures], className="quiet"))
    return html.Tbody(rows)


def _categories(shown: Shown) -> Component:
    texts, report, count = shown.texts, shown.report, shown.site.count
    listed = report.categories[:CATEGORIES]
    some = texts.categories_some.format(shown=count(len(listed)), count=count(report.categories_found))
    names = [heading(shown.way(number), number=True) for number in range(len(report.ways))]
    heads = [heading(texts.category), heading(texts.products, number=True), html.Td(), *names]
    figures = table(texts.categories, heads, [html.Tbody([_category(shown, each) for each in listed])])
    return section(
        texts.categories, [texts.categories_explained, some if report.categories_found > len(listed) else ""], [figures]
    )


def _category(shown: Shown, category: Category) -> Component:
    at = category.precisions[-1]
    first, *others = at.scores
    return html.Tr(
        [
            html.Th(category.name, scope="row"),
            cell(shown.site.count(category.products)),
            html.Td(rate(first.share, at, 0), className="wide"),
            cell(shown.percent(first.share.value), shown.margin(first.share)),
            *(cell(shown.percent(score.share.value)) for score in others),
        ]
    )


def _span(first: int, after: int | None) -> str:
    """`2–4` for at least 2 and below 5."""
    if after is None:
        return f"{first}+"
    return str(first) if after == first + 1 else f"{first}–{after - 1}"
