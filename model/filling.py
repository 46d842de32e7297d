"""Lists that a policy leaves short are filled from the whole catalogue, exactly."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from model.extractors import Features
from model.neighbours.exact import DIGITS, TOLERANCE, TopK
from model.neighbours.normalize import Doubles
from model.policy import Mask
from model.ranking import STRENGTH, Indices, runs

Allowed = Callable[[Indices, Indices], Mask]

_VALUES = 2**24  # scores at a time, 64 MB


def fitting(near: TopK, allowed: Allowed) -> Mask:
    """(L, K) which places of the lists `near` are taken by looks that are `allowed` there."""
    found = near.indices >= 0
    asked = np.arange(len(found))
    for run in runs(len(found)):
        found[run] &= allowed(asked[run, None], near.indices[run])
    return found


@dataclass(frozen=True)
class Field:
    """All looks as rows (L, D) float32 of unit length, and how crowded (L,) float64 the surroundings of each are."""

    rows: Features
    crowd: Doubles

    def filled(self, near: TopK, allowed: Allowed, need: int) -> TopK:
        """The lists `near` (L, K), with the next best looks behind those of which fewer than `need` are `allowed`.

        What is there already stays where it is; only looks that are allowed are added.
        """
        have = fitting(near, allowed).sum(axis=1)
        short = np.flatnonzero(have < min(need, len(self.rows) - 1))
        if not len(short):
            return near
        blank = ((0, 0), (0, need))
        indices = np.pad(near.indices, blank, constant_values=-1)
        scores = np.pad(near.similarities, blank, constant_values=-np.inf)
        for lists in np.array_split(short, -(-len(short) * len(self.rows) // _VALUES)):
            found, values = self._next_best(lists, near.indices[lists], allowed, need)
            for row, more, each, missing in zip(lists, found, values, need - have[lists], strict=True):
                start = int((indices[row] >= 0).sum())
                more, each = more[each > -np.inf][:missing], each[each > -np.inf][:missing]
                indices[row, start : start + len(more)] = more
                scores[row, start : start + len(more)] = each
        return TopK(indices, scores)

    def _next_best(self, looks: Indices, present: Indices, allowed: Allowed, need: int) -> tuple[Indices, Doubles]:
        everyone = np.arange(len(self.rows))[None]
        cosines = self.rows[looks] @ self.rows.T
        rough = cosines - (STRENGTH * self.crowd).astype(np.float32)
        rough[~allowed(looks[:, None], everyone)] = -np.inf
        np.put_along_axis(rough, looks[:, None], np.float32(-np.inf), axis=1)
        rows, places = np.nonzero(present >= 0)
        rough[rows, present[rows, places]] = -np.inf
        need = min(need, rough.shape[1])
        least = np.partition(rough, -need, axis=1)[:, -need, None] - np.float32(TOLERANCE)
        rows, places = np.nonzero((rough >= least) & (rough > -np.inf))
        scores = np.round(cosines[rows, places] - STRENGTH * self.crowd[places], DIGITS)
        return _first(rows, places, scores, (len(looks), need))


def _first(rows: Indices, found: Indices, scores: Doubles, shape: tuple[int, int]) -> tuple[Indices, Doubles]:
    """The triples of each row by their scores, the highest first, then by number; -1 and -inf after the last."""
    order = np.lexsort((found, -scores, rows))
    rows, found, scores = rows[order], found[order], scores[order]
    places = np.arange(len(rows)) - np.searchsorted(rows, rows)
    kept = places < shape[1]
    indices, best = np.full(shape, -1, dtype=np.int64), np.full(shape, -np.inf)
    indices[rows[kept], places[kept]], best[rows[kept], places[kept]] = found[kept], scores[kept]
    return indices, best
