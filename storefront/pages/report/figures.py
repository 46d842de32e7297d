"""The sections of the report that are figures: each a chart, and under it a table with the same numbers."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from catalogue.report import BINS, LISTINGS, Bands, Estimate, Report
from storefront.components import formatting
from storefront.components.charts import GREY, Json, graph
from storefront.context import Context

CATEGORIES = 30  # that are shown; a report has more
SEPARATORS = {"en": ".,", "de": ",."}  # of decimals and of thousands, as Plotly wants them
SHARES = {"tickformat": ".0%", "range": [0, 1.02], "fixedrange": True}
NAMES = {"autorange": "reversed", "fixedrange": True}
OF_SHARES = "%{y}: %{x:.1%}<extra></extra>"
OF_BIN = 2 / BINS

Cell = str | tuple[str, str]  # a number in a table, with a quiet remark on it
Row = tuple[str, Sequence[Cell]]  # with its name


class View:
    """A report as a site shows it; `ways` are the names of the ways of making lists, first the one that is served."""

    def __init__(self, context: Context, report: Report) -> None:
        self.context, self.report, self.texts = context, report, context.texts.of_report
        names = [self.texts.served, self.texts.plain, *(way.name for way in report.ways[2:])]
        self.ways = names[: len(report.ways)]
        self.percent = partial(formatting.percent, locale=context.texts.locale)
        self.decimal = partial(formatting.decimal, locale=context.texts.locale)
        self.signed = partial(formatting.signed, locale=context.texts.locale)

    def share(self, of: Estimate, written: Callable[[float], str] | None = None) -> tuple[str, str]:
        """A share and its interval, as a cell; or another figure as it is written."""
        value, low, high = map(written or self.percent, (of.value, of.low, of.high))
        return value, self.texts.interval.format(low=low, high=high)


def section(title: str, sentences: list[str], figures: Sequence[Any], name: str = "") -> Component:
    """Words beside their figures; empty sentences are left out."""
    words: list[Any] = [html.H2(title, className="report-title"), *(html.P(each) for each in sentences if each)]
    content = [html.Div(words, className="report-words"), html.Div([*figures], className="report-figures")]
    return html.Section(content, className=f"report-section {name}".strip())


def exposure(view: View) -> list[Component]:
    """How much of the catalogue the lists show, and how many products are in how many lists."""
    texts, ways, count = view.texts, view.report.ways, view.context.count
    spans = [str(first) if after == first + 1 else f"{first}–{after - 1}" for first, after in pairwise(LISTINGS)]
    spans.append(f"{LISTINGS[-1]}+")
    bars = [
        {"type": "bar", "name": name, "x": spans, "y": [*way.listings], "hovertemplate": "%{x}: %{y}<extra></extra>"}
        for name, way in zip(view.ways, ways, strict=True)
    ]
    layout = {
        "xaxis": {"title": {"text": texts.in_lists}, "type": "category", "fixedrange": True},
        "yaxis": {"title": {"text": texts.products}, "fixedrange": True},
    }
    rows = [
        (texts.shown, [view.share(way.covered.share) for way in ways]),
        (texts.never_shown, [view.share(way.orphans.share) for way in ways]),
        (texts.most_shown, [view.share(way.hub.share) for way in ways]),
        (texts.unevenness, [view.share(way.gini, view.decimal) for way in ways]),
    ]
    listed = [(span, [count(way.listings[row]) for way in ways]) for row, span in enumerate(spans)]
    return [
        _graph(view, "exposure", bars, layout),
        _table(texts.listings, [texts.in_lists, *view.ways], listed),
        _table(texts.coverage, [texts.lists, *view.ways], rows),
    ]


def precision(view: View) -> Component:
    texts, found = view.texts, view.report.precisions
    names = [texts.first_one if at.k == 1 else texts.first_many.format(count=at.k) for at in found]
    rows: list[Row] = []
    for name, at in zip(names, found, strict=True):
        shares = [view.share(score.share) for score in at.scores]
        rows.append((name, [*shares, view.percent(at.chance), view.percent(at.reachable)]))
        if at.gain:
            gain = view.share(at.gain, lambda share: view.signed(100 * share))
            rows.append((texts.difference, [gain, *[""] * (len(at.scores) + 1)]))
    bars, layout = _lying(view, names, [[score.share for score in at.scores] for at in found], 56)
    bars += [
        _marks(texts.by_chance, names, [at.chance for at in found], "line-ns-open"),
        _marks(texts.the_best, names, [at.reachable for at in found], "diamond-open"),
    ]
    heads = [texts.lists, *view.ways, texts.by_chance, texts.the_best]
    read = texts.precision_read.format(count=view.context.count(view.report.judged))
    figures = [_graph(view, "precision", bars, layout), _table(texts.precision, heads, rows)]
    return section(texts.precision, [texts.precision_explained, read], figures)


def categories(view: View) -> Component:
    texts, count, found = view.texts, view.context.count, view.report.categories_found
    listed = view.report.categories[:CATEGORIES]
    names = [each.name for each in listed]
    shares = [[score.share for score in each.precisions[-1].scores] for each in listed]
    rows: list[Row] = [
        (each.name, [count(each.products), *map(view.share, of)]) for each, of in zip(listed, shares, strict=True)
    ]
    some = texts.categories_some.format(shown=count(len(listed)), count=count(found)) if found > len(listed) else ""
    heads = [texts.category, texts.products, *view.ways]
    figures = [_graph(view, "categories", *_lying(view, names, shares, 34)), _table(texts.categories, heads, rows)]
    return section(texts.categories, [texts.categories_explained, some], figures)


def similarities(view: View, bands: Bands) -> Component:
    texts, count = view.texts, view.context.count
    rules = {"categories": texts.by_categories, "random pairs": texts.by_random, "quantiles": texts.by_lists}
    rows: list[Row] = [
        (name, [view.share(band.least, view.decimal), count(band.places), view.share(band.share)])
        for name, band in zip(view.context.texts.bands, bands.bands, strict=False)
    ]
    sentences = [texts.alike_explained, rules[bands.rule].format(count=count(bands.pairs))]
    heads = [texts.word, texts.least, texts.places, texts.of_a_list]
    return section(texts.alike, sentences, [_histogram(view, bands), _table(texts.alike, heads, rows)])


def _histogram(view: View, bands: Bands) -> Component:
    """Similarities of the lists over those of random pairs, from the first bin that holds one to the last."""
    texts, series = view.texts, [view.report.ways[0].similarities, view.report.random_similarities]
    used = [step for counts in series for step, count in enumerate(counts) if count] or [BINS - 2, BINS - 1]
    first, after = min(used), max(used) + 1
    bars = [
        {
            "type": "bar", "name": name, "width": OF_BIN * 0.96, "opacity": 0.75, "marker": marker,
            "x": [round((step + 0.5) * OF_BIN - 1, 4) for step in range(first, after)],
            "y": [each / (sum(counts) or 1) for each in counts[first:after]],
            "hovertemplate": "%{x:.2f}: %{y:.1%}<extra></extra>",
        }
        for name, counts, marker in zip((texts.served, texts.random), series, ({}, {"color": GREY}), strict=True)
        if counts
    ]  # fmt: skip
    named = [*zip((band.least.value for band in bands.bands), view.context.texts.bands, strict=False)]
    layout = {
        "barmode": "overlay",
        "xaxis": {"title": {"text": view.context.texts.similarity}, "fixedrange": True},
        "yaxis": {"tickformat": ".0%", "fixedrange": True},
        "shapes": [{"type": "line", "x0": at, "x1": at, "yref": "paper", "y0": 0, "y1": 1} for at, _ in named],
        "annotations": [
            {"x": at, "yref": "paper", "y": 1 - 0.12 * place, "text": name, "xanchor": "left"}
            for place, (at, name) in enumerate(named)
        ],
    }
    return _graph(view, "similarities", bars, layout)


def _graph(view: View, name: str, data: list[Json], layout: Json) -> Component:
    return graph(name, data, {"separators": SEPARATORS.get(view.context.texts.locale, ".,"), **layout})


def _lying(view: View, names: list[str], shares: list[list[Estimate]], height: int) -> tuple[list[Json], Json]:
    """Lying bars with their 95 % intervals: for each name a share of each way, in `height` pixels; and their layout."""
    bars: list[Json] = [
        {
            "type": "bar", "orientation": "h", "name": way, "y": names, "x": [each.value for each in of],
            "error_x": {
                "array": [each.high - each.value for each in of], "arrayminus": [each.value - each.low for each in of],
                "thickness": 1.5, "width": 4,
            },
            "hovertemplate": OF_SHARES,
        }
        for way, of in zip(view.ways, zip(*shares, strict=True), strict=True)
    ]  # fmt: skip
    return bars, {"xaxis": SHARES, "yaxis": NAMES, "height": 90 + height * len(names)}


def _marks(name: str, rows: list[str], shares: list[float], symbol: str) -> Json:
    marker = {"symbol": symbol, "size": 14, "color": GREY, "line": {"width": 2, "color": GREY}}
    points = {"type": "scatter", "mode": "markers", "name": name, "y": rows, "x": shares, "marker": marker}
    return {**points, "hovertemplate": OF_SHARES, "cliponaxis": False}


def _table(caption: str, heads: list[str], rows: Iterable[Row]) -> Component:
    """A table of named rows of numbers, which scrolls sideways by itself where it has no room."""
    first, *others = heads
    head = [html.Th(first, scope="col"), *(html.Th(name, scope="col", className="number") for name in others)]
    body = [html.Tr([html.Th(name, scope="row"), *map(_cell, cells)]) for name, cells in rows]
    content = [html.Caption(caption, className="visually-hidden"), html.Thead(html.Tr(head)), html.Tbody(body)]
    return html.Div(dbc.Table(content, size="sm", class_name="figures"), className="table-room", tabIndex="0")


def _cell(cell: Cell) -> Component:
    content: Any = cell if isinstance(cell, str) else [cell[0], " ", html.Small(cell[1])]
    return html.Td(content, className="number")
