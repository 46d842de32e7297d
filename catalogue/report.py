"""The quality report of a catalogue: what was measured, by product id, in and out of JSON.

It holds no pictures, no paths and no dates: equal lists have equal reports, and a page or an app adds the photos that
it has. Every figure is of each way of making lists: the first is the one that is served, the second the baseline.
"""

import json
from dataclasses import asdict, dataclass
from functools import cache
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from catalogue.encoding import dump

FORMAT = 1
DIGITS = 4
PLACES = 10  # of a list, the places that are judged
BINS = 100  # of similarities, equally wide over [-1, 1]
LISTINGS = (0, 1, 2, 5, 10, 20, 50, 100)  # least numbers of lists in the chart of how often products are shown

Rule = Literal["categories", "random pairs", "quantiles"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its 95 % interval, `low` ≤ `value` ≤ `high`."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `of` things, and their share in [0, 1]."""

    count: int
    of: int
    share: Estimate


@dataclass(frozen=True, slots=True)
class Score:
    """The precision of one way of making lists, in [0, 1]."""

    way: str
    share: Estimate


@dataclass(frozen=True, slots=True)
class PrecisionAt:
    """Precision at `k` of each way over the same products.

    `chance` is what lists drawn at random would have, `reachable` what the best could have. `gain` is the first way's
    precision less the second's, in [-1, 1], paired by product; None where there is no second way.
    """

    k: int
    chance: float
    reachable: float
    scores: tuple[Score, ...]
    gain: Estimate | None


@dataclass(frozen=True, slots=True)
class Category:
    """Precision over the judged products of one category."""

    name: str
    products: int
    precisions: tuple[PrecisionAt, ...]


@dataclass(frozen=True, slots=True)
class Hub:
    """A product and in how many lists it has one of the first ten places."""

    product_id: str
    lists: int


@dataclass(frozen=True, slots=True)
class Way:
    """What the first ten places of one way's lists show.

    `covered` counts products that are in some list, of the whole catalogue; `orphans` those with a photo that are in
    none, of which `shadowed` have a duplicate that is in one. `gini` is 0 where all products with a photo have equally
    many places and near 1 where few have all. `hub` counts the lists that hold the most-listed product; `hubs` are the
    most-listed, first the most. `listings` counts the products with a photo by the number of lists they are in, from
    each of LISTINGS on; `similarities` counts places by their similarity in BINS steps from -1 to 1.
    """

    name: str
    lists: int
    covered: Share
    orphans: Share
    shadowed: int
    gini: Estimate
    hub: Share
    hubs: tuple[Hub, ...]
    listings: tuple[int, ...]
    similarities: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """A word for similarities of at least `least`, a cosine in [-1, 1].

    `places` of the lists have it, which is a mean `share` of a list.
    """

    name: str
    least: Estimate
    places: int
    share: Estimate


@dataclass(frozen=True, slots=True)
class Bands:
    """The most similar band first; `pairs` is how many pairs of products the `rule` looked at."""

    rule: Rule
    pairs: int
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True)
class Duplicates:
    """How many groups of duplicates there are, of how many products, and the largest groups."""

    groups: int
    products: int
    shown: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a list; `own` says that it is of the list's own category."""

    product_id: str
    similarity: float
    own: bool


@dataclass(frozen=True, slots=True)
class WorstList:
    """A list that does badly, and the category of its product, empty where none is known."""

    product_id: str
    category: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All that was measured.

    `judged` products have a category that a list could find again; where there are none, as without two categories,
    `precisions` and `categories` are empty. `categories` are the largest of `categories_found`. `bands` is None where
    no list has a place. `random_similarities` counts random pairs as Way.similarities does, and may be empty.
    """

    products: int
    with_photo: int
    judged: int
    ways: tuple[Way, ...]
    precisions: tuple[PrecisionAt, ...]
    categories_found: int
    categories: tuple[Category, ...]
    duplicates: Duplicates
    bands: Bands | None
    random_similarities: tuple[int, ...]
    worst: tuple[WorstList, ...]


def report_bytes(report: Report) -> bytes:
    """JSON with sorted keys and floats of 4 digits: equal bytes for equal reports."""
    return dump({"format": FORMAT, **_rounded(asdict(report))})


def parse_report(content: bytes) -> Report:
    """Raises ValueError, KeyError or TypeError for what is not a report of this format."""
    value = json.loads(content)
    if not isinstance(value, dict):
        raise TypeError(f"expected an object, received {type(value).__name__}")
    if value.pop("format") != FORMAT:
        raise ValueError(f"expected format {FORMAT}")
    report: Report = _built(Report, value)
    if not report.ways:
        raise ValueError("expected a way of making lists, received none")
    return report


def as_written(report: Report) -> Report:
    """The report with the digits that its file has: `parse_report(report_bytes(it)) == it`."""
    written: Report = _built(Report, _rounded(asdict(report)))
    return written


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DIGITS) + 0.0  # no negative zero
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    return [_rounded(each) for each in value] if isinstance(value, list | tuple) else value


def _built(kind: Any, value: Any) -> Any:
    """`value` of JSON as the type `kind`: a dataclass, a tuple of one type, a Literal, or a plain type."""
    origin = get_origin(kind)
    if origin is UnionType:
        return None if value is None else _built(get_args(kind)[0], value)
    if origin is tuple:
        return tuple(_built(get_args(kind)[0], each) for each in _as(list, value))
    if origin is Literal:
        if value not in get_args(kind):
            raise ValueError(f"expected one of {get_args(kind)}, received {value!r}")
        return value
    if kind in (int, str, bool):
        return _as(kind, value)
    return _figure(value) if kind is float else _dataclass(kind, _as(dict, value))


_kinds = cache(get_type_hints)


def _dataclass(kind: type, value: dict[str, Any]) -> Any:
    kinds = _kinds(kind)
    if kinds.keys() != value.keys():
        raise KeyError(f"expected {kind.__name__} of {sorted(kinds)}, received {sorted(value)}")
    return kind(**{name: _built(each, value[name]) for name, each in kinds.items()})


def _as(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise TypeError(f"expected {kind.__name__}, received {type(value).__name__}")
    return value


def _figure(value: Any) -> float:
    """Every figure is a share, a difference of shares or a cosine."""
    if type(value) not in (int, float):
        raise TypeError(f"expected a number, received {type(value).__name__}")
    if not -1 <= value <= 1:
        raise ValueError(f"expected a figure in [-1, 1], received {value}")
    return float(value)
