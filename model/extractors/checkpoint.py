"""Reads the legacy torch checkpoint format (before torch 1.6) without torch.

Four pickles (magic number, protocol, system, tensors), the list of storage keys, then each storage as a little-endian
64-bit count and its values. The unpickler allows exactly what such a file of plain tensors needs, so a file cannot run
code. Source: torch/serialization.py, `_legacy_save`.
"""

import pickle
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from catalogue.errors import WeightsError

MAGIC = 0x1950A86A20F9469CFC6C
_DTYPES = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}

# What the unpickler raises on broken bytes, found by mutating a file: a wild length is a MemoryError.
_BROKEN = (
    OSError, ValueError, TypeError, LookupError, EOFError, AttributeError, OverflowError, MemoryError,
    pickle.UnpicklingError,
)  # fmt: skip

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class _Storage:
    key: str
    dtype: np.dtype[Any]
    count: int


@dataclass(frozen=True)
class _Tensor:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _rebuild_tensor
        if module == "torch" and name in _DTYPES:
            return _DTYPES[name]
        raise pickle.UnpicklingError(f"it names {module}.{name}, which weights do not need")

    def persistent_load(self, pid: Any) -> _Storage:
        _, dtype, key, _, count, *_ = pid
        return _Storage(str(key), dtype, int(count))


def read_checkpoint(path: Path) -> dict[str, Array]:
    """The tensors of a checkpoint by name, float32 or int64, in the shapes that torch gives them.

    Raises WeightsError for a file that is not a checkpoint of plain tensors.
    """
    try:
        with path.open("rb") as file:
            return _read(file)
    except _BROKEN as error:
        raise WeightsError(f"{path} cannot be read as a torch checkpoint: {str(error) or 'it is broken'}.") from error


def _read(file: BinaryIO) -> dict[str, Array]:
    if _Unpickler(file).load() != MAGIC:
        raise ValueError("it does not begin with the format's magic number")
    _Unpickler(file).load()  # protocol version
    _Unpickler(file).load()  # byte order and type sizes of the writer
    tensors: dict[str, _Tensor] = _Unpickler(file).load()
    keys: list[str] = _Unpickler(file).load()
    storages = {tensor.storage.key: tensor.storage for tensor in tensors.values()}
    values = {key: _values(file, storages[key]) for key in keys}
    return {name: _array(tensor, values[tensor.storage.key]) for name, tensor in tensors.items()}


def _rebuild_tensor(storage: _Storage, offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: Any) -> Any:
    return _Tensor(storage, offset, shape, strides)


def _values(file: BinaryIO, storage: _Storage) -> Array:
    count = int.from_bytes(file.read(8), "little")
    content = file.read(storage.count * storage.dtype.itemsize)
    if count != storage.count or len(content) != count * storage.dtype.itemsize:
        raise ValueError(f"storage {storage.key} is cut short")
    return np.frombuffer(content, dtype=storage.dtype)


def _array(tensor: _Tensor, values: Array) -> Array:
    last = tensor.offset + sum((side - 1) * step for side, step in zip(tensor.shape, tensor.strides, strict=True))
    if min(tensor.offset, *tensor.strides, *tensor.shape, 0) < 0 or last >= values.size:
        raise ValueError("a tensor reaches outside its storage")
    strides = [step * values.itemsize for step in tensor.strides]
    view = np.lib.stride_tricks.as_strided(values[tensor.offset :], tensor.shape, strides)
    return np.ascontiguousarray(view)
