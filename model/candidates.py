"""Candidates for the neighbours of each row, as float32 proposes them: merged block by block, the best ones kept."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from model.extractors import Features

Integers = npt.NDArray[np.int64]

GROUP = 16  # values whose largest stands for them when a threshold is looked for


@dataclass(frozen=True)
class Candidates:
    """What float32 proposes: `indices` (N, C) int64 and `rough` (N, C) float32, best first, then -1 and -inf."""

    indices: Integers
    rough: Features

    @staticmethod
    def none(count: int, width: int) -> "Candidates":
        return Candidates(np.full((count, width), -1), np.full((count, width), -np.inf, dtype=np.float32))


def floor(rough: Features, count: int) -> Features:
    """(R,) float32: in each row of (R, C) `rough` at least `count` values reach it, and seldom many more.

    The `count` largest of the largest values of groups bound it; these few are partitioned much faster than all.
    """
    columns = rough.shape[1] // GROUP * GROUP
    if columns < count * GROUP:
        return np.full(len(rough), -np.inf, dtype=np.float32)
    largest = rough[:, :columns].reshape(len(rough), GROUP, -1).max(axis=1)
    return np.asarray(np.partition(largest, -count, axis=1)[:, -count], dtype=np.float32)


def reaching(rough: Features, least: Features) -> tuple[Integers, Integers]:
    """The rows and columns of the values in (R, C) `rough` that reach their row's `least`."""
    reached = rough >= least[:, None]
    if reached.flags.f_contiguous:  # of a block turned around: read in the order in which it lies in memory
        columns, rows = np.divmod(np.flatnonzero(reached.T), len(rough))
        return rows, columns
    return np.divmod(np.flatnonzero(reached), rough.shape[1])


def take_in(
    candidates: Candidates, rows: slice | Integers, queries: Integers, indices: Integers, rough: Features
) -> None:
    """Merge pairs into the `rows` of `candidates`, each of them once: `queries` (P,) are places among these rows."""
    before = candidates.rough[rows]
    count, width = before.shape
    every = np.concatenate([np.repeat(np.arange(count), width), queries])
    similar = np.concatenate([before.ravel(), rough])
    order = np.argsort(4.0 * every - np.maximum(similar, -2))  # by row, then best first, as one number
    first = np.searchsorted(every[order], np.arange(count))
    kept = order[first[:, None] + np.arange(width)]
    best = np.concatenate([candidates.indices[rows].ravel(), indices])[kept]
    candidates.indices[rows] = np.where(np.isneginf(similar[kept]), -1, best)
    candidates.rough[rows] = similar[kept]
