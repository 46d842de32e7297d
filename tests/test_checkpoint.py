"""The checkpoint reader: files as torch wrote them before 1.6, and files that are up to something else."""

import io
import os
import pickle
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from catalogue.errors import WeightsError
from model.extractors.checkpoint import MAGIC, Array, read_checkpoint


class Storage:
    """Values that lie outside the pickle, by a key."""

    def __init__(self, key: str, array: Array) -> None:
        self.key, self.array = key, array


class Tensor:
    """Pickles as torch's tensors do: a call of `torch._utils._rebuild_tensor_v2`."""

    def __init__(self, key: str, array: Array, offset: int = 0, shape: tuple[int, ...] | None = None) -> None:
        self.storage, self.offset = Storage(key, array), offset
        self.shape = array.shape if shape is None else shape

    def __reduce__(self) -> tuple[Any, ...]:
        strides = tuple(int(np.prod(self.shape[axis + 1 :])) for axis in range(len(self.shape)))
        return _rebuild_tensor_v2, (self.storage, self.offset, self.shape, strides, False, OrderedDict())


class TorchPickler(pickle.Pickler):
    def persistent_id(self, value: Any) -> Any:
        if not isinstance(value, Storage):
            return None
        kind = FloatStorage if value.array.dtype == np.float32 else LongStorage
        return ("storage", kind, value.key, "cpu", value.array.size, None)


class FloatStorage:
    """Stands for torch's class of this name."""


class LongStorage:
    """Stands for torch's class of this name."""


def _rebuild_tensor_v2() -> None:
    """Stands for torch's function of this name: it is pickled by name and never called."""


@pytest.fixture(autouse=True, scope="module")
def torch_names() -> Iterator[None]:
    """Modules called as torch's are, so that the stand-ins are pickled under torch's names."""
    named: dict[str, list[Any]] = {"torch": [FloatStorage, LongStorage], "torch._utils": [_rebuild_tensor_v2]}
    with pytest.MonkeyPatch.context() as patch:
        for module, members in named.items():
            patch.setitem(sys.modules, module, ModuleType(module))
            for member in members:
                patch.setattr(member, "__module__", module)
                setattr(sys.modules[module], member.__name__, member)
        yield


def checkpoint(tensors: dict[str, Any], storages: dict[str, Array]) -> bytes:
    file = io.BytesIO()
    for value in (MAGIC, 1001, {"little_endian": True}, OrderedDict(tensors), list(storages)):
        TorchPickler(file, protocol=2).dump(value)
    for array in storages.values():
        file.write(array.size.to_bytes(8, "little") + array.tobytes())
    return file.getvalue()


def read(folder: Path, content: bytes) -> dict[str, Array]:
    (folder / "weights.pth").write_bytes(content)
    return read_checkpoint(folder / "weights.pth")


WEIGHT = np.arange(6, dtype=np.float32).reshape(2, 3)
COUNT = np.array([7], dtype=np.int64)


def test_tensors_are_read_as_they_were_written(tmp_path: Path) -> None:
    tensors = {
        "weight": Tensor("a", WEIGHT),
        "row": Tensor("a", WEIGHT, 3, (3,)),
        "count": Tensor("b", COUNT, 0, ()),
    }
    found = read(tmp_path, checkpoint(tensors, {"b": COUNT, "a": WEIGHT}))
    assert np.array_equal(found["weight"], WEIGHT)
    assert np.array_equal(found["row"], WEIGHT[1])
    assert found["count"] == 7
    assert found["count"].dtype == np.int64


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (lambda: b"", "Ran out of input"),
        (lambda: pickle.dumps(1, 2), "magic number"),
        (lambda: pickle.dumps(os.system, 2), "weights do not need"),
        (lambda: checkpoint({"weight": Tensor("a", WEIGHT)}, {"a": WEIGHT})[:-4], "cut short"),
        (lambda: checkpoint({"weight": Tensor("a", WEIGHT, 0, (2, 4))}, {"a": WEIGHT}), "outside its storage"),
        (lambda: checkpoint({"weight": Tensor("a", WEIGHT, -1)}, {"a": WEIGHT}), "outside its storage"),
        (lambda: checkpoint({"weight": Tensor("a", WEIGHT)}, {}), "cannot be read"),
        (lambda: b"\x80\x05\x96" + b"\xff" * 8, "cannot be read"),
        (lambda: b"\x80\x04\x8e" + b"\xff" * 7 + b"\x7f", "cannot be read"),
    ],
    ids=[
        "empty",
        "other pickle",
        "hostile",
        "truncated",
        "too large",
        "negative",
        "no storage",
        "huge array",
        "huge text",
    ],
)
def test_anything_else_is_refused_by_name(tmp_path: Path, content: Callable[[], bytes], message: str) -> None:
    with pytest.raises(WeightsError, match=message) as error:
        read(tmp_path, content())
    assert "weights.pth" in str(error.value)
