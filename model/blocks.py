"""A block of the feature store: an `.npz` whose zip checksums tell whether it is what was written."""

import hashlib
import io
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from model.extractors import Features

# What reading a block raises when bytes of it are missing or others than were written.
DAMAGED = (OSError, ValueError, KeyError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error)


def checked(path: Path) -> bytes:
    """What `hashed` says of its keys (n,), when they and its features (n, D) are sound. Raises one of DAMAGED.

    Checksums are looked at before anything is parsed.
    """
    content = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if broken := archive.testzip():
            raise zipfile.BadZipFile(broken)
    with np.load(io.BytesIO(content), allow_pickle=False) as block:
        keys, features = [str(key) for key in block["keys"]], block["features"]
    if features.ndim != 2 or len(keys) != len(features):
        raise ValueError("as many keys as rows")
    return hashed(keys)


def hashed(keys: Sequence[str]) -> bytes:
    """32 bytes; a block is named by the first twelve of them."""
    return hashlib.sha256("".join(keys).encode()).digest()


def keys_in(path: Path) -> list[str]:
    """Raises one of DAMAGED."""
    return [str(key) for key in array_in(path, "keys")]


def features_in(path: Path) -> Features:
    """(n, D) float32. Raises one of DAMAGED."""
    return array_in(path, "features")


def array_in(path: Path, name: str) -> npt.NDArray[Any]:
    """One array of a block without the other, its checksum looked at before it is parsed. Raises one of DAMAGED."""
    with zipfile.ZipFile(path) as archive:
        content = archive.read(f"{name}.npy")
    array: npt.NDArray[Any] = np.lib.format.read_array(io.BytesIO(content), allow_pickle=False)
    return array
