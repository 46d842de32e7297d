"""What eight bits need to know of a catalogue: the range of each value in the network, on the catalogue's own photos.

Kept beside the features, as a few numbers: a network in eight bits is the same whenever it is built from them.
"""

import hashlib
import json
from pathlib import Path

import numpy as np

from catalogue import atomic
from catalogue.errors import ExtractorError
from model.extractors import INT8, OPENVINO, Network, Scale, int8, openvino
from model.extractors.engine import OnEngine
from model.extractors.openvino import BATCH
from model.images import Pixels, View
from model.photos import sample
from model.progress import Track

SAMPLE = 64  # photos


def ranges(folder: Path, network: Network, view: View, track: Track) -> int8.Ranges:
    """Those of the catalogue in `folder`: measured once, on photos as `view` shows them.

    Raises CatalogueError when there is no catalogue, and ExtractorError when it has no usable photo.
    """
    path = folder / "features" / f"ranges-{_mark(network, view)}.json"
    try:
        return {name: (float(least), float(largest)) for name, (least, largest) in _read(path).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        pass  # not measured yet, or no longer readable
    photos = sample(folder, view, network.size, SAMPLE, track)
    if not len(photos):
        raise ExtractorError(f"no photo in {folder} can be used to measure ranges. Use --engine {OPENVINO}.")
    found = measured(network, photos, track)
    atomic.write_bytes(path, json.dumps(found, indent=1).encode())
    return found


def measured(network: Network, photos: Pixels, track: Track) -> int8.Ranges:
    """The ranges that lose least on (N, S, S, 3) uint8 `photos`, S being the network's size."""
    graph = network.graph()
    taken, names = int8.inputs(graph)
    inner = [name for name in names if name != taken]
    run = openvino.watched(graph, network, inner)
    seen = {name: int8.Histogram() for name in inner}
    starts = range(0, len(photos) - BATCH + 1, BATCH) or [0]
    for start in track(starts, "calibrating", len(starts)):
        batch = photos[start : start + BATCH]
        if len(batch) < BATCH:
            batch = batch.repeat(BATCH, axis=0)[:BATCH]
        for name, values in zip(inner, run(batch), strict=True):
            seen[name].add(values)
    return {name: histogram.range() for name, histogram in seen.items()} | {taken: _whole(network.scale)}


def on_engine(folder: Path, network: Network, engine: str, view: View, track: Track) -> OnEngine:
    """The network on an engine, calibrated on the catalogue in `folder` where the engine needs it."""
    return OnEngine(network, engine, ranges(folder, network, view, track) if engine == INT8 else None)


def _whole(scale: Scale) -> tuple[float, float]:
    """All that a photo can hold, in the network's range: no photo of the sample may have all of it."""
    ends = scale.apply(np.array([0, 255], dtype=np.uint8).reshape(2, 1, 1, 1).repeat(3, axis=-1))
    return float(ends.min()), float(ends.max())


def _read(path: Path) -> dict[str, list[float]]:
    found: dict[str, list[float]] = json.loads(path.read_bytes())
    return found


def _mark(network: Network, view: View) -> str:
    parts = [network.name, network.weights_sha256, view.version]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
