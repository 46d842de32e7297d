"""Where catalogues and lists lie: in folders of this machine, or in a storage, of which a command works on a copy."""

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

import click

from catalogue import feed
from catalogue.alone import alone
from catalogue.errors import PrecomputedError, StorageError
from catalogue.formats import IMAGE_SUFFIXES
from catalogue.mirror import Mirror
from catalogue.publication import Publication
from catalogue.storage import Place, at, hidden, is_url
from model.extracted import PRINT
from model.extractors import fingerprint
from model.options import Chosen, chosen
from model.prints import Print
from model.progress import Track

Where = Path | Place
TABLE, FEATURES = "products.csv", "features"
_HASHED = re.compile(r"images/[0-9a-f]{64}\.[a-z]+")  # a photo that a products.csv names
_KEPT = re.compile(rf"{FEATURES}/([0-9a-f]+/[0-9a-f]+\.npz|ranges-[^/]+\.json)")  # the others are this machine's own


class Anywhere(click.ParamType[Where]):
    """A folder, or the URL of one."""

    name = "FOLDER|URL"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Where:  # noqa: ARG002 - click's names
        if isinstance(value, Path | Place):
            return value
        return at(value) if is_url(value) else Path(value)


class Here(click.Path):
    """A path of this machine."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if is_url(value):
            scheme, name = str(value).split("://")[0], param.get_error_hint(ctx) if param and ctx else "this"
            raise StorageError(f"{name} is a path of this machine, and received a URL of {scheme}://. Name a path.")
        return super().convert(value, param, ctx)


class Source:
    """A catalogue in a folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def chosen(self, **options: Any) -> Chosen:
        """What the options say, with the features that are stored for it already."""
        return chosen(self.folder, **options)


class FarSource(Source):
    """A catalogue in a storage: its table and the photos that this names are copied to a folder."""

    def __init__(self, place: Place, folder: Path, track: Track) -> None:
        """Raises StorageError, also for a catalogue that is not all there, and CatalogueError."""
        super().__init__(folder)
        self._mirror, self._track, self._brought = Mirror(place, folder), track, list[str]()
        folder.mkdir(parents=True, exist_ok=True)
        names = [*self._photos(), *({TABLE} & self._mirror.there.keys())]
        self._mirror.keep([*names, *self._mirror.here(FEATURES)])  # what is gone there is missing here too
        self._fetch([*names, *self._kept("ranges-")], "fetching photos")

    def chosen(self, **options: Any) -> Chosen:
        given = super().chosen(**options)
        marks = [fingerprint(given.extractor, view.version) for view in given.preset.views]
        marks += [fingerprint(Print(), view.version) for view in PRINT]
        names = [name for mark in marks for name in self._kept(f"{mark}/")]
        self._brought += names
        self._fetch(names, "fetching features")
        return given

    def give(self) -> None:
        """Store features that are new, and remove blocks that were found damaged. Raises StorageError."""
        names = [name for name in self._mirror.here(FEATURES) if _KEPT.fullmatch(name)]
        lacking = self._mirror.to_send(names)
        _run(self._track, self._mirror.sent, lacking, "sending features")
        damaged = [name for name in self._brought if not (self.folder / name).exists()]
        _run(self._track, self._mirror.removed, damaged, "removing features")

    def _photos(self) -> list[str]:
        """The names of those that the catalogue is made of and the storage has."""
        there, place = self._mirror.there, self._mirror.place
        if TABLE not in there:
            photos = [n for n in there if PurePosixPath(n).suffix.lower() in IMAGE_SUFFIXES and not hidden(n)]
            if not photos:
                raise StorageError(f"no products in {place}. It needs a {TABLE} with rows, or photos.")
            if any(_HASHED.fullmatch(name) for name in photos):
                raise StorageError(
                    f"{place} has photos and no {TABLE} that names them. Upload the rest of the catalogue."
                )
            return photos
        self._fetch([TABLE], "fetching products")
        products = feed.read(self.folder).products
        named = {PurePosixPath(name).as_posix() for product in products for name in product.image_files}
        photos = sorted(named & there.keys())
        if named and not photos:
            raise StorageError(
                f"{place} has none of the {len(named)} photos that its {TABLE} names. Upload the rest of the catalogue."
            )
        return photos

    def _kept(self, begin: str) -> list[str]:
        return [name for name in self._mirror.there if name.startswith(f"{FEATURES}/{begin}") and _KEPT.fullmatch(name)]

    def _fetch(self, names: Sequence[str], label: str) -> None:
        _run(self._track, self._mirror.fetched, self._mirror.to_fetch(names), label)


@contextmanager
def catalogue(where: Where, work: Path | None, track: Track) -> Iterator[Source]:
    """The catalogue at `where`; what was extracted goes to its storage when the block ends well.

    Its copy lies in `work`, or else in the user's cache. Raises StorageError.
    """
    if isinstance(where, Path):
        yield Source(where)
        return
    with _copy(where, work, "catalogue") as folder:
        source = FarSource(where, folder, track)
        yield source
        source.give()


@contextmanager
def lists(where: Where, work: Path | None, track: Track) -> Iterator[Path]:
    """A folder with the lists at `where`; what becomes of them is published when the block ends well.

    Raises StorageError, and PrecomputedError for a place that holds anything else.
    """
    if isinstance(where, Path):
        yield where
        return
    with _copy(where, work, "lists") as folder:
        publication = Publication(where, folder)
        _run(track, publication.fetched, publication.to_fetch(), "fetching lists")
        yield folder
        _run(track, publication.sent, publication.to_send(), "publishing")
        _run(track, publication.removed, publication.switch(), "removing old lists")


def check_apart(source: Where, out: Where) -> None:
    """Raises PrecomputedError for lists that would lie in the catalogue's own folder of a storage."""
    if isinstance(out, Place) and source == out:
        raise PrecomputedError(f"{out} is the catalogue's own folder. Name another with --out.")


@contextmanager
def _copy(place: Place, work: Path | None, name: str) -> Iterator[Path]:
    """A folder for a copy, which one process at a time works on."""
    folder = (work or _cache()) / _named(place) / name
    taken = StorageError(f"another build is at work on {place} in {folder}. Run this again after it, or name a --work.")
    with alone(folder.parent / f".{name}.lock", taken):
        yield folder


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lookalike"


def _named(place: Place) -> str:
    """A name for a folder that stands for a URL, and for where that leads."""
    mark = hashlib.sha256(f"{place} {os.environ.get('AWS_ENDPOINT_URL', '')}".encode()).hexdigest()[:8]
    return f"{re.sub(r'[^A-Za-z0-9.]+', '-', place.url.split('://', 1)[1])[-60:].strip('-.')}-{mark}"


def _run(track: Track, work: Callable[[Sequence[str]], Iterator[str]], names: Sequence[str], label: str) -> None:
    if names:
        for _ in track(work(names), label, len(names)):
            pass
