"""How fast are images downloaded, beside img2dataset, when nobody asks for pauses?

Both download the same addresses of eight hosts from a server of `benchmarks.image_server`. Its clock counts from the
first image to the last, so that neither's start is counted. Ours keeps one connection to each host; img2dataset opens
one for each image, up to 32 at once.

img2dataset lives in a virtual environment of its own: no lock of ours needs it, and its dependencies disagree with
ours. Its version is pinned because a ratio to a moving baseline says nothing.
"""

import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import urllib.request
import venv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from benchmarks import image_server
from benchmarks.image_server import ADDRESSES, STATS_ADDRESS, Stats, address_of
from catalogue.errors import LookalikeError
from model.progress import Track

OURS = "lookalike"
THEIRS = "img2dataset"
PINNED = "img2dataset==1.47.0"

_ROOT = Path(__file__).parent.parent
_ENVIRONMENT = _ROOT / ".build" / "img2dataset"
_SITE = """hosts = ["127.0.0.*"]
delay = 0
allow_private = true
[local]
path = "feed.tsv"
"""

Contestant = Callable[[list[str], Path], list[str]]


class BenchmarkError(LookalikeError):
    """A contestant could not be installed, or did not download what it should have."""


@dataclass(frozen=True)
class Round:
    """One download: images per second on the server's clock, and seconds of the whole command.

    `connections` is the largest number that one host has seen open at once.
    """

    images_per_second: float
    seconds: float
    connections: int


@dataclass(frozen=True)
class Figures:
    """The rounds of one contestant."""

    name: str
    rounds: tuple[Round, ...]

    @property
    def images_per_second(self) -> float:
        """The median of the rounds."""
        return statistics.median(each.images_per_second for each in self.rounds)

    @property
    def seconds(self) -> float:
        """The median of the rounds."""
        return statistics.median(each.seconds for each in self.rounds)

    @property
    def connections(self) -> int:
        """The largest of all rounds."""
        return max(each.connections for each in self.rounds)


def measure(images: int, rounds: int, track: Track) -> tuple[Figures, Figures]:
    """Ours and img2dataset's, in turns. Raises BenchmarkError."""
    if not (_ENVIRONMENT / "bin" / "img2dataset").exists():
        for _ in track([None], "install img2dataset", 1):
            _install()
    expected = frozenset(hashlib.sha256(content).hexdigest() for content in image_server.contents(images))
    turns = [(OURS, lookalike), (THEIRS, img2dataset)] * rounds
    done = [(name, download(one, expected)) for name, one in track(turns, "download", len(turns))]
    ours, theirs = (Figures(name, tuple(each for by, each in done if by == name)) for name in (OURS, THEIRS))
    return ours, theirs


def ratio(ours: Figures, theirs: Figures) -> float:
    """Our speed as a share of theirs."""
    return ours.images_per_second / theirs.images_per_second


def as_rows(ours: Figures, theirs: Figures) -> dict[str, object]:
    """Plain values for JSON."""
    contestants = {
        each.name: {
            "images_per_second": round(each.images_per_second, 1),
            "seconds": round(each.seconds, 2),
            "connections": each.connections,
            "rounds": [round(one.images_per_second, 1) for one in each.rounds],
        }
        for each in (ours, theirs)
    }
    return {**contestants, "ratio": round(ratio(ours, theirs), 3)}


def download(contestant: Contestant, expected: frozenset[str]) -> Round:
    """Let a contestant download all images of a new server; `expected` are their sha256. Raises BenchmarkError."""
    with tempfile.TemporaryDirectory(prefix="lookalike-fetch-") as name, _serving(len(expected)) as port:
        folder = Path(name)
        command = contestant([address_of(number, port) for number in range(len(expected))], folder)
        begin = perf_counter()
        _run(command, TMPDIR=name)  # img2dataset leaves folders behind
        seconds = perf_counter() - begin
        _check_stored(folder, expected, command)
        stats = _stats(port)
        return Round(stats.images_per_second, seconds, max(stats.connections[each] for each in ADDRESSES))


def lookalike(urls: list[str], folder: Path) -> list[str]:
    """The command that fetches a feed with those images."""
    rows = (f"p{number}\tproduct {number}\t{url}\n" for number, url in enumerate(urls))
    (folder / "feed.tsv").write_text("id\ttitle\timage_link\n" + "".join(rows))
    (folder / "site.toml").write_text(_SITE)
    return [sys.executable, "-m", "scraper", "run", str(folder / "site.toml"), "--out", str(folder / "out")]


def img2dataset(urls: list[str], folder: Path) -> list[str]:
    """The command that stores those images as they are."""
    (folder / "urls.txt").write_text("".join(f"{url}\n" for url in urls))
    options = {
        "url_list": folder / "urls.txt", "output_folder": folder / "out", "output_format": "files",
        "resize_mode": "no", "disable_all_reencoding": True, "processes_count": 1, "thread_count": 32, "retries": 0,
        "enable_wandb": False,
    }  # fmt: skip
    return [str(_ENVIRONMENT / "bin" / "img2dataset"), *(f"--{name}={value}" for name, value in options.items())]


def _check_stored(folder: Path, expected: frozenset[str], command: Sequence[str]) -> None:
    stored = {hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("out/*/*.jpg")}
    if stored != expected:
        raise BenchmarkError(f"{Path(command[0]).name} stored {len(stored & expected)} of {len(expected)} images.")


def _install() -> None:
    venv.create(_ENVIRONMENT, with_pip=True, clear=True)
    _run([str(_ENVIRONMENT / "bin" / "python"), "-m", "pip", "install", "--quiet", PINNED])


def _run(command: Sequence[str], **environment: str) -> None:
    variables = {**os.environ, "NO_ALBUMENTATIONS_UPDATE": "1", **environment}
    answer = subprocess.run(command, cwd=_ROOT, env=variables, capture_output=True, text=True, check=False)
    if answer.returncode:
        last = (answer.stderr.strip() or answer.stdout.strip()).splitlines()[-1:]
        raise BenchmarkError(f"{' '.join(command)} ended with {answer.returncode}: {''.join(last)}")


@contextmanager
def _serving(images: int) -> Iterator[int]:
    """A server of some images as a process of its own; its port."""
    command = [sys.executable, "-m", image_server.__name__, str(images)]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            port = server.stdout.readline().strip()
            if not port:
                raise BenchmarkError(f"no server on {', '.join(ADDRESSES)}. Are these loopback addresses here?")
            yield int(port)
        finally:
            server.terminate()


def _stats(port: int) -> Stats:
    with urllib.request.urlopen(f"http://{STATS_ADDRESS}:{port}/stats", timeout=30) as answer:
        return Stats(**json.load(answer))
