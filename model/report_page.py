"""The quality report for a shop owner: one HTML file without scripts or outside addresses, and rows for a terminal."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from catalogue.report import BINS, LISTINGS, Estimate, PrecisionAt, Report

CATEGORIES = 30  # on the page; the report has more
MEMBERS = 12  # of a group of duplicates
MAGIC = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


@dataclass(frozen=True)
class Series:
    """The columns of one way in a chart, each in [0, 1] of its height."""

    name: str
    heights: tuple[float, ...]


@dataclass(frozen=True)
class Histogram:
    """Similarities in steps of 2 / BINS from `least` to `largest`, multiples of .1 in [-1, 1]."""

    least: float
    largest: float
    series: tuple[Series, ...]

    def across(self, similarity: float) -> float:
        """Where it stands from the left, in percent."""
        return round(100 * (similarity - self.least) / (self.largest - self.least), 2)

    @property
    def ticks(self) -> list[float]:
        tenths = round((self.largest - self.least) * 10)
        step = 1 if tenths < 8 else 2 if tenths <= 10 else 5
        return [round(self.least + tenth / 10, 1) for tenth in range(0, tenths + 1, step)]


def page(report: Report, pictures: Callable[[str], bytes | None], titles: Mapping[str, str]) -> str:
    """One HTML file of the report, in light and dark, for a phone, a desktop and paper.

    `pictures` gives a product's JPEG, PNG or WebP file by its id, None where there is none; each is embedded once.
    `titles` are the products' names by id. Every text is escaped.
    """
    shown = list(dict.fromkeys(_pictured(report)))
    sources = {product_id: source for product_id in shown if (source := _data_uri(pictures(product_id)))}
    template = _environment().get_template("report.html")
    return template.render(
        report=report,
        served=report.ways[0],
        baseline=report.ways[1] if len(report.ways) > 1 else None,
        sources=sources,
        marks={product_id: f"p{number}" for number, product_id in enumerate(sources)},
        titles={product_id: titles.get(product_id) or product_id for product_id in shown},
        categories=report.categories[:CATEGORIES],
        members=MEMBERS,
        histogram=_histogram(report),
        listings=_listings(report),
        spans=[_span(first, after) for first, after in zip_longest(LISTINGS, LISTINGS[1:])],
    )


def table_rows(report: Report) -> list[tuple[str, ...]]:
    """The figures for a terminal, the first row being the columns' names; intervals are those of the first way."""
    rows = [("figure", *(way.name for way in report.ways), "chance", "95 % interval")]
    rows += [row for at in report.precisions for row in _precision_rows("", at)]
    for category in report.categories[:CATEGORIES]:
        rows += _precision_rows(f", {category.name} ({category.products})", category.precisions[-1])[:1]
    rows.append(_way_row("coverage@10", [way.covered.share for way in report.ways]))
    rows.append(_way_row("orphans", [way.orphans.share for way in report.ways]))
    rows.append(_way_row("lists with the most-listed product", [way.hub.share for way in report.ways]))
    rows.append(_way_row("Gini coefficient of places", [way.gini for way in report.ways]))
    blank = ("",) * (len(report.ways) - 1)
    for band in report.bands.bands if report.bands else ():
        rows.append((f"{band.name}, from", _number(band.least.value), *blank, "", _between(band.least)))
    rows.append(("groups of duplicates", str(report.duplicates.groups), *blank, "", ""))
    return rows


def _precision_rows(of: str, at: PrecisionAt) -> list[tuple[str, ...]]:
    shares = [score.share for score in at.scores]
    values = [_number(share.value) for share in shares]
    rows = [(f"precision@{at.k}{of}", *values, _number(at.chance), _between(shares[0]))]
    if at.gain:
        name = f"precision@{at.k}{of}, gain on {at.scores[1].way}"
        rows.append((name, f"{at.gain.value:+.3f}", *[""] * (len(values) - 1), "", _between(at.gain)))
    return rows


def _way_row(name: str, figures: Sequence[Estimate]) -> tuple[str, ...]:
    return (name, *(_number(each.value) for each in figures), "", _between(figures[0]))


def _number(value: float) -> str:
    return f"{value:.3f}"


def _between(figure: Estimate) -> str:
    return f"{figure.low:.3f} to {figure.high:.3f}"


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "percent": _percent,
        "range": _range,
        "along": "{:.2%}".format,
        "signed": _signed,
        "decimal": "{:.1f}".format,
        "cosine": "{:.2f}".format,
        "count": "{:,}".format,
    }
    return environment


def _percent(share: float) -> str:
    """`76 %`; with a decimal near the ends, where it says more: `0.4 %`, `99.7 %`."""
    return f"{_hundredths(share)}\u00a0%"


def _range(figure: Estimate) -> str:
    """`72 to 79 %`."""
    return f"{_hundredths(figure.low)} to {_percent(figure.high)}"


def _hundredths(share: float) -> str:
    near = 0 < share < 0.01 or 0.99 < share < 1
    return f"{100 * share:.1f}" if near else f"{100 * share:.0f}"


def _signed(value: float) -> str:
    """`+0.3`, `−0.3` with a minus sign as wide as the plus, `0.0`."""
    return f"{value:+.1f}".replace("-", "−") if abs(value) >= 0.05 else "0.0"


def _pictured(report: Report) -> list[str]:
    """The ids of the products on the page."""
    hubs = [hub.product_id for hub in report.ways[0].hubs]
    twins = [product_id for group in report.duplicates.shown for product_id in group[:MEMBERS]]
    lists = [[each.product_id, *(place.product_id for place in each.places)] for each in report.worst]
    return [*hubs, *twins, *chain.from_iterable(lists)]


def _data_uri(content: bytes | None) -> str:
    """Empty for what is not a picture that every browser shows."""
    if not content:
        return ""
    kind = next((kind for magic, kind in MAGIC.items() if content.startswith(magic)), "")
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        kind = "image/webp"
    return f"data:{kind};base64,{base64.b64encode(content).decode()}" if kind else ""


def _histogram(report: Report) -> Histogram:
    """Of all ways and random pairs, as wide as the tenths that hold something."""
    named = [(way.name, way.similarities) for way in report.ways]
    if report.random_similarities:
        named.append(("random pairs", report.random_similarities))
    tenth = BINS // 20
    used = [step // tenth for _, counts in named for step, count in enumerate(counts) if count] or [10, 19]
    first, last = min(used), max(used) + 1
    cut = [(name, _shares(counts[first * tenth : last * tenth])) for name, counts in named]
    return Histogram(round(first / 10 - 1, 1), round(last / 10 - 1, 1), _scaled(cut))


def _listings(report: Report) -> tuple[Series, ...]:
    return _scaled([(way.name, _shares(way.listings)) for way in report.ways])


def _shares(counts: Sequence[int]) -> list[float]:
    total = sum(counts) or 1
    return [count / total for count in counts]


def _scaled(named: Sequence[tuple[str, Sequence[float]]]) -> tuple[Series, ...]:
    """So that the highest column of all is 1."""
    highest = max((share for _, shares in named for share in shares), default=0) or 1
    return tuple(Series(name, tuple(round(share / highest, 4) for share in shares)) for name, shares in named)


def _span(first: int, after: int | None) -> str:
    """`2–4` for at least 2 and below 5."""
    if after is None:
        return f"{first}+"
    return str(first) if after == first + 1 else f"{first}–{after - 1}"
