"""The arrays of Keras's HDF5 weights by layer, without Keras: the layout of its published files, and today's."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py


@contextmanager
def arrays_by_layer(path: Path) -> Iterator[Mapping[str, Sequence[Any]]]:
    """Of each layer's name its arrays, in Keras's order, read from the file when they are used.

    Empty for a file that is not HDF5, or of which neither layout is known.
    """
    try:
        file = h5py.File(path)
    except OSError:
        yield {}
        return
    with file:
        yield _groups(file) if "layer_names" in file.attrs else _vars(file)


def _groups(file: h5py.File) -> dict[str, list[Any]]:
    """The layout up to Keras 2: a group for each of `layer_names`, with its arrays in `weight_names`."""
    return {name: [file[name][each] for each in _texts(file[name], "weight_names")] for name in _texts(file)}


def _texts(group: Any, attribute: str = "layer_names") -> list[str]:
    names = group.attrs.get(attribute, ())
    return [name.decode() if isinstance(name, bytes) else str(name) for name in names]


def _vars(file: h5py.File) -> dict[str, list[Any]]:
    """The layout of `.weights.h5`: groups that have the layer's name as an attribute, and arrays called 0, 1, ..."""
    found: dict[str, list[Any]] = {}

    def visit(_: str, group: Any) -> None:
        if isinstance(group, h5py.Group) and "name" in group.attrs:
            found[str(group.attrs["name"])] = [group[key] for key in sorted(group, key=_number) if _number(key) >= 0]

    file.visititems(visit)
    return found


def _number(key: str) -> int:
    return int(key) if key.isdecimal() else -1
