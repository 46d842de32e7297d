"""The figures of the report as tables, with a bar in each row."""

from itertools import zip_longest
from typing import Any

from dash import html
from dash.development.base_component import Component

from catalogue.report import LISTINGS, Bands, Category, PrecisionAt, Report
from storefront.aria import HIDDEN, labelled
from storefront.figures import rate, sized
from storefront.report_view import Shown, cell, heading, section

CATEGORIES = 30  # that are shown; a report has more
TENTH = 5  # steps of the similarities in a tenth


def sections(shown: Shown) -> list[Component]:
    """Precision, categories and similarity, as far as the report has them."""
    made = [_precision(shown), _categories(shown)] if shown.report.precisions else []
    return [*made, *([_alike(shown, shown.report.bands)] if shown.report.bands else [])]


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
    return _table(texts.listings, [heading(texts.in_lists), html.Td(), *names], [html.Tbody(rows)])


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
    return _table(texts.coverage, [heading(texts.lists), *names], [html.Tbody(rows)])


def _precision(shown: Shown) -> Component:
    texts = shown.texts
    heads = [heading(texts.lists), html.Td(), heading(texts.share, number=True), heading(texts.margin, number=True)]
    table = _table(texts.precision, heads, [_precision_at(shown, at) for at in shown.report.precisions])
    read = texts.precision_read.format(count=shown.site.count(shown.report.judged))
    return section(texts.precision, [texts.precision_explained, read], [table])


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
    table = _table(texts.categories, heads, [html.Tbody([_category(shown, each) for each in listed])])
    return section(
        texts.categories, [texts.categories_explained, some if report.categories_found > len(listed) else ""], [table]
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


def _alike(shown: Shown, bands: Bands) -> Component:
    texts, count = shown.texts, shown.site.count
    rules = {"categories": texts.by_categories, "random pairs": texts.by_random, "quantiles": texts.by_lists}
    names = [shown.site.texts.bands[number] for number in range(len(bands.bands))]
    rows = [
        html.Tr(
            [
                html.Th(name, scope="row"),
                cell(shown.decimal(band.least.value), shown.between(band.least)),
                cell(count(band.places)),
                cell(shown.percent(band.share.value), shown.margin(band.share)),
            ]
        )
        for name, band in zip(names, bands.bands, strict=True)
    ]
    numbers = [heading(name, number=True) for name in (texts.least, texts.places, texts.of_a_list)]
    table = _table(texts.alike, [heading(texts.word), *numbers], [html.Tbody(rows)])
    sentences = [texts.alike_explained, rules[bands.rule].format(count=count(bands.pairs))]
    return section(texts.alike, sentences, [_histogram(shown, bands, names), table])


def _histogram(shown: Shown, bands: Bands, names: list[str]) -> Component:
    """Similarities of the lists over those of random pairs, as wide as the tenths that hold something."""
    report, texts = shown.report, shown.texts
    series = [report.ways[0].similarities, *filter(None, [report.random_similarities])]
    first, after = _used(report)
    low, high = first / 10 - 1, after / 10 - 1
    drawn: list[Any] = []
    for number, counts in enumerate(series):
        cut = [each / (sum(counts) or 1) for each in counts[first * TENTH : after * TENTH]]
        drawn.append((number, cut))
    highest = max(max(cut) for _, cut in drawn) or 1
    columns = [
        html.Span([sized("column", value=share / highest) for share in cut], className=f"columns-of series-{number}")
        for number, cut in reversed(drawn)
    ]
    limits = [
        sized("limit", html.Span(name), place=(band.least.value - low) / (high - low))
        for name, band in zip(names, bands.bands, strict=True)
        if low <= band.least.value <= high
    ]
    ticks = [
        sized("tick", shown.decimal(tick / 10 - 1, 1), place=(tick - first) / (after - first))
        for tick in _ticks(first, after)
    ]
    said = texts.histogram.format(low=shown.decimal(low, 1), high=shown.decimal(high, 1))
    key = [
        html.Li([html.Span(className=f"swatch series-{n}"), name])
        for n, name in enumerate([texts.served, texts.random][: len(series)])
    ]
    chart = html.Div([*columns, *limits, *ticks], className="histogram", role="img", **labelled(said))
    return html.Div([html.Ul(key, className="key"), chart])


def _used(report: Report) -> tuple[int, int]:
    """The first tenth from -1 on that holds something, and the one after the last."""
    both = [report.ways[0].similarities, report.random_similarities]
    used = [step // TENTH for counts in both for step, count in enumerate(counts) if count] or [10, 19]
    return min(used), max(used) + 1


def _ticks(first: int, after: int) -> range:
    return range(first, after + 1, 1 if after - first < 8 else 2)


def _table(caption: str, heads: list[Any], bodies: list[Component]) -> Component:
    head = html.Thead(html.Tr(heads))
    table = html.Table([html.Caption(caption, className="visually-hidden"), head, *bodies], className="figures")
    return html.Div(table, className="table-room")


def _span(first: int, after: int | None) -> str:
    """`2–4` for at least 2 and below 5."""
    if after is None:
        return f"{first}+"
    return str(first) if after == first + 1 else f"{first}–{after - 1}"
