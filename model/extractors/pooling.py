"""What a network gives, made one row for each photo."""

from typing import Literal

import numpy as np
import numpy.typing as npt

from catalogue.errors import ExtractorError

Values = npt.NDArray[np.float32]
Pooling = Literal["none", "first", "mean"]


def pooled(found: Values, pooling: Pooling, name: str) -> Values:
    """(N, D) of what a network gives: (N, D) itself, (N, T, D) tokens or (N, D, H, W) positions."""
    if pooling == "first" and found.ndim == 3:
        return found[:, 0]
    if pooling == "mean" and found.ndim > 2:
        axes = (1,) if found.ndim == 3 else tuple(range(2, found.ndim))
        return np.asarray(found.mean(axis=axes), dtype=np.float32)
    flat = found.reshape(len(found), -1)
    if pooling != "none" or flat.shape != (len(found), max(found.shape[1:], default=0)):
        raise ExtractorError(
            f"{name} gives values of shape {found.shape}, which pooling = {pooling!r} does not fit."
            ' Use "none" for (N, D), "first" or "mean" for (N, T, D), "mean" for (N, D, H, W).'
        )
    return flat
