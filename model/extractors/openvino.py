"""OpenVINO, which runs an ONNX graph on the processor, several times as fast as the reference."""

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal

import numpy as np

from catalogue.errors import ExtractorError
from model.extractors import Features, Network, Run, batches
from model.images import Pixels

Precision = Literal["f32", "bf16"]

# Each processor runs batches of its own, small enough to stay in its cache: a quarter faster than large ones together.
BATCH = 4
_STREAMS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def capabilities() -> frozenset[str]:
    """What the processor computes in: `FP32`, `BF16`, `INT8` and others."""
    import openvino

    return frozenset(openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES"))


def version() -> str:
    """OpenVINO's version, by which it is remembered what was checked."""
    import openvino

    return str(openvino.get_version())


def compiled(graph: bytes | Path, network: Network, size: int, precision: Precision) -> Run:
    """A function from (B, size, size, 3) uint8 to (B, D) float32. Raises ExtractorError for what cannot be run here."""
    if precision == "bf16" and "BF16" not in capabilities():
        raise ExtractorError("this processor does not compute in bf16. Use --engine openvino.")
    model = _opened(graph, network)
    batch = _reshaped(model, network, size)
    run = _compile(_taking_photos(model, network), precision)
    output = network.output or 0
    own = threading.local()

    def one(part: Pixels) -> Features:
        if not hasattr(own, "request"):
            own.request = run.create_infer_request()
        found = own.request.infer({0: part}, share_inputs=True)[output]
        return network.pooled(found.astype(np.float32))

    pool = ThreadPoolExecutor(_STREAMS)
    return lambda photos: np.concatenate(list(pool.map(one, batches(photos, batch))))[: len(photos)]


def watched(graph: bytes | Path, network: Network, names: Sequence[str], batch: int) -> Callable[[Pixels], list[Any]]:
    """A function from (batch, S, S, 3) uint8 to what the values called `names` are on the way to the features."""
    model = _opened(graph, network)
    model.add_outputs(list(names))
    model.reshape([batch, 3, network.size, network.size])
    run = _compile(_taking_photos(model, network), "f32")

    def values(photos: Pixels) -> list[Any]:
        found = run(photos)
        return [found[name] for name in names]

    return values


def _opened(graph: bytes | Path, network: Network) -> Any:
    import openvino

    try:
        model = openvino.Core().read_model(graph)
    except RuntimeError as error:
        raise ExtractorError(f"{network.name} cannot be read as an ONNX model: {_last_line(error)}") from error
    if len(model.inputs) != 1 or len(model.input(0).partial_shape) != 4:
        raise ExtractorError(
            f"{network.name} needs exactly one input, of photos (N, 3, S, S), and has"
            f" {', '.join(each.any_name for each in model.inputs)}. Export the part that sees photos alone."
        )
    names = {name for each in model.outputs for name in each.names}
    if network.output and network.output not in names:
        raise ExtractorError(f"{network.name} has no output {network.output!r}; it has {', '.join(sorted(names))}.")
    return model


def _reshaped(model: Any, network: Network, size: int) -> int:
    """The number of photos at once: a model may be made for one alone."""
    for batch in (BATCH, 1):
        try:
            model.reshape([batch, 3, size, size])
        except RuntimeError as error:
            failure = error
        else:
            return batch
    raise ExtractorError(f"{network.name} does not take photos of {size} pixels: {_last_line(failure)}")


def _taking_photos(model: Any, network: Network) -> Any:
    """The same model, which takes bytes with channels last and brings them into the network's range itself."""
    from openvino import Layout, Type
    from openvino.preprocess import PrePostProcessor

    prepared = PrePostProcessor(model)
    prepared.input().tensor().set_element_type(Type.u8).set_layout(Layout("NHWC"))
    prepared.input().model().set_layout(Layout("NCHW"))
    scale = network.scale
    steps = prepared.input().preprocess().convert_element_type(Type.f32).mean(list(scale.mean)).scale(list(scale.std))
    if scale.bgr:
        steps.reverse_channels()
    return prepared.build()


def _compile(model: Any, precision: Precision) -> Any:
    import openvino

    hints = {"INFERENCE_PRECISION_HINT": precision, "NUM_STREAMS": _STREAMS, "INFERENCE_NUM_THREADS": _STREAMS}
    return openvino.Core().compile_model(model, "CPU", hints)


def _last_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
