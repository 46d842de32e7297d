"""Rows of unit length: pure arrays, in blocks that a processor's cache holds."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from model.extractors import Features

Doubles = npt.NDArray[np.float64]

VALUES = 2**19  # values that are widened to float64 at a time: 4 MB, which a processor's cache holds


def unit(features: Features) -> Features:
    """Rows scaled to length 1; rows of zeros stay zeros. Raises ValueError for values that are not finite."""
    row_lengths(features)
    scaled = np.empty(features.shape, dtype=np.float32)
    for part in slices(len(features), features.shape[1]):
        wide = features[part].astype(np.float64)
        largest = np.abs(wide).max(axis=1, keepdims=True, initial=0)
        wide /= np.where(largest > 0, largest, 1)
        length = np.linalg.norm(wide, axis=1, keepdims=True)
        scaled[part] = wide / np.where(length > 0, length, 1)
    return scaled


def row_lengths(features: Features) -> Doubles:
    """(N,) float64 lengths of rows, 1 for a row of zeros. Raises ValueError for values that are not finite."""
    lengths = np.empty(len(features))
    for part in slices(len(features), features.shape[1]):
        wide = features[part].astype(np.float64)
        lengths[part] = np.sqrt(np.einsum("nd,nd->n", wide, wide))
    if not np.isfinite(lengths).all():  # squares of finite float32 values stay finite in float64
        raise ValueError("expected finite features, received NaN or infinity")
    return np.where(lengths > 0, lengths, 1)


def slices(count: int, dimension: int) -> Iterator[slice]:
    """Consecutive parts of `count` rows, each of about VALUES values."""
    step = max(1, VALUES // max(1, dimension))
    return (slice(start, min(start + step, count)) for start in range(0, count, step))
