"""What a build costs on a Ray cluster of this machine: against the plain build, and by the number of processes.

Each build is the command itself, on the same photos and without features. Scaling is that of extraction alone, in whole
blocks: starting and ending are in the first part's figures. Beside it stands what two processes without a cluster
reach, which the machine itself allows.
"""

import gc
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks import ceiling
from benchmarks.figure import Figure
from catalogue import feed
from catalogue.errors import ClusterError
from model import cluster
from model.cluster.worker import Recipe
from model.features import BLOCK, extract
from model.lists import PRESETS
from model.photos import Photo, gather
from model.progress import Track, silent
from model.seen import RECORDS

ROOT = Path(__file__).parent.parent
OVERHEAD, SCALING = 15.0, 1.8  # per cent at most, and times at least
PARTS = BUILDS, WORKERS = ("builds", "workers")
SHOP = PRESETS["shop"]


def measure(folder: Path, photos: int, rounds: int, recipe: Recipe, parts: Sequence[str], track: Track) -> list[Figure]:
    """Of the first `photos` products of the catalogue in `folder`, the median of some rounds. Raises ClusterError."""
    with TemporaryDirectory() as kept:
        shop = _part_of(folder, photos, Path(kept) / "shop")
        found: list[Figure] = []
        if BUILDS in parts:
            found += _builds(shop, rounds, recipe, track)
        if WORKERS in parts:
            found += _workers(shop, rounds, recipe, track)
    return found


def as_rows(figures: Sequence[Figure]) -> list[dict[str, Any]]:
    """Plain values for JSON."""
    return [
        {"part": each.part, "name": each.name, "value": round(each.value, 3), "unit": each.unit} for each in figures
    ]


def _part_of(folder: Path, count: int, made: Path) -> Path:
    """A folder of the first products, whose photos are those of `folder`."""
    made.mkdir()
    for path in folder.iterdir():
        if path.name not in ("features", RECORDS, "products.csv"):
            (made / path.name).symlink_to(path.absolute())
    feed.write_table(made / "products.csv", feed.read(folder).products[:count])
    return made


def _builds(shop: Path, rounds: int, recipe: Recipe, track: Track) -> Iterator[Figure]:
    seconds: dict[bool, list[float]] = {False: [], True: []}
    for number in track(range(2 * rounds), "builds", 2 * rounds):
        seconds[number % 2 == 1].append(_build(shop, recipe, by_ray=number % 2 == 1))
    plain, by_ray = (median(each) for each in seconds.values())
    yield Figure(BUILDS, "plain", plain, "s")
    yield Figure(BUILDS, "with --ray", by_ray, "s")
    yield Figure(BUILDS, "overhead", 100 * (by_ray / plain - 1), "%", most=OVERHEAD)


def _build(shop: Path, recipe: Recipe, *, by_ray: bool) -> float:
    for kept in ("features", RECORDS):
        shutil.rmtree(shop / kept, ignore_errors=True)
    with TemporaryDirectory() as out:
        line = ["-m", "model", "build", str(shop), "--out", f"{out}/lists", "--extractor", recipe.name]
        line += ["--weights", str(recipe.weights)] if recipe.weights else []
        begin = perf_counter()
        done = subprocess.run(
            [sys.executable, *line, *(["--ray"] if by_ray else [])],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise ClusterError(f"a build ended with {done.returncode}: {done.stderr.strip()[-300:]}")
        return perf_counter() - begin


def _workers(shop: Path, rounds: int, recipe: Recipe, track: Track) -> Iterator[Figure]:
    """Two are divided by the one of the same minute: other guests of a machine make all of it slower for a while."""
    watched: list[tuple[_Watched, ...]] = []
    free: list[tuple[float, ...]] = []
    photos = gather(shop, feed.read(shop).products, silent).distinct()
    photos = photos[: len(photos) // BLOCK * BLOCK]
    for _ in track(range(rounds), "workers", rounds):
        watched.append(tuple(_extraction(shop, photos, recipe, processes) for processes in (1, 2)))
        free.append(tuple(ceiling.rate(photos, SHOP.views, recipe, processes) for processes in (1, 2)))
    yield from _scaled([(one.rate, two.rate) for one, two in watched], "on the cluster", least=SCALING)
    yield from _scaled(free, "without a cluster")
    early, late = (max(each.megabytes[moment] for found in watched for each in found) for moment in (0, 1))
    yield Figure(WORKERS, "memory of one after a quarter, at most", early, "MB")
    yield Figure(WORKERS, "memory of one at the end, at most", late, "MB")


def _scaled(rates: Sequence[tuple[float, ...]], how: str, least: float | None = None) -> Iterator[Figure]:
    """Of blocks a minute by one process and by two, in each round."""
    one, two = (median(found) for found in zip(*rates, strict=True))
    ratios = [two / one for one, two in rates]
    yield Figure(WORKERS, f"one {how}", one, "blocks/min")
    yield Figure(WORKERS, f"two {how}", two, "blocks/min")
    yield Figure(WORKERS, f"two to one {how}", median(ratios), "times", least=least)
    yield Figure(WORKERS, f"two to one {how}, least of the rounds", min(ratios), "times")
    yield Figure(WORKERS, f"two to one {how}, most of the rounds", max(ratios), "times")


class _Watched:
    """Progress that notes when each block comes, and the workers' memory after a quarter and at the end."""

    def __init__(self) -> None:
        self._times: list[float] = []
        self.megabytes: list[float] = []

    def __call__(self, items: Iterable[Any], description: str, total: int) -> Iterator[Any]:  # noqa: ARG002 - Track's name for it
        for item in items:
            self._times.append(perf_counter())
            if len(self._times) in (max(1, total // 4), total):
                self.megabytes.append(_largest_worker())
            yield item

    @property
    def rate(self) -> float:
        """Blocks a minute: the slope of a line through their times, which does not ask whether they come in pairs.

        Not of the last one, which Ray hands on together with the one before.
        """
        times = self._times[:-1]
        return 60 * float(np.polyfit(times, np.arange(len(times)), 1)[0])


def _extraction(shop: Path, photos: Sequence[Photo], recipe: Recipe, processes: int) -> _Watched:
    # Ray calls the objects of each cluster by the same names: let go of later, one would take away the next one's.
    gc.collect()
    watched = _Watched()
    with TemporaryDirectory() as store, cluster.means("", shop, recipe, processes) as means:
        extract(photos, recipe(), SHOP.views, Path(store), watched, way=means.extract)
    return watched


def _largest_worker() -> float:
    """Megabytes resident of the largest process that extracts."""
    found = [0]
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if b"ray::MapWorker" in (folder / "cmdline").read_bytes():
                status = (folder / "status").read_text()
                found.append(int(status.partition("VmRSS:")[2].split()[0]))
        except (OSError, IndexError):
            continue  # it has ended meanwhile
    return max(found) / 1000
