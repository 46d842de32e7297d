"""A VGG16 with weights drawn from a seed, in the file in which Keras publishes the real ones."""

from pathlib import Path

import h5py
import numpy as np
import numpy.typing as npt

BLOCKS = (2, 2, 3, 3, 3)  # convolutions before each pooling
Weights = dict[str, list[npt.NDArray[np.float32]]]


def weights() -> Weights:
    """Arrays by layer, drawn from a fixed seed at a scale that keeps values in range."""
    random = np.random.default_rng(16)
    shapes: dict[str, tuple[int, ...]] = {}
    channels = 3
    for block, count in enumerate(BLOCKS, start=1):
        for number in range(1, count + 1):
            wide = min(512, 64 * 2 ** (block - 1))
            shapes[f"block{block}_conv{number}"] = (3, 3, channels, wide)
            channels = wide
    shapes |= {"fc1": (25088, 4096), "fc2": (4096, 4096), "predictions": (4096, 1000)}
    return {
        name: [
            random.standard_normal(shape, dtype=np.float32) * np.float32(np.sqrt(2 / np.prod(shape[:-1]))),
            random.standard_normal(shape[-1], dtype=np.float32) * np.float32(0.1),
        ]
        for name, shape in shapes.items()
    }


def write(path: Path, weights: Weights) -> None:
    """The arrays in the groups of HDF5 in which Keras publishes VGG16."""
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [name.encode() for name in _layers()]
        for name in _layers():
            group = file.create_group(name)
            names = [f"{name}/kernel:0", f"{name}/bias:0"] if name in weights else []
            group.attrs["weight_names"] = [each.encode() for each in names]
            for each, array in zip(names, weights.get(name, []), strict=True):
                group.create_dataset(each, data=array)


def _layers() -> list[str]:
    names = ["input_1"]
    for block, count in enumerate(BLOCKS, start=1):
        names += [f"block{block}_conv{number}" for number in range(1, count + 1)] + [f"block{block}_pool"]
    return [*names, "flatten", "fc1", "fc2", "predictions"]
