"""The most memory that extraction takes, of few photos and of many: in processes of their own, on drawn photos.

Twice the photos must not need more: what grows with a catalogue is one short text for each photo.
"""

import multiprocessing
import resource
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

from model import extractors
from model.extractors import INT8, int8
from model.extractors.engine import OnEngine
from model.features import extract
from model.images import View
from model.photos import Photo
from model.progress import Track, silent

VIEW = View("letterbox")
SIDES = (400, 533)  # width and height of the photos, in pixels


@dataclass(frozen=True)
class Peak:
    """The most memory, in MB (2**20 bytes), that the extraction of some photos took."""

    engine: str
    photos: int
    megabytes: int


def measure(name: str, weights: Path | None, engines: Sequence[str], counts: Sequence[int], track: Track) -> list[Peak]:
    """A process for each engine and count. Raises as extracting does."""
    runs = [(engine, count) for engine in engines for count in counts]
    return [_peak(name, weights, engine, count) for engine, count in track(runs, "extracting", len(runs))]


def as_rows(peaks: Sequence[Peak]) -> list[dict[str, object]]:
    """Plain values for JSON."""
    return [asdict(each) for each in peaks]


def _peak(name: str, weights: Path | None, engine: str, count: int) -> Peak:
    fresh = multiprocessing.get_context("spawn")  # a forked process would begin with this one's memory
    with fresh.Pool(1) as pool:
        return Peak(engine, count, pool.apply(_extracted, (name, weights, engine, count)))


def _extracted(name: str, weights: Path | None, engine: str, count: int) -> int:
    """In the process: extract `count` photos, and give the most memory that it ever had, in MB."""
    network = extractors.network(name, weights)
    with TemporaryDirectory() as folder:
        photos = _drawn(Path(folder), count)
        ranges = None
        if engine == INT8:
            few = np.random.default_rng(0).integers(0, 256, (4, network.size, network.size, 3), dtype=np.uint8)
            ranges = int8.measured(network, few)
        extract(photos, OnEngine(network, engine, ranges), [VIEW], Path(folder) / "features", silent)
    return most()


def most() -> int:
    """The most memory of this process, in MB. On Linux `getrusage` would begin with that of the process before it."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform != "darwin" else 1024 * 1024)


def restart() -> None:
    """Have `most` count from now on, on Linux."""
    marks = Path("/proc/self/clear_refs")
    if marks.exists():
        marks.write_text("5")


def _drawn(folder: Path, count: int) -> list[Photo]:
    """Photos under hashes of their own; of ten files, since it is not their content that takes memory."""
    random = np.random.default_rng(0)
    for number in range(10):
        coarse = random.integers(0, 256, (9, 7, 3), dtype=np.uint8)
        Image.fromarray(coarse).resize(SIDES).save(folder / f"{number}.jpg")
    return [Photo(f"{number:064x}", folder / f"{number % 10}.jpg") for number in range(count)]
