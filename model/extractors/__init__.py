"""Networks that turn photos into features, behind one Protocol, on one of several engines.

TensorFlow and OpenVINO are imported when a network is built.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from model.extractors.pooling import Pooling, pooled
from model.images import Pixels
from model.remembered import mark

Features = npt.NDArray[np.float32]
Run = Callable[[Pixels], Features]  # (N, S, S, 3) uint8 RGB photos → (N, D) float32 features

REFERENCE, OPENVINO, BF16, INT8 = "tensorflow", "openvino", "openvino-bf16", "openvino-int8"
ENGINES = (REFERENCE, OPENVINO, BF16, INT8)


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
        """The sha256 of all that its weights come from, in hexadecimal."""

    @property
    def size(self) -> int:
        """Pixels of a side of the square photos that it was trained on."""

    def extract(self, photos: Pixels) -> Features:
        """(N, D) float32 features of (N, S, S, 3) uint8 RGB photos, N ≥ 1; S is `size`, or another where it can be.

        A photo's feature does not depend on the others.
        """


@dataclass(frozen=True)
class Scale:
    """The range in which a network takes photos: (x - mean) / std of each channel's 0 to 255, in the order RGB.

    With `bgr` the channels are turned around after that.
    """

    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    bgr: bool = False

    def apply(self, photos: Pixels) -> Features:
        """(B, S, S, 3) float32 of (B, S, S, 3) uint8."""
        mean, std = np.array(self.mean, np.float32), np.array(self.std, np.float32)
        scaled: Features = (photos.astype(np.float32) - mean) / std
        return scaled[..., ::-1] if self.bgr else scaled


@dataclass(frozen=True)
class Network:
    """What an engine needs of a network; its graphs are built when one runs it.

    `graph` gives an ONNX file, or the path of one, that takes (B, 3, S, S) float32; `reference` a Keras model that
    takes (B, S, S, 3), where there is one. `output` is the one to take of several, and `pooling` makes (B, D) of it.
    `positions` gives an ONNX file whose output is (B, C, H, W), what the network found at each position; the features
    are its mean over all of them when `is_mean`.
    """

    name: str
    weights_sha256: str
    size: int
    scale: Scale
    graph: Callable[[], bytes | Path]
    reference: Callable[[], Any] | None = None
    any_size: bool = False
    output: str = ""
    pooling: Pooling | None = None
    positions: Callable[[], bytes] | None = None
    is_mean: bool = False

    @property
    def engines(self) -> tuple[str, ...]:
        """The engines that can run it, the one that others are compared with first."""
        return ENGINES if self.reference else ENGINES[1:]

    def pooled(self, found: Features) -> Features:
        """(B, D) of what it gives; that itself without `pooling`. Raises ExtractorError for what that does not fit."""
        return pooled(found, self.pooling, self.name) if self.pooling else found


def batches(photos: Pixels, size: int) -> Iterator[Pixels]:
    """(N, S, S, 3) photos as (size, S, S, 3) each, the last one filled up with black.

    A network that always sees as many photos gives each one the same feature, whatever is beside it.
    """
    for start in range(0, len(photos), size):
        part = photos[start : start + size]
        yield np.pad(part, [(0, size - len(part)), (0, 0), (0, 0), (0, 0)]) if len(part) < size else part


def fingerprint(extractor: Extractor, preprocessing: str) -> str:
    """16 hexadecimal digits that differ whenever the same photo could get another feature."""
    return mark([extractor.name, extractor.weights_sha256, extractor.engine, preprocessing])


def _vgg16(weights: Path | None) -> Network:
    from model.extractors import vgg16

    return vgg16.network(weights)


def _efficientnet_lite0(weights: Path | None) -> Network:
    from model.extractors import efficientnet_lite

    return efficientnet_lite.network(efficientnet_lite.LITE0, weights)


def _efficientnet_lite2(weights: Path | None) -> Network:
    from model.extractors import efficientnet_lite

    return efficientnet_lite.network(efficientnet_lite.LITE2, weights)


EXTRACTORS: dict[str, Callable[[Path | None], Network]] = {
    "vgg16": _vgg16,
    "efficientnet-lite0": _efficientnet_lite0,
    "efficientnet-lite2": _efficientnet_lite2,
}


def network(name: str, weights: Path | None = None) -> Network:
    """The network called `name`, or the one that a TOML file at that path describes.

    Its weights are those in `weights`, or those that it finds itself. Raises WeightsError when there are none, and
    ExtractorError for a name or a description that cannot be used.
    """
    if name in EXTRACTORS:
        return EXTRACTORS[name](weights)
    from model.extractors import described

    return described.network(Path(name), weights)
