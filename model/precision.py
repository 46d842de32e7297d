"""How few bits the network of a bundle may have: the fewest with which photos are found as by the lists' features.

Each precision is measured as it will run, on photos of the catalogue: the cosine between a photo's features and those
that the lists were made of, and how much of its ten nearest is the same.
"""

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter

import numpy as np

from catalogue.errors import BundleError
from model import calibration
from model.bundled import Candidate
from model.extractors import Features, Network, int8
from model.extractors.fp16 import halved
from model.images import Fit, View
from model.neighbours.normalize import unit
from model.photos import Photo, read
from model.progress import Track
from model.query import described
from model.ranking import Indices
from model.rows import Kind, Rows
from model.runtime import Runtime, Way

LEAST_COSINE, LEAST_OVERLAP = 0.99, 0.95
LEAST_RECALL = 0.98  # of the ten nearest, by features in eight bits
SAMPLE = 256  # photos
NEAREST = 10

Step = tuple[str, Callable[[], bytes]]  # what a precision is called, and how it is made


@dataclass(frozen=True)
class Measured:
    """A precision with its milliseconds a photo, decoding included."""

    candidate: Candidate
    milliseconds: float

    @property
    def agrees(self) -> bool:
        """Whether it may be used."""
        return self.candidate.cosine >= LEAST_COSINE and self.candidate.overlap >= LEAST_OVERLAP


@dataclass(frozen=True)
class Trial:
    """What precisions are measured by: photos of the catalogue, as `views` show them, and what they shall find.

    `own` (S,) are the photos' rows among all, `expected` (S, D) their features, and `nearest` (S, k) the rows that are
    nearest to them. `rows` are the features that a bundle holds.
    """

    photos: Sequence[Photo]
    views: Sequence[View]
    own: Indices
    expected: Features
    nearest: Indices
    rows: Rows

    def measured(self, name: str, graph: bytes, way: Way, track: Track) -> Measured:
        """Raises BundleError when the graph cannot be run."""
        runtime = Runtime(graph, way)
        described(runtime, self.views, read(self.photos[0].path))  # the first photo takes longer
        begin = perf_counter()
        shown = track(self.photos, f"measuring {name}", len(self.photos))
        found = np.stack([described(runtime, self.views, read(photo.path)) for photo in shown])
        passed = perf_counter() - begin
        cosine = float((unit(found) * unit(self.expected)).sum(axis=1).min())
        candidate = Candidate(
            name,
            _megabytes(len(graph)),
            _megabytes(len(zlib.compress(graph))),
            round(cosine, 4),
            overlap(self.nearest, nearest(self.rows, found, self.own)),
        )
        return Measured(candidate, 1000 * passed / len(self.photos))


def kept(features: Features, own: Indices) -> tuple[Rows, float, Indices]:
    """The (N, D) `features` in eight bits, or in sixteen where eight lose too much, and their recall.

    That is the share of the ten nearest of the rows `own` (S,), which come third, that they find for the same vectors.
    """
    exact = nearest(Rows.of(features, "float32"), features[own], own)
    kinds: tuple[Kind, ...] = ("int8", "float16")
    for kind in kinds:
        rows = Rows.of(features, kind)
        recall = overlap(exact, nearest(rows, features[own], own))
        if recall >= LEAST_RECALL:
            break
    return rows, recall, exact


def nearest(rows: Rows, vectors: Features, own: Indices) -> Indices:
    """(S, k) the rows nearest to each of `vectors` (S, D), their `own` (S,) left out; k is at most NEAREST."""
    cosines = rows.cosines(vectors)
    cosines[np.arange(len(own)), own] = -np.inf
    return np.argsort(-cosines, axis=1, kind="stable")[:, : min(NEAREST, cosines.shape[1] - 1)]


def overlap(one: Indices, other: Indices) -> float:
    """The mean share of each row that both have, to 4 digits; 1 where there is nothing to find."""
    if not one.size:
        return 1.0
    return round(
        float(np.mean([len(np.intersect1d(*pair)) for pair in zip(one, other, strict=True)]) / one.shape[1]), 4
    )


def smallest(trial: Trial, steps: Iterator[Step], way: Way, track: Track) -> tuple[bytes, list[Measured]]:
    """The first of `steps`, from the smallest on, that agrees, and all that were measured, it as the last.

    Raises BundleError when none does.
    """
    tried: list[Measured] = []
    for name, make in steps:
        graph = make()
        tried.append(trial.measured(name, graph, way, track))
        if tried[-1].agrees:
            return graph, tried
    raise BundleError(
        f"{way.name} agrees in no precision with the features that the lists were made of (best cosine"
        f" {max(each.candidate.cosine for each in tried)}). Build the lists with --engine openvino."
    )


def ladder(folder: Path, network: Network, fit: Fit, track: Track) -> Iterator[Step]:
    """The precisions of a network, the smallest first; each is made when it is asked for.

    In eight bits calibrated on the catalogue in `folder`, with reduced weights: it may be run on any processor.
    """
    graph = network.graph()
    ranges = calibration.ranges(folder, network, fit, track)
    yield "int8", partial(int8.quantised, network, ranges, reduced=True)
    yield "fp16", partial(halved, graph)
    yield "fp32", int8.opened(graph).SerializeToString


def _megabytes(count: int) -> float:
    return round(count / 1e6, 1)
