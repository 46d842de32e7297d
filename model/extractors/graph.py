"""A network as an ONNX graph, which every engine but the reference runs: built from arrays, without TensorFlow.

Photos come in as (N, 3, S, S) float32, channels first, in the network's own range; features go out as (N, D).
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper

Array = npt.NDArray[Any]

OPSET = 17
PHOTOS, FEATURES = "photos", "features"
POSITIONS = ("N", "C", "H", "W")


class Graph:
    """An ONNX graph in the making: each method adds an operation on the value `x`, and returns the name of its own."""

    def __init__(self, name: str) -> None:
        self._model = onnx.ModelProto(ir_version=8, opset_import=[helper.make_opsetid("", OPSET)])
        self._graph = self._model.graph
        self._graph.name = name

    def convolution(self, x: str, kernel: Array, bias: Array, stride: int = 1) -> str:
        """Of a (O, I, H, W) kernel and a (O,) bias, padded so that the sides shrink by `stride` alone.

        A kernel of one input channel is depthwise, as its count of channels says.
        """
        groups = kernel.shape[0] if kernel.shape[1] == 1 else 1
        given = [x, self._constant(kernel), self._constant(bias)]
        return self._add("Conv", given, strides=[stride, stride], group=groups, auto_pad="SAME_UPPER")

    def dense(self, x: str, kernel: Array, bias: Array) -> str:
        """(N, O) of (N, I) by a (I, O) kernel and a (O,) bias."""
        return self._add("Gemm", [x, self._constant(kernel), self._constant(bias)])

    def relu(self, x: str) -> str:
        """Negative values become 0."""
        return self._add("Relu", [x])

    def relu6(self, x: str) -> str:
        """Values below 0 become 0, values above 6 become 6."""
        bounds = [self._constant(np.array(bound, dtype=np.float32)) for bound in (0, 6)]
        return self._add("Clip", [x, *bounds])

    def sum(self, x: str, y: str) -> str:
        """Of two values of one shape."""
        return self._add("Add", [x, y])

    def max_pool(self, x: str) -> str:
        """The largest of each 2 × 2."""
        return self._add("MaxPool", [x], kernel_shape=[2, 2], strides=[2, 2])

    def mean(self, x: str) -> str:
        """(N, C): each channel's mean over all positions."""
        return self._add("Flatten", [self._add("GlobalAveragePool", [x])])

    def flat(self, x: str) -> str:
        """(N, H × W × C) of (N, C, H, W): in the order of a network whose channels stand last."""
        return self._add("Flatten", [self._add("Transpose", [x], perm=[0, 2, 3, 1])])

    def model(self, x: str, shape: tuple[str, ...] = ("N", "D")) -> bytes:
        """The whole graph as an ONNX file, with the value `x` of that shape as the features."""
        self._graph.node.append(helper.make_node("Identity", [x], [FEATURES]))
        self._graph.input.append(helper.make_tensor_value_info(PHOTOS, TensorProto.FLOAT, ["N", 3, "S", "S"]))
        self._graph.output.append(helper.make_tensor_value_info(FEATURES, TensorProto.FLOAT, list(shape)))
        return bytes(self._model.SerializeToString())

    def _add(self, kind: str, given: list[str], **attributes: Any) -> str:
        name = f"{kind}_{len(self._graph.node)}"
        self._graph.node.append(helper.make_node(kind, given, [name], name, **attributes))
        return name

    def _constant(self, array: Array) -> str:
        """Contiguous little-endian bytes under a name of their own."""
        name = f"constant_{len(self._graph.initializer)}"
        kind = helper.np_dtype_to_tensor_dtype(array.dtype)
        self._graph.initializer.add(name=name, data_type=kind, dims=array.shape, raw_data=array.tobytes())
        return name
