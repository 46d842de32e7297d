"""The sections of the report that are figures: each a chart, and under it a table with the same numbers."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from dash.development.base_component import Component

from catalogue.report import BINS, LISTINGS, Bands, Estimate, Report
from storefront.components.charts import GREY, graph
from storefront.pages.report.view import View, cell, section, table

CATEGORIES = 30  # that are shown; a report has more
SEPARATORS = {"en": ".,", "de": ",."}  # of decimals and of thousands, as Plotly wants them
SHARES = {"tickformat": ".0%", "range": [0, 1], "fixedrange": True}
NAMES = {"automargin": True, "autorange": "reversed", "fixedrange": True}
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
        "yaxis": {"title": {"text": texts.products}, "automargin": True, "fixedrange": True},
    }
    shares = [
        (texts.shown, [way.covered.share for way in ways]),
        (texts.never_shown, [way.orphans.share for way in ways]),
        (texts.most_shown, [way.hub.share for way in ways]),
    ]
    rows = [(name, [cell(view.percent(each.value), view.margin(each)) for each in found]) for name, found in shares]
    rows.append((texts.unevenness, [cell(view.decimal(way.gini.value), view.between(way.gini)) for way in ways]))
    listed = [(span, [cell(view.count(way.listings[row])) for way in ways]) for row, span in enumerate(spans)]
    return [
        _graph(view, "exposure", bars, layout),
        table(texts.listings, [texts.in_lists, *view.ways()], listed),
        table(texts.coverage, [texts.lists, *view.ways()], rows),
    ]


def _precision(view: View) -> Component:
    texts, found = view.texts, view.report.precisions
    names = [texts.first_one if at.k == 1 else texts.first_many.format(count=at.k) for at in found]
    bars = [_bars(way, names, [at.scores[number].share for at in found]) for number, way in enumerate(view.ways())]
    bars.append(_marks(texts.by_chance, names, [at.chance for at in found], "line-ns-open"))
    bars.append(_marks(texts.the_best, names, [at.reachable for at in found], "diamond-open"))
    rows: list[tuple[str, list[Component]]] = []
    for name, at in zip(names, found, strict=True):
        shares = [cell(view.percent(score.share.value), view.margin(score.share)) for score in at.scores]
        rows.append((name, [*shares, *(cell(view.percent(share)) for share in (at.chance, at.reachable))]))
        if at.gain:
            gain = cell(view.signed(100 * at.gain.value), _signed(view, at.gain))
            rows.append((texts.difference, [gain, *[cell("")] * (len(at.scores) + 1)]))
    heads = [texts.lists, *view.ways(), texts.by_chance, texts.the_best]
    read = texts.precision_read.format(count=view.count(view.report.judged))
    layout = {"xaxis": SHARES, "yaxis": NAMES, "height": 90 + 70 * len(names)}
    figures = [_graph(view, "precision", bars, layout), table(texts.precision, heads, rows)]
    return section(texts.precision, [texts.precision_explained, read], figures)


def _categories(view: View) -> Component:
    texts, report = view.texts, view.report
    listed = report.categories[:CATEGORIES]
    names = [each.name for each in listed]
    tens = [each.precisions[-1] for each in listed]
    bars = [_bars(way, names, [at.scores[number].share for at in tens]) for number, way in enumerate(view.ways())]
    rows = [
        (
            each.name,
            [
                cell(view.count(each.products)),
                *(cell(view.percent(score.share.value), view.margin(score.share)) for score in at.scores),
            ],
        )
        for each, at in zip(listed, tens, strict=True)
    ]
    some = texts.categories_some.format(shown=view.count(len(listed)), count=view.count(report.categories_found))
    layout = {"xaxis": SHARES, "yaxis": NAMES, "height": 90 + 34 * len(names)}
    return section(
        texts.categories,
        [texts.categories_explained, some if report.categories_found > len(listed) else ""],
        [
            _graph(view, "categories", bars, layout),
            table(texts.categories, [texts.category, texts.products, *view.ways()], rows),
        ],
    )


def _similarities(view: View, bands: Bands) -> Component:
    texts, count = view.texts, view.count
    rules = {"categories": texts.by_categories, "random pairs": texts.by_random, "quantiles": texts.by_lists}
    words = view.context.texts.bands
    rows = [
        (
            name,
            [
                cell(view.decimal(band.least.value), view.between(band.least)),
                cell(count(band.places)),
                cell(view.percent(band.share.value), view.margin(band.share)),
            ],
        )
        for name, band in zip(words, bands.bands, strict=False)
    ]
    sentences = [texts.alike_explained, rules[bands.rule].format(count=count(bands.pairs))]
    heads = [texts.word, texts.least, texts.places, texts.of_a_list]
    return section(texts.alike, sentences, [_histogram(view, bands, words), table(texts.alike, heads, rows)])


def _histogram(view: View, bands: Bands, words: Sequence[str]) -> Component:
    """Similarities of the lists over those of random pairs, from the first bin that holds one to the last."""
    report, texts = view.report, view.texts
    first, after = _used(report)
    middles = [round((step + 0.5) * OF_BIN - 1, 4) for step in range(first, after)]
    series = [(texts.served, report.ways[0].similarities), (texts.random, report.random_similarities)]
    bars = [
        {
            "type": "bar", "name": name, "x": middles, "width": OF_BIN * 0.96, "opacity": 0.75,
            "y": [each / (sum(counts) or 1) for each in counts[first:after]],
            "hovertemplate": "%{x:.2f}: %{y:.1%}<extra></extra>",
            **({} if number == 0 else {"marker": {"color": GREY}}),
        }
        for number, (name, counts) in enumerate(series)
        if counts
    ]  # fmt: skip
    limits = [band.least.value for band in bands.bands]
    layout = {
        "barmode": "overlay",
        "xaxis": {"title": {"text": view.context.texts.similarity}, "fixedrange": True},
        "yaxis": {"tickformat": ".0%", "automargin": True, "fixedrange": True},
        "shapes": [{"type": "line", "x0": limit, "x1": limit, "yref": "paper", "y0": 0, "y1": 1} for limit in limits],
        "annotations": [
            {"x": limit, "yref": "paper", "y": 1 - 0.1 * place, "text": name, "showarrow": False, "xanchor": "left"}
            for place, (limit, name) in enumerate(zip(limits, words, strict=False))
        ],
    }
    return _graph(view, "similarities", bars, layout)


def _graph(view: View, name: str, data: list[dict[str, Any]], layout: dict[str, Any]) -> Component:
    return graph(name, data, {"separators": SEPARATORS.get(view.context.texts.locale, ".,"), **layout})


def _bars(name: str, rows: Sequence[str], shares: Sequence[Estimate]) -> dict[str, Any]:
    """Lying bars with their 95 % intervals."""
    return {
        "type": "bar", "orientation": "h", "name": name, "y": [*rows], "x": [each.value for each in shares],
        "error_x": {
            "array": [each.high - each.value for each in shares],
            "arrayminus": [each.value - each.low for each in shares],
            "thickness": 1.5, "width": 4,
        },
        "hovertemplate": "%{y}: %{x:.1%}<extra></extra>",
    }  # fmt: skip


def _marks(name: str, rows: Sequence[str], shares: Sequence[float], symbol: str) -> dict[str, Any]:
    marker = {"symbol": symbol, "size": 14, "color": GREY, "line": {"width": 2, "color": GREY}}
    return {
        "type": "scatter", "mode": "markers", "name": name, "y": [*rows], "x": [*shares], "marker": marker,
        "hovertemplate": "%{y}: %{x:.1%}<extra></extra>",
    }  # fmt: skip


def _used(report: Report) -> tuple[int, int]:
    """The first bin that holds a similarity, and the one after the last."""
    both = [report.ways[0].similarities, report.random_similarities]
    used = [step for counts in both for step, count in enumerate(counts) if count] or [BINS // 2, BINS - 1]
    return min(used), max(used) + 1


def _signed(view: View, of: Estimate) -> str:
    return view.texts.interval.format(low=view.signed(100 * of.low), high=view.signed(100 * of.high))


def _span(first: int, after: int | None) -> str:
    """`2–4` for at least 2 and below 5."""
    if after is None:
        return f"{first}+"
    return str(first) if after == first + 1 else f"{first}–{after - 1}"
