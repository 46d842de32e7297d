"""The map of a catalogue: a place in a square for each product, so that what looks alike lies together.

UMAP unfolds the lists of nearest neighbours, starting from the two principal axes of the features. What it leaves blank
is then shared out. Products that come later go beside their neighbours, and all others stay where visitors found them.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from catalogue.encoding import SIDE
from catalogue.product import Layout
from model.extractors import Features
from model.progress import Track
from model.ranking import Indices
from model.unfolding import Places, Similarities, principal, unfolded

Vectors = Callable[[], Features] | Features

FEW = 16  # with fewer products there are no neighbourhoods to unfold, and their features' principal axes are the map
ADDED = 0.2  # the share of products that were added later above which everything is laid out anew
NEIGHBOURS = 15  # more of each list blurs small kinds, fewer tear large ones apart
GOLDEN = 0.6180339887498949  # multiples of it, modulo 1, cover [0, 1) evenly however many there are
ROUNDS, STEP = 48, 0.3  # of sharing out: more would part less clearly what is unlike
TAIL, MARGIN = 0.005, 0.02
POWER = 30  # by which the nearest count more than the others: means of far-apart places would lie in the blank between
PASSES, TILES = 6, 16  # of placing added products; along each axis, one of which takes those that are like nothing


def lay_out(
    ids: Sequence[str],
    indices: Indices,
    similarities: Similarities,
    vectors: Vectors,
    before: Layout | None,
    track: Track,
) -> Layout:
    """Places for the N products `ids`, in ascending order, no two of them the same.

    `indices` (N, k) int64 and `similarities` (N, k) float64 are each product's nearest others, best first, with -1
    and -inf where there are fewer. `vectors` are their (N, D) float32 features, or a function that gives them when
    they are needed. When at most a fifth of the products have been added since `before` was laid out, those in it
    keep their places exactly; otherwise a new layout is turned to look like it. Raises ValueError for features that
    are not finite.
    """
    if not ids:
        return Layout({}, 0)
    known = _before(ids, before)
    if before and (still := _laid_out(ids, before)) >= (1 - ADDED) * len(ids):
        cells = _apart(_beside(known, indices, similarities), np.isfinite(known[:, 0]))
        return Layout(dict(zip(ids, cells, strict=True)), still)
    (places,) = track((_anew(known, indices, similarities, vectors) for _ in range(1)), "map", 1)
    cells = _apart(np.floor(places * SIDE), np.zeros(len(ids), dtype=bool))
    return Layout(dict(zip(ids, cells, strict=True)), len(ids))


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


def _laid_out(ids: Sequence[str], before: Layout) -> int:
    """How many of `ids` were laid out together in `before`: a removed product counts as one that was."""
    present = sum(product_id in before.places for product_id in ids)
    return max(0, before.laid_out - (len(before.places) - present))


def _before(ids: Sequence[str], before: Layout | None) -> Places:
    """(N, 2): the places in `before`, NaN for products that are not in it."""
    places = before.places if before else {}
    return np.array([places.get(product_id, (np.nan, np.nan)) for product_id in ids], dtype=np.float64)


def _beside(known: Places, indices: Indices, similarities: Similarities) -> Places:
    """`known` places, and for products that have none the mean of their nearest, the most similar counting most.

    Each pass reaches products whose neighbours got a place in the one before. What no pass reaches goes where the
    map is emptiest.
    """
    places, new = known.copy(), np.flatnonzero(np.isnan(known[:, 0]))
    nears = indices[new]
    distances = np.maximum(1 - similarities[new], 1e-9)
    weights = (distances.min(axis=1, keepdims=True, initial=2) / distances) ** POWER
    for _ in range(PASSES if nears.size else 0):
        placed = (nears >= 0) & np.isfinite(places[nears, 0])
        share = np.where(placed, weights, 0)[:, :, None]
        total = share.sum(axis=1)
        mean = (share * np.nan_to_num(places[nears])).sum(axis=1) / np.where(total > 0, total, 1)
        places[new] = np.where(total > 0, mean, places[new])
    return np.where(np.isnan(places), _emptiest(known), places)


def _emptiest(places: Places) -> Places:
    """(2,): the middle of the tile of the square that has the fewest of `places`; the first of equals."""
    tiles = (places[np.isfinite(places[:, 0])] * TILES // SIDE).astype(np.int64) @ (TILES, 1)
    tile = np.bincount(tiles, minlength=TILES**2).argmin()
    return np.array([tile // TILES + 0.5, tile % TILES + 0.5]) * (SIDE / TILES)


def _apart(wanted: Places, fixed: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """`wanted` as whole numbers; of several at one place, those that are not `fixed` move to a free one around it."""
    cells = [(int(x), int(y)) for x, y in np.clip(wanted, 0, SIDE - 1)]
    taken = {cells[row] for row in np.flatnonzero(fixed)}
    step = max(1, SIDE // (8 * int(np.ceil(len(cells) ** 0.5))))
    searches: dict[tuple[int, int], Iterator[tuple[int, int]]] = {}
    for row in np.flatnonzero(~fixed):
        search = searches.setdefault(cells[row], _around(*cells[row], step))
        cells[row] = next((cell for cell in search if cell not in taken), cells[row])
        taken.add(cells[row])
    return cells


def _around(x: int, y: int, step: int) -> Iterator[tuple[int, int]]:
    """The place itself, then ring after ring of those around it in the square, `step` apart."""
    for ring in range(SIDE // step + 1):
        for right in range(-ring, ring + 1):
            for up in range(-ring, ring + 1, 1 if abs(right) == ring else 2 * ring):
                if 0 <= x + right * step < SIDE and 0 <= y + up * step < SIDE:
                    yield x + right * step, y + up * step


def _anew(known: Places, indices: Indices, similarities: Similarities, vectors: Vectors) -> Places:
    """(N, 2) in [0, 1], turned to lie as `known` places do."""
    places = principal(vectors() if callable(vectors) else vectors)
    if len(known) >= FEW and (indices >= 0).any():
        places = unfolded(places, indices[:, :NEIGHBOURS], similarities[:, :NEIGHBOURS])
    return _filled(_shared_out(_filled(_turned(places, known), TAIL)))


def _turned(places: Places, before: Places) -> Places:
    """`places` turned or mirrored so that products in both lie as they did (orthogonal Procrustes, Schönemann 1966)."""
    common = np.isfinite(before[:, 0])
    new, old = places[common], before[common]
    if len(new) < 3:
        return places
    left, _, right = np.linalg.svd(np.einsum("na,nb->ab", new - new.mean(axis=0), old - old.mean(axis=0)))
    return np.asarray(np.einsum("na,ab->nb", places, left @ right), dtype=np.float64)


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
