"""TensorFlow, loaded when the first network is built, quiet, and deterministic."""

import os
from functools import cache
from typing import Any


@cache
def keras() -> Any:
    """The `keras` module on TensorFlow, on which equal input gives equal bytes on one kind of machine."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    import tensorflow

    tensorflow.config.experimental.enable_op_determinism()
    import keras

    return keras
