"""A network in eight bits, by ONNX Runtime's static quantisation, for the ranges that its values have on some photos.

Weights are symmetric, with a scale for each output channel; what flows into a layer with weights has one range. Written
as QuantizeLinear and DequantizeLinear around these layers, the form that ONNX engines take.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnx
from onnx import version_converter

from model.extractors import Network
from model.images import Pixels

Ranges = Mapping[str, tuple[float, float]]  # the least and the largest of each value that is rounded

_LAYERS = ["Conv", "Gemm", "MatMul"]
_CHANNELS = 13  # the first version of ONNX's operators that has a scale for each channel


def opened(model: bytes | Path) -> onnx.ModelProto:
    """An ONNX file with its weights."""
    return onnx.load_model_from_string(model) if isinstance(model, bytes) else onnx.load(model)


def has_dot_products() -> bool:
    """Whether this processor sums products of eight bits in 32 (VNNI).

    Others sum two in 16, which overflow unless weights are reduced to seven bits.
    """
    try:
        return "vnni" in Path("/proc/cpuinfo").read_text()
    except OSError:
        return False


def measured(network: Network, photos: Pixels) -> Ranges:
    """The ranges on (N, S, S, 3) uint8 `photos`, S being the network's size."""
    from onnxruntime.quantization.calibrate import load_tensors_data

    reader = _Reader(network, photos)
    with TemporaryDirectory(prefix="lookalike-int8-") as name:
        _quantise(network, Path(name), reader, reduced=False)
        found = load_tensors_data(Path(name) / "ranges.json").items()
    whole = network.scale.apply(np.array([[0] * 3, [255] * 3], dtype=np.uint8))  # photos of the sample may not have it
    return {value: (each.lowest.item(), each.highest.item()) for value, each in found} | {
        reader.taken: (float(whole.min()), float(whole.max()))
    }


def quantised(network: Network, ranges: Ranges, *, reduced: bool) -> bytes:
    """The network as an ONNX file in eight bits; its weights in seven where they are to be `reduced`."""
    from onnxruntime.quantization.calibrate import CalibrationMethod, TensorsData, save_tensors_data

    kept = {name: (np.float32(least), np.float32(largest)) for name, (least, largest) in ranges.items()}
    with TemporaryDirectory(prefix="lookalike-int8-") as name:
        save_tensors_data(TensorsData(CalibrationMethod.MinMax, kept), Path(name) / "ranges.json")
        return _quantise(network, Path(name), None, reduced=reduced)


def _quantise(network: Network, folder: Path, reader: "_Reader | None", *, reduced: bool) -> bytes:
    """Ranges that are in `folder` are used, else they are measured by the `reader` and put there."""
    from onnxruntime.quantization import QuantType, quantize_static

    source, made = folder / "network.onnx", folder / "quantised.onnx"
    onnx.save(_modern(opened(network.graph())), source)
    with _silent():
        quantize_static(
            source,
            made,
            reader,
            op_types_to_quantize=_LAYERS,
            per_channel=True,
            reduce_range=reduced,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            extra_options={"OpTypesToExcludeOutputQuantization": _LAYERS, "MatMulConstBOnly": True},
            calibration_cache_path=folder / "ranges.json",
        )
    return made.read_bytes()


class _Reader:
    """Gives ONNX Runtime one photo after the other, as the network takes them."""

    def __init__(self, network: Network, photos: Pixels) -> None:
        graph = opened(network.graph()).graph
        constants = {each.name for each in graph.initializer}
        self.taken = next(each.name for each in graph.input if each.name not in constants)
        self._photos = (network.scale.apply(photo[None]).transpose(0, 3, 1, 2) for photo in photos)

    def get_next(self) -> dict[str, Any] | None:
        photo = next(self._photos, None)
        return None if photo is None else {self.taken: np.ascontiguousarray(photo)}


def _modern(network: onnx.ModelProto) -> onnx.ModelProto:
    old = any(each.domain in ("", "ai.onnx") and each.version < _CHANNELS for each in network.opset_import)
    return version_converter.convert_version(network, _CHANNELS) if old else network


@contextmanager
def _silent() -> Iterator[None]:
    """Without advice on how a network could be prepared."""
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
