"""Seconds and memory of the search for neighbours, against the seed's way and a plain blocked product.

Features of catalogues of that size cannot be had, and noise has no neighbours to find, so they are drawn: photos in
families of six on average, these in kinds of 25 families, these in categories, each level adding to the one above it in
1,024 directions whose weight falls as a power, all of it cut at zero as by a ReLU. Their spectrum and similarities are
close to those of EfficientNet-Lite0 on 3,409 photos of clothes: 256 components keep .90 of the squared length (there
.92), and the median similarity of the first, 12th and 1,000th neighbour is .78, .70 and .40 (.76, .68 and .46).

The seed's way sorts a pandas column for each product. At most SORTED of them are sorted, and the time that all would
take is worked out from that. Above SELF products it is given the features twice, or it would crash.
"""

import importlib
import multiprocessing
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TypeVar

import numpy as np

from benchmarks import memory
from catalogue.errors import LookalikeError
from model.extractors import Features
from model.neighbours import approximate, exact
from model.neighbours.exact import Integers
from model.progress import Track

T = TypeVar("T")

K = 12
BLOCK = 1024
SORTED = 100  # products that the seed's way sorts
JUDGED = 500  # products, the first ones, whose lists are compared with the exact ones
SELF = 20_000  # rows of which OpenBLAS can multiply a matrix by itself: it crashes at 30,000 × 4,096
DIRECTIONS = 1024
SEED_WAY, BLOCKED, PRODUCT, EXACT, APPROXIMATE = (
    "the seed's way",
    "blocked product",
    "product alone",
    "exact",
    "approximate",
)


@dataclass(frozen=True)
class Case:
    """How many products, how many values each, and the ways that are measured."""

    count: int
    dimension: int
    ways: tuple[str, ...]


CASES = {
    "tiny": Case(600, 64, (SEED_WAY, BLOCKED, PRODUCT, EXACT, APPROXIMATE)),
    "small": Case(5000, 4096, (SEED_WAY, BLOCKED, PRODUCT, EXACT, APPROXIMATE)),
    "middle": Case(30_000, 4096, (SEED_WAY, BLOCKED, PRODUCT, EXACT, APPROXIMATE)),
    "quarter": Case(50_000, 1280, (APPROXIMATE,)),
    "large": Case(200_000, 1280, (APPROXIMATE,)),
    "million": Case(1_000_000, 256, (APPROXIMATE,)),
}
USUAL = ("small", "middle", "quarter", "large")


@dataclass(frozen=True)
class Figures:
    """What one way took, the features themselves included in `megabytes` (2**20 bytes).

    The ratios say how many times as long the others took, and are 0 where they were not measured. `recall` is the share
    of the exact lists that was found, -1 for what gives no lists.
    """

    case: str
    way: str
    seconds: float
    to_seed: float
    to_blocked: float
    megabytes: int
    recall: float


@dataclass(frozen=True)
class Run:
    """One way in a process of its own: seconds, the most memory in MB, and the lists of the judged products."""

    seconds: float
    megabytes: int
    lists: Integers


def measure(names: Sequence[str], rounds: int, track: Track) -> list[Figures]:
    """Figures of each way of each case, medians of `rounds`."""
    found: list[Figures] = []
    for name in names:
        ways = CASES[name].ways
        with TemporaryDirectory() as folder:
            path = Path(folder) / "features.npy"
            truth = apart(_draw, path, CASES[name])
            runs = {way: [apart(_timed, path, way) for _ in range(rounds)] for way in track(ways, name, len(ways))}
        found += _figures(name, runs, truth)
    return found


def as_rows(figures: Sequence[Figures]) -> list[dict[str, object]]:
    """Plain values for JSON."""
    return [asdict(each) for each in figures]


def recall(truth: Integers, lists: Integers) -> float:
    """The share of the first rows of `truth` (N, K) that `lists` (M, K) have, M ≤ N; -1 where these have no columns."""
    if not lists.shape[1]:
        return -1.0
    pairs = zip(truth[: len(lists)], lists, strict=True)
    return float(np.mean([np.isin(wanted, found).mean() for wanted, found in pairs]))


def drawn(count: int, dimension: int, seed: int = 0) -> Features:
    """(count, dimension) float32 features of a drawn catalogue, at least 0."""
    return drawn_in_kinds(count, dimension, seed).features


@dataclass(frozen=True)
class Drawn:
    """`features` (N, D) float32 and what each row was drawn as: its family, kind and category, (N,) int64 each."""

    features: Features
    families: Integers
    kinds: Integers
    categories: Integers


