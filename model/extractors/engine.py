"""What runs a network: TensorFlow, the reference, or OpenVINO; each loaded when the first network is built."""

import os
from functools import cache
from typing import Any

import numpy as np

from model.extractors import BATCH, REFERENCE, Run, openvino


@cache
def keras() -> Any:
    """The `keras` module on TensorFlow, on which equal input gives equal bytes on one kind of machine."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    import tensorflow

    tensorflow.config.experimental.enable_op_determinism()
    import keras

    return keras


def compiled(network: Any, engine: str) -> Run:
    """A Keras network on one of ENGINES. Raises ExtractorError when the engine cannot run it here."""
    if engine == REFERENCE:
        return lambda photos: np.asarray(network.predict_on_batch(photos), dtype=np.float32)
    return openvino.compiled(network, BATCH, "bf16" if engine.endswith("-bf16") else "f32")
