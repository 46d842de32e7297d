"""The photos of a catalogue on disk: found, read within limits, and named by the hash of their bytes."""

import hashlib
import os
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TypeVar

import numpy as np

from catalogue import feed
from catalogue.errors import UnusableImage
from catalogue.product import Product
from model.images import Fit, Pixels, View, fitted
from model.progress import Track
from model.seen import Seen

MAX_BYTES = 200_000_000
_FOUND = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
PROCESSORS = int(os.environ.get("BUILD_PROCESSORS", _FOUND))  # set where several processes share a machine
_FEW = 8  # items that a thread takes at a time: one by one they spend a third of their time waiting for each other

T = TypeVar("T")
S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Photo:
    """An image file and the sha256 of its bytes, by which everything computed from it is stored."""

    sha256: str
    path: Path


@dataclass(frozen=True)
class Gathered:
    """The photos of each product by its id, the main one first, and what could not be used, counted by reason."""

    photos: Mapping[str, tuple[Photo, ...]]
    drops: Counter[str]

    def distinct(self) -> list[Photo]:
        """Each photo once, ordered by hash."""
        found = {photo.sha256: photo for photos in self.photos.values() for photo in photos}
        return [found[sha256] for sha256 in sorted(found)]

    def without(self, unusable: Mapping[str, UnusableImage]) -> "Gathered":
        """Less the photos whose hash is in `unusable`, each counted by its reason."""
        kept = {i: tuple(p for p in photos if p.sha256 not in unusable) for i, photos in self.photos.items()}
        lost = Counter(
            unusable[photo.sha256].reason
            for photos in self.photos.values()
            for photo in photos
            if photo.sha256 in unusable
        )
        return Gathered(kept, self.drops + lost)


def gather(folder: Path, products: Sequence[Product], track: Track, seen: Seen | None = None) -> Gathered:
    """Find and hash the image files that `products` name, relative to `folder`; not those that were `seen` before."""
    photos: dict[str, tuple[Photo, ...]] = {}
    seen = seen or Seen()
    drops: Counter[str] = Counter()
    for product in track(products, "reading photos", len(products)):
        photos[product.id] = tuple(_usable(folder, product, drops, seen))
    return Gathered(photos, drops)


def read(path: Path) -> bytes:
    """The bytes of an image file. Raises UnusableImage: `missing file`, `unreadable file`, `file too large`."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UnusableImage("file too large", str(path))
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UnusableImage("missing file", str(path)) from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise UnusableImage("unreadable file", str(path)) from error


def sample(folder: Path, fit: Fit, size: int, count: int, track: Track) -> Pixels:
    """(n, size, size, 3) uint8, n ≤ `count`: usable photos of the catalogue in `folder`, spread over their hashes."""
    photos = gather(folder, feed.read(folder).products, track).distinct()
    return usable(photos[:: max(1, len(photos) // count)][:count], View(fit), size)


def usable(photos: Sequence[Photo], view: View, size: int) -> Pixels:
    """(n, S, S, 3) uint8: those of `photos` that can be used, as `view` shows them; S is its size, or else `size`."""
    pixels = []
    for photo in photos:
        try:
            pixels.append(fitted(read(photo.path), view, size))
        except UnusableImage:
            continue  # the build counts it
    side = view.size or size
    return np.stack(pixels) if pixels else np.zeros((0, side, side, 3), dtype=np.uint8)


def ahead(function: Callable[[T], S], blocks: Iterable[Sequence[T]]) -> Iterator[list[S]]:
    """Results of `function` on each item, block by block, the next block under way while one is used."""
    with ThreadPoolExecutor(PROCESSORS) as pool:
        waiting: deque[list[Future[list[S]]]] = deque()
        for block in blocks:
            waiting.append([pool.submit(_each, function, few) for few in blocks_of(block, _FEW)])
            if len(waiting) > 1:
                yield [result for future in waiting.popleft() for result in future.result()]
        while waiting:
            yield [result for future in waiting.popleft() for result in future.result()]


def _each(function: Callable[[T], S], items: Sequence[T]) -> list[S]:
    return [function(item) for item in items]


def blocks_of(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Consecutive runs of `size` items, the last one shorter."""
    return (items[start : start + size] for start in range(0, len(items), size))


def _usable(folder: Path, product: Product, drops: Counter[str], seen: Seen) -> Iterator[Photo]:
    if not product.image_files:
        drops["no image"] += 1
    for name in product.image_files:
        try:
            path = _inside(folder, name)
            yield Photo(seen.found(name, path, partial(_hashed, path)).hex(), path)
        except UnusableImage as error:
            drops[error.reason] += 1


def _hashed(path: Path) -> bytes:
    content = read(path)
    if not content:
        raise UnusableImage("empty file", str(path))
    return hashlib.sha256(content).digest()


def _inside(folder: Path, name: str) -> Path:
    """A feed may come from a stranger: it names photos in its own folder, and publishes no others."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise UnusableImage("outside the folder", name)
    return folder / path
