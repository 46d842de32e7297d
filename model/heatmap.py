"""Where in two photos their similarity comes from.

A feature f that is the mean of what a network found at P positions, F[p], makes the cosine of two photos a sum over the
positions of either: cos(a, b) = Σ F_a[p]·f_b / (P |f_a| |f_b|), and the same with a and b exchanged. That is exact (the
decomposition of Zhou et al. 2016 for classes and of Stylianou et al. 2019 for pairs).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from math import isqrt

import numpy as np
import numpy.typing as npt
from PIL import Image

from catalogue.errors import ExtractorError
from model.extractors import Features, Network, Run, openvino
from model.images import Pixels, Sides, View, decode, fitted, letterbox
from model.photos import Photo, ahead, blocks_of, read
from model.progress import Track

BLOCK = 32  # photos that go through the network together
KEPT = 1000  # photos whose positions stay in memory, about half a megabyte each with two views
LEVELS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"  # 0 to 63, as base64 has them in addresses
PAPER, WARM = (247, 247, 245), (222, 142, 84)

Grid = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Heat:
    """How much each part of two photos adds to their `similarity`: (H, W) float32 over the letterboxed square.

    Both sum to `similarity`. When `exact`, that is the cosine of the features as `model.views.joined` has them.
    """

    a: Grid
    b: Grid
    exact: bool
    similarity: float

    @property
    def texts(self) -> tuple[str, str]:
        """Both as `encoded`, relative to the largest value of the two."""
        largest = float(max(self.a.max(), self.b.max()))
        return encoded(self.a, largest), encoded(self.b, largest)


class Positions:
    """What a network finds at each position of a photo, before it pools."""

    def __init__(self, network: Network) -> None:
        """Raises ExtractorError for a network whose positions are not known."""
        if network.positions is None:
            raise ExtractorError(
                f"{network.name} has no heat maps: what it finds at each position is not known here."
                " Leave them out, or use --extractor efficientnet-lite0."
            )
        self.network, self._graph = network, network.positions
        self._runs: dict[int, Run] = {}  # by the size of photos

    def of(self, pixels: Pixels) -> Features:
        """(N, H, W, C) float32 of (N, S, S, 3) uint8 RGB photos, N ≥ 1. Raises ExtractorError."""
        size = pixels.shape[1]
        if size not in self._runs:
            self._runs[size] = openvino.compiled(self._graph(), self.network, size, "f32")
        return np.ascontiguousarray(self._runs[size](pixels).transpose(0, 2, 3, 1))


@dataclass(frozen=True)
class _Side:
    """One view of a photo, a mirrored one joined with its plain one.

    `shares` (H, W, C) float32 are the positions, scaled so that their sum `mean` is the feature at unit length;
    `extent` is the height and the width that the view covers, of the letterboxed square.
    """

    shares: Features
    mean: Features
    extent: tuple[float, float]


Seen = tuple[_Side, ...]  # a photo in all views
Means = tuple[Features, ...]  # what of it other photos' maps need


def contributions(a: Features, b: Features) -> tuple[Grid, Grid]:
    """(H, W) float32 each: what the positions `a` and `b`, (H, W, C) float32, add to the cosine of their means."""
    one, other = _scaled(a), _scaled(b)
    return _added(one, other.sum(axis=(0, 1))), _added(other, one.sum(axis=(0, 1)))


def heat(network: Network, photo_a: bytes, photo_b: bytes, views: Sequence[View]) -> Heat:
    """Of two image files. Raises UnusableImage, and ExtractorError for a network without heat maps."""
    positions = Positions(network)
    a, b = (_seen(positions, [_shown(content, views, network.size)], views)[0] for content in (photo_a, photo_b))
    return Heat(_map(a, _means(b)), _map(b, _means(a)), network.is_mean, _similarity(_means(a), _means(b)))


def heats(
    network: Network, pairs: Sequence[tuple[Photo, Photo]], views: Sequence[View], track: Track
) -> Iterator[Heat]:
    """A Heat for each of `pairs`, in their order.

    A photo goes through the network once while no more than KEPT are in `pairs`; the others go through it twice, so
    that of each only its mean and its maps stay in memory. Raises as `heat` does.
    """
    photos = list({photo.sha256: photo for pair in pairs for photo in pair}.values())
    positions = Positions(network)
    kept: dict[str, Seen] = {}
    means: dict[str, Means] = {}
    for photo, seen in track(_through(positions, photos, views), "photos, heat maps", len(photos)):
        means[photo.sha256] = _means(seen)
        if len(kept) < KEPT:
            kept[photo.sha256] = seen
    rest = [photo for photo in photos if photo.sha256 not in kept]
    again = track(_through(positions, rest, views), "heat maps", len(rest))
    maps = _maps(chain(kept.items(), ((photo.sha256, seen) for photo, seen in again)), pairs, means)
    for a, b in pairs:
        one, other = a.sha256, b.sha256
        similarity = _similarity(means[one], means[other])
        yield Heat(maps[one, other], maps[other, one], network.is_mean, similarity)


def _maps(
    photos: Iterable[tuple[str, Seen]], pairs: Sequence[tuple[Photo, Photo]], means: Mapping[str, Means]
) -> dict[tuple[str, str], Grid]:
    """By a photo and the one that it is compared with: the map of the first."""
    others: dict[str, set[str]] = {}
    for a, b in pairs:
        others.setdefault(a.sha256, set()).add(b.sha256)
        others.setdefault(b.sha256, set()).add(a.sha256)
    return {(photo, other): _map(seen, means[other]) for photo, seen in photos for other in sorted(others[photo])}


def encoded(grid: Grid, largest: float) -> str:
    """A character for each position of a square grid, row by row: one of 64 levels from 0 to `largest`."""
    levels = np.rint(np.clip(grid / (largest or 1), 0, 1) * (len(LEVELS) - 1)).astype(int)
    return "".join(LEVELS[level] for level in levels.ravel())


def decoded(text: str) -> Grid:
    """(H, W) float32 in [0, 1] of what `encoded` gave. Raises ValueError for anything else."""
    side = isqrt(len(text))
    if side * side != len(text) or not text:
        raise ValueError(f"expected a square number of characters, received {len(text)}")
    levels = np.array([LEVELS.index(character) for character in text], dtype=np.float32)
    return levels.reshape(side, side) / np.float32(len(LEVELS) - 1)


def overlay(photo: Image.Image, grid: Grid, size: int = 320) -> Image.Image:
    """The photo in a square of `size` pixels, in colour where `grid`, in [0, 1], is high, pale and grey elsewhere."""
    picture = np.asarray(letterbox(photo, size), dtype=np.float32)
    smooth = Image.fromarray(grid).resize((size, size), Image.Resampling.BICUBIC)
    strength = np.clip(np.asarray(smooth), 0, 1)[..., None]
    faded = 0.25 * picture.mean(axis=2, keepdims=True) + 0.75 * np.array(PAPER)
    warmed = 0.85 * picture + 0.15 * np.array(WARM)
    return Image.fromarray(np.rint(faded + strength * (warmed - faded)).astype(np.uint8))


def _through(positions: Positions, photos: Sequence[Photo], views: Sequence[View]) -> Iterator[tuple[Photo, Seen]]:
    def shown(photo: Photo) -> tuple[list[Pixels], Sides]:
        return _shown(read(photo.path), views, positions.network.size)

    for block, pictures in zip(blocks_of(photos, BLOCK), ahead(shown, blocks_of(photos, BLOCK)), strict=True):
        yield from zip(block, _seen(positions, pictures, views), strict=True)


def _shown(content: bytes, views: Sequence[View], size: int) -> tuple[list[Pixels], Sides]:
    """A photo in each view, and its sides, of which only the ratio counts."""
    return [fitted(content, view, size) for view in views], decode(content, lambda _: (1, 1)).size


def _seen(positions: Positions, pictures: Sequence[tuple[list[Pixels], Sides]], views: Sequence[View]) -> list[Seen]:
    found: dict[View, list[Features]] = {}
    for number, view in enumerate(views):
        at = positions.of(np.stack([pixels[number] for pixels, _ in pictures]))
        found.setdefault(replace(view, mirrored=False), []).append(at[:, :, ::-1] if view.mirrored else at)
    joined: dict[View, Features] = {view: sum(each[1:], each[0]) for view, each in found.items()}
    return [
        tuple(_side(joined[view][number], _extent(view, sides)) for view in joined)
        for number, (_, sides) in enumerate(pictures)
    ]


def _side(at: Features, extent: tuple[float, float]) -> _Side:
    shares = _scaled(at)
    return _Side(shares, shares.sum(axis=(0, 1)), extent)


def _scaled(at: Features) -> Features:
    """(H, W, C) float32, of which the sum has unit length; zeros when the mean is zero."""
    length = float(np.linalg.norm(at.sum(axis=(0, 1), dtype=np.float64)))
    return np.asarray(at / (length or 1), dtype=np.float32)


def _added(shares: Features, mean: Features) -> Grid:
    return np.asarray(shares @ mean, dtype=np.float32)


def _extent(view: View, sides: Sides) -> tuple[float, float]:
    width, height = sides
    longest = max(sides)
    if view.fit == "crop":
        return min(sides) / longest, min(sides) / longest
    return (1.0, 1.0) if view.fit == "letterbox" else (height / longest, width / longest)


def _means(seen: Seen) -> Means:
    return tuple(side.mean for side in seen)


def _map(seen: Seen, others: Means) -> Grid:
    """The map of a photo that is compared with another, in as many positions as its first view has."""
    target = seen[0].shares.shape[:2]
    total = np.zeros(target)
    for side, mean in zip(seen, others, strict=True):
        grid = _added(side.shares, mean)
        rows, columns = (_spread(*each) for each in zip(side.extent, grid.shape, target, strict=True))
        total += rows @ grid @ columns.T
    return (total / len(seen)).astype(np.float32)


def _spread(extent: float, given: int, wanted: int) -> npt.NDArray[np.float64]:
    """(wanted, given): the share of each of `given` cells, laid over the middle `extent`, in each of `wanted` cells.

    Each column sums to 1: nothing is lost.
    """
    ends = 0.5 + extent * (np.arange(given + 1) / given - 0.5)
    cells = np.arange(wanted + 1) / wanted
    within = np.minimum(ends[1:], cells[1:, None]) - np.maximum(ends[:-1], cells[:-1, None])
    return np.asarray(np.maximum(0, within) / (extent / given))


def _similarity(one: Means, other: Means) -> float:
    return float(np.mean([mine @ its for mine, its in zip(one, other, strict=True)]))
