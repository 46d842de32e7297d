"""The palettes and silhouettes of photos, kept beside their prints.

    data/SHOP/features/FINGERPRINT/.palettes-MARK/.BLOCK.npz      as features: a palette, and a silhouette of 576 bytes

The mark differs whenever what measures them does. Any machine has them again in a moment, so that they are not sent to
a storage.
"""

import inspect
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np

from model import reasons
from model.extractors import Features
from model.features import Extraction, FeatureStore
from model.photos import blocks_of
from model.prints import prints_of
from model.progress import Track
from model.reasons import OUTLINE, Palettes, Shapes, palettes_of, shapes_of
from model.remembered import mark

BLOCK = 512  # photos whose prints are in memory at a time


def of_prints(prints: Extraction, keys: Sequence[str], track: Track) -> tuple[Palettes, Shapes]:
    """(n, 84) float32 and (n, 24, 24) uint8 of the photos `keys`, n ≥ 1: `reasons` says of what.

    Only those are measured that are not stored yet. Raises FeaturesError when they cannot be written.
    """
    store = FeatureStore(_folder(prints), prefix=".")

    def measure(missing: Collection[str]) -> None:
        parts = list(blocks_of(sorted(missing), BLOCK))
        for part in track(parts, "reasons", len(parts)):
            store.add(part, _measured(prints, part))

    store.again = measure
    measure({key for key in keys if key not in store})
    store.keep()
    rows = store.rows(keys)
    silhouettes = np.ascontiguousarray(rows[:, -_SILHOUETTE:]).view(np.uint8)
    return rows[:, :-_SILHOUETTE], silhouettes.reshape(-1, OUTLINE, OUTLINE)


def _measured(prints: Extraction, keys: Sequence[str]) -> Features:
    """A row for each photo; what is bytes is packed by fours, as it is."""
    pixels = prints_of(prints, keys)
    silhouettes = shapes_of(pixels).reshape(len(keys), -1).view(np.float32)
    return np.concatenate([palettes_of(pixels), silhouettes], axis=1)


def _folder(prints: Extraction) -> Path:
    return prints.folder / prints.fingerprint / f".palettes-{mark([inspect.getsource(reasons)])}"


_SILHOUETTE = OUTLINE * OUTLINE // 4  # values of 4 bytes
