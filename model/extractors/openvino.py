"""A Keras network as an OpenVINO graph: the same weights, run two to three times as fast by the same processor.

The graph is built layer by layer from the few kinds that our networks have, so what runs is known to the last node;
OpenVINO's own converter would report its use over the network.
"""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from catalogue.errors import ExtractorError
from model.extractors import Features

Precision = Literal["f32", "bf16"]


def has_bf16() -> bool:
    """Whether the processor computes in bfloat16."""
    import openvino

    return "BF16" in openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def version() -> str:
    """OpenVINO's version, by which it is remembered what was checked."""
    import openvino

    return str(openvino.get_version())


def compiled(network: Any, batch: int, precision: Precision) -> Callable[[Features], Features]:
    """A function from (batch, S, S, 3) float32 to (batch, D) float32. Raises ExtractorError without bf16 or a layer."""
    import openvino

    if precision == "bf16" and not has_bf16():
        raise ExtractorError("this processor does not compute in bf16. Use --engine openvino.")
    hints = {"INFERENCE_PRECISION_HINT": precision, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": 0}
    run = openvino.Core().compile_model(graph(network, batch), "CPU", hints)
    return lambda photos: np.array(run(photos)[0], dtype=np.float32)


def graph(network: Any, batch: int) -> Any:
    """The `openvino.Model` of a functional Keras network, for batches of one size. Raises ExtractorError."""
    import openvino
    from openvino import opset13

    photos = opset13.parameter([batch, *network.input_shape[1:]], np.float32, name="photos")
    # Channels stand last in Keras, and first in OpenVINO.
    made = {id(network.inputs[0]): opset13.transpose(photos, [0, 3, 1, 2])}
    for layer in network.layers:
        kind = type(layer).__name__
        if kind == "InputLayer":
            continue
        if kind not in _LAYERS:
            raise ExtractorError(f"the layer {layer.name} ({kind}) has no counterpart. Use --engine tensorflow.")
        given = layer.input if isinstance(layer.input, list) else [layer.input]
        made[id(layer.output)] = _LAYERS[kind](opset13, layer, *(made[id(tensor)] for tensor in given))
    return openvino.Model([made[id(network.outputs[0])]], [photos], network.name)


def _convolution(ops: Any, layer: Any, x: Any) -> Any:
    kernel = np.ascontiguousarray(layer.get_weights()[0].transpose(3, 2, 0, 1))
    x = ops.convolution(x, ops.constant(kernel), list(layer.strides), [0, 0], [0, 0], [1, 1], _padding(layer))
    return _biased(ops, layer, x, (1, -1, 1, 1))


def _depthwise(ops: Any, layer: Any, x: Any) -> Any:
    kernel = np.ascontiguousarray(layer.get_weights()[0].transpose(2, 3, 0, 1)[:, None])
    x = ops.group_convolution(x, ops.constant(kernel), list(layer.strides), [0, 0], [0, 0], [1, 1], _padding(layer))
    return _biased(ops, layer, x, (1, -1, 1, 1))


def _dense(ops: Any, layer: Any, x: Any) -> Any:
    return _biased(ops, layer, ops.matmul(x, ops.constant(layer.get_weights()[0]), False, False), (1, -1))


def _biased(ops: Any, layer: Any, x: Any, shape: tuple[int, ...]) -> Any:
    if layer.use_bias:
        x = ops.add(x, layer.get_weights()[1].reshape(shape))
    activation = layer.activation.__name__
    if activation not in ("linear", "relu"):
        raise ExtractorError(f"the layer {layer.name} ends in {activation}. Use --engine tensorflow.")
    return ops.relu(x) if activation == "relu" else x


def _normalised(ops: Any, layer: Any, x: Any) -> Any:
    gamma, beta, mean, variance = layer.get_weights()
    return ops.batch_norm_inference(x, gamma, beta, mean, variance, layer.epsilon)


def _clamped(ops: Any, layer: Any, x: Any) -> Any:
    return ops.clamp(x, 0.0, float(layer.max_value)) if layer.max_value else ops.relu(x)


def _pooled(ops: Any, layer: Any, x: Any) -> Any:
    size, stride = list(layer.pool_size), list(layer.strides)
    return ops.max_pool(x, stride, [1, 1], [0, 0], [0, 0], size, auto_pad=_padding(layer)).output(0)


def _flattened(ops: Any, _: Any, x: Any) -> Any:
    return ops.reshape(ops.transpose(x, [0, 2, 3, 1]), [0, -1], True)


def _padding(layer: Any) -> str:
    return {"same": "same_upper", "valid": "valid"}[layer.padding]


_LAYERS: dict[str, Callable[..., Any]] = {
    "Conv2D": _convolution,
    "DepthwiseConv2D": _depthwise,
    "Dense": _dense,
    "BatchNormalization": _normalised,
    "ReLU": _clamped,
    "MaxPooling2D": _pooled,
    "Flatten": _flattened,
    "GlobalAveragePooling2D": lambda ops, _, x: ops.reduce_mean(x, [2, 3], False),
    "Add": lambda ops, _, first, second: ops.add(first, second),
}
