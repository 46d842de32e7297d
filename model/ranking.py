"""The steps from features to ranked lists: pure functions on arrays, each with its source.

A *row* is a photo. A *look* is what a list shows once: a product, or several that are duplicates of each other, with
all their photos. Looks are numbered from 0.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from model.clusters import components, sampled
from model.extractors import Features
from model.lengths import unit
from model.neighbours import DIGITS, TopK

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
    """(N, d) float32: `centred` on the principal components that keep nearly all of it, a fraction of the memory."""
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
    for part in _blocks(len(rows)):
        for place in range(weights.shape[1]):
            made[part] += weights[part, place, None] * rows[near.indices[part, place]]
        made[part] = unit(made[part])
    return made


def by_look(near: TopK, looks: Indices, depth: int) -> TopK:
    """The `depth` nearest looks of each look from the neighbours of its rows: the best pair of rows counts.

    `looks` (N,) says which one each row belongs to.
    """
    count = int(looks.max(initial=-1)) + 1
    order = np.argsort(looks, kind="stable")
    ends = np.searchsorted(looks[order], np.arange(count), side="right")
    best = _none(count, depth)
    for run in runs(count):
        rows = order[ends[run.start - 1] if run.start else 0 : ends[run.stop - 1]]
        _put(best, run, _of_rows(near, looks, rows, run, depth))
    return best


def _of_rows(near: TopK, looks: Indices, rows: Indices, run: slice, depth: int) -> TopK:
    """The nearest looks of the `run` of looks that the `rows` belong to."""
    indices = near.indices[rows]
    present = indices >= 0
    asked = np.broadcast_to(looks[rows, None], present.shape)[present] - run.start
    found, similarities = looks[indices[present]], near.similarities[rows][present]
    order = np.lexsort((-similarities, found, asked))
    asked, found, similarities = asked[order], found[order], similarities[order]
    best = np.append(True, (np.diff(asked) != 0) | (np.diff(found) != 0))[: len(asked)]
    return table(asked[best], found[best], similarities[best], run.stop - run.start, depth)


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
        asked = np.broadcast_to(np.arange(len(scores))[:, None], scores.shape)
        present = indices >= 0
        _put(made, run, table(asked[present], indices[present], scores[present], *scores.shape))
    return made


def runs(count: int) -> Iterator[slice]:
    """Parts of `count` looks: a million at once would take several copies of all their lists."""
    return (slice(start, min(start + _LOOKS, count)) for start in range(0, count, _LOOKS))


def _none(count: int, width: int) -> TopK:
    return TopK(np.full((count, width), -1, dtype=np.int64), np.full((count, width), -np.inf))


def _put(lists: TopK, run: slice, made: TopK) -> None:
    lists.indices[run], lists.similarities[run] = made.indices, made.similarities


def table(asked: Indices, found: Indices, values: npt.NDArray[np.float64], count: int, width: int) -> TopK:
    """Triples in rows of `width`, the highest values first, then the smallest index; -1 and -inf after the last."""
    order = np.lexsort((found, -values, asked))
    asked, found, values = asked[order], found[order], values[order]
    place = np.arange(len(asked)) - np.searchsorted(asked, asked)
    kept = place < width
    lists = _none(count, width)
    lists.indices[asked[kept], place[kept]] = found[kept]
    lists.similarities[asked[kept], place[kept]] = values[kept]
    return lists
