"""What a making of lists keeps for the next one, which goes on from it: where all lists anew would take too long.

    data/SHOP/features/lists/manifest.json      what they were made with, and the size and CRC-32 of each file
    data/SHOP/features/lists/VERSION/NAME.npy   an array each, mapped into memory when it is read

The manifest is replaced last, in one step, so that a build that is killed leaves what was there or what is new. What is
damaged, or was made otherwise, is nothing to go on from: all lists are then made anew. Of a million products with a
photo each in 256 components this takes 2.9 GB.
"""

import json
import os
import shutil
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from catalogue import atomic
from catalogue.errors import FeaturesError
from model.extractors import Features
from model.ranking import Centring, Compact, Indices
from model.updates.following import Near

LISTS, MANIFEST = "lists", "manifest.json"
MADE_BY = 1  # counts changes of how lists are made, after which none go on from what was kept before
_PART = 2**26  # bytes

Array = npt.NDArray[Any]
Hashes = npt.NDArray[np.uint8]
Marks = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Listed:
    """The lists of N products: those of product n are the places `starts[n]` to `starts[n + 1]` of P, best first.

    `found` (P,) int32 are products, `similarities` (P,) int16 ten-thousandths.
    """

    starts: Indices
    found: npt.NDArray[np.int32]
    similarities: npt.NDArray[np.int16]

    @classmethod
    def of(cls, asked: Indices, found: Indices, cosines: npt.NDArray[np.float64], count: int) -> "Listed":
        """Of the lists of `count` products, the places in their order."""
        starts = np.searchsorted(asked, np.arange(count + 1))
        return cls(starts, found.astype(np.int32), _rounded(cosines))

    def padded(self, products: Indices, most: int | None = None) -> Indices:
        """(A, W) the products in the lists of `products` (A,), -1 after the last; none for a product of -1."""
        counts = np.where(products >= 0, np.diff(self.starts)[products], 0)
        width = min(int(counts.max(initial=0)), len(self.found) if most is None else most)
        place = np.arange(width)
        at = np.minimum(self.starts[products][:, None] + place, len(self.found) - 1)
        return np.where(place < counts[:, None], self.found[at], -1).astype(np.int64)


@dataclass(frozen=True)
class Kept:
    """N products with M photos of L looks, and their lists.

    `made` products had their lists made at once, and `changed` have come or gone since. `ids` ascend; `hashes` (M, 32)
    uint8 are the sha256 of the photos and `owners` (M,) their products; `marks` (N, 2) uint64 tell when a product's
    category has changed, and what else lists look at. Photos are compared by their `rows` (M, d) of unit length, which
    `compact` makes, and products by these `expanded` (M, d). `same` (P, 2) are the products whose main photos show the
    same picture, `leaders` (N,) the first product of each one's look. Looks have their `near` ones, `others` of other
    categories and `crowd` (L,), and `wanted` (L, W) int32 are what their lists would show but for the balance.
    """

    made: int
    changed: int
    ids: Sequence[str]
    hashes: Hashes
    owners: Indices
    marks: Marks
    compact: Compact
    rows: Features
    expanded: Features
    same: Indices
    leaders: Indices
    near: Near
    others: Near
    crowd: npt.NDArray[np.float64]
    wanted: npt.NDArray[np.int32]
    similar: Listed
    elsewhere: Listed


