"""Which engine is the fastest of those that agree with the reference on this machine and this catalogue.

Agreement is asked of drawn patterns, which every machine has, and of the catalogue's own photos: the cosine between
the reference's feature and the engine's for each photo, and how much of each photo's ten nearest is the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
import numpy.typing as npt

from catalogue.errors import ExtractorError
from model.extractors import BF16, INT8, Extractor, Features, Network, openvino
from model.features import features_of
from model.images import Fit, Pixels, View
from model.lengths import unit
from model.neighbours import top_k
from model.photos import sample
from model.progress import Track
from model.remembered import mark, remembered

Plane = npt.NDArray[np.float64]
Load = Callable[[str], Extractor]  # an engine's name → the extractor on it

PATTERNS = 32
LEAST_COSINE = 0.999
LEAST_OVERLAP = 0.98
SAMPLE = 256
_NEAREST = 10


@dataclass(frozen=True)
class Candidate:
    """An engine's speed in photos a second, and its agreement with the reference: the least cosine, mean overlap."""

    engine: str
    photos_per_second: float
    cosine: float
    overlap: float

    @property
    def agrees(self) -> bool:
        """Whether it may stand in for the reference."""
        return self.cosine >= LEAST_COSINE and self.overlap >= LEAST_OVERLAP


def patterns(size: int) -> Pixels:
    """(PATTERNS, size, size, 3) uint8 drawn pictures: waves of many scales and directions, the same everywhere."""
    row, column = np.mgrid[0:size, 0:size] / size
    drawn = [np.stack([_wave(row, column, n, channel) for channel in range(3)], -1) for n in range(PATTERNS)]
    return np.asarray(np.rint((np.stack(drawn) + 1) * 127.5), dtype=np.uint8)


def compare(load: Load, engines: Sequence[str], size: int, sample: Pixels, track: Track) -> list[Candidate]:
    """Each of `engines`, the reference first, on the patterns and a `sample` (N, size, size, 3) uint8 of photos."""
    photos = np.concatenate([patterns(size), sample])
    measured: dict[str, tuple[Features, float]] = {}
    for engine in track(engines, "comparing engines", len(engines)):
        try:
            measured[engine] = _measured(load(engine), photos)
        except ExtractorError:
            if engine == engines[0]:
                raise
            # a network need not run on every engine
    expected, _ = measured[engines[0]]
    return [
        Candidate(engine, speed, _cosine(expected, found), _overlap(expected[PATTERNS:], found[PATTERNS:]))
        for engine, (found, speed) in measured.items()
    ]


def choose(folder: Path, network: Network, load: Load, fit: Fit, track: Track) -> str:
    """The engine for the catalogue in `folder`: compared once, and remembered beside its features.

    Raises CatalogueError when there is no catalogue, FeaturesError and ExtractorError as extracting does.
    """
    engines = available(network)

    def measure() -> dict[str, object]:
        photos = sample(folder, fit, network.size, SAMPLE, track)
        candidates = compare(load, engines, network.size, photos, track)
        return {"engine": fastest(candidates), "candidates": [asdict(each) for each in candidates]}

    name = mark([network.name, network.weights_sha256, View(fit).version, openvino.version(), *engines])
    path = folder / "features" / f"engines-{name}.json"
    return remembered(path, lambda found: str(found["engine"]), measure)


def fastest(candidates: Sequence[Candidate]) -> str:
    """The fastest of those that agree; the reference always does."""
    return max((each for each in candidates if each.agrees), key=lambda each: each.photos_per_second).engine


def available(network: Network) -> tuple[str, ...]:
    """The engines that can run a network on this processor, the one that others are compared with first."""
    needs = {BF16: "BF16", INT8: "INT8"}
    found = openvino.capabilities()
    return tuple(engine for engine in network.engines if engine not in needs or needs[engine] in found)


def _measured(extractor: Extractor, photos: Pixels) -> tuple[Features, float]:
    """Features of the photos, and the speed without the first batch, in which the network is built."""
    first = features_of(extractor, photos[:PATTERNS])
    begin = perf_counter()
    rest = features_of(extractor, photos[PATTERNS:] if len(photos) > PATTERNS else photos)
    speed = max(PATTERNS, len(photos) - PATTERNS) / (perf_counter() - begin)
    return (np.concatenate([first, rest]) if len(photos) > PATTERNS else first), speed


def _cosine(expected: Features, found: Features) -> float:
    return float((unit(expected) * unit(found)).sum(1).min())


def _overlap(expected: Features, found: Features) -> float:
    """The mean share of each photo's nearest that both have; 1 for a sample that is too small to have any."""
    if len(expected) < 2:
        return 1.0
    k = min(_NEAREST, len(expected) - 1)
    pairs = zip(top_k(expected, k).indices, top_k(found, k).indices, strict=True)
    return float(np.mean([len(set(one) & set(other)) / k for one, other in pairs]))


def _wave(row: Plane, column: Plane, number: int, channel: int) -> Plane:
    """One channel of a pattern, in [-1, 1]: a wave of `number + 1` half periods in a direction of its own."""
    angle = number + channel
    along = row * np.cos(angle) + column * np.sin(angle)
    return np.asarray(np.sin(np.pi * (number + 1) * along + channel))
