"""Which engine is the fastest of those that agree with the reference on this machine and this catalogue.

Agreement is asked of drawn patterns, which every machine has, and of the catalogue's own photos: the cosine between
the reference's feature and the engine's for each photo, and how much of each photo's ten nearest is the same.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
import numpy.typing as npt

from catalogue import atomic, feed
from catalogue.errors import UnusableImage
from model.extractors import BATCH, ENGINES, REFERENCE, Extractor, Features, fingerprint, openvino
from model.features import extract_batches
from model.images import VERSION, Fit, Pixels, fitted
from model.neighbours import top_k, unit
from model.photos import gather, read
from model.progress import Track

Plane = npt.NDArray[np.float64]
Load = Callable[[str], Extractor]  # an engine's name → the extractor on it

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
    """(BATCH, size, size, 3) uint8 drawn pictures: waves of many scales and directions, the same everywhere."""
    row, column = np.mgrid[0:size, 0:size] / size
    drawn = [np.stack([_wave(row, column, n, channel) for channel in range(3)], -1) for n in range(BATCH)]
    return np.asarray(np.rint((np.stack(drawn) + 1) * 127.5), dtype=np.uint8)


def compare(load: Load, engines: Sequence[str], sample: Pixels, track: Track) -> list[Candidate]:
    """The reference and the other `engines` on the patterns and a `sample` (N, S, S, 3) uint8 of the catalogue."""
    photos = np.concatenate([patterns(load(REFERENCE).size), sample])
    tried = [REFERENCE, *(engine for engine in engines if engine != REFERENCE)]
    measured = [_measured(load(engine), photos) for engine in track(tried, "comparing engines", len(tried))]
    expected = measured[0][0]
    return [
        Candidate(engine, speed, _cosine(expected, found), _overlap(expected[BATCH:], found[BATCH:]))
        for engine, (found, speed) in zip(tried, measured, strict=True)
    ]


def choose(folder: Path, load: Load, fit: Fit, track: Track) -> str:
    """The engine for the catalogue in `folder`: compared once, and remembered beside its features.

    Raises CatalogueError when there is no catalogue, FeaturesError and ExtractorError as extracting does.
    """
    path = folder / "features" / f"engines-{_mark(load(REFERENCE), fit)}.json"
    try:
        return str(json.loads(path.read_bytes())["engine"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # not compared yet, or no longer readable
    candidates = compare(load, available(), sample(folder, fit, load(REFERENCE).size, track), track)
    found = {"engine": fastest(candidates), "candidates": [asdict(each) for each in candidates]}
    atomic.write_bytes(path, json.dumps(found, indent=1).encode())
    return str(found["engine"])


def sample(folder: Path, fit: Fit, size: int, track: Track) -> Pixels:
    """(n, size, size, 3) uint8, n ≤ SAMPLE: usable photos of the catalogue, spread over their hashes."""
    photos = gather(folder, feed.read(folder).products, track).distinct()
    pixels = []
    for photo in photos[:: max(1, len(photos) // SAMPLE)][:SAMPLE]:
        try:
            pixels.append(fitted(read(photo.path), fit, size))
        except UnusableImage:
            continue  # the build counts it
    return np.stack(pixels) if pixels else np.zeros((0, size, size, 3), dtype=np.uint8)


def fastest(candidates: Sequence[Candidate]) -> str:
    """The fastest of those that agree; the reference always does."""
    return max((each for each in candidates if each.agrees), key=lambda each: each.photos_per_second).engine


def available() -> tuple[str, ...]:
    """The engines that this processor can run."""
    return tuple(engine for engine in ENGINES if not engine.endswith("-bf16") or openvino.has_bf16())


def _mark(reference: Extractor, fit: Fit) -> str:
    """Differs whenever the comparison could come out differently."""
    parts = [fingerprint(reference, VERSION[fit]), openvino.version(), *available()]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _measured(extractor: Extractor, photos: Pixels) -> tuple[Features, float]:
    """Features of the photos, and the speed without the first batch, in which the network is built."""
    first = extract_batches(extractor, photos[:BATCH])
    begin = perf_counter()
    rest = extract_batches(extractor, photos[BATCH:] if len(photos) > BATCH else photos)
    speed = max(BATCH, len(photos) - BATCH) / (perf_counter() - begin)
    return (np.concatenate([first, rest]) if len(photos) > BATCH else first), speed


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
