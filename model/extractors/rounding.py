"""Weights rounded one input after the other: each takes over what rounding those before it has left.

It can as far as the inputs rise and fall together on some photos. At seven steps on each side of nought, VGG16's first
fully connected layer is off by a sixth of what it is when each weight goes to the nearest step. Source: Frantar et al.,
GPTQ: Accurate post-training quantization for generative pre-trained transformers (2023), in blocks of its inputs.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

_BLOCK = 256  # inputs that take over from each other
_DAMPING = 0.3  # of their mean variance: what a few photos say of inputs is not all


def one_after_the_other(weights: Array, scale: Array, steps: int, seen: Array) -> Array:
    """(I, O) int8, from -`steps` to `steps`, of (I, O) `weights` in units of `scale` (O,).

    `seen` (P, I) is what flows in on some photos.
    """
    rounded = np.empty(weights.shape, dtype=np.int8)
    for start in range(0, len(weights), _BLOCK):
        block = slice(start, start + _BLOCK)
        taken = _taken_over(seen[:, block])
        left = weights[block].astype(np.float32)
        for place in range(len(left)):
            row = np.clip(np.rint(left[place] / scale), -steps, steps)
            rounded[start + place] = row
            left[place + 1 :] -= taken[place, place + 1 :, None] * (left[place] - row * scale)
    return rounded


def _taken_over(seen: Array) -> Array:
    """(B, B) float32: in each row, how much of its input's error every later input takes over."""
    varied = seen - seen.mean(axis=0)
    together = varied.T.astype(np.float64) @ varied / len(seen)
    spread = max(float(np.trace(together)) / len(together), 1e-12)
    inverse = np.linalg.inv(together + _DAMPING * spread * np.eye(len(together)))
    upper = np.linalg.cholesky(inverse).T
    return np.asarray(upper / np.diag(upper)[:, None], dtype=np.float32)
