"""From image files to stored features: the seed's way, the network alone, and ours, on each engine of this machine.

The seed's way is the tutorial's: every file through Keras's `load_img`, all of them into one array, and `predict`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np

from catalogue import feed
from model import agreement, extractors
from model.extractors import BATCH, REFERENCE, Extractor, Features, efficientnet_lite0, vgg16
from model.extractors.checkpoint import read_checkpoint
from model.extractors.engine import keras
from model.features import extract, extract_batches
from model.images import Pixels, letterboxed
from model.photos import Photo, gather
from model.progress import Track, silent

SEED = "the seed's way"


@dataclass(frozen=True)
class Speed:
    """Images a second of one way on one engine, and as a ratio to the seed's way of the same run."""

    way: str
    engine: str
    images_per_second: float
    ratio: float


def measure(folder: Path, images: int, name: str, weights: Path | None, track: Track) -> list[Speed]:
    """The ways on the first `images` photos of the catalogue in `folder`. Raises as extracting does."""
    photos = gather(folder, feed.read(folder).products, silent).distinct()[:images]
    load = partial(extractors.load, name, weights)
    ways: list[tuple[str, str, Callable[[], float]]] = [(SEED, REFERENCE, partial(_seed, photos, name, weights))]
    pixels = np.stack([letterboxed(photo.path.read_bytes(), load().size) for photo in photos])
    for engine in agreement.available():
        extractor = load(engine)
        ways += [
            ("the network alone", engine, partial(_alone, extractor, pixels)),
            ("files to stored features", engine, partial(_whole, extractor, photos)),
        ]
    speeds = [(way, engine, len(photos) / run()) for way, engine, run in track(ways, "extracting", len(ways))]
    return [Speed(way, engine, speed, speed / speeds[0][2]) for way, engine, speed in speeds]


def as_rows(speeds: Sequence[Speed]) -> list[dict[str, str | float]]:
    """Plain values for JSON."""
    return [
        {"way": each.way, "engine": each.engine, "images_per_second": round(each.images_per_second, 2),
         "ratio": round(each.ratio, 3)}
        for each in speeds
    ]  # fmt: skip


def _seed(photos: Sequence[Photo], name: str, weights: Path | None) -> float:
    network, prepared = _network(name, weights)
    size = network.input_shape[1]
    network.predict(np.zeros((BATCH, size, size, 3), np.float32), verbose=0)
    begin = perf_counter()
    images = [keras().utils.load_img(photo.path, target_size=(size, size)) for photo in photos]
    network.predict(prepared(np.stack([np.asarray(image) for image in images])), batch_size=BATCH, verbose=0)
    return perf_counter() - begin


def _network(name: str, weights: Path | None) -> tuple[Any, Callable[[Pixels], Features]]:
    if name == "vgg16":
        return vgg16.build_network(weights or vgg16.cached_weights() or vgg16.download_weights()), vgg16.centred
    tensors = read_checkpoint(weights or efficientnet_lite0.packaged_weights())
    return efficientnet_lite0.build_network(tensors), efficientnet_lite0.scaled


def _alone(extractor: Extractor, pixels: Pixels) -> float:
    extract_batches(extractor, pixels[:BATCH])  # builds the network
    begin = perf_counter()
    extract_batches(extractor, pixels)
    return perf_counter() - begin


def _whole(extractor: Extractor, photos: Sequence[Photo]) -> float:
    with TemporaryDirectory() as folder:
        begin = perf_counter()
        extract(photos, extractor, "letterbox", Path(folder), silent)
        return perf_counter() - begin
