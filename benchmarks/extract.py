"""From image files to stored features: the seed's way, the network alone, and ours, on each engine of this machine.

The seed's way is the tutorial's: every file through Keras's `load_img`, all of them into one array, and `predict`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np

from catalogue import feed
from catalogue.errors import ExtractorError
from model import calibration
from model.extractors import INT8, REFERENCE, Extractor, Network, int8, openvino
from model.extractors.engine import OnEngine, keras
from model.features import extract, features_of
from model.images import Pixels, View, fitted
from model.photos import Photo, gather
from model.progress import Track, silent

VIEW = View("letterbox")
BATCH = 32  # what Keras takes unless told otherwise
SEED = "the seed's way"


@dataclass(frozen=True)
class Speed:
    """Images a second of one way on one engine, and as a ratio to the seed's way of the same run."""

    way: str
    engine: str
    images_per_second: float
    ratio: float


def measure(folder: Path, images: int, rounds: int, network: Network, track: Track) -> list[Speed]:
    """The ways on the first `images` photos of the catalogue in `folder`, the median of some rounds of all of them.

    Raises as extracting does.
    """
    photos = gather(folder, feed.read(folder).products, silent).distinct()[:images]
    pixels = np.stack([fitted(photo.path.read_bytes(), VIEW, network.size) for photo in photos])
    ways: list[tuple[str, str, Callable[[], float]]] = [
        (SEED, REFERENCE, partial(_seed, photos, network, _reference(network)))
    ]
    ranges = int8.measured(network, pixels[: calibration.SAMPLE])
    for engine in openvino.available(network):
        extractor = OnEngine(network, engine, ranges if engine == INT8 else None)
        ways += [
            ("the network alone", engine, partial(_alone, extractor, pixels)),
            ("files to stored features", engine, partial(_whole, extractor, photos)),
        ]
    seconds: list[list[float]] = [[] for _ in ways]
    for number in track(range(rounds * len(ways)), "extracting", rounds * len(ways)):
        seconds[number % len(ways)].append(ways[number % len(ways)][2]())
    speeds = [len(photos) / median(each) for each in seconds]
    return [Speed(way, engine, speed, speed / speeds[0]) for (way, engine, _), speed in zip(ways, speeds, strict=True)]


def as_rows(speeds: Sequence[Speed]) -> list[dict[str, str | float]]:
    """Plain values for JSON."""
    return [
        {"way": each.way, "engine": each.engine, "images_per_second": round(each.images_per_second, 2),
         "ratio": round(each.ratio, 3)}
        for each in speeds
    ]  # fmt: skip


def _reference(network: Network) -> Any:
    if network.reference is None:
        raise ExtractorError(f"{network.name} has no Keras model to compare with. Name another with --extractor.")
    model, size = network.reference(), network.size
    model.predict(np.zeros((BATCH, size, size, 3), np.float32), verbose=0)
    return model


def _seed(photos: Sequence[Photo], network: Network, model: Any) -> float:
    begin = perf_counter()
    images = [keras().utils.load_img(photo.path, target_size=(network.size, network.size)) for photo in photos]
    scaled = network.scale.apply(np.stack([np.asarray(image) for image in images]))
    model.predict(scaled, batch_size=BATCH, verbose=0)
    return perf_counter() - begin


def _alone(extractor: Extractor, pixels: Pixels) -> float:
    features_of(extractor, pixels[:1])  # builds the network
    begin = perf_counter()
    features_of(extractor, pixels)
    return perf_counter() - begin


def _whole(extractor: Extractor, photos: Sequence[Photo]) -> float:
    with TemporaryDirectory() as folder:
        begin = perf_counter()
        extract(photos, extractor, [VIEW], Path(folder), silent)
        return perf_counter() - begin
