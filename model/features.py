"""The feature store: each photo goes through a network once, and what came out is kept by the photo's hash.

    data/SHOP/features/FINGERPRINT/BLOCK.npz      keys (n,) of 64 hexadecimal digits, features (n, D) float32

A block is named by the hash of its keys and written in one step. Its zip checksums tell a damaged one, which is then
extracted again. They are looked at when a block is new or has changed, and when its features are read.
"""

import hashlib
import io
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from catalogue import atomic
from catalogue.errors import FeaturesError, UnusableImage
from model.blocks import DAMAGED, checked, features_in, hashed, keys_in
from model.extractors import Extractor, Features, fingerprint
from model.images import Pixels, View, fitted
from model.photos import Photo, ahead, blocks_of, read
from model.progress import Track
from model.seen import Seen
from model.views import joined

BLOCK = 256  # photos between two writes

Made = tuple[View, Sequence[str], Features]  # a view, keys (n,) and features (n, D): what is stored at once
# Photos that a view lacks, the network, where to put those that cannot be used, progress and its label → blocks.
Way = Callable[[Mapping[View, Sequence[Photo]], Extractor, dict[str, UnusableImage], Track, str], Iterator[Made]]


def here(
    missing: Mapping[View, Sequence[Photo]],
    extractor: Extractor,
    unusable: dict[str, UnusableImage],
    track: Track,
    label: str,
) -> Iterator[Made]:
    """Blocks of the `missing` photos' features, from the network in this process; the others go to `unusable`."""
    for view, photos in missing.items():
        wanted = [photo for photo in photos if photo.sha256 not in unusable]
        task = label if len(missing) == 1 else f"{label}, {view}"
        pairs = zip(wanted, track(_prepared(wanted, extractor, view), task, len(wanted)), strict=True)
        for keys, pixels in _usable_blocks(pairs, unusable):
            yield view, keys, features_of(extractor, pixels)


class FeatureStore:
    """Features on disk; in memory is only where each of them is.

    `again` extracts photos once more, by their keys, and adds them: of a block that is found damaged as it is read.
    """

    def __init__(self, folder: Path, seen: Seen | None = None, *, mend: bool = True, prefix: str = "") -> None:
        """`folder` is `data/SHOP/features/FINGERPRINT`; the names of blocks in it begin with `prefix`.

        Of blocks that were `seen` before only the keys are read. Damaged blocks are named in `damaged`, and removed
        unless `mend` is off.
        """
        self.folder, self._mend, self._prefix = folder, mend, prefix
        self._places: dict[str, tuple[Path, int]] = {}
        self._seen = seen or Seen()
        self.damaged: list[str] = []
        self.again: Callable[[Collection[str]], None] | None = None
        for path in sorted(folder.glob(f"{prefix}*.npz")):
            self._take_in(path)

    def _take_in(self, path: Path) -> None:
        try:
            self._seen.found(path.name, path, partial(checked, path))
            keys = keys_in(path)
        except DAMAGED:
            self._lose(path)
        else:
            self._place(path, keys)

    def _lose(self, path: Path) -> None:
        self.damaged.append(path.name)
        if self._mend:
            path.unlink(missing_ok=True)

    def _place(self, path: Path, keys: Sequence[str]) -> None:
        self._places |= {key: (path, row) for row, key in enumerate(keys)}

    def __contains__(self, sha256: str) -> bool:
        return sha256 in self._places

    def add(self, keys: Sequence[str], features: Features) -> None:
        """Keep (n, D) float32 `features` of the photos `keys`. Raises FeaturesError when it cannot be written."""
        path = self.folder / f"{self._prefix}{hashed(keys).hex()[:24]}.npz"
        write_arrays(path, keys=np.array(keys), features=features)
        self._seen.written(path.name, path, hashed(keys))
        self._place(path, keys)

    def keep(self) -> None:
        """Remember which blocks are sound. Raises FeaturesError when that cannot be written."""
        self._seen.keep()

    def rows(self, keys: Sequence[str]) -> Features:
        """(n, D) float32 features of the photos `keys`, n ≥ 1. Raises KeyError for one that is not stored.

        Raises FeaturesError for a damaged block that cannot be extracted again.
        """
        wanted: dict[Path, list[tuple[int, int]]] = {}
        for place, key in enumerate(keys):
            path, row = self._places[key]
            wanted.setdefault(path, []).append((place, row))
        found: Features | None = None
        for path, pairs in wanted.items():
            try:
                features = features_in(path)
            except DAMAGED:
                self._mended(path)
                return self.rows(keys)
            found = np.empty((len(keys), features.shape[1]), np.float32) if found is None else found
            places, rows = np.array(pairs).T
            found[places] = features[rows]
        if found is None:
            raise KeyError("no photos")
        return found

    def _mended(self, path: Path) -> None:
        """Extract a block again that the file system says has not changed since it was sound."""
        if not self.again or path.name in self.damaged:
            raise FeaturesError(f"{path} is damaged. Remove it, check the disk, and run this again.")
        self._lose(path)
        lost = {key for key, (block, _) in self._places.items() if block == path}
        for key in lost:
            del self._places[key]
        self.again(lost)


