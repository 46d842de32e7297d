"""A network in eight bits: static quantisation of an ONNX graph, for the ranges that its values have on some photos.

Weights are symmetric, with a scale for each output channel. What flows into a layer has one range, the one that loses
least. Written as QuantizeLinear and DequantizeLinear around each layer with weights, the form that ONNX engines take.
Source: Nagel et al., A White Paper on Neural Network Quantization (2021).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import GraphProto, NodeProto, TensorProto, helper, numpy_helper, version_converter

from model.extractors.rounding import one_after_the_other

Array = npt.NDArray[Any]
Ranges = Mapping[str, tuple[float, float]]  # of each value that flows into a layer, the least and largest to keep

STEPS = 255
# Of weights on both sides of nought. Processors without dot products of eight bits add two products of neighbouring
# channels in 16 bits, which 255 x 127 twice would overflow and 255 x 63 twice does not: so a network finds the same on
# each of them. Layers that look at each channel alone have no such sums.
WEIGHT_STEPS, _LONE_WEIGHT_STEPS = 63, 127
_CHANNELS = 13
_WEIGHTED = {"Conv": 0, "Gemm": 1, "MatMul": 1}  # the axis of output channels
_ROWS = 512  # of a matrix of weights that are rounded at a time


def inputs(model: bytes | Path) -> tuple[str, list[str]]:
    """The name of the photos, and of the values that flow into the layers with weights, in order, each once."""
    graph = opened(model).graph
    constants = {each.name for each in graph.initializer}
    photos = next(each.name for each in graph.input if each.name not in constants)
    return photos, list(dict.fromkeys(node.input[0] for node in _weighted(graph)))


def opened(model: bytes | Path) -> onnx.ModelProto:
    """An ONNX file with its weights."""
    return onnx.load_model_from_string(model) if isinstance(model, bytes) else onnx.load(model)


class Histogram:
    """How often values of each size occur: a few of each size are told apart, from the smallest to the largest."""

    _PER_DOUBLING, _DOUBLINGS, _LOWEST = 64, 48, -24
    _SAMPLE = 7  # one of as many values is counted, all are looked at for the largest

    def __init__(self) -> None:
        self._counts = np.zeros(self._PER_DOUBLING * self._DOUBLINGS, dtype=np.int64)
        self._least, self._largest = 0.0, 0.0

    def add(self, values: Array) -> None:
        """Take in values of any shape, float32."""
        self._least = min(self._least, float(values.min()))
        self._largest = max(self._largest, float(values.max()))
        size = np.abs(values.ravel()[:: self._SAMPLE])
        place = np.log2(np.maximum(size, 2.0**self._LOWEST)) - self._LOWEST
        places = np.minimum((place * self._PER_DOUBLING).astype(np.int64), len(self._counts) - 1)
        self._counts += np.bincount(places, minlength=len(self._counts))

    def range(self) -> tuple[float, float]:
        """The share of what was seen whose STEPS lose least, by the mean square of what is rounded and what is cut."""
        if self._least == self._largest:
            return 0.0, 1.0
        shares = np.linspace(0.2, 1, 81)
        best = min(shares, key=self._loss)
        return float(best * self._least), float(best * self._largest)

    def _loss(self, share: float) -> float:
        """Of both signs alike, as the sizes of values that are cut are counted without their sign."""
        size = 2.0 ** ((np.arange(len(self._counts)) + 0.5) / self._PER_DOUBLING + self._LOWEST)
        limit = share * max(self._largest, -self._least)
        step = share * (self._largest - self._least) / STEPS
        rounded = np.minimum(size**2, step**2 / 12)
        return float((self._counts * np.where(size <= limit, rounded, (size - limit) ** 2)).sum())


@dataclass(frozen=True)
class Flow:
    """The mean of each channel (C,) that flows into a layer: as it is, and cut to the range that is kept.

    Of a fully connected layer also what is kept of it on some photos, (P, C).
    """

    exact: Array
    cut: Array
    seen: Array | None = None


def channels(model: bytes | Path) -> dict[str, int]:
    """The values that flow into layers with a bias, and how many channels each has; in order."""
    graph = opened(model).graph
    sizes = {each.name: each.dims for each in graph.initializer}
    layers = [node for node in _weighted(graph) if _has_bias(node)]
    return {node.input[0]: sizes[node.input[1]][1 - _axis(node)] * _groups(node) for node in layers}


def dense(model: bytes | Path) -> set[str]:
    """Those of them that flow into fully connected layers."""
    return {node.input[0] for node in _weighted(opened(model).graph) if node.op_type == "Gemm" and _has_bias(node)}


def quantised(
    model: bytes | Path,
    ranges: Ranges,
    dense_steps: int = WEIGHT_STEPS,
    flows: Mapping[str, Flow] | None = None,
) -> bytes:
    """The ONNX file `model` with each layer that has weights, and a range for what flows into it, in eight bits.

    Weights of fully connected layers with a bias have `dense_steps` on each side of nought: fewer compress better.
    Where it is known what `flows` into a layer, its bias takes back what rounding does to the mean of what the layer
    gives. Source of that: Nagel et al., Data-free quantization through weight equalization and bias correction (2019).
    """
    network = _modern(opened(model))
    graph = network.graph
    constants = {each.name: each for each in graph.initializer}
    chosen = {node.output[0] for node in _weighted(graph) if node.input[0] in ranges}  # nodes may lack names
    nodes: list[NodeProto] = []
    for node in graph.node:
        if node.output[0] in chosen:
            given, kernel = node.input[0], node.input[1]
            if not any(f"{given}_near" in made.output for made in nodes):
                nodes += _rounded_flow(graph, given, *ranges[given])
            if constants[kernel].data_type != TensorProto.INT8:
                nodes.append(_rounded_weights(graph, constants, node, dense_steps, (flows or {}).get(given)))
            node.input[0], node.input[1] = f"{given}_near", f"{kernel}_near"
        nodes.append(NodeProto.FromString(node.SerializeToString()))  # a copy: the next line empties the graph
    del graph.node[:]
    graph.node.extend(nodes)
    return bytes(network.SerializeToString())


def _modern(network: onnx.ModelProto) -> onnx.ModelProto:
    """In the first version of ONNX's operators, or a later one, that has a scale for each channel."""
    old = any(each.domain in ("", "ai.onnx") and each.version < _CHANNELS for each in network.opset_import)
    return version_converter.convert_version(network, _CHANNELS) if old else network


