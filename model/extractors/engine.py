"""What runs a network: TensorFlow, the reference, or OpenVINO; each loaded when the first network is built."""

import hashlib
import json
import os
from functools import cache
from typing import Any

import numpy as np

from catalogue.errors import ExtractorError
from model.extractors import BF16, INT8, REFERENCE, Features, Network, Run, batches, int8, openvino
from model.images import Pixels


@cache
def keras() -> Any:
    """The `keras` module on TensorFlow, on which equal input gives equal bytes on one kind of machine."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    import tensorflow

    tensorflow.config.experimental.enable_op_determinism()
    import keras

    return keras


class OnEngine:
    """An Extractor: a network on one of its engines.

    For eight bits it needs the `ranges` of the values in the network, found on the photos of a catalogue.
    """

    def __init__(self, network: Network, engine: str, ranges: int8.Ranges | None = None) -> None:
        """Raises ExtractorError for an engine that cannot run the network."""
        if engine not in network.engines:
            raise ExtractorError(f"{network.name} does not run on {engine}. Use --engine {network.engines[0]}.")
        self.name, self.engine = network.name, engine
        self.size = network.size
        self._network, self.ranges = network, ranges
        self._reduced = not int8.has_dot_products()
        self.weights_sha256 = self._with_ranges() if ranges else network.weights_sha256
        self._runs: dict[int, Run] = {}  # by the size of photos

    def extract(self, photos: Pixels) -> Features:
        """(N, D) float32 features of (N, S, S, 3) uint8 RGB photos. Raises ExtractorError for an S it cannot take."""
        size = photos.shape[1]
        if size not in self._runs:  # on the first photo: a build that has all its features does not wait for an engine
            self._runs = {size: self._built(size)}
        return self._runs[size](photos)

    def _built(self, size: int) -> Run:
        network = self._network
        if size != network.size and not network.any_size:
            raise ExtractorError(f"{network.name} takes photos of {network.size} pixels alone, not of {size}.")
        if self.engine == REFERENCE and network.reference:
            return _on_keras(network.reference(), network)
        if self.engine != INT8:
            return openvino.compiled(network.graph(), network, size, "bf16" if self.engine == BF16 else "f32")
        graph = int8.quantised(network, self.ranges or {}, reduced=self._reduced)
        return openvino.compiled(graph, network, size, "f32")

    def _with_ranges(self) -> str:
        given = [self._network.weights_sha256, self._reduced, dict(self.ranges or {})]
        return hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()


def _on_keras(model: Any, network: Network) -> Run:
    """One photo at a time: where a processor lacks AVX-512, TensorFlow's last digits differ by place in a batch."""

    def run(photos: Pixels) -> Features:
        return np.concatenate([model.predict_on_batch(network.scale.apply(part)) for part in batches(photos, 1)])

    return run
