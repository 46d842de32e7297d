"""The map of a catalogue: a place in a square for each product, so that what looks alike lies together.

UMAP unfolds the lists of nearest neighbours, starting from the two principal axes of the features. What it leaves blank
is then shared out.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from catalogue.encoding import SIDE
from catalogue.product import Layout
from model.extractors import Features
from model.progress import Track
from model.ranking import Indices
from model.unfolding import Places, Similarities, principal, unfolded

Vectors = Callable[[], Features] | Features

FEW = 16  # with fewer products there are no neighbourhoods to unfold, and their features' principal axes are the map
NEIGHBOURS = 15  # more of each list blurs small kinds, fewer tear large ones apart
GOLDEN = 0.6180339887498949  # multiples of it, modulo 1, cover [0, 1) evenly however many there are
ROUNDS, STEP = 48, 0.3  # of sharing out: more would part less clearly what is unlike
TAIL, MARGIN = 0.005, 0.02


def lay_out(
    ids: Sequence[str],
    indices: Indices,
    similarities: Similarities,
    vectors: Vectors,
    track: Track,
) -> Layout:
    """Places for the N products `ids`, in ascending order, no two of them the same.

    `indices` (N, k) int64 and `similarities` (N, k) float64 are each product's nearest others, best first, with -1
    and -inf where there are fewer. `vectors` are their (N, D) float32 features, or a function that gives them when
    they are needed. Raises ValueError for features that are not finite.
    """
    if not ids:
        return Layout({}, 0)
    (places,) = track((_laid_out(indices, similarities, vectors) for _ in range(1)), "map", 1)
    return Layout(dict(zip(ids, _apart(np.floor(places * SIDE)), strict=True)), len(ids))


def kept(indices: Indices, layout: Layout, ids: Sequence[str], k: int = 10) -> float:
    """The share, in [0, 1], of products' `k` nearest in the map that are among the first `k` of their own `indices`.

    Q_NX(k) of Lee and Verleysen 2009, "Quality assessment of dimensionality reduction: rank-based criteria". A map
    drawn at random has k / (N - 1); two dimensions cannot hold all that many have.
    """
    if (k := min(k, len(ids) - 1)) < 1:
        return 1.0
    from scipy.spatial import KDTree

    tree = KDTree([layout.places[product_id] for product_id in ids])
    nearest = tree.query(tree.data, k + 1)[1][:, 1:]  # no two share a place, so the first is the product itself
    return float((nearest[:, :, None] == indices[:, None, :k]).sum() / nearest.size)


def _apart(wanted: Places) -> list[tuple[int, int]]:
    """`wanted` as whole numbers; of several at one place, all but the first move to a free one around it."""
    cells = [(int(x), int(y)) for x, y in np.clip(wanted, 0, SIDE - 1)]
    taken: set[tuple[int, int]] = set()
    step = max(1, SIDE // (8 * int(np.ceil(len(cells) ** 0.5))))
    searches: dict[tuple[int, int], Iterator[tuple[int, int]]] = {}
    for row, cell in enumerate(cells):
        search = searches.setdefault(cell, _around(*cell, step))
        cells[row] = next((free for free in search if free not in taken), cell)
        taken.add(cells[row])
    return cells


def _around(x: int, y: int, step: int) -> Iterator[tuple[int, int]]:
    """The place itself, then ring after ring of those around it in the square, `step` apart."""
    for ring in range(SIDE // step + 1):
        for right in range(-ring, ring + 1):
            for up in range(-ring, ring + 1, 1 if abs(right) == ring else 2 * ring):
                if 0 <= x + right * step < SIDE and 0 <= y + up * step < SIDE:
                    yield x + right * step, y + up * step


def _laid_out(indices: Indices, similarities: Similarities, vectors: Vectors) -> Places:
    """(N, 2) in [0, 1]."""
    places = principal(vectors() if callable(vectors) else vectors)
    if len(places) >= FEW and (indices >= 0).any():
        places = unfolded(places, indices[:, :NEIGHBOURS], similarities[:, :NEIGHBOURS])
    return _filled(_shared_out(_filled(places, TAIL)))


def _filled(places: Places, tail: float = 0.0) -> Places:
    """`places` stretched so that, but for a share `tail` at each end, they reach from margin to margin of [0, 1]."""
    low, high = np.quantile(places, [tail, 1 - tail], axis=0)
    extent = np.where(high > low, high - low, np.inf)
    return np.asarray(0.5 + (places - (low + high) / 2) / extent * (1 - 2 * MARGIN), dtype=np.float64)


def _shared_out(places: Places) -> Places:
    """`places` drawn towards an even cover of the square, so that it has neither clumps nor large blanks.

    Seen along one direction after another, they move a step towards even places in the same order, so that
    neighbours stay neighbours (sliced optimal transport: Pitié, Kokaram and Dahyot 2007). Equal ones part by index.
    """
    places, rows = places.copy(), np.arange(len(places))
    even = np.stack([(rows + 0.5) / len(rows), (rows + 0.5) * GOLDEN % 1], axis=1)
    for angle in np.pi * (np.arange(ROUNDS) * GOLDEN % 1):
        direction = np.array([np.cos(angle), np.sin(angle)])
        seen = np.einsum("na,a->n", places, direction)
        order = np.argsort(seen, kind="stable")
        wanted = np.sort(np.einsum("na,a->n", even, direction))
        places[order] += STEP * (wanted - seen[order])[:, None] * direction
    return places
