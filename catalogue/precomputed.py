"""The format the app reads, and its reader.

precomputed/
    manifest.json                       names the version that is served and each of its files with its sha256
    lists/catalogue-0000-HASH.json      1,000 products a file, sorted by id; each has its place among all as a number
    lists/neighbours-0000-HASH.json     their lists
    lists/elsewhere-0000-HASH.json      their lists of other categories, where there are categories
    lists/heats-0000-HASH.json          where the similarity comes from, where that was asked for
    lists/duplicates-HASH.json          groups of products that look the same
    lists/map-HASH.json                 the place of each product on a map, and its labels
    lists/report-HASH.json              how good the lists are
    images/ab/….webp                    thumbnails, named by the photo that they show
    photo/                              the search by photo, where it was made: `model.bundled` has its format

HASH are the first 16 digits of the sha256: a file that a new version does not change keeps its name.
"""

import gc
import hashlib
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from catalogue import encoding
from catalogue.database import Database
from catalogue.encoding import LISTS, Listing, Manifest
from catalogue.errors import PrecomputedError
from catalogue.product import thumbnail_path
from catalogue.shop import Shop
from catalogue.tables import Tables

MANIFEST = "manifest.json"
IMAGES = "images"
PHOTO = "photo"
SIZES: tuple[Literal[160, 320], ...] = (160, 320)
FILE = re.compile(r"[a-z]+(?:-\d+)?-[0-9a-f]{16}\.json")  # one of the lists, of any version


def load(folder: str | Path, *, images: bool = True) -> Shop:
    """Read a precomputed folder into a database of this process, checking every file of its version on the way.

    Lists are hashed, and looked into when they are asked for. Thumbnails are checked to be there, unless `images`
    says that they are served from elsewhere. `verify` looks into both. Raises PrecomputedError, which names the file,
    for what is missing, foreign or changed.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    thumbnails: defaultdict[str, bytearray] = defaultdict(bytearray)
    database = Database()
    with _without_collecting(), database.filling() as connection, ThreadPoolExecutor(1) as writer:
        tables = Tables(connection, writer, manifest.products)
        for name in sorted(manifest.files, key=_number):
            listings = _added(tables, folder, manifest, name)
            if images:
                _note_thumbnails(thumbnails, listings)
        _reject_foreign(folder / LISTS)
        _check_counts(folder, manifest, tables)
        _check_thumbnails(folder / IMAGES, thumbnails)
        tables.finish()
    return Shop(manifest, database)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Parsing makes millions of objects without cycles, and to look for some among them takes a third of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def verify(folder: Path) -> Shop:
    """`load`, all lists read and every thumbnail hashed. Raises PrecomputedError, which names the file."""
    shop = load(folder)
    shop.check()
    for entry in shop:
        for thumbnail in entry.thumbnails:
            for size in SIZES:
                checked(folder / IMAGES / thumbnail.path(size), thumbnail.digest(size))
    return shop


def read_manifest(folder: Path) -> Manifest:
    """Raises PrecomputedError when there is none, or one of another format."""
    path = folder / MANIFEST
    try:
        return encoding.parse_manifest(path.read_bytes())
    except FileNotFoundError:
        raise PrecomputedError(
            f"no {MANIFEST} in {folder}. Build it with: python -m model build data/SHOP --out {folder}"
        ) from None
    except OSError as error:
        raise PrecomputedError(
            f"{path} cannot be read ({error.strerror}). Name a folder that a build wrote."
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PrecomputedError(f"{path} is not a manifest of this version: {error}. Build the folder again.") from error


def checked(path: Path, sha256: str) -> bytes:
    """The content of a file. Raises PrecomputedError when it is not the one of this hash."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PrecomputedError(f"{path} cannot be read ({error.strerror}). Build the folder again.") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise PrecomputedError(f"{path} is not the file that the manifest names. Build the folder again.")
    return content


@contextmanager
def _understood_file(path: Path) -> Iterator[None]:
    """Raise PrecomputedError, which names the file, for what makes no sense in it."""
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PrecomputedError(f"{path} cannot be read: {error}. Build the folder again.") from error


def _number(name: str) -> tuple[int, str, str]:
    """The order in which what is checked and what is written take turns: shards of one number together."""
    head, _, tail = name.rpartition("-")
    return len(tail), tail, head  # a longer number is a larger one


def _added(tables: Tables, folder: Path, manifest: Manifest, name: str) -> list[Listing]:
    path = folder / manifest.paths[name]
    with _understood_file(path):
        return tables.add(name, checked(path, manifest.files[name]))


def _reject_foreign(folder: Path) -> None:
    """Files of other versions may lie there while a build writes the next one."""
    for path in sorted(folder.iterdir() if folder.is_dir() else ()):  # without products there are no files
        if not FILE.fullmatch(path.name) and not path.name.startswith("."):
            raise PrecomputedError(f"{path} is no file of lists. Remove it, or build the folder again.")


def _check_counts(folder: Path, manifest: Manifest, tables: Tables) -> None:
    counts = {name: tables.counts[name] for name in ("products", "neighbours")}
    optional = {count for name in ("elsewhere", "heats") if (count := tables.counts[name])}
    if {*counts.values(), *optional} != {manifest.products}:
        raise PrecomputedError(
            f"{folder} has {counts['products']} products and {counts['neighbours']} lists where its manifest says"
            f" {manifest.products}. Build the folder again."
        )


def _note_thumbnails(names: defaultdict[str, bytearray], listings: Iterable[Listing]) -> None:
    """Keep the names of their thumbnails by folder, in as few bytes as they take."""
    for listing in listings:
        for source in listing.sources:
            for size in SIZES:
                folder, name = thumbnail_path(source, size).split("/")
                names[folder] += f"{name}/".encode()


def _check_thumbnails(images: Path, names: Mapping[str, bytearray]) -> None:
    for folder, wanted in sorted(names.items()):
        present = {file.name for file in os.scandir(images / folder)} if (images / folder).is_dir() else set()
        for name in wanted.decode().split("/")[:-1]:
            if name not in present:
                raise PrecomputedError(f"{images / folder / name} is missing. Build the folder again.")
