"""Networks that turn photos into features, behind one Protocol, on one of several engines.

TensorFlow and OpenVINO are imported when a network is built.
"""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from model.images import Pixels

Features = npt.NDArray[np.float32]
Run = Callable[[Features], Features]  # (BATCH, S, S, 3) float32 prepared photos → (BATCH, D) float32

BATCH = 32  # photos that a network sees at once, always as many: a feature does not depend on what is beside it
REFERENCE = "tensorflow"
ENGINES = (REFERENCE, "openvino", "openvino-bf16")


class Extractor(Protocol):
    """A network cut at its features, with the weights that it was given."""

    @property
    def name(self) -> str:
        """What `--extractor` calls it."""

    @property
    def engine(self) -> str:
        """What runs it: one of ENGINES."""

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
        """(BATCH, D) float32 features of (BATCH, size, size, 3) uint8 RGB photos."""


def fingerprint(extractor: Extractor, preprocessing: str) -> str:
    """16 hexadecimal digits that differ whenever the same photo could get another feature."""
    parts = [extractor.name, extractor.weights_sha256, extractor.engine, preprocessing]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _vgg16(weights: Path | None, engine: str) -> Extractor:
    from model.extractors.vgg16 import Vgg16

    return Vgg16.load(weights, engine)


def _efficientnet_lite0(weights: Path | None, engine: str) -> Extractor:
    from model.extractors.efficientnet_lite0 import EfficientNetLite0

    return EfficientNetLite0.load(weights, engine)


EXTRACTORS: dict[str, Callable[[Path | None, str], Extractor]] = {
    "vgg16": _vgg16,
    "efficientnet-lite0": _efficientnet_lite0,
}


def load(name: str, weights: Path | None = None, engine: str = REFERENCE) -> Extractor:
    """The extractor called `name` on `engine`, with the weights in `weights` or those that it finds itself.

    Raises WeightsError when there are none; KeyError for a name that EXTRACTORS lacks.
    """
    return EXTRACTORS[name](weights, engine)
