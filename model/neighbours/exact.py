"""Cosine top-k of every row, exactly: pure arrays in blocks, never an N × N matrix nor a copy of the features.

A float32 product proposes, float64 decides. A block of the product serves its rows and, turned around, its columns, so
that half of all products do.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from model.extractors import Features
from model.neighbours import parallel
from model.neighbours.normalize import Doubles, row_lengths, slices, unit
from model.progress import Track, silent

Integers = npt.NDArray[np.int64]

BLOCK = 2048  # rows and columns of one matrix product
GROUP = 8  # values whose highest is looked at before them
TOLERANCE = 2e-6  # above the rounding error of a float32 product of unit vectors
DIGITS = 7  # similarities that agree to as many decimals are equal, and the smaller index goes first
SPARE = 12  # candidates kept beyond the k best, for those that float32 cannot tell from the k-th
WIDE = 2**24  # values of a float64 product at a time, 128 MB
LENGTHS = (1e-12, 1e12)  # between them float32 products neither vanish nor overflow


@dataclass(frozen=True)
class TopK:
    """The k best other rows of each row: `indices` (N, k) int64 and `similarities` (N, k) float64, best first.

    Where a row has fewer than k others to choose from, the rest are index -1 and similarity -inf.
    """

    indices: Integers
    similarities: Doubles

    @staticmethod
    def none(count: int, width: int) -> "TopK":
        """Nothing found yet."""
        return TopK(np.full((count, width), -1, dtype=np.int64), np.full((count, width), -np.inf))


@dataclass(frozen=True)
class Candidates:
    """Rows proposed by float32: `indices` (N, C) int64 and `rough` (N, C) float32, in any order, and -1 with -inf."""

    indices: Integers
    rough: Features

    def best(self, width: int) -> "Candidates":
        """The `width` best of each row, if there are more."""
        if self.rough.shape[1] <= width:
            return self
        kept = np.argpartition(self.rough, -width, axis=1)[:, -width:]
        return Candidates(np.take_along_axis(self.indices, kept, axis=1), np.take_along_axis(self.rough, kept, axis=1))


def top_k(
    features: Features,
    k: int,
    owners: Integers | None = None,
    track: Track = silent,
    each: parallel.Each = parallel.each,
) -> TopK:
    """The `min(k, N - 1)` rows of highest cosine to each row of (N, D) float32 `features`, exactly.

    Rows with equal `owners` (N,) int64, such as photos of one product, are never each other's neighbours; without
    `owners` each row has its own. Equal similarities are ordered by index. A row of zeros has similarity 0 to every
    other. Raises ValueError for values that are not finite or a `k` below 1.
    """
    features, lengths, owners, k = prepared(features, owners, k)
    if k == 0:
        return TopK.none(len(features), 0)
    candidates = _proposed(features, lengths, owners, min(k + SPARE, len(features) - 1), track, each)
    return _settled(features, lengths, owners, candidates, k)


def nearest(features: Features, query: Features, k: int) -> TopK:
    """The `min(k, N)` rows of highest cosine to the one feature `query` (D,), as the only row of the result."""
    cosines = _cosines_to_all(query[None], row_lengths(query[None]), features, row_lengths(features))[0]
    best = np.argsort(-cosines, kind="stable")[:k]
    return TopK(best[None], cosines[best][None])


def cosines_of(features: Features, left: Integers, right: Integers, lengths: Doubles | None = None) -> Doubles:
    """(P,) float64 cosines of the rows `left` (P,) with the rows `right` (P,), rounded to DIGITS decimals.

    `lengths` (N,) are those of the rows, where they are known.
    """
    return _cosines(features, row_lengths(features) if lengths is None else lengths, left, right)


def prepared(features: Features, owners: Integers | None, k: int) -> tuple[Features, Doubles, Integers, int]:
    """`features` of lengths that float32 can multiply, these lengths (N,), owners (N,), and `k` cut to N - 1.

    Raises ValueError.
    """
    if k < 1:
        raise ValueError(f"expected k of at least 1, received {k}")
    lengths = row_lengths(features)
    if len(lengths) and (lengths.min() < LENGTHS[0] or lengths.max() > LENGTHS[1]):
        features = unit(features)
        lengths = row_lengths(features)
    owners = np.arange(len(features)) if owners is None else owners
    return features, lengths, owners, min(k, max(0, len(features) - 1))


def decided(features: Features, lengths: Doubles, rows: Integers, candidates: Candidates, k: int) -> TopK:
    """For each of `rows` (R,) the `k` best `candidates` (R, C) by float64 cosine, then by index."""
    near = _near(candidates, k)
    indices = np.where(near, candidates.indices, -1)
    exact = np.full(near.shape, -np.inf)
    exact[near] = _cosines(features, lengths, rows[np.nonzero(near)[0]], indices[near])
    order = np.lexsort((indices, -exact))[:, :k]
    return TopK(np.take_along_axis(indices, order, axis=1), np.take_along_axis(exact, order, axis=1))


def _near(candidates: Candidates, k: int) -> npt.NDArray[np.bool_]:
    """(R, C) which candidates float32 cannot tell from the `k` best."""
    least = np.partition(candidates.rough, -k, axis=1)[:, -k, None] - np.float32(TOLERANCE)
    return (candidates.indices >= 0) & (candidates.rough >= least)


def _settled(features: Features, lengths: Doubles, owners: Integers, candidates: Candidates, k: int) -> TopK:
    """The `k` best of each row, from `candidates` (N, C) of which none that belongs there is missing.

    But for rows with so many equals that not all of them are candidates: these are compared with all.
    """
    best = decided(features, lengths, np.arange(len(features)), candidates, k)
    full = candidates.rough.shape[1] < len(features) - 1
    crowded = np.flatnonzero(_near(candidates, k).all(axis=1) & full)
    for rows in np.array_split(crowded, -(-len(crowded) * len(features) // WIDE) or 1):
        found = _of_all(features, lengths, owners, rows, k)
        best.indices[rows], best.similarities[rows] = found.indices, found.similarities
    return best


def _proposed(
    features: Features, lengths: Doubles, owners: Integers, width: int, track: Track, each: parallel.Each
) -> Candidates:
    """The `width` best of each row by float32."""
    blocks = [slice(start, min(start + BLOCK, len(features))) for start in range(0, len(features), BLOCK)]
    triangle = [(left, right) for place, left in enumerate(blocks) for right in blocks[place:]]
    best = Candidates(np.full((len(features), width), -1), np.full((len(features), width), -np.inf, dtype=np.float32))
    compare = partial(_compared, features, lengths, owners, width)
    for pair, found in zip(triangle, each(compare, triangle, "neighbours", track), strict=True):
        for rows, new in zip(pair, found, strict=False):  # of a block with itself one
            both = Candidates(
                np.hstack([best.indices[rows], new.indices]), np.hstack([best.rough[rows], new.rough])
            ).best(width)
            best.indices[rows], best.rough[rows] = both.indices, both.rough
    return best


def _compared(
    features: Features, lengths: Doubles, owners: Integers, width: int, pair: tuple[slice, slice]
) -> list[Candidates]:
    """The best right rows of each left one, and unless they are the same, the best left ones of each right one."""
    left, right = pair
    rough = features[left] @ features[right].T
    rough *= (1 / lengths[left, None]).astype(np.float32)
    rough *= (1 / lengths[right]).astype(np.float32)
    rough[owners[left, None] == owners[right]] = -np.inf
    ways = [(right, rough)] if left == right else [(right, rough), (left, rough.T)]
    return [_best(columns, values, width) for columns, values in ways]


def _best(columns: slice, rough: Features, width: int) -> Candidates:
    """The `width` best `columns` of each row of the product `rough` (R, C), -1 for those of one owner."""
    kept = _highest(rough, width)
    found = np.take_along_axis(rough, kept, axis=1)
    return Candidates(np.where(np.isneginf(found), -1, kept + columns.start), found)


def _highest(values: Features, width: int) -> Integers:
    """The places of the `width` highest values in each row of (R, C): only groups with the highest are looked into.

    To find the highest of each group takes a tenth of the time of partitioning all values.
    """
    groups = values.shape[1] // GROUP
    if groups <= width:
        return np.argpartition(values, max(0, values.shape[1] - width), axis=1)[:, -width:]
    grouped = groups * GROUP
    highest = values[:, :grouped].reshape(-1, GROUP, groups).max(axis=1)
    best = np.argpartition(highest, -width, axis=1)[:, -width:]
    places = (best[:, None] + np.arange(0, grouped, groups)[:, None]).reshape(len(values), -1)
    rest = np.broadcast_to(np.arange(grouped, values.shape[1]), (len(values), values.shape[1] - grouped))
    places = np.hstack([places, rest])
    kept = np.argpartition(np.take_along_axis(values, places, axis=1), -width, axis=1)[:, -width:]
    return np.take_along_axis(places, kept, axis=1)


def _of_all(features: Features, lengths: Doubles, owners: Integers, rows: Integers, k: int) -> TopK:
    """Of `rows` that have more equals than candidates are kept: their `k` best of all rows in float64."""
    cosines = _cosines_to_all(features[rows], lengths[rows], features, lengths)
    cosines[owners[rows, None] == owners] = -np.inf
    best = np.argsort(-cosines, kind="stable")[:, :k]
    similarities = np.take_along_axis(cosines, best, axis=1)
    return TopK(np.where(np.isfinite(similarities), best, -1), similarities)


def _cosines_to_all(rows: Features, own: Doubles, features: Features, lengths: Doubles) -> Doubles:
    """(R, N) float64 cosines of some rows with all."""
    cosines = np.empty((len(rows), len(features)))
    wide = rows.astype(np.float64)
    for part in slices(len(features), features.shape[1]):
        cosines[:, part] = wide @ features[part].astype(np.float64).T
    return _rounded(cosines / own[:, None] / lengths)


def _cosines(features: Features, lengths: Doubles, left: Integers, right: Integers) -> Doubles:
    """(P,) float64 cosines of pairs of rows; a pair and its reverse are computed once."""
    keys, places = np.unique(np.minimum(left, right) * len(features) + np.maximum(left, right), return_inverse=True)
    one, other = np.divmod(keys, len(features))

    def products(part: slice) -> Doubles:
        a, b = features[one[part]].astype(np.float64), features[other[part]].astype(np.float64)
        return np.asarray(np.einsum("pd,pd->p", a, b))

    with ThreadPoolExecutor() as pool:
        dots = np.concatenate([np.zeros(0), *pool.map(products, slices(len(keys), features.shape[1]))])
    return _rounded(dots / (lengths[one] * lengths[other]))[places]


def _rounded(cosines: Doubles) -> Doubles:
    return np.asarray(np.clip(np.round(cosines, DIGITS), -1, 1))
