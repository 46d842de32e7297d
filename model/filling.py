"""Lists that a policy leaves short are filled from the whole catalogue, exactly."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from model.extractors import Features
from model.lengths import Doubles
from model.neighbours import DIGITS, TOLERANCE, TopK
from model.policy import Mask
from model.ranking import STRENGTH, Indices, runs

Allowed = Callable[[Indices, Indices], Mask]

_VALUES = 2**24  # scores at a time, 64 MB


def fitting(near: TopK, allowed: Allowed, asked: Indices | None = None) -> Mask:
    """(A, K) which places of `near`, the lists of the looks `asked`, are taken by looks that are `allowed` there."""
    found = near.indices >= 0
    asked = np.arange(len(found)) if asked is None else asked
    for run in runs(len(found)):
        found[run] &= allowed(asked[run, None], near.indices[run])
    return found


@dataclass(frozen=True)
class Field:
    """All looks as rows (L, D) float32 of unit length, and how crowded (L,) float64 the surroundings of each are.

    `known` (A, H) looks, -1 for none, are what lists that come up short take from before they take from all.
    """

    rows: Features
    crowd: Doubles
    known: Indices | None = None

    def filled(self, near: TopK, allowed: Allowed, need: int, asked: Indices | None = None) -> TopK:
        """`near` (A, K), with the next best looks behind it where fewer than `need` of it are `allowed`.

        What is there already stays where it is; only looks that are allowed are added. `asked` (A,) are the looks that
        these lists are of, where they are not those of all.
        """
        asked = np.arange(len(near.indices)) if asked is None else asked
        if self.known is not None:
            near = self._filled(near, allowed, need, asked, self._best_known)
        return self._filled(near, allowed, need, asked, self._next_best)

    def _filled(self, near: TopK, allowed: Allowed, need: int, asked: Indices, best: "_Best") -> TopK:
        have = fitting(near, allowed, asked).sum(axis=1)
        short = np.flatnonzero(have < min(need, len(self.rows) - 1))
        if not len(short):
            return near
        blank = ((0, 0), (0, need))
        indices = np.pad(near.indices, blank, constant_values=-1)
        scores = np.pad(near.similarities, blank, constant_values=-np.inf)
        for lists in np.array_split(short, -(-len(short) * len(self.rows) // _VALUES)):
            found, values = best(lists, asked[lists], near.indices[lists], allowed, need)
            for row, more, each, missing in zip(lists, found, values, need - have[lists], strict=True):
                start = int((indices[row] >= 0).sum())
                more, each = more[each > -np.inf][:missing], each[each > -np.inf][:missing]
                indices[row, start : start + len(more)] = more
                scores[row, start : start + len(more)] = each
        return TopK(indices, scores)

    def _best_known(
        self, lists: Indices, looks: Indices, present: Indices, allowed: Allowed, need: int
    ) -> tuple[Indices, Doubles]:
        assert self.known is not None
        known = self.known[lists]
        scores = np.einsum("ad,ahd->ah", self.rows[looks], self.rows[known])
        scores = np.round(scores - STRENGTH * self.crowd[known], DIGITS)
        there = (known[:, :, None] == present[:, None]).any(axis=2) | (known == looks[:, None])
        rows, places = np.nonzero((known >= 0) & ~there & allowed(looks[:, None], known))
        return _first(rows, known[rows, places], scores[rows, places], (len(looks), need))

    def _next_best(
        self, _: Indices, looks: Indices, present: Indices, allowed: Allowed, need: int
    ) -> tuple[Indices, Doubles]:
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


# Places among lists, the looks that they are of, what these have, what is allowed, how many: looks and their scores.
_Best = Callable[[Indices, Indices, Indices, Allowed, int], tuple[Indices, Doubles]]
