"""What eight bits need to know of a catalogue: the range of each value in the network, on the catalogue's own photos.

Kept beside the features, as a few numbers: a network in eight bits is the same whenever it is built from them.
"""

from pathlib import Path

from catalogue.errors import ExtractorError
from model.extractors import INT8, OPENVINO, Network, int8
from model.extractors.engine import OnEngine
from model.images import Fit, View
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
        (found,) = track((int8.measured(network, photos) for _ in range(1)), "calibrating", 1)
        return found

    name = mark([network.name, network.weights_sha256, View(fit).version])
    return remembered(folder / "features" / f"ranges-{name}.json", _parsed, measure)


def on_engine(folder: Path, network: Network, engine: str, fit: Fit, track: Track) -> OnEngine:
    """The network on an engine, calibrated on the catalogue in `folder` where the engine needs it."""
    return OnEngine(network, engine, ranges(folder, network, fit, track) if engine == INT8 else None)


def _parsed(found: dict[str, tuple[float, float]]) -> int8.Ranges:
    return {name: (float(least), float(largest)) for name, (least, largest) in found.items()}