@dataclass(frozen=True)
class Extraction:
    """Features of a catalogue's photos: a store for each view, and the photos without, and why.

    `new` photos went through the network for a view at least; `reused` did for none.
    """

    stores: Mapping[View, FeatureStore]
    fingerprint: str
    new: int
    reused: int
    unusable: Mapping[str, UnusableImage]

    @property
    def damaged(self) -> list[str]:
        """The names of blocks that had to be extracted again."""
        return [name for store in self.stores.values() for name in store.damaged]

    @property
    def folder(self) -> Path:
        """Where the stores lie side by side."""
        return next(iter(self.stores.values())).folder.parent

    @property
    def parts(self) -> int:
        """How many views stand side by side in `vectors`, each as wide as the others."""
        return len({replace(view, mirrored=False) for view in self.stores})

    def vectors(self, keys: Sequence[str]) -> Features:
        """(n, D) float32 of the photos `keys`, joined from their views. Raises KeyError for one that has none."""
        return joined(list(self.stores), lambda view: self.stores[view].rows(keys))


def extract(
    photos: Sequence[Photo],
    extractor: Extractor,
    views: Sequence[View],
    folder: Path,
    track: Track,
    label: str = "features",
    way: Way = here,
    records: Path | None = None,
) -> Extraction:
    """Bring the feature store in `folder` up to date with `photos`: only those that it lacks are extracted, by `way`.

    Which blocks are sound is remembered in the folder `records`. Raises FeaturesError when the store cannot be written
    or the network gives values that are not finite.
    """
    stores = {view: store_of(folder, extractor, view, records) for view in views}

    def fill(missing: Mapping[View, Sequence[Photo]], unusable: dict[str, UnusableImage]) -> None:
        for view, keys, features in way(missing, extractor, unusable, track, label):
            stores[view].add(keys, features)

    def again(view: View, keys: Collection[str]) -> None:
        fill({view: [photo for photo in photos if photo.sha256 in keys]}, {})

    missing = {view: [photo for photo in photos if photo.sha256 not in store] for view, store in stores.items()}
    unusable: dict[str, UnusableImage] = {}
    fill(missing, unusable)
    for view, store in stores.items():
        store.again = partial(again, view)
        store.keep()
    new = {photo.sha256 for lacking in missing.values() for photo in lacking} - set(unusable)
    mark = combined([fingerprint(extractor, view.version) for view in views])
    return Extraction(stores, mark, len(new), len(photos) - len(new) - len(unusable), unusable)


def store_of(
    folder: Path, extractor: Extractor, view: View, records: Path | None, *, mend: bool = True
) -> FeatureStore:
    """The part of the feature store in `folder` for one view; `records` and `mend` as for all."""
    name = fingerprint(extractor, view.version)
    return FeatureStore(folder / name, Seen(records / f".blocks-{name}" if records else None), mend=mend)


def combined(fingerprints: Sequence[str]) -> str:
    """16 hexadecimal digits for several views together; a single one's own."""
    if len(fingerprints) == 1:
        return fingerprints[0]
    return hashlib.sha256("".join(fingerprints).encode()).hexdigest()[:16]


def _prepared(photos: Sequence[Photo], extractor: Extractor, view: View) -> Iterator[Pixels | UnusableImage]:
    def prepared(photo: Photo) -> Pixels | UnusableImage:
        try:
            return fitted(read(photo.path), view, extractor.size)
        except UnusableImage as error:
            return error

    return (result for block in ahead(prepared, blocks_of(photos, BLOCK)) for result in block)


def describe(content: bytes, extractor: Extractor, views: Sequence[View]) -> Features:
    """(D,) float32, the vector of one image file. Raises UnusableImage, FeaturesError."""

    def features(view: View) -> Features:
        return features_of(extractor, fitted(content, view, extractor.size)[None])

    return np.asarray(joined(views, features)[0], dtype=np.float32)


def write_arrays(path: Path, **arrays: npt.NDArray[Any]) -> None:
    """Write an `.npz` of `arrays` in one step, equal bytes for equal arrays. Raises FeaturesError."""
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **arrays)
    try:
        atomic.write_bytes(path, file.getvalue())
    except OSError as error:
        raise FeaturesError(f"{path} cannot be written: {error.strerror}.") from error


def features_of(extractor: Extractor, photos: Pixels) -> Features:
    """(N, D) float32 features of (N, S, S, 3) uint8 photos. Raises FeaturesError when a value is not finite."""
    features = extractor.extract(photos)
    if not np.isfinite(features).all():
        raise FeaturesError(f"{extractor.name} gives values that are not finite. Check its weights.")
    return features


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