def _axis(node: NodeProto) -> int:
    """Where a layer's weights have their output channels; PyTorch writes those of Gemm turned around."""
    turned = any(each.name == "transB" and each.i for each in node.attribute)
    return 0 if turned else _WEIGHTED[node.op_type]


def _weighted(graph: GraphProto) -> Iterator[NodeProto]:
    """The layers that multiply what flows in by constants of theirs."""
    constants = {each.name for each in graph.initializer if each.data_type == TensorProto.FLOAT and len(each.dims) > 1}
    return (node for node in graph.node if node.op_type in _WEIGHTED and node.input[1] in constants)


def _rounded_flow(graph: GraphProto, name: str, least: float, largest: float) -> list[NodeProto]:
    scale = (largest - least) / STEPS
    zero = np.array(np.clip(round(-least / scale), 0, STEPS), dtype=np.uint8)
    parts = [f"{name}_scale", f"{name}_zero"]
    _add_constants(graph, {parts[0]: np.array(scale, dtype=np.float32), parts[1]: zero})
    return [
        helper.make_node("QuantizeLinear", [name, *parts], [f"{name}_int8"]),
        helper.make_node("DequantizeLinear", [f"{name}_int8", *parts], [f"{name}_near"]),
    ]


def _rounded_weights(
    graph: GraphProto, constants: Mapping[str, TensorProto], node: NodeProto, dense_steps: int, flow: Flow | None
) -> NodeProto:
    """Turns a layer's weights into eight bits where they are, and gives the node that makes weights of them again.

    With a `flow` the layer gets another bias.
    """
    constant, axis = constants[node.input[1]], _axis(node)
    weights = numpy_helper.to_array(constant)
    others = tuple(each for each in range(weights.ndim) if each != axis)
    largest = np.maximum(weights.max(axis=others), -weights.min(axis=others))
    steps = _steps(node, weights, dense_steps)
    scale = np.where(largest > 0, largest / steps, 1).astype(np.float32)
    across = scale.reshape([-1 if each == axis else 1 for each in range(weights.ndim)])
    rounded = _rounded(weights, across, axis, steps, flow)
    if flow and _has_bias(node):
        bias = f"{node.input[2]}_of_{constant.name}"  # its own: layers may share one
        shifted = numpy_helper.to_array(constants[node.input[2]]) + _shift(weights, rounded, across, flow, node)
        _add_constants(graph, {bias: shifted.astype(np.float32)})
        node.input[2] = bias
    constant.CopyFrom(numpy_helper.from_array(rounded, constant.name))
    parts = [f"{constant.name}_scale", f"{constant.name}_zero"]
    _add_constants(graph, {parts[0]: scale, parts[1]: np.zeros(len(scale), dtype=np.int8)})
    return helper.make_node("DequantizeLinear", [constant.name, *parts], [f"{constant.name}_near"], axis=axis)


