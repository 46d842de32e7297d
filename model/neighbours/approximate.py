"""Cosine top-k of large catalogues: nearly exact, in time that grows little faster than the number of rows.

Rows are projected on their principal components (Halko, Martinsson and Tropp 2011, "Finding structure with randomness")
and put into faiss's inverted lists (Jégou, Douze and Schmid 2011, "Product quantization for nearest neighbor search").
Each is compared with the lists nearest to it. All dimensions, in float64, decide between the rows that are left, as in
the exact search.

All of it is seeded, and faiss has one thread in each piece of work, so that equal input gives equal output.
"""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import threadpool_limits

from model.extractors import Features
from model.neighbours import parallel
from model.neighbours.exact import Candidates, Integers, TopK, decided, prepared
from model.neighbours.normalize import Doubles, unit
from model.progress import Track, silent

if TYPE_CHECKING:
    import faiss

SEED = 0
SAMPLE = 8192  # rows that the principal components are fitted on
ENERGY = 0.95  # share of the sample's squared length that the components must keep
STEP, MOST = 64, 512  # components are a multiple of the first, which faiss is quick with, at most the second
LISTS = 4  # times the root of the number of rows
LEARNT, ROUNDS = 32, 6  # rows for each list that k-means learns from, and its rounds
POOL, SHARE = 700, 0.01  # rows, and share of the lists, that a row is compared with at least, for recall and time
APART = 2  # times as many lists where rows of its own owner, such as its category, may fill most of them
FEW = 12  # rows of one owner that are found with others and left out then
SPARE = 24  # rows beyond k: those that all dimensions decide between
ROWS = 4096  # in a piece of work
NEAR = 64  # rows at a time, of the same or a few lists, that have many found rows in common

Piece = tuple[Integers, int | None]  # rows, and their owner where it has many


def top_k(
    features: Features,
    k: int,
    owners: Integers | None = None,
    track: Track = silent,
    each: parallel.Each = parallel.each,
) -> TopK:
    """Nearly what `exact.top_k` gives, with the same contract: a list may lack a row that belongs there.

    The similarities of the rows it has are exact.
    """
    features, lengths, owners, k = prepared(features, owners, k)
    best = TopK.none(len(features), k)
    if k == 0:
        return best
    reduced = _projected(features, components(unit(features[sampled(len(features))])), track)
    index, order = _indexed(reduced)
    pieces = list(_pieces(owners, order))
    find = partial(_found, features, lengths, owners, reduced, index, k)
    for (rows, _), found in zip(pieces, each(find, pieces, "neighbours", track), strict=True):
        best.indices[rows], best.similarities[rows] = found.indices, found.similarities
    return best


def sampled(count: int) -> Integers:
    """At most SAMPLE of `count` rows, evenly spread."""
    return np.unique(np.linspace(0, count - 1, min(SAMPLE, count)).astype(np.int64))


