"""Exact cosine top-k in blocks: pure arrays, never an N × N matrix."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from model.extractors import Features

BLOCK = 1024  # rows of one matrix product: (1024, N) float32 similarities are in memory at a time
TOLERANCE = 2e-6  # above the rounding error of a float32 product of unit vectors
DIGITS = 7  # similarities that agree to as many decimals are equal, and the smaller index goes first
PAIRS = 4096  # pairs compared at a time in float64


@dataclass(frozen=True)
class TopK:
    """The k best other rows of each row: `indices` (N, k) int64 and `similarities` (N, k) float64, best first."""

    indices: npt.NDArray[np.int64]
    similarities: npt.NDArray[np.float64]


def top_k(features: Features, k: int) -> TopK:
    """The `min(k, N - 1)` rows of highest cosine to each row of (N, D) float32 `features`, itself excluded.

    Equal similarities are ordered by index. A row of zeros has similarity 0 to every other. Raises ValueError for
    values that are not finite or a `k` below 1.
    """
    if k < 1:
        raise ValueError(f"expected k of at least 1, received {k}")
    rows = unit(features)
    k = min(k, max(0, len(rows) - 1))
    indices = np.zeros((len(rows), k), dtype=np.int64)
    similarities = np.zeros((len(rows), k))
    for start in range(0, len(rows) if k else 0, BLOCK):
        block = slice(start, min(start + BLOCK, len(rows)))
        indices[block], similarities[block] = _block_top_k(rows, block, k)
    return TopK(indices, similarities)


def nearest(features: Features, query: Features, k: int) -> TopK:
    """The `min(k, N)` rows of highest cosine to the one feature `query` (D,), as the only row of the result."""
    rows, one = unit(features), unit(query[None])
    exact = np.round(rows.astype(np.float64) @ one[0].astype(np.float64), DIGITS)
    best = np.lexsort((np.arange(len(rows)), -exact))[:k]
    return TopK(best[None], np.clip(exact[best], -1, 1)[None])


def unit(features: Features) -> Features:
    """Rows scaled to length 1; rows of zeros stay zeros. Raises ValueError for values that are not finite."""
    if not np.isfinite(features).all():
        raise ValueError("expected finite features, received NaN or infinity")
    wide = features.astype(np.float64)
    largest = np.abs(wide).max(axis=1, keepdims=True, initial=0)
    wide /= np.where(largest > 0, largest, 1)  # so that squares of tiny and huge values stay in range
    length = np.linalg.norm(wide, axis=1, keepdims=True)
    return (wide / np.where(length > 0, length, 1)).astype(np.float32)


def _block_top_k(rows: Features, block: slice, k: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """The float32 product proposes every row that could be among the k best; float64 decides, then the index."""
    rough = rows[block] @ rows.T
    own = np.arange(block.start, block.stop)
    rough[own - block.start, own] = -np.inf
    least = np.partition(rough, -k, axis=1)[:, -k] - TOLERANCE
    queries, candidates = np.nonzero(rough >= least[:, None])
    exact = _cosines(rows, queries + block.start, candidates)
    order = np.lexsort((candidates, -exact, queries))
    first = np.searchsorted(queries, np.arange(len(own)))
    kept = order[(first[:, None] + np.arange(k)).ravel()]
    shape = (len(own), k)
    return candidates[kept].reshape(shape), exact[kept].reshape(shape)


def _cosines(rows: Features, left: npt.NDArray[np.int64], right: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Cosines of pairs of unit rows, each computed in the same order of additions, so that equal rows give equals."""
    cosines = np.empty(len(left))
    for start in range(0, len(left), PAIRS):
        part = slice(start, start + PAIRS)
        a, b = rows[left[part]].astype(np.float64), rows[right[part]].astype(np.float64)
        cosines[part] = np.einsum("pd,pd->p", a, b)
    return np.clip(np.round(cosines, DIGITS), -1, 1)