def read(folder: Path, key: str) -> Kept | None:
    """What is kept in `folder`, `data/SHOP/features`; None when there is nothing whole that was made by `key`."""
    try:
        told = json.loads((folder / LISTS / MANIFEST).read_bytes())
        if told["key"] != key:
            return None
        within = folder / LISTS / told["version"]
        arrays = {name: _array(within / f"{name}.npy", *whole) for name, whole in told["files"].items()}
        return _of_arrays(told["made"], told["changed"], arrays)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(folder: Path, key: str, kept: Kept) -> None:
    """Keep it for the next making, instead of what was kept. Raises FeaturesError, and DiskError when that is full."""
    place = folder / LISTS
    draft = place / f".draft-{os.getpid()}"
    try:
        shutil.rmtree(draft, ignore_errors=True)
        files = {name: _written(draft / f"{name}.npy", array) for name, array in _arrays(kept).items()}
        version = f"{zlib.crc32(json.dumps([key, files]).encode()):08x}"
        if not (place / version).exists():
            draft.rename(place / version)
        told = {"changed": kept.changed, "files": files, "key": key, "made": kept.made, "version": version}
        atomic.write_bytes(place / MANIFEST, json.dumps(told, sort_keys=True).encode())
        for other in place.iterdir():
            if other.is_dir() and other.name != version:
                shutil.rmtree(other)
    except OSError as error:
        raise FeaturesError(f"{place} cannot be written: {error.strerror}.") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _rounded(cosines: npt.NDArray[np.float64]) -> npt.NDArray[np.int16]:
    """Ten-thousandths as Python rounds, which differs where the fifth digit is a 5 and no more follow."""
    scaled = cosines * 1e4
    rounded = np.rint(scaled).astype(np.int16)
    between = np.flatnonzero(np.abs(np.abs(scaled - np.trunc(scaled)) - 0.5) < 1e-6)
    rounded[between] = [round(round(each, 4) * 1e4) for each in cosines[between].tolist()]
    return rounded


def _arrays(kept: Kept) -> dict[str, Array]:
    ids = np.frombuffer("\0".join(kept.ids).encode(), dtype=np.uint8)  # no text has a zero byte in it
    found: dict[str, Array] = {"ids": ids, "means": kept.compact.centring.means, "basis": kept.compact.basis}
    for name, of in (
        ("near", kept.near),
        ("others", kept.others),
        ("similar", kept.similar),
        ("elsewhere", kept.elsewhere),
    ):
        found |= {f"{name}-{each.name}": getattr(of, each.name) for each in fields(of)}
    names = ("hashes", "owners", "marks", "rows", "expanded", "same", "leaders", "crowd", "wanted")
    return found | {name: getattr(kept, name) for name in names}


def _of_arrays(made: int, changed: int, arrays: dict[str, Array]) -> Kept:
    def of(name: str) -> dict[str, Array]:
        return {key.split("-")[1]: arrays.pop(key) for key in list(arrays) if key.startswith(f"{name}-")}

    ids = arrays.pop("ids").tobytes().decode().split("\0")
    compact = Compact(Centring(arrays.pop("means")), arrays.pop("basis"))
    near, others = Near(**of("near")), Near(**of("others"))
    similar, elsewhere = Listed(**of("similar")), Listed(**of("elsewhere"))
    return Kept(
        made=made, changed=changed, ids=ids, compact=compact,
        near=near, others=others, similar=similar, elsewhere=elsewhere, **arrays,
    )  # fmt: skip


def _array(path: Path, size: int, checksum: int) -> Array:
    """Raises OSError or ValueError for one that is not what was written."""
    array: Array = np.load(path, mmap_mode="r", allow_pickle=False)
    if path.stat().st_size != size or _checksum(array) != checksum:
        raise ValueError("damaged")
    return np.asarray(array)


def _written(path: Path, array: Array) -> tuple[int, int]:
    """The size of its file and its checksum."""
    array = np.ascontiguousarray(array)
    with atomic.replacing(path) as file:
        np.save(file, array, allow_pickle=False)
    return path.stat().st_size, _checksum(array)


def _checksum(array: Array) -> int:
    """Of its values; what stands before them in the file is read as its shape and type."""
    found = zlib.crc32(f"{array.dtype.str}{array.shape}".encode())
    content = array.reshape(-1).view(np.uint8) if array.size else np.zeros(0, np.uint8)
    for start in range(0, len(content), _PART):
        found = zlib.crc32(content[start : start + _PART].data, found)
    return found
