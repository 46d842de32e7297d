"""A network whose weights are kept in sixteen bits and computed with in 32: half the file, the same time."""

from pathlib import Path

import numpy as np
from onnx import NodeProto, TensorProto, helper, numpy_helper

from model.extractors.int8 import opened

_LARGEST = float(np.finfo(np.float16).max)


def halved(model: bytes | Path) -> bytes:
    """The ONNX file `model` with its larger weights in sixteen bits, which engines widen when they open it."""
    network = opened(model)
    graph = network.graph
    casts: list[NodeProto] = []
    for constant in graph.initializer:
        if constant.data_type == TensorProto.FLOAT and len(constant.dims) > 1:
            short = np.clip(numpy_helper.to_array(constant), -_LARGEST, _LARGEST).astype(np.float16)
            name = constant.name
            constant.CopyFrom(numpy_helper.from_array(short, f"{name}_short"))
            casts.append(helper.make_node("Cast", [f"{name}_short"], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *(NodeProto.FromString(node.SerializeToString()) for node in graph.node)]  # copies, as in `int8`
    del graph.node[:]
    graph.node.extend(nodes)
    return bytes(network.SerializeToString())
