"""The feature store: each photo goes through a network once, and what came out is kept by the photo's hash.

    data/SHOP/features/FINGERPRINT/BLOCK.npz      keys (n,) of 64 hexadecimal digits, features (n, D) float32

A block is named by the hash of its keys and written in one step. Its zip checksums tell a damaged one, which is then
extracted again.
"""

import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from catalogue import atomic
from catalogue.errors import FeaturesError, UnusableImage
from model.extractors import BATCH, Extractor, Features, fingerprint
from model.images import VERSION, Fit, Pixels, fitted
from model.photos import Photo, ahead, blocks_of, read
from model.progress import Track

BLOCK = 256  # photos between two writes


class FeatureStore:
    """Features on disk, and in memory as far as they are read."""

    def __init__(self, folder: Path) -> None:
        """`folder` is `data/SHOP/features/FINGERPRINT`. Damaged blocks in it are removed, and named in `damaged`."""
        self._folder = folder
        self._rows: dict[str, Features] = {}
        self.damaged: list[str] = []
        for path in sorted(folder.glob("*.npz")):
            self._take_in(path)

    def _take_in(self, path: Path) -> None:
        try:
            self._rows |= _read_block(path)
        except _DAMAGED:
            self.damaged.append(path.name)
            path.unlink(missing_ok=True)

    def __contains__(self, sha256: str) -> bool:
        return sha256 in self._rows

    def add(self, keys: Sequence[str], features: Features) -> None:
        """Keep (n, D) float32 `features` of the photos `keys`. Raises FeaturesError when it cannot be written."""
        path = self._folder / f"{hashlib.sha256(''.join(keys).encode()).hexdigest()[:24]}.npz"
        write_arrays(path, keys=np.array(keys), features=features)
        self._rows |= dict(zip(keys, features, strict=True))

    def rows(self, keys: Sequence[str]) -> Features:
        """(n, D) float32 features of the photos `keys`. Raises KeyError for one that is not stored."""
        return np.stack([self._rows[key] for key in keys])


@dataclass(frozen=True)
class Extraction:
    """Features of a catalogue's photos: the store, how many are new and reused, and the photos without, and why."""

    store: FeatureStore
    fingerprint: str
    new: int
    reused: int
    unusable: Mapping[str, UnusableImage]


def extract(photos: Sequence[Photo], extractor: Extractor, fit: Fit, folder: Path, track: Track) -> Extraction:
    """Bring the feature store in `folder` up to date with `photos`: only those that it lacks are extracted.

    Raises FeaturesError when the store cannot be written or the network gives values that are not finite.
    """
    mark = fingerprint(extractor, VERSION[fit])
    store = FeatureStore(folder / mark)
    missing = [photo for photo in photos if photo.sha256 not in store]
    unusable: dict[str, UnusableImage] = {}

    def prepared(photo: Photo) -> Pixels | UnusableImage:
        try:
            return fitted(read(photo.path), fit, extractor.size)
        except UnusableImage as error:
            return error

    results = (result for block in ahead(prepared, blocks_of(missing, BLOCK)) for result in block)
    pairs = zip(missing, track(results, "features", len(missing)), strict=True)
    for keys, pixels in _usable_blocks(pairs, unusable):
        store.add(keys, extract_batches(extractor, pixels))
    return Extraction(store, mark, len(missing) - len(unusable), len(photos) - len(missing), unusable)


def write_arrays(path: Path, **arrays: npt.NDArray[Any]) -> None:
    """Write an `.npz` of `arrays` in one step, equal bytes for equal arrays. Raises FeaturesError."""
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **arrays)
    try:
        atomic.write_bytes(path, file.getvalue())
    except OSError as error:
        raise FeaturesError(f"{path} cannot be written: {error.strerror}.") from error


def extract_batches(extractor: Extractor, photos: Pixels) -> Features:
    """(N, D) float32 features of (N, S, S, 3) uint8 photos, in batches of one shape, the last one padded with black.

    Raises FeaturesError when a value is not finite.
    """
    features = np.concatenate(
        [_batch(extractor, photos[start : start + BATCH]) for start in range(0, len(photos), BATCH)]
    )
    if not np.isfinite(features).all():
        raise FeaturesError(f"{extractor.name} gives values that are not finite. Check its weights.")
    return features


def _batch(extractor: Extractor, photos: Pixels) -> Features:
    padded = np.zeros((BATCH, *photos.shape[1:]), dtype=np.uint8)
    padded[: len(photos)] = photos
    return extractor.extract(padded)[: len(photos)]


def _usable_blocks(
    pairs: Iterator[tuple[Photo, Pixels | UnusableImage]], unusable: dict[str, UnusableImage]
) -> Iterator[tuple[list[str], Pixels]]:
    """Runs of up to BLOCK photos with their pixels; the others go to `unusable`."""
    keys: list[str] = []
    pixels: list[Pixels] = []
    for photo, result in pairs:
        if isinstance(result, UnusableImage):
            unusable[photo.sha256] = result
            continue
        keys.append(photo.sha256)
        pixels.append(result)
        if len(keys) == BLOCK:
            yield keys, np.stack(pixels)
            keys, pixels = [], []
    if keys:
        yield keys, np.stack(pixels)


# What reading a block raises when bytes of it are missing or others than were written.
_DAMAGED = (OSError, ValueError, KeyError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error)


def _read_block(path: Path) -> dict[str, Features]:
    with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as block:
        return dict(zip((str(key) for key in block["keys"]), block["features"], strict=True))
