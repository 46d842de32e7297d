"""The steps from features to ranked lists: pure functions on arrays, each with its source.

A *row* is a photo. A *look* is what a list shows once: a product, or several that are duplicates of each other, with
all their photos. Looks are numbered from 0.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from model.extractors import Features
from model.neighbours.approximate import components, sampled
from model.neighbours.exact import DIGITS, TopK
from model.neighbours.normalize import unit

Indices = npt.NDArray[np.int64]

EXPANSION, POWER = 10, 2  # neighbours that a row is expanded by, and the power of their similarity that they weigh
CROWD, STRENGTH = 10, 0.25  # neighbours by which it is told how crowded a look's surroundings are, and what that counts
_SAME = 1e-6  # residuals below this are rounding errors of equal rows
_ROWS = 1024  # rows changed at a time
_LOOKS = 32_768  # whose lists are ordered at a time


@dataclass(frozen=True)
class Centring:
    """What is taken away from features: `means` (parts, D / parts) float32 of each section of unit rows."""

    means: Features

    @classmethod
    def of(cls, features: Features, parts: int) -> "Centring":
        """The means over all rows of (N, D) `features` that are not zeros, in `parts` equal sections."""
        total = np.zeros((parts, features.shape[1] // parts))
        count = np.zeros((parts, 1))
        for block in _blocks(len(features)):
            sections = _sections(features[block], parts)
            total += sections.sum(axis=0, dtype=np.float64)
            count += sections.any(axis=2).sum(axis=0)[:, None]
        return cls((total / np.maximum(count, 1)).astype(np.float32))

    def __call__(self, features: Features) -> Features:
        """(N, D) float32 unit rows of (N, D) `features`: each section less its mean, and of one length."""
        sections = _sections(features, len(self.means))
        empty = ~sections.any(axis=2, keepdims=True)
        sections -= self.means
        sections[np.broadcast_to(empty, sections.shape)] = 0
        sections[np.linalg.norm(sections, axis=2) < _SAME] = 0
        rows = unit(sections.reshape(-1, sections.shape[2])) / np.float32(len(self.means) ** 0.5)
        return np.asarray(rows.reshape(features.shape), dtype=np.float32)


def centred(features: Features, parts: int) -> Features:
    """(N, D) float32 unit rows: each of `parts` equal sections of (N, D) `features` less its mean, and of one length.

    What all photos of a catalogue share, such as their white ground, then says nothing about which are alike. Rows of
    zeros, and rows that are all equal, become zeros. Source: Jégou and Chum, Negative evidences and co-occurrences in
    image retrieval (2012).
    """
    return _filled(features.shape, features, Centring.of(features, parts))


def compact(features: Features, parts: int) -> Features:
    """(N, d) float32 unit rows: `centred` on the principal components that keep nearly all of it."""
    centring = Centring.of(features, parts)
    basis = components(centring(features[sampled(len(features))]))
    return _filled((len(features), basis.shape[1]), features, lambda block: unit(centring(block) @ basis))


def _filled(shape: tuple[int, ...], features: Features, change: Callable[[Features], Features]) -> Features:
    made = np.empty(shape, dtype=np.float32)
    for block in _blocks(len(features)):
        made[block] = change(features[block])
    return made


def _blocks(count: int) -> Iterator[slice]:
    return (slice(start, start + _ROWS) for start in range(0, count, _ROWS))


def _sections(features: Features, parts: int) -> Features:
    """(n, parts, D / parts) float32, each section of unit length."""
    width = features.shape[1] // parts
    return unit(features.reshape(-1, width)).reshape(-1, parts, width)


def expanded(rows: Features, near: TopK) -> Features:
    """(N, D) float32: each of the unit `rows` with its nearest neighbours added, weighed by their similarity ** POWER.

    What neighbours agree on grows, what is by chance shrinks. Source: α-weighted query expansion, here of every row:
    Radenović et al., Fine-tuning CNN image retrieval with no human annotation (2018).
    """
    weights = np.maximum(near.similarities[:, :EXPANSION], 0).astype(np.float32) ** POWER
    made = rows.copy()
    for part in _blocks(len(made)):
        for place in range(weights.shape[1]):
            made[part] += weights[part, place, None] * rows[near.indices[part, place]]
        made[part] = unit(made[part])
    return made


def by_look(near: TopK, looks: Indices, depth: int) -> TopK:
    """The `depth` nearest looks of each look from the neighbours of its rows: the best pair of rows counts.

    `looks` (N,) says which one each row belongs to.
    """
    order = np.argsort(looks, kind="stable")
    asked, starts, sizes = np.unique(looks[order], return_index=True, return_counts=True)
    best = _none(int(looks.max(initial=-1)) + 1, depth)
    for size in np.unique(sizes).tolist():
        of_size = np.flatnonzero(sizes == size)
        for run in runs(len(of_size), size):
            places = of_size[run]
            rows = order[starts[places, None] + np.arange(size)]
            found = near.indices[rows].reshape(len(rows), -1)
            made = _once(np.where(found >= 0, looks[found], -1), near.similarities[rows].reshape(found.shape))
            width = min(depth, made.indices.shape[1])
            best.indices[asked[places], :width] = made.indices[:, :width]
            best.similarities[asked[places], :width] = made.similarities[:, :width]
    return best


def _once(found: Indices, similarities: npt.NDArray[np.float64]) -> TopK:
    """(L, K) looks, each kept in a row where its similarity is highest."""
    order = np.lexsort((-similarities, found))
    found, similarities = np.take_along_axis(found, order, axis=1), np.take_along_axis(similarities, order, axis=1)
    again = found[:, 1:] == found[:, :-1]
    found[:, 1:][again], similarities[:, 1:][again] = -1, -np.inf
    return _ordered(found, similarities)


def crowding(near: TopK) -> npt.NDArray[np.float64]:
    """(L,) how crowded the surroundings of each look are: the mean similarity of its CROWD nearest, 0 without any."""
    first = near.similarities[:, :CROWD]
    counted = np.isfinite(first)
    found: npt.NDArray[np.float64] = np.where(counted, first, 0).sum(axis=1) / np.maximum(counted.sum(axis=1), 1)
    return found


def corrected(near: TopK, crowd: npt.NDArray[np.float64]) -> TopK:
    """The same neighbours ordered anew: those in a `crowd` (L,), which are near to everything, stand back.

    Half of the penalty of cross-domain similarity local scaling, whose whole would bring far products forward. Source:
    Conneau et al., Word translation without parallel data (2018), CSLS.
    """
    made = _none(*near.indices.shape)
    for run in runs(len(near.indices)):
        indices = near.indices[run]
        scores = np.round(near.similarities[run] - STRENGTH * crowd[indices], DIGITS)
        ordered = _ordered(indices, scores)
        made.indices[run], made.similarities[run] = ordered.indices, ordered.similarities
    return made


def _ordered(found: Indices, scores: npt.NDArray[np.float64]) -> TopK:
    """(L, K) looks in each row by their scores, the highest first, then by number; -1 with -inf stay behind."""
    order = np.lexsort((found, -scores))
    return TopK(np.take_along_axis(found, order, axis=1), np.take_along_axis(scores, order, axis=1))


def runs(count: int, rows: int = 1) -> Iterator[slice]:
    """Parts of `count` looks of so many `rows`: a million at once would take several copies of all their lists."""
    step = max(1, _LOOKS // rows)
    return (slice(start, min(start + step, count)) for start in range(0, count, step))


def _none(count: int, width: int) -> TopK:
    return TopK(np.full((count, width), -1, dtype=np.int64), np.full((count, width), -np.inf))
