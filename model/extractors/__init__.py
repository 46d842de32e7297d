"""Networks that turn photos into features, behind one Protocol. Each module imports TensorFlow when it is used."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from model.images import Pixels

Features = npt.NDArray[np.float32]


class Extractor(Protocol):
    """A network cut at its features, with the weights that it was given."""

    @property
    def name(self) -> str:
        """What `--extractor` calls it."""

    @property
    def weights_sha256(self) -> str:
        """The sha256 of the file of weights, in hexadecimal."""

    @property
    def size(self) -> int:
        """Pixels of a side of the square photos that it takes."""

    @property
    def dimension(self) -> int:
        """D, the number of values of a feature."""

    def extract(self, photos: Pixels) -> Features:
        """(B, D) float32 features of (B, size, size, 3) uint8 RGB photos."""


def fingerprint(extractor: Extractor, preprocessing: str) -> str:
    """16 hexadecimal digits that differ whenever the same photo could get another feature."""
    parts = [extractor.name, extractor.weights_sha256, preprocessing]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _vgg16(weights: Path | None) -> Extractor:
    from model.extractors.vgg16 import Vgg16

    return Vgg16.load(weights)


def _efficientnet_lite0(weights: Path | None) -> Extractor:
    from model.extractors.efficientnet_lite0 import EfficientNetLite0

    return EfficientNetLite0.load(weights)


EXTRACTORS: dict[str, Callable[[Path | None], Extractor]] = {
    "vgg16": _vgg16,
    "efficientnet-lite0": _efficientnet_lite0,
}


def load(name: str, weights: Path | None = None) -> Extractor:
    """The extractor called `name`, with the weights in `weights` or those that it finds itself.

    Raises WeightsError when there are none; KeyError for a name that EXTRACTORS lacks.
    """
    return EXTRACTORS[name](weights)
