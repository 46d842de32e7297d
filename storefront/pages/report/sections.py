"""The sections of the report that are figures: each a chart, and under it a table with the same numbers."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from dash.development.base_component import Component

from catalogue.report import BINS, LISTINGS, Bands, Estimate
from storefront.components.charts import GREY, Json, graph
from storefront.pages.report.view import Cell, View, section, table

CATEGORIES = 30  # that are shown; a report has more
SEPARATORS = {"en": ".,", "de": ",."}  # of decimals and of thousands, as Plotly wants them
SHARES = {"tickformat": ".0%", "range": [0, 1.02], "fixedrange": True}
NAMES = {"autorange": "reversed", "fixedrange": True}
OF_SHARES = "%{y}: %{x:.1%}<extra></extra>"
OF_BIN = 2 / BINS


def charted(view: View) -> list[Component]:
    """Precision of all products and of each category, where the report has it, and similarities."""
    judged = [_precision(view), _categories(view)] if view.report.precisions else []
    return [*judged, *([_similarities(view, view.report.bands)] if view.report.bands else [])]


def exposure(view: View) -> list[Component]:
    """How much of the catalogue the lists show, and how many products are in how many lists."""
    texts, ways = view.texts, view.report.ways
    spans = [_span(first, after) for first, after in zip_longest(LISTINGS, LISTINGS[1:])]
    bars = [
        {"type": "bar", "name": name, "x": spans, "y": [*way.listings], "hovertemplate": "%{x}: %{y}<extra></extra>"}
        for name, way in zip(view.ways(), ways, strict=True)
    ]
    layout = {
        "xaxis": {"title": {"text": texts.in_lists}, "type": "category", "fixedrange": True},
        "yaxis": {"title": {"text": texts.products}, "fixedrange": True},
    }
    listed: list[tuple[str, list[Cell]]] = [
        (span, [view.count(way.listings[row]) for way in ways]) for row, span in enumerate(spans)
    ]
    rows: list[tuple[str, list[Cell]]] = [
        (texts.shown, [view.share(way.covered.share) for way in ways]),
        (texts.never_shown, [view.share(way.orphans.share) for way in ways]),
        (texts.most_shown, [view.share(way.hub.share) for way in ways]),
        (texts.unevenness, [view.figure(way.gini) for way in ways]),
    ]
    return [
        _graph(view, "exposure", bars, layout),
        table(texts.listings, [texts.in_lists, *view.ways()], listed),
        table(texts.coverage, [texts.lists, *view.ways()], rows),
    ]


def _precision(view: View) -> Component:
    texts, found = view.texts, view.report.precisions
    names = [texts.first_one if at.k == 1 else texts.first_many.format(count=at.k) for at in found]
    rows: list[tuple[str, list[Cell]]] = []
    for name, at in zip(names, found, strict=True):
        shares = [view.share(score.share) for score in at.scores]
        rows.append((name, [*shares, view.percent(at.chance), view.percent(at.reachable)]))
        if at.gain:
            low, value, high = (view.signed(100 * each) for each in (at.gain.low, at.gain.value, at.gain.high))
            rows.append((texts.difference, [(value, view.interval(low, high)), *[""] * (len(at.scores) + 1)]))
    marks = [
        _marks(texts.by_chance, names, [at.chance for at in found], "line-ns-open"),
        _marks(texts.the_best, names, [at.reachable for at in found], "diamond-open"),
    ]
    bars = _lying(view, names, [[score.share for score in at.scores] for at in found], 56)
    heads = [texts.lists, *view.ways(), texts.by_chance, texts.the_best]
    read = texts.precision_read.format(count=view.count(view.report.judged))
    figures = [_graph(view, "precision", [*bars["data"], *marks], bars["layout"]), table(texts.precision, heads, rows)]
    return section(texts.precision, [texts.precision_explained, read], figures)


def _categories(view: View) -> Component:
    texts, report = view.texts, view.report
    listed = [(each, [score.share for score in each.precisions[-1].scores]) for each in report.categories[:CATEGORIES]]
    rows: list[tuple[str, list[Cell]]] = [
        (each.name, [view.count(each.products), *map(view.share, shares)]) for each, shares in listed
    ]
    some = texts.categories_some.format(shown=view.count(len(listed)), count=view.count(report.categories_found))
    sentences = [texts.categories_explained, some if report.categories_found > len(listed) else ""]
    bars = _lying(view, [each.name for each, _ in listed], [shares for _, shares in listed], 34)
    heads = [texts.category, texts.products, *view.ways()]
    return section(
        texts.categories, sentences, [_graph(view, "categories", **bars), table(texts.categories, heads, rows)]
    )


def _similarities(view: View, bands: Bands) -> Component:
    texts = view.texts
    rules = {"categories": texts.by_categories, "random pairs": texts.by_random, "quantiles": texts.by_lists}
    rows: list[tuple[str, list[Cell]]] = [
        (name, [view.figure(band.least), view.count(band.places), view.share(band.share)])
        for name, band in zip(view.context.texts.bands, bands.bands, strict=False)
    ]
    sentences = [texts.alike_explained, rules[bands.rule].format(count=view.count(bands.pairs))]
    heads = [texts.word, texts.least, texts.places, texts.of_a_list]
    return section(texts.alike, sentences, [_histogram(view, bands), table(texts.alike, heads, rows)])


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
            {"x": at, "yref": "paper", "y": 1 - 0.12 * place, "text": name, "showarrow": False, "xanchor": "left"}
            for place, (at, name) in enumerate(named)
        ],
    }
    return _graph(view, "similarities", bars, layout)


def _graph(view: View, name: str, data: list[Json], layout: Json) -> Component:
    return graph(name, data, {"separators": SEPARATORS.get(view.context.texts.locale, ".,"), **layout})


def _lying(view: View, names: list[str], shares: Sequence[Sequence[Estimate]], height: int) -> dict[str, Any]:
    """Lying bars with their 95 % intervals: for each name a share of each way, in `height` pixels."""
    bars = [
        {
            "type": "bar", "orientation": "h", "name": way, "y": names, "x": [each[number].value for each in shares],
            "error_x": {
                "array": [each[number].high - each[number].value for each in shares],
                "arrayminus": [each[number].value - each[number].low for each in shares],
                "thickness": 1.5, "width": 4,
            },
            "hovertemplate": OF_SHARES,
        }
        for number, way in enumerate(view.ways())
    ]  # fmt: skip
    return {"data": bars, "layout": {"xaxis": SHARES, "yaxis": NAMES, "height": 90 + height * len(names)}}


def _marks(name: str, rows: list[str], shares: list[float], symbol: str) -> Json:
    marker = {"symbol": symbol, "size": 14, "color": GREY, "line": {"width": 2, "color": GREY}}
    points = {"type": "scatter", "mode": "markers", "name": name, "y": rows, "x": shares, "marker": marker}
    return {**points, "hovertemplate": OF_SHARES, "cliponaxis": False}


def _span(first: int, after: int | None) -> str:
    """`2–4` for at least 2 and below 5."""
    if after is None:
        return f"{first}+"
    return str(first) if after == first + 1 else f"{first}–{after - 1}"
