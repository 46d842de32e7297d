"""The features of a catalogue's photos as a bundle keeps them: few bits, and a scale for each row.

A row has unit length but for its rounding, so that its product with a unit vector is a cosine.
"""

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from model.extractors import Features
from model.neighbours.normalize import row_lengths, slices, unit

Kind = Literal["int8", "float16", "float32"]
_STEPS = 127  # of a row's largest value, on each side of nought


@dataclass(frozen=True)
class Rows:
    """`values` (N, D) of a Kind, in memory or on disk, and `scales` (N,) float32."""

    values: npt.NDArray[Any]
    scales: Features

    @classmethod
    def of(cls, features: Features, kind: Kind) -> "Rows":
        """(N, D) float32 `features` in fewer bits. Raises ValueError for values that are not finite."""
        values = np.empty(features.shape, dtype=kind)
        lengths = np.empty(len(features))
        for part in slices(*features.shape):
            rows = unit(features[part])
            if kind == "int8":
                rows = np.rint(rows * (_STEPS / np.maximum(np.abs(rows).max(axis=1, keepdims=True), 1e-30)))
            values[part] = rows
            lengths[part] = row_lengths(values[part].astype(np.float32))
        return cls(values, (1 / lengths).astype(np.float32))

    @classmethod
    def opened(cls, values: Path, scales: Path) -> "Rows":
        """Of two files, the larger of which stays on disk. Raises OSError and ValueError."""
        rows = cls(np.load(values, mmap_mode="r", allow_pickle=False), np.load(scales, allow_pickle=False))
        if rows.values.ndim != 2 or rows.scales.shape != rows.values.shape[:1]:
            raise ValueError("expected a scale for each row")
        return rows

    def cosines(self, vectors: Features) -> Features:
        """(Q, N) float32 cosines of `vectors` (Q, D) with the rows. Raises ValueError for what is not finite."""
        directions = unit(vectors)
        found = np.empty((len(vectors), len(self.values)), dtype=np.float32)
        for part, wide in self._blocks():
            # Of one vector each row alone: BLAS would share so little among threads that wait for each other.
            found[:, part] = np.vecdot(wide, directions[0]) if len(directions) == 1 else directions @ wide.T
        self._let_go()
        found *= self.scales
        return np.clip(found, -1, 1, out=found)

    def _let_go(self) -> None:
        """Rows on disk stay in the system's cache, and no longer count as this process's memory."""
        if isinstance(self.values.base, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
            self.values.base.madvise(mmap.MADV_DONTNEED)

    def _blocks(self) -> Iterator[tuple[slice, Features]]:
        """Some rows after the others as float32, in one place in memory."""
        parts = list(slices(*self.values.shape))
        wide = np.empty((parts[0].stop if parts else 0, self.values.shape[1]), dtype=np.float32)
        for part in parts:
            block = wide[: part.stop - part.start]
            np.copyto(block, self.values[part])
            yield part, block