def _rounded(weights: Array, across: Array, axis: int, steps: int, flow: Flow | None) -> Array:
    if flow and flow.seen is not None:
        if axis == 0:
            return one_after_the_other(weights.T, across.ravel(), steps, flow.seen).T.copy()
        return one_after_the_other(weights, across.ravel(), steps, flow.seen)
    rounded = np.empty(weights.shape, dtype=np.int8)
    for rows in _rows(weights):
        rounded[rows] = np.rint(weights[rows] / (across[rows] if axis == 0 else across))
    return rounded


def _shift(weights: Array, rounded: Array, across: Array, flow: Flow, node: NodeProto) -> Array:
    """(O,): how much less a layer gives for the mean of its flow when its weights are rounded."""
    axis = _axis(node)
    shift = np.zeros(weights.shape[axis])
    for rows in _rows(weights):
        _add_products(shift, weights[rows], flow.exact, rows, node)
        _add_products(shift, rounded[rows] * -(across[rows] if axis == 0 else across), flow.cut, rows, node)
    return shift


def _rows(weights: Array) -> Iterator[slice]:
    return (slice(start, start + _ROWS) for start in range(0, len(weights), _ROWS))


def _steps(node: NodeProto, weights: Array, dense_steps: int) -> int:
    if _axis(node) == 0 and weights.shape[1] == 1:
        return _LONE_WEIGHT_STEPS
    return dense_steps if node.op_type == "Gemm" and _has_bias(node) else WEIGHT_STEPS


def _add_products(total: Array, weights: Array, mean: Array, rows: slice, node: NodeProto) -> None:
    """Adds to `total` (O,) what some rows of a layer's weights make of an input that is `mean` (C,) everywhere."""
    if _axis(node) == 1:
        total += mean[rows] @ weights
        return
    summed = weights.reshape(len(weights), weights.shape[1], -1).sum(axis=2)
    seen = mean.reshape(_groups(node), -1)  # each group of output channels sees its own channels
    own = np.arange(rows.start, rows.start + len(weights)) * len(seen) // len(total)
    total[rows] += (summed * seen[own]).sum(axis=1)


def _groups(node: NodeProto) -> int:
    return next((int(each.i) for each in node.attribute if each.name == "group"), 1)


def _has_bias(node: NodeProto) -> bool:
    """Whether what a layer gives is its product and a bias, as they are."""
    plain = all(each.f == 1 for each in node.attribute if each.name in ("alpha", "beta"))
    return node.op_type != "MatMul" and len(node.input) == 3 and plain


def _add_constants(graph: GraphProto, arrays: Mapping[str, Array]) -> None:
    graph.initializer.extend(numpy_helper.from_array(array, name) for name, array in arrays.items())
