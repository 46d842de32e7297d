"""The similarities of the report: how often each occurs, and from where on shops call it alike."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from catalogue.report import Bands, Report
from storefront.aria import labelled
from storefront.figures import sized
from storefront.report_view import Shown, cell, heading, section, table

TENTH = 5  # steps of the similarities in a tenth


def sections(shown: Shown) -> list[Component]:
    """What a similarity means in this shop, where any list has a place."""
    return [_alike(shown, shown.report.bands)] if shown.report.bands else []


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
    limits = table(texts.alike, [heading(texts.word), *numbers], [html.Tbody(rows)])
    sentences = [texts.alike_explained, rules[bands.rule].format(count=count(bands.pairs))]
    return section(texts.alike, sentences, [_histogram(shown, bands, names), limits])


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
