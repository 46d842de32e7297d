"""A network in Keras, built from arrays by the same calls as an ONNX `Graph`: for the reference engine."""

from typing import Any

import numpy as np
import numpy.typing as npt

from model.extractors.engine import keras

Array = npt.NDArray[Any]


class Layers:
    """A functional Keras model in the making; the arrays come in the shapes that `Graph` documents."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.photos = keras().layers.Input((None, None, 3))

    def convolution(self, x: Any, kernel: Array, bias: Array, stride: int = 1) -> Any:
        """Padded so that the sides shrink by `stride` alone; depthwise for a kernel of one input channel."""
        layers = keras().layers
        if kernel.shape[1] == 1:
            layer = layers.DepthwiseConv2D(kernel.shape[-1], stride, padding="same")
            return _with(layer, x, kernel.transpose(2, 3, 0, 1), bias)
        layer = layers.Conv2D(kernel.shape[0], kernel.shape[-1], stride, padding="same")
        return _with(layer, x, kernel.transpose(2, 3, 1, 0), bias)

    def dense(self, x: Any, kernel: Array, bias: Array) -> Any:
        """(N, O) of (N, I)."""
        return _with(keras().layers.Dense(len(bias)), x, kernel, bias)

    def relu6(self, x: Any) -> Any:
        """Values between 0 and 6."""
        return keras().layers.ReLU(max_value=6.0)(x)

    def sum(self, x: Any, y: Any) -> Any:
        """Of two values of one shape."""
        return keras().layers.Add()([x, y])

    def mean(self, x: Any) -> Any:
        """(N, C): each channel's mean over all positions."""
        return keras().layers.GlobalAveragePooling2D()(x)

    def model(self, x: Any) -> Any:
        """The `keras.Model` from photos to the value `x`."""
        return keras().Model(self.photos, x, name=self._name)


def _with(layer: Any, x: Any, *weights: Array) -> Any:
    out = layer(x)
    layer.set_weights([np.ascontiguousarray(array) for array in weights])
    return out