def drawn_in_kinds(count: int, dimension: int, seed: int = 0) -> Drawn:
    """The same features as `drawn`."""
    random = np.random.default_rng(seed)
    directions = min(DIRECTIONS, dimension)
    weights = (np.arange(1.0, directions + 1) ** -0.5).astype(np.float32)
    weights /= np.linalg.norm(weights)
    basis = random.standard_normal((directions, dimension), dtype=np.float32)

    def level(size: int, share: float) -> Features:
        values = random.standard_normal((size, directions), dtype=np.float32)
        values *= weights * np.float32(share)
        return values

    categories, kinds, families = (max(1, size) for size in (int(count**0.5) // 4, count // 150, count // 6))
    kind, category = level(kinds, 0.8), level(categories, 1.0)
    category_of = random.integers(0, categories, kinds)
    kind += category[category_of]
    family = level(families, 0.8)
    kind_of = random.integers(0, kinds, families)
    family += kind[kind_of]
    member = random.integers(0, families, count)
    features = np.empty((count, dimension), dtype=np.float32)
    for start in range(0, count, BLOCK):
        part = member[start : start + BLOCK]
        values = (family[part] + level(len(part), 1.1)) @ basis
        values += np.float32(0.02) * random.standard_normal(values.shape, dtype=np.float32) + np.float32(0.1)
        np.maximum(values, 0, out=features[start : start + BLOCK])
    return Drawn(features, member, kind_of[member], category_of[kind_of[member]])


def seed_way(features: Features) -> tuple[Integers, float]:
    """The first SORTED products' lists by sklearn and pandas, and the seconds that sorting the others would take."""
    pandas = importlib.import_module("pandas")  # which has no types
    from sklearn.metrics.pairwise import cosine_similarity

    again = features.copy() if len(features) > SELF else None
    frame = pandas.DataFrame(cosine_similarity(features, again))
    begun = time.perf_counter()
    columns = range(min(SORTED, len(features)))
    lists = [frame[column].sort_values(ascending=False).index[1 : K + 1].to_numpy() for column in columns]
    return np.stack(lists), (time.perf_counter() - begun) * (len(features) / len(columns) - 1)


def blocked(features: Features) -> Integers:
    """(N, K) by a float32 product of each BLOCK of rows with all, and a partition of it."""
    rows = features / np.linalg.norm(features, axis=1, keepdims=True)
    lists = np.empty((len(rows), K), dtype=np.int64)
    for start in range(0, len(rows), BLOCK):
        similar = rows[start : start + BLOCK] @ rows.T
        own = np.arange(len(similar))
        similar[own, own + start] = -np.inf
        best = np.argpartition(similar, -K, axis=1)[:, -K:]
        order = np.argsort(-np.take_along_axis(similar, best, axis=1), axis=1)
        lists[start : start + BLOCK] = np.take_along_axis(best, order, axis=1)
    return lists


def product_alone(features: Features) -> Integers:
    """No lists: the float32 product of all rows with all, block by block."""
    for start in range(0, len(features), BLOCK):
        features[start : start + BLOCK] @ features.T
    return np.zeros((len(features), 0), dtype=np.int64)


WAYS: dict[str, Callable[[Features], Integers]] = {
    BLOCKED: blocked,
    PRODUCT: product_alone,
    EXACT: lambda features: exact.top_k(features, K).indices,
    APPROXIMATE: lambda features: approximate.top_k(features, K).indices,
}


def _figures(case: str, runs: dict[str, list[Run]], truth: Integers) -> list[Figures]:
    seconds = {way: median(run.seconds for run in each) for way, each in runs.items()}
    return [
        Figures(
            case=case,
            way=way,
            seconds=seconds[way],
            to_seed=seconds.get(SEED_WAY, 0.0) / seconds[way],
            to_blocked=seconds.get(BLOCKED, 0.0) / seconds[way],
            megabytes=max(run.megabytes for run in each),
            recall=recall(truth, each[0].lists),
        )
        for way, each in runs.items()
    ]


def apart(function: Callable[..., T], *arguments: object) -> T:
    """What it returns in a process of its own. Raises LookalikeError, with the last argument, when that is killed."""
    fresh = multiprocessing.get_context("spawn")  # a forked process would begin with this one's memory
    try:
        with ProcessPoolExecutor(1, fresh) as pool:
            return pool.submit(function, *arguments).result()
    except BrokenProcessPool:
        raise LookalikeError(f"{arguments[-1]} ended its process. It needs more memory than is free.") from None


def _draw(path: Path, case: Case) -> Integers:
    """In a process: write the features, and give the exact lists of the judged products."""
    features = drawn(case.count, case.dimension)
    np.save(path, features)
    judged = features[:JUDGED].astype(np.float64)
    similar = np.empty((len(judged), len(features)), dtype=np.float32)
    for start in range(0, len(features), BLOCK):
        rows = features[start : start + BLOCK].astype(np.float64)
        similar[:, start : start + BLOCK] = judged @ rows.T / np.linalg.norm(rows, axis=1)
    similar[np.arange(len(judged)), np.arange(len(judged))] = -np.inf
    best: Integers = np.argpartition(similar, -K, axis=1)[:, -K:]
    return best


def _timed(path: Path, way: str) -> Run:
    """In a process: search the features in the file `path`."""
    features, extra = np.load(path), 0.0
    begun = time.perf_counter()
    if way == SEED_WAY:
        lists, extra = seed_way(features)
    else:
        lists = WAYS[way](features)
    return Run(time.perf_counter() - begun + extra, memory.most(), lists[:JUDGED])
