"""Cosine top-k of every row, exactly: pure arrays in blocks, never an N × N matrix nor a copy of the features.

A float32 product proposes, float64 decides. A block of the product serves its rows and, turned around, its columns, so
that half of all products do; the k-th best so far is a threshold that nearly all of a later block stays below. For
large catalogues `bounds` finds most pairs to stay below it without comparing them, and proposes the same.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock

import numpy as np

from model.candidates import Candidates, Integers, floor, reaching, take_in
from model.extractors import Features
from model.lengths import Doubles, row_lengths, slices, unit
from model.progress import Track, silent
from model.threads import in_threads

BLOCK = 2048  # rows and columns of one matrix product
TOLERANCE = 2e-6  # above the rounding error of a float32 product of unit vectors
DIGITS = 7  # similarities that agree to as many decimals are equal, and the smaller index goes first
SPARE = 12  # candidates kept beyond the k best, for those that float32 cannot tell from the k-th
WIDE = 2**24  # values of a float64 product at a time, 128 MB
EXACT = 6e12  # N * N * (D + 512) up to which the exact search takes less than a minute on 2 cores
LENGTHS = (1e-12, 1e12)  # between them float32 products neither vanish nor overflow


@dataclass(frozen=True)
class TopK:
    """The k best other rows of each row: `indices` (N, k) int64 and `similarities` (N, k) float64, best first.

    Where a row has fewer than k others to choose from, the rest are index -1 and similarity -inf.
    """

    indices: Integers
    similarities: Doubles


Search = Callable[[Features, int, Integers | None, Track], TopK]  # as `search` below
Pairs = tuple[Integers, Integers, Features]  # places among rows (P,), indices (P,), rough cosines (P,)
Propose = Callable[[Features, Doubles, Integers, int, Track], Candidates]  # as `proposed` below


def top_k(
    features: Features,
    k: int,
    owners: Integers | None = None,
    track: Track = silent,
    propose: Propose | None = None,
) -> TopK:
    """The `min(k, N - 1)` rows of highest cosine to each row of (N, D) float32 `features`, exactly.

    Rows with equal `owners` (N,) int64, such as photos of one product, are never each other's neighbours; without
    `owners` each row has its own. Equal similarities are ordered by index. A row of zeros has similarity 0 to every
    other. Raises ValueError for values that are not finite or a `k` below 1.

    What `propose` leaves out must be too far below the `k` best: in which order it compares rows then makes no
    difference.
    """
    features, lengths, k = prepared(features, k)
    owners = np.arange(len(features)) if owners is None else owners
    if k == 0:
        return TopK(np.zeros((len(features), 0), np.int64), np.zeros((len(features), 0)))
    from model import bounds  # which is built on this module

    propose = propose or (bounds.proposed_by_bounds if bounds.pay(*features.shape) else proposed)
    candidates = propose(features, lengths, owners, k, track)
    return settled(features, lengths, owners, np.arange(len(features)), candidates, k)


def search(features: Features, k: int, owners: Integers | None = None, track: Track = silent) -> TopK:
    """`top_k` where that takes less than a minute on 2 cores, such as for 30,000 × 4,096; else that of `clusters`.

    The shape of the features alone decides, so that equal input gives equal output.
    """
    from model import clusters  # which is built on this module

    return (top_k if searched_exactly(*features.shape) else clusters.top_k)(features, k, owners, track)


def searched_exactly(count: int, dimension: int) -> bool:
    """Whether `search` is exact for `count` rows of `dimension` values."""
    return effort(count, dimension) <= EXACT


def effort(count: int, dimension: int) -> int:
    """What comparing all pairs of `count` rows of `dimension` values costs, in the unit of EXACT."""
    return count * count * (dimension + 512)  # selecting costs about what 512 more dimensions would


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


def prepared(features: Features, k: int) -> tuple[Features, Doubles, int]:
    """`features` of lengths that float32 can multiply, these lengths (N,), and `k` cut to N - 1. Raises ValueError."""
    if k < 1:
        raise ValueError(f"expected k of at least 1, received {k}")
    lengths = row_lengths(features)
    if len(lengths) and (lengths.min() < LENGTHS[0] or lengths.max() > LENGTHS[1]):
        features = unit(features)
        lengths = row_lengths(features)
    return features, lengths, min(k, max(0, len(features) - 1))


def settled(
    features: Features, lengths: Doubles, owners: Integers, rows: Integers, candidates: Candidates, k: int
) -> TopK:
    """The `k` best of each of `rows` (R,), from `candidates` (R, C) of which none that belongs there is missing.

    But for those of as many equals that not all of them are candidates: these rows are compared with all.
    """
    near = candidates.rough >= candidates.rough[:, k - 1 : k] - np.float32(TOLERANCE)
    best = decided(features, lengths, rows, np.where(near, candidates.indices, -1), k)
    crowded = np.flatnonzero(near[:, -1] & (candidates.indices[:, -1] >= 0) & (near.shape[1] < len(features) - 1))
    for places in np.array_split(crowded, -(-len(crowded) * len(features) // WIDE) or 1):
        found = _of_all(features, lengths, owners, rows[places], k)
        best.indices[places], best.similarities[places] = found.indices, found.similarities
    return best


def decided(features: Features, lengths: Doubles, rows: Integers, candidates: Integers, k: int) -> TopK:
    """For each of `rows` (R,) the `k` best `candidates` (R, C), -1 for none, by float64 cosine, then by index."""
    real = candidates >= 0
    exact = np.full(real.shape, -np.inf)
    exact[real] = _cosines(features, lengths, rows[np.nonzero(real)[0]], candidates[real])
    order = np.lexsort((candidates, -exact))[:, :k]
    return TopK(np.take_along_axis(candidates, order, axis=1), np.take_along_axis(exact, order, axis=1))


def proposed(features: Features, lengths: Doubles, owners: Integers, k: int, track: Track) -> Candidates:
    """For each row the k + SPARE best by float32, but those too far below its `k` best may be missing."""
    count = len(features)
    candidates = Candidates.none(count, min(k + SPARE, count - 1))
    blocks = blocked(count)

    def begin(block: slice) -> None:
        rough = roughly(features, lengths, block, block)
        rough[owners[block, None] == owners[None, block]] = -np.inf
        least = floor(rough, candidates.rough.shape[1])
        take_in(candidates, block, *above(owners, block, block, rough, least))

    in_threads(begin, blocks, "neighbours, first", track)  # so that every row has a threshold when the others come
    one_at_a_time = Lock()

    def compare(pair: tuple[slice, slice]) -> None:
        left, right = pair
        rough = roughly(features, lengths, left, right)
        for rows, columns, values in ((left, right, rough), (right, left, rough.T)):
            # Others may raise it meanwhile: then more is looked at than has to be.
            least = candidates.rough[rows, k - 1] - np.float32(TOLERANCE)
            pairs = above(owners, rows, columns, values, least)
            with one_at_a_time:
                take_in(candidates, rows, *pairs)

    in_threads(compare, blocked_pairs(blocks), "neighbours", track)
    return candidates


def blocked(count: int) -> list[slice]:
    """All rows, BLOCK of them at a time."""
    return [slice(start, min(start + BLOCK, count)) for start in range(0, count, BLOCK)]


def blocked_pairs(blocks: Sequence[slice]) -> list[tuple[slice, slice]]:
    """Each two different blocks once: the upper triangle."""
    return [(left, right) for place, left in enumerate(blocks) for right in blocks[place + 1 :]]


def roughly(features: Features, lengths: Doubles, left: slice, right: slice) -> Features:
    """(L, R) float32 cosines of the rows `left` with the rows `right`."""
    rough: Features = features[left] @ features[right].T
    rough *= (1 / lengths[left, None]).astype(np.float32)
    return np.multiply(rough, (1 / lengths[right]).astype(np.float32), out=rough)


def above(owners: Integers, rows: slice, columns: slice, rough: Features, least: Features) -> Pairs:
    """The pairs of a block whose `rough` cosine reaches their row's `least`, but for those of one owner."""
    queries, places = reaching(rough, least)
    other = owners[queries + rows.start] != owners[places + columns.start]
    queries, places = queries[other], places[other]
    return queries, places + columns.start, rough[queries, places]


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
