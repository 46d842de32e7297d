"""What float32 proposes for exact lists, where an upper bound shows most pairs to be too far apart to be compared.

With orthonormal columns V, the unit row x is Vp + e, so that the cosine of two rows is p·q + e·f, at most p·q + |e||f|:
one product of far fewer dimensions, with |e| as one more. Rows are grouped into clusters. Each is compared in full with
those nearest to it, which gives every row a threshold close to its final one; of the others, only what the bound lets
reach the threshold of either row is compared.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from model.candidates import GROUP, Candidates, Integers, floor, reaching, take_in
from model.clusters import components, grouped, sampled
from model.extractors import Features
from model.lengths import Doubles, slices, unit
from model.neighbours import BLOCK, SPARE, TOLERANCE, proposed
from model.progress import Track
from model.threads import in_threads

Booleans = npt.NDArray[np.bool_]

NEAR = 512  # rows of the nearest clusters that a cluster's own are compared with in full, at least
SUMMED = 256  # dimensions that float32 adds up at a time, since the error of a sum grows with its length
COLUMNS = 1024  # columns of one matrix product: their features are copied
DENSE = 16  # a product of a cluster of so many rows with a column takes as long as one pair picked from memory
JUDGED = 64  # rows that tell whether bounds pay
LEFT = 0.02  # share of pairs that bounds may leave: with more, comparing all of them is as fast
ROWS, DIMENSIONS = 18_000, 1024  # from which on bounds can save more than their making takes


@dataclass(frozen=True)
class Bounds:
    """`parts` (N, M + 1) float32, whose products plus `slack` are never below the cosines of (N, D) features."""

    parts: Features
    slack: float

    @classmethod
    def of(cls, features: Features, lengths: Doubles, track: Track) -> "Bounds":
        """From (N, D) float32 `features` of these `lengths` (N,).

        Let V have V'V = I + E, |E| ≤ `skew`, and p = V'x + g, |g| ≤ `error`, the worst that rounding does in sums of
        so many terms. Then e = x - Vp has |e|² = 1 - |p|² + 2p·g + p'Ep and V'e = -g - Ep, and the cosine of x and y is
        p·q + p'Eq + (V'e)·q + p·(V'f) + e·f, where |p| ≤ 1 + `skew` + `error`.
        """
        some = sampled(len(features))
        sample = features[some]
        sample /= lengths[some, None].astype(np.float32)
        base = components(sample)
        wide = base.astype(np.float64)
        skew = float(np.linalg.norm(wide.T @ wide - np.eye(base.shape[1])))
        error = (SUMMED + features.shape[1] / SUMMED + 4) * 2.0**-23 * float(np.linalg.norm(wide))
        longest = (1 + skew + error) ** 2
        parts = np.zeros((len(features), base.shape[1] + 1), dtype=np.float32)

        def project(rows: slice) -> None:
            for start in range(0, len(base), SUMMED):
                part = slice(start, start + SUMMED)
                parts[rows, :-1] += features[rows, part] @ base[part]
            parts[rows, :-1] *= (1 / lengths[rows, None]).astype(np.float32)
            kept = np.square(parts[rows, :-1], dtype=np.float64).sum(axis=1)
            parts[rows, -1] = np.sqrt(np.maximum(0, 1 - kept + longest * (2 * error + skew))) * (1 + 2.0**-22)

        in_threads(project, _blocks(len(features), COLUMNS), "components", track)
        return cls(parts, longest * (2 * error + 3 * skew + (parts.shape[1] + 8) * 2.0**-23))

    def reaching(self, rows: Integers, columns: Integers, least: Features) -> Booleans:
        """(R, C) whether the cosine of a row and a column may reach the `least` (N,) of either."""
        reached = np.empty((len(rows), len(columns)), dtype=np.bool_)
        own, lower = self.parts[rows], least - np.float32(self.slack)
        for part in _blocks(len(columns), BLOCK):
            bound = own @ self.parts[columns[part]].T
            reached[:, part] = (bound >= lower[rows, None]) | (bound >= lower[columns[part]])
        return reached


def pay(count: int, dimension: int) -> bool:
    """Whether bounds are worth their making for `count` rows of `dimension` values, if they leave few pairs."""
    return count >= ROWS and dimension >= DIMENSIONS


def proposed_by_bounds(features: Features, lengths: Doubles, owners: Integers, k: int, track: Track) -> Candidates:
    """What `neighbours.proposed` gives, by bounds unless these would leave too many pairs."""
    bounds = Bounds.of(features, lengths, track)
    inverse = (1 / lengths).astype(np.float32)
    if _left(bounds, features, inverse, owners, k) > LEFT:
        return proposed(features, lengths, owners, k, track)
    with threadpool_limits(1, user_api="blas"):  # many small steps, between which threads would wait for each other
        groups = grouped(bounds.parts[:, :-1])
    near = _near(bounds.parts, groups, max(NEAR, GROUP * (k + SPARE)))
    candidates = Candidates.none(len(features), min(k + SPARE, len(features) - 1))

    def begin(group: int) -> None:
        own, others = groups[group], np.concatenate([groups[each] for each in np.flatnonzero(near[group])])
        rough = _products(features, inverse, own, others)
        rough[owners[own, None] == owners[others]] = -np.inf
        queries, places = reaching(rough, floor(rough, candidates.rough.shape[1]))
        take_in(candidates, own, queries, others[places], rough[queries, places])

    in_threads(begin, range(len(groups)), "neighbours, first", track)
    least = candidates.rough[:, k - 1] - np.float32(TOLERANCE)
    one_at_a_time = Lock()

    def compare(group: int) -> None:
        own, far = groups[group], [groups[each] for each in np.flatnonzero(~near[group]) if each > group]
        others = np.concatenate([*far, np.zeros(0, np.int64)])
        for left, right, rough in _compared(features, inverse, own, others, bounds.reaching(own, others, least)):
            for rows, columns in ((left, right), (right, left)):
                wanted = rough >= candidates.rough[rows, k - 1] - np.float32(TOLERANCE)
                wanted &= owners[rows] != owners[columns]
                distinct, queries = np.unique(rows[wanted], return_inverse=True)
                with one_at_a_time:
                    take_in(candidates, distinct, queries, columns[wanted], rough[wanted])

    in_threads(compare, range(len(groups)), "neighbours", track)
    return candidates


def _left(bounds: Bounds, features: Features, inverse: Features, owners: Integers, k: int) -> float:
    """The share of pairs that bounds leave, judged by some rows and their true thresholds."""
    rows, every = np.unique(np.linspace(0, len(features) - 1, JUDGED).astype(np.int64)), np.arange(len(features))
    rough = _products(features, inverse, rows, every)
    rough[owners[rows, None] == owners] = -np.inf
    least = np.full(len(features), np.inf, dtype=np.float32)
    least[rows] = np.partition(rough, -k, axis=1)[:, -k]
    return float(bounds.reaching(rows, every, least).mean())


def _near(parts: Features, groups: list[Integers], enough: int) -> Booleans:
    """(C, C) whether one of two clusters is among the nearest of the other, which have `enough` rows together."""
    centres = unit(np.stack([parts[rows, :-1].sum(axis=0) for rows in groups]))
    similar = centres @ centres.T
    np.fill_diagonal(similar, 2)
    order = np.argsort(-similar, axis=1, kind="stable")
    sizes = np.array([len(rows) for rows in groups])[order]
    near = np.zeros(similar.shape, dtype=np.bool_)
    np.put_along_axis(near, order, np.cumsum(sizes, axis=1) - sizes < enough, axis=1)
    return near | near.T


def _compared(
    features: Features, inverse: Features, own: Integers, others: Integers, reached: Booleans
) -> Iterator[tuple[Integers, Integers, Features]]:
    """Rows, columns and rough cosines (P,) of the (R, C) pairs `reached`, a part at a time."""
    counts = np.count_nonzero(reached, axis=0)
    dense = np.flatnonzero(counts * DENSE > len(own))
    for part in _blocks(len(dense), COLUMNS):
        rough = _products(features, inverse, own, others[dense[part]])
        queries, places = np.nonzero(reached[:, dense[part]])
        yield own[queries], others[dense[part]][places], rough[queries, places]
    sparse = np.flatnonzero((counts > 0) & (counts * DENSE <= len(own)))
    queries, places = np.nonzero(reached[:, sparse])
    rows, columns = own[queries], others[sparse[places]]
    yield rows, columns, _picked(features, rows, columns) * inverse[rows] * inverse[columns]


def _picked(features: Features, rows: Integers, columns: Integers) -> Features:
    """(P,) float32 products of pairs, ordered by row."""
    picked = np.empty(len(rows), dtype=np.float32)
    for places in np.split(np.arange(len(rows)), np.flatnonzero(np.diff(rows)) + 1):
        for part in slices(len(places), features.shape[1]):
            some = places[part]
            picked[some] = features[columns[some]] @ features[rows[some[0]]]
    return picked


def _products(features: Features, inverse: Features, rows: Integers, columns: Integers) -> Features:
    """(R, C) float32 cosines, of a copy of few columns at a time."""
    rough = np.empty((len(rows), len(columns)), dtype=np.float32)
    own = features[rows] * inverse[rows, None]
    for part in _blocks(len(columns), COLUMNS):
        rough[:, part] = own @ features[columns[part]].T
        rough[:, part] *= inverse[columns[part]]
    return rough


def _blocks(count: int, size: int) -> list[slice]:
    return [slice(start, min(start + size, count)) for start in range(0, count, size)]
