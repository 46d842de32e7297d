"""A network in eight bits as ONNX Runtime runs it best, with weights of few steps in half the bytes.

The values that it computes are the same, but for the rounding of biases to a 32-bit count of their products' steps.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import NodeProto, TensorProto, helper, numpy_helper, version_converter

Array = npt.NDArray[Any]
Constants = Mapping[str, TensorProto]

_OPSET, _IR = 21, 10  # the first that have integers of four bits
_SMALLEST = 4096  # weights that are worth packing
_MOST = 2**31 - 1


def packed(model: bytes) -> bytes:
    """The ONNX file `model`, which `int8.quantised` gave."""
    network = version_converter.convert_version(onnx.load_model_from_string(model), _OPSET)
    network.ir_version = max(network.ir_version, _IR)
    graph = network.graph
    constants = {each.name: each for each in graph.initializer}
    made = {node.output[0]: NodeProto.FromString(node.SerializeToString()) for node in graph.node}
    nodes = [each for node in made.values() for each in _rewritten(node, made, constants, graph.initializer)]
    casts = [_halved(constant) for constant in list(graph.initializer) if _is_small(constant)]
    del graph.node[:]
    graph.node.extend([*casts, *nodes])
    return bytes(network.SerializeToString())


def _rewritten(node: NodeProto, made: Mapping[str, NodeProto], constants: Constants, more: Any) -> Iterator[NodeProto]:
    """What ONNX Runtime fuses with the rounding around it, in the place of what it does not."""
    if node.op_type == "Flatten" and all(each.i == 1 for each in node.attribute):
        shape = f"{node.output[0]}_shape"
        more.append(numpy_helper.from_array(np.array([0, -1]), shape))
        yield helper.make_node("Reshape", [node.input[0], shape], node.output, node.name)
        return
    if node.op_type == "Gemm" and len(node.input) == 3 and node.input[2] in constants:
        scales = [_scale(made.get(name), constants) for name in node.input[:2]]
        if scales[0] is not None and scales[1] is not None:
            yield _whole_bias(node, constants, np.asarray(scales[0] * scales[1], dtype=np.float32), more)
    yield node


def _scale(node: NodeProto | None, constants: Constants) -> Array | None:
    """By which a value that was rounded is brought back."""
    rounded = node is not None and node.op_type == "DequantizeLinear"
    return numpy_helper.to_array(constants[node.input[1]]) if rounded and node else None


def _whole_bias(node: NodeProto, constants: Constants, scale: Array, more: Any) -> NodeProto:
    """Gives a layer its bias in 32 bits, and the node that makes a bias of it again."""
    name = f"{node.output[0]}_bias"
    counts = np.rint(numpy_helper.to_array(constants[node.input[2]]) / scale.astype(np.float64))
    more.append(numpy_helper.from_array(np.clip(counts, -_MOST, _MOST).astype(np.int32), f"{name}_int32"))
    more.append(numpy_helper.from_array(scale, f"{name}_scale"))
    node.input[2] = f"{name}_near"
    return helper.make_node("DequantizeLinear", [f"{name}_int32", f"{name}_scale"], [f"{name}_near"], axis=0)


def _is_small(constant: TensorProto) -> bool:
    """Whether all of many weights fit into four bits."""
    if constant.data_type != TensorProto.INT8 or np.prod(constant.dims) < _SMALLEST:
        return False
    values = numpy_helper.to_array(constant)
    return bool(values.min() >= -8 and values.max() <= 7)


def _halved(constant: TensorProto) -> NodeProto:
    """Turns the constant into four bits where it is; engines widen it again when they open the file."""
    values = numpy_helper.to_array(constant).ravel().view(np.uint8) & 15
    values = np.append(values, np.zeros(len(values) % 2, np.uint8))
    name, dims = constant.name, list(constant.dims)
    short = TensorProto(name=f"{name}_short", data_type=TensorProto.INT4, dims=dims)
    short.raw_data = (values[0::2] | values[1::2] << 4).tobytes()
    constant.CopyFrom(short)
    return helper.make_node("Cast", [f"{name}_short"], [name], to=TensorProto.INT8)
