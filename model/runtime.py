"""ONNX Runtime, which runs the network of a bundle: one photo at a time, in little memory."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from catalogue.errors import BundleError
from model.extractors import Features, Scale
from model.extractors.pooling import Pooling, pooled
from model.images import Pixels

THREADS = 2


@dataclass(frozen=True)
class Way:
    """How a network takes photos and gives features; as `model.extractors.Network` has it."""

    name: str
    size: int
    scale: Scale
    output: str = ""
    pooling: Pooling = "none"


class Runtime:
    """A network in this process."""

    def __init__(self, graph: bytes | Path, way: Way) -> None:
        """`graph` is an ONNX file or its path. Raises BundleError when it, or anything at all, cannot be run here."""
        self._way, self.size = way, way.size
        self._session = _opened(graph, way.name)
        self._input = self._session.get_inputs()[0].name

    def extract(self, photo: Pixels) -> Features:
        """(D,) float32 of one (S, S, 3) uint8 RGB photo. Raises BundleError for an S that it cannot take."""
        scaled = np.ascontiguousarray(self._way.scale.apply(photo[None]).transpose(0, 3, 1, 2))
        try:
            (found,) = self._session.run([self._way.output] if self._way.output else None, {self._input: scaled})[:1]
        except Exception as error:  # whose classes ONNX Runtime makes on import
            raise BundleError(f"{self._way.name} cannot be run: {_line(error)}") from error
        return np.asarray(pooled(found, self._way.pooling, self._way.name)[0], dtype=np.float32)


def _opened(graph: bytes | Path, name: str) -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise BundleError(
            "the search by photo needs onnxruntime. Install it with: pip install --require-hashes -r requirements.txt"
        ) from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = THREADS, 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    # What is kept for the next photo would be memory that nobody else can use until it comes.
    options.enable_cpu_mem_arena = options.enable_mem_pattern = False
    options.log_severity_level = 3
    # Threads that wait for work shall not keep a processor from those that serve pages.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    source = graph if isinstance(graph, bytes) else str(graph)
    try:
        return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises classes of its own, of no common kind
        raise BundleError(f"{name} cannot be run: {_line(error)}") from error


def _line(error: Exception) -> str:
    return " ".join(str(error).split())
