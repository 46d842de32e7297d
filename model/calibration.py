"""What eight bits need to know of a catalogue: the range of each value in the network, on the catalogue's own photos.

Kept beside the features, as a few numbers: a network in eight bits is the same whenever it is built from them.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from catalogue.errors import ExtractorError
from model.extractors import INT8, OPENVINO, Features, Network, Scale, int8, openvino
from model.extractors.engine import OnEngine
from model.extractors.openvino import BATCH
from model.images import Fit, Pixels, View
from model.photos import sample
from model.progress import Track
from model.remembered import mark, remembered

SAMPLE = 64  # photos


def ranges(folder: Path, network: Network, fit: Fit, track: Track) -> int8.Ranges:
    """Those of the catalogue in `folder`: measured once, on photos of the network's own size, fitted as `fit` says.

    Raises CatalogueError when there is no catalogue, ExtractorError when it has no usable photo, and FeaturesError when
    they cannot be kept.
    """

    def measure() -> int8.Ranges:
        photos = sample(folder, fit, network.size, SAMPLE, track)
        if not len(photos):
            raise ExtractorError(f"no photo in {folder} can be used to measure ranges. Use --engine {OPENVINO}.")
        return measured(network, photos, track)

    name = mark([network.name, network.weights_sha256, View(fit).version])
    return remembered(folder / "features" / f"ranges-{name}.json", _parsed, measure)


def measured(network: Network, photos: Pixels, track: Track) -> int8.Ranges:
    """The ranges that lose least on (N, S, S, 3) uint8 `photos`, S being the network's size."""
    graph = network.graph()
    taken, names = int8.inputs(graph)
    inner = [name for name in names if name != taken]
    seen = {name: int8.Histogram() for name in inner}
    for found in _watched(graph, network, inner, photos, track):
        for name, values in zip(inner, found, strict=True):
            seen[name].add(values)
    return {name: histogram.range() for name, histogram in seen.items()} | {taken: _whole(network.scale)}


def flows(folder: Path, network: Network, fit: Fit, ranges: int8.Ranges, track: Track) -> dict[str, int8.Flow]:
    """What flows into each layer with a bias, on the photos that `ranges` are measured on."""
    graph = network.graph()
    taken, sizes, dense = int8.inputs(graph)[0], int8.channels(graph), int8.dense(graph)
    photos = sample(folder, fit, network.size, SAMPLE, track)
    inner = [name for name in sizes if name != taken]
    found: dict[str, list[int8.Flow]] = {name: [] for name in inner}
    for batch in _watched(graph, network, inner, photos, track):
        for name, values in zip(inner, batch, strict=True):
            shaped = values.reshape((-1, sizes[name], 1) if name in dense else (BATCH, sizes[name], -1))
            cut = np.clip(shaped, *ranges[name])
            seen = cut[:, :, 0] if name in dense else None
            found[name].append(int8.Flow(shaped.mean(axis=(0, 2)), cut.mean(axis=(0, 2)), seen))
    given = network.scale.apply(photos).mean(axis=(0, 1, 2))
    return {taken: int8.Flow(given, given)} | {name: _joined(each) for name, each in found.items()}


def _joined(flows: Sequence[int8.Flow]) -> int8.Flow:
    """Of equally many photos each."""
    seen = [flow.seen for flow in flows if flow.seen is not None]
    exact, cut = np.mean([flow.exact for flow in flows], axis=0), np.mean([flow.cut for flow in flows], axis=0)
    return int8.Flow(exact, cut, np.concatenate(seen) if seen else None)


def _watched(
    graph: bytes | Path, network: Network, names: Sequence[str], photos: Pixels, track: Track
) -> Iterator[list[Features]]:
    """What the values called `names` are on BATCH photos after the others, each (M,) float32."""
    run = openvino.watched(graph, network, names)
    starts = range(0, len(photos) - BATCH + 1, BATCH) or [0]
    for start in track(starts, "calibrating", len(starts)):
        batch = photos[start : start + BATCH]
        yield run(batch if len(batch) == BATCH else batch.repeat(BATCH, axis=0)[:BATCH])


def on_engine(folder: Path, network: Network, engine: str, fit: Fit, track: Track) -> OnEngine:
    """The network on an engine, calibrated on the catalogue in `folder` where the engine needs it."""
    return OnEngine(network, engine, ranges(folder, network, fit, track) if engine == INT8 else None)


def _whole(scale: Scale) -> tuple[float, float]:
    """All that a photo can hold, in the network's range: no photo of the sample may have all of it."""
    ends = scale.apply(np.array([0, 255], dtype=np.uint8).reshape(2, 1, 1, 1).repeat(3, axis=-1))
    return float(ends.min()), float(ends.max())


def _parsed(found: dict[str, tuple[float, float]]) -> int8.Ranges:
    return {name: (float(least), float(largest)) for name, (least, largest) in found.items()}