def components(sample: Features) -> Features:
    """(D, d) float32 orthonormal columns, enough of them to keep ENERGY of (n, D) float32 unit rows."""
    from sklearn.utils.extmath import randomized_svd  # slow to load

    with threadpool_limits(1):
        _, values, columns = randomized_svd(sample, min(MOST, *sample.shape), n_iter=2, random_state=SEED)
    kept = np.cumsum(values**2) / max(1e-9, float(np.vdot(sample, sample)))
    enough = int(np.searchsorted(kept, ENERGY)) + 1
    return np.ascontiguousarray(columns[: -(-enough // STEP) * STEP].T)


def _projected(features: Features, basis: Features, track: Track) -> Features:
    """(N, d) float32, each row scaled to length 1."""
    reduced = np.empty((len(features), basis.shape[1]), dtype=np.float32)
    parts = [slice(start, start + ROWS) for start in range(0, len(features), ROWS)]
    made = parallel.each(lambda rows: unit(features[rows] @ basis), parts, "components", track)
    for rows, values in zip(parts, made, strict=True):
        reduced[rows] = values
    return reduced


def _indexed(reduced: Features) -> "tuple[faiss.IndexIVF, Integers]":
    """The rows in inverted lists, and their indices in the order of these lists."""
    import faiss  # slow to load

    count = min(int(LISTS * len(reduced) ** 0.5), len(reduced))
    learnt = np.random.default_rng(SEED).choice(len(reduced), min(LEARNT * count, len(reduced)), replace=False)
    width, half = reduced.shape[1], faiss.ScalarQuantizer.QT_fp16
    quantizer = faiss.IndexFlatIP(width)
    index = faiss.IndexIVFScalarQuantizer(quantizer, width, count, half, faiss.METRIC_INNER_PRODUCT, False)
    index.cp.seed, index.cp.niter, index.cp.spherical = SEED, ROUNDS, True
    index.cp.min_points_per_centroid = 1  # of few rows too, without a warning
    with threadpool_limits(1):
        index.train(reduced[np.sort(learnt)])
        index.add(reduced)
    lists = index.invlists
    filled = [each for each in range(count) if lists.list_size(each)]
    listed = [faiss.rev_swig_ptr(lists.get_ids(each), lists.list_size(each)) for each in filled]
    return index, np.concatenate(listed)


def _pieces(owners: Integers, order: Integers) -> Iterator[Piece]:
    """All rows in this `order`, and after them those of each owner that has more than FEW."""
    _, numbers, counts = np.unique(owners[order], return_inverse=True, return_counts=True)
    many = counts[numbers] > FEW
    yield from ((rows, None) for rows in _parts(order[~many], ROWS))
    rows = order[many][np.argsort(numbers[many], kind="stable")]
    for own in np.split(rows, np.flatnonzero(np.diff(owners[rows])) + 1):
        yield from ((part, int(owners[own[0]])) for part in _parts(own, ROWS))


def _found(
    features: Features,
    lengths: Doubles,
    owners: Integers,
    reduced: Features,
    index: "faiss.IndexIVF",
    k: int,
    piece: Piece,
) -> TopK:
    """The `k` best of the rows of a piece."""
    import faiss

    rows, owner = piece
    vectors, width = reduced[rows], k + FEW + SPARE
    lists = max(round(SHARE * index.nlist), -(-POOL * index.nlist // index.ntotal))
    others = None
    if owner is not None:
        others, lists = faiss.IDSelectorBitmap(np.packbits(owners != owner, bitorder="little")), APART * lists
    faiss.omp_set_num_threads(1)
    listed = index.search(vectors, width, params=faiss.SearchParametersIVF(nprobe=lists, sel=others))[1]
    short = listed[:, k - 1] < 0  # nearly all that is near has the same owner
    until_enough = faiss.SearchParametersIVF(nprobe=index.nlist, sel=others, max_codes=POOL)
    listed[short] = index.search(vectors[short], width, params=until_enough)[1]
    listed[owners[listed] == owners[rows, None]] = -1
    best = [
        decided(features, lengths, rows[part], _rough(features, lengths, rows[part], listed[part]), k)
        for part in _parts(np.arange(len(rows)), NEAR)
    ]
    return TopK(np.concatenate([each.indices for each in best]), np.concatenate([each.similarities for each in best]))


def _rough(features: Features, lengths: Doubles, rows: Integers, listed: Integers) -> Candidates:
    """The rows `listed` (R, C) for each of `rows` (R,), by all dimensions: one product with all that are listed."""
    others, places = np.unique(listed, return_inverse=True)
    rough = features[rows] @ features[others].T
    rough /= lengths[others].astype(np.float32)
    rough /= lengths[rows, None].astype(np.float32)
    return Candidates(listed, np.where(listed >= 0, np.take_along_axis(rough, places, axis=1), -np.inf))


def _parts(rows: Integers, size: int) -> Iterator[Integers]:
    return (rows[start : start + size] for start in range(0, len(rows), size))
