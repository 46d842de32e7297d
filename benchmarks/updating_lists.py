"""Lists of a large catalogue that are gone on from, against all of them made anew: seconds, and what that loses.

The features are those of `neighbours.drawn`. Of the products that change a third are added, a third removed, and a
third get another photo. In the end the same catalogue has its lists made as a whole: what the update saves, and what
its lists are compared with.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from benchmarks.figure import Figure
from benchmarks.neighbours import drawn
from catalogue.errors import LookalikeError
from catalogue.product import Product
from model.duplicates import Pairs
from model.extractors import Features
from model.making import Photos, whole
from model.neighbours import search
from model.policy import Mask, Policy
from model.progress import Track
from model.ranking import Indices
from model.updates.kept import Kept, Listed
from model.updates.updating import Updated, updated

T = TypeVar("T")

K, FIRST = 24, 10
DIMENSION = 256
CATEGORIES = 40
JUDGED = 20_000  # products, evenly spread, whose lists are compared


@dataclass(frozen=True)
class Catalogue:
    """Products by number, in ascending order, and the row of features of each."""

    numbers: Indices
    rows: Indices

    @property
    def products(self) -> list[Product]:
        """Named by their numbers; their categories have nothing to do with how they look."""
        return [
            Product(id=f"{number:08}", title="drawn", product_type=f"kind {number % CATEGORIES}")
            for number in self.numbers.tolist()
        ]

    def photos(self, features: Features) -> Photos:
        """One of each, whose hash is the number of its row."""
        hashes = [f"{row:064x}" for row in self.rows.tolist()]
        return Photos(features[self.rows], np.arange(len(self.rows)), hashes, 1)


def measure(count: int, track: Track, share: float = 0.001) -> list[Figure]:
    """Figures of an update of a `share` of `count` products, at least three."""
    each = max(1, round(count * share / 3))
    features = drawn(count + 2 * each, DIMENSION)
    before, after = _changed(count, each)
    first, seconds = _timed(lambda: _whole(before, features, track))
    update, updating = _timed(lambda: _updated(first, after, features, track))
    anew, making = _timed(lambda: _whole(after, features, track))
    part = f"{3 * each:,} of {count:,} products"
    return [
        Figure(part, "all lists made", seconds, "s"),
        Figure(part, "all lists made again", making, "s"),
        Figure(part, "lists gone on from", updating, "s"),
        Figure(part, "share of the time", updating / making, ""),
        Figure(part, "lists touched", update.touched, ""),
        Figure(part, "lists touched for each change", update.touched / (3 * each), "", most=2 * K + 1),
        *(
            Figure(part, f"first {k} {name} as made again", shared(kept, anew, k), "")
            for k in (FIRST, K)
            for name, kept in (("gone on from", update.kept), ("before", first))
        ),
        Figure(part, "in no list", _orphans(update.kept.similar), ""),
        Figure(part, "in no list, made anew", _orphans(anew.similar), ""),
    ]


def shared(one: Kept, other: Kept, k: int) -> float:
    """The share of the first `k` places of the `other` lists that hold what the first `k` of `one` do.

    Of products that are in both.
    """
    mine, theirs = (np.array([int(product_id) for product_id in each.ids]) for each in (one, other))
    both = np.intersect1d(mine, theirs)
    both = both[np.unique(np.linspace(0, len(both) - 1, min(JUDGED, len(both))).astype(np.int64))]
    lists = [
        np.append(numbers, -1)[kept.similar.padded(np.searchsorted(numbers, both), k)]
        for numbers, kept in ((mine, one), (theirs, other))
    ]
    return float(np.mean([np.isin(wanted[wanted >= 0], found).mean() for found, wanted in zip(*lists, strict=True)]))


def _changed(count: int, each: int) -> tuple[Catalogue, Catalogue]:
    """A catalogue of `count` products before and after `each` came, went, and have another photo."""
    random = np.random.default_rng(0)
    rows, numbers = random.permutation(count + each), random.permutation(count + each)
    came, gone, other = numbers[:each], numbers[each : 2 * each], numbers[2 * each : 3 * each]
    before, after = (np.setdiff1d(np.arange(count + each), without) for without in (came, gone))
    photographed = rows.copy()
    photographed[other] = count + each + np.arange(each)
    return Catalogue(before, rows[before]), Catalogue(after, photographed[after])


def _whole(catalogue: Catalogue, features: Features, track: Track) -> Kept:
    return whole(catalogue.products, catalogue.photos(features), _never, K, Policy(), track, search, lambda *_: False)


def _updated(before: Kept, catalogue: Catalogue, features: Features, track: Track) -> Updated:
    update = updated(before, catalogue.products, catalogue.photos(features), _never, K, Policy(), track)
    if not update:
        raise LookalikeError("so many changes are not an update. Name a smaller share.")
    return update


def _never(pairs: Pairs) -> Mask:
    return np.zeros(len(pairs), dtype=np.bool_)


def _orphans(lists: Listed) -> int:
    """How many products no list shows in its first places."""
    count = len(lists.starts) - 1
    seen = lists.padded(np.arange(count), FIRST)
    return int((np.bincount(seen[seen >= 0], minlength=count) == 0).sum())


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    begun = time.perf_counter()
    return work(), time.perf_counter() - begun
