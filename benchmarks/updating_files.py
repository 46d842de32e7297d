"""What an update of a drawn shop costs: of a thousandth of its products, and of the lists that hold them.

Of those products most have another title and price, and some leave for new ones. All is written once, a web process
starts with it and makes its indexes; then the update is written over it, and the process is told to renew.
"""

import json
import os
import signal
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import drawn_shop
from benchmarks.figure import Figure
from benchmarks.web_process import ServeError, WebProcess, running
from catalogue import encoding, writer
from catalogue.content import Extras
from catalogue.encoding import MAP, SCALE, SHARD, Entry, Manifest, Place
from catalogue.precomputed import read_manifest
from catalogue.product import Layout, Neighbour, Price
from catalogue.updates.files import change_names, parse_change
from model.progress import Track

EACH = 1000  # one product of so many changes
LEAVING = 5  # one of so many of these leaves for a new one
COMING = "-new"  # at the end of the ids of these
RENEWED = "renewed"  # a word that only changed products have
PATIENCE = 600  # seconds for a web process to renew
MEGABYTE = 2**20
FAR = {"IMAGE_BASE_URL": "https://images.example"}


class Rows(Mapping[str, Sequence[Neighbour]]):
    """The lists of a drawn shop, read a shard at a time, in which the product of each number has the id at its place.

    Whoever is in `touched` has another similarity in all of them.
    """

    def __init__(self, folder: Path, kind: str, ids: Sequence[str], touched: Collection[int]) -> None:
        self._ids, self._touched = ids, frozenset(touched)
        self._numbers = {own: number for number, own in enumerate(ids)}
        self._shard = lru_cache(1)(lambda number: json.loads((folder / f"{kind}-{number:04}.json").read_bytes()))

    def __len__(self) -> int:
        return len(self._ids)

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __getitem__(self, own: str) -> list[Neighbour]:
        number, place = divmod(self._numbers[own], SHARD)
        return [
            Neighbour(self._ids[index], (score - (index in self._touched)) / SCALE, reasons)
            for index, score, reasons in encoding.parse_list(self._shard(number)[place])
        ]


@dataclass(frozen=True)
class Version:
    """What a version is written from."""

    entries: Sequence[Entry]
    lists: Rows
    extras: Extras

    def write(self, folder: Path) -> Manifest:
        return writer.write(folder, drawn_shop.BUILD, self.entries, self.lists, extras=self.extras)


def measure(products: int, track: Track) -> list[Figure]:
    """The figures of a shop of so many products, of the whole and of an update. Raises ServeError."""
    with TemporaryDirectory(prefix="lookalike-update-") as name:
        source, served, files = (Path(name) / each for each in ("drawn", "served", "files"))
        files.mkdir()
        for _ in track([None], f"drawing {products:,}", 1):
            drawn_shop.make(source, products, pictures=False)
            entries = _entries(source)
        (whole,) = [_written(served, _version(source, entries), {}) for _ in track([None], "writing", 1)]
        there = _files(served)
        with running(served, environment={**FAR, "TMPDIR": str(files)}) as web:
            searched = _seconds(lambda: web.get("/?q=mug"))
            after = _version(source, _changed(entries), range(0, products, EACH))
            (update,) = [_written(served, after, there) for _ in track([None], "updating", 1)]
            renewed = _renewed(web, read_manifest(served).version)
        return [
            *(Figure("whole", *figure) for figure in whole),
            Figure("whole", "start to the first answer", web.seconds, "s"),
            Figure("whole", "a search after it", searched, "s"),
            *(Figure("update", *figure) for figure in [*_rows(served), *update, *renewed]),
        ]


Named = tuple[str, float, str]  # a figure with its unit


def _entries(folder: Path) -> list[Entry]:
    """All products of a drawn shop."""
    paths = sorted(folder.glob("*/catalogue-*.json"))
    return [encoding.parse_entry(row) for path in paths for row in json.loads(path.read_bytes())]


def _changed(entries: Sequence[Entry]) -> list[Entry]:
    """The same with another one in the place of each that changes."""
    changed = [*entries]
    for at, number in enumerate(range(0, len(entries), EACH)):
        product = entries[number].product
        own = f"{product.id}{COMING}" if at % LEAVING == 0 else product.id
        title, price = f"{product.title} {RENEWED}", Price(Decimal(at + 1), "INR")
        changed[number] = replace(entries[number], product=replace(product, id=own, title=title, price=price))
    return changed


def _version(source: Path, entries: Sequence[Entry], touched: Collection[int] = ()) -> Version:
    folder = source / read_manifest(source).version
    ids = [entry.product.id for entry in entries]
    places, laid_out, groups = encoding.parse_map((folder / MAP).read_bytes())
    layout = Layout(
        {own: _place(own, place) for own, place in zip(ids, places, strict=True) if place}, laid_out, groups
    )
    lists, elsewhere = (Rows(folder, kind, ids, touched) for kind in ("neighbours", "elsewhere"))
    return Version(entries, lists, Extras(elsewhere, layout=layout))


def _place(own: str, place: Place) -> Place:
    """Whoever comes has another one than whoever left."""
    return (place[1], place[0]) if own.endswith(COMING) else place


def _files(folder: Path) -> dict[str, int]:
    """The bytes of each file, by where it lies."""
    return {path.relative_to(folder).as_posix(): path.stat().st_size for path in folder.rglob("*") if path.is_file()}


def _written(folder: Path, version: Version, there: Mapping[str, int]) -> list[Named]:
    seconds = _seconds(lambda: version.write(folder))
    new = {name: size for name, size in _files(folder).items() if name not in there or "/" not in name}
    return [
        ("seconds to write", seconds, "s"),
        ("files written", len(new), ""),
        ("written", sum(new.values()) / MEGABYTE, "MB"),
        ("of it the map", sum(size for name, size in new.items() if name.endswith(MAP)) / MEGABYTE, "MB"),
        ("of it the manifest", sum(size for name, size in new.items() if "/" not in name) / MEGABYTE, "MB"),
    ]


def _rows(folder: Path) -> list[Named]:
    """How many rows of each kind changed."""
    manifest, counts = read_manifest(folder), dict[str, int]()
    for path in change_names(manifest):
        for kind, rows in parse_change((folder / path).read_bytes()).rows.items():
            counts[kind] = counts.get(kind, 0) + len(rows)
    return [(f"rows of {kind}, of {manifest.products:,}", count, "") for kind, count in counts.items()]


def _renewed(web: WebProcess, version: str) -> list[Named]:
    """Seconds from the signal until the new version answers, and until a search finds what is new in it."""
    began = time.perf_counter()
    os.kill(web.pid, signal.SIGHUP)
    while not _serves(web, version):
        if time.perf_counter() - began > PATIENCE:
            raise ServeError(f"{web.address} does not serve the new lists. Run it by itself to see why.")
        time.sleep(0.01)  # so that looking takes nothing from what is measured
    answered = time.perf_counter() - began
    page = web.get(f"/?q={RENEWED}").decode()
    if RENEWED not in page.partition("<main")[2]:
        raise ServeError(f"{web.address} does not find what changed.")
    return [
        ("signal to the first answer", answered, "s"),
        ("signal to a search answered", time.perf_counter() - began, "s"),
    ]


def _serves(web: WebProcess, version: str) -> bool:
    with suppress(OSError):  # a worker that leaves
        return bool(json.loads(web.get("/readyz"))["catalogue"] == version)
    return False


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
