"""UMAP on the lists of nearest neighbours: what looks alike comes to lie together in two dimensions.

McInnes, Healy and Melville, UMAP: uniform manifold approximation and projection (2018, arXiv:1802.03426). It magnifies
the last digit of what it starts from, so sums go through einsum, whose order of additions does not depend on the
number of threads as a matrix product's does.
"""

import sys
import warnings
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt

from model.extractors import Features
from model.neighbours.normalize import unit
from model.ranking import Indices

Places = npt.NDArray[np.float64]  # (N, 2), x to the right, y up
Similarities = npt.NDArray[np.float64]

CURVE = 1.858737, 0.810876  # UMAP's a and b, as its find_ab_params gives them for a spread of 1 and a min_dist of .02
EPOCHS, EPOCHS_OF_MANY, MANY = 400, 200, 10_000
SEED = 0
SAMPLE, BLOCK = 2048, 4096  # products that the principal axes are found from; that are projected on them at a time


def principal(vectors: Features) -> Places:
    """(N, 2): unit rows along the two principal axes of a sample of them, found by power iteration."""
    spread = unit(vectors[:: max(1, len(vectors) // SAMPLE)]).astype(np.float64)
    spread -= spread.mean(axis=0)
    axes = np.random.default_rng(SEED).standard_normal((2, spread.shape[1]))
    for axis in axes:
        for _ in range(20):
            axis[:] = np.einsum("nd,n->d", spread, np.einsum("nd,d->n", spread, axis))
            axis /= np.sqrt(np.sum(axis * axis)) or 1
        spread -= np.einsum("nd,d->n", spread, axis)[:, None] * axis
    blocks = [unit(vectors[start : start + BLOCK]) for start in range(0, len(vectors), BLOCK)]
    return np.concatenate([np.einsum("nd,ad->na", block, axes) for block in blocks])


def unfolded(start: Places, indices: Indices, similarities: Similarities) -> Places:
    """UMAP's places for the graph of neighbours, from `start`; in its own units."""
    random = np.random.RandomState(SEED)
    epochs = EPOCHS if len(start) <= MANY else EPOCHS_OF_MANY
    scaled = start * (10 / (np.abs(start).max() or 1))
    scaled += random.normal(scale=1e-3, size=start.shape)  # equal places would never part
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        places, _ = _umap().simplicial_set_embedding(
            data=None, graph=_graph(indices, similarities), init=scaled, n_components=2, n_epochs=epochs,
            a=CURVE[0], b=CURVE[1], initial_alpha=1.0, gamma=1.0, negative_sample_rate=5, random_state=random,
            metric="cosine", metric_kwds={}, densmap=False, densmap_kwds={}, output_dens=False,
        )  # fmt: skip
    return np.asarray(places, dtype=np.float64)


def _umap() -> Any:
    """The module umap.umap_, loaded when it is needed, and without a part of it that would load TensorFlow."""
    if "umap" not in sys.modules:
        absent: dict[str, Any] = {"umap.parametric_umap": None}
        sys.modules.update(absent)
        import_module("umap")
        del sys.modules["umap.parametric_umap"]
    return import_module("umap.umap_")


def _graph(indices: Indices, similarities: Similarities) -> Any:
    """(N, N) sparse weights in (0, 1], symmetric: UMAP's fuzzy union of each product's own view of its neighbours.

    Section 3.1 of its paper: a product's nearest has weight 1, and its weights sum to the logarithm of their number.
    UMAP's own function does the same, but takes longer to compile than this takes to run, and sums in parallel.
    """
    distances = np.where(indices < 0, np.inf, 1 - similarities)
    nearest = np.where(distances > 0, distances, np.inf).min(axis=1, keepdims=True)
    beyond = np.maximum(distances - np.where(np.isfinite(nearest), nearest, 0), 0)
    weights = np.exp(-beyond / _widths(beyond, np.log2(indices.shape[1] + 1)))
    rows, columns = np.nonzero(weights)
    from scipy import sparse

    one = sparse.csr_matrix((weights[rows, columns], (rows, indices[rows, columns])), shape=(len(indices),) * 2)
    return one + one.T - one.multiply(one.T)


def _widths(beyond: Similarities, target: float) -> Similarities:
    """(N, 1): the width by which a row's exponentials sum to `target`, found by bisection, but never next to none."""
    low, high = np.zeros((len(beyond), 1)), np.full((len(beyond), 1), np.inf)
    width = np.ones_like(low)
    for _ in range(64):
        more = np.exp(-beyond / width).sum(axis=1, keepdims=True) > target
        low, high = np.where(more, low, width), np.where(more, width, high)
        width = np.where(np.isinf(high), 2 * width, (low + high) / 2)
    return np.maximum(width, 1e-3)
