"""OpenVINO, which runs an ONNX graph on the processor, several times as fast as the reference."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any, Literal

import numpy as np

from catalogue.errors import ExtractorError
from model.extractors import BF16, INT8, Features, Network, Run, batches
from model.images import Pixels
from model.photos import PROCESSORS

Precision = Literal["f32", "bf16"]
Results = Callable[[Iterable[Pixels]], Iterator[Features]]  # of batches, one after the other

# Photos at once by a processor: one, so that what flows between layers stays in its cache; these where weights are so
# large that they are read from memory each time, as those of VGG16 are.
BATCH = 4
LARGE = 100_000_000  # bytes of weights


def capabilities() -> frozenset[str]:
    """What the processor computes in: `FP32`, `BF16`, `INT8` and others."""
    import openvino

    return frozenset(openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES"))


def available(network: Network) -> tuple[str, ...]:
    """The engines that can run a network on this processor, the one that others are compared with first."""
    needs = {BF16: "BF16", INT8: "INT8"}
    found = capabilities()
    return tuple(engine for engine in network.engines if engine not in needs or needs[engine] in found)


def compiled(graph: bytes | Path, network: Network, size: int, precision: Precision) -> Run:
    """A function from (N, size, size, 3) uint8 to (N, D) float32. Raises ExtractorError for what cannot be run here."""
    if precision == "bf16" and "BF16" not in capabilities():
        raise ExtractorError("this processor does not compute in bf16. Use --engine openvino.")
    model = _opened(graph, network)
    batch = _reshaped(model, network, size, BATCH if _weights(model) > LARGE else 1)
    run = _compile(_taking_photos(model, network), precision)
    results = (_in_turn if PROCESSORS == 1 else _in_parallel)(run, network.output or 0)

    def extract(photos: Pixels) -> Features:
        return np.concatenate([network.pooled(found) for found in results(batches(photos, batch))])[: len(photos)]

    return extract


def _in_turn(run: Any, output: str | int) -> Results:
    """In this thread, which with one processor would only wait for another."""
    request = run.create_infer_request()

    def results(parts: Iterable[Pixels]) -> Iterator[Features]:
        for part in parts:
            request.infer({0: part}, share_inputs=True)
            yield _result(request, output)

    return results


def _in_parallel(run: Any, output: str | int) -> Results:
    """Started from one thread and run in OpenVINO's own.

    Two threads of Python that are in its binding at once can wait for each other for ever.
    """
    # Twice as many as there are processors, so that none waits for its next batch.
    requests = [run.create_infer_request() for _ in range(2 * PROCESSORS)]

    def results(parts: Iterable[Pixels]) -> Iterator[Features]:
        waiting: deque[Any] = deque()
        for part, request in zip(parts, cycle(requests)):
            if len(waiting) == len(requests):
                yield _result(waiting.popleft(), output)
            request.start_async({0: part}, share_inputs=True)
            waiting.append(request)
        while waiting:
            yield _result(waiting.popleft(), output)

    return results


def _result(request: Any, output: str | int) -> Features:
    request.wait()
    return np.array(request.results[output], dtype=np.float32)  # a copy: the request is used again


def _opened(graph: bytes | Path, network: Network) -> Any:
    import openvino

    photos = openvino.PartialShape([-1, 3, -1, -1])
    try:
        model = openvino.Core().read_model(graph)
    except RuntimeError as error:
        raise ExtractorError(f"{network.name} cannot be read as an ONNX model: {_last_line(error)}") from error
    if len(model.inputs) != 1 or not model.input(0).partial_shape.compatible(photos):
        raise ExtractorError(
            f"{network.name} needs exactly one input, of photos (N, 3, S, S), and has"
            f" {', '.join(each.any_name for each in model.inputs)}. Export the part that sees photos alone."
        )
    names = {name for each in model.outputs for name in each.names}
    if network.output and network.output not in names:
        raise ExtractorError(f"{network.name} has no output {network.output!r}; it has {', '.join(sorted(names))}.")
    return model


def _weights(model: Any) -> int:
    """Bytes of a model's constants."""
    return sum(each.get_byte_size() for each in model.get_ops() if each.get_type_name() == "Constant")


def _reshaped(model: Any, network: Network, size: int, wanted: int) -> int:
    """The number of photos at once: a model may be made for one alone."""
    failure = "what it gives has no row for each photo"
    for batch in (wanted, 1):
        try:
            model.reshape([batch, 3, size, size])
        except RuntimeError as error:
            failure = _last_line(error)
        else:
            if _rows(model.output(network.output or 0).partial_shape, batch):
                return batch
    raise ExtractorError(f"{network.name} does not take photos of {size} pixels: {failure}")


def _rows(shape: Any, batch: int) -> bool:
    """Whether there is one for each photo: a model made for one may give all of them one long row instead."""
    return bool(shape.rank.is_dynamic or (len(shape) and (shape[0].is_dynamic or shape[0] == batch)))


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

    hints = {
        "INFERENCE_PRECISION_HINT": precision,
        "NUM_STREAMS": PROCESSORS,
        "INFERENCE_NUM_THREADS": PROCESSORS,
        "ENABLE_CPU_PINNING": False,  # else processes of one processor each all take the first one
    }
    try:
        return openvino.Core().compile_model(model, "CPU", hints)
    except RuntimeError as error:
        name = model.get_friendly_name()
        raise ExtractorError(f"{name} cannot be run by OpenVINO in {precision}: {_last_line(error)}") from error


def _last_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
