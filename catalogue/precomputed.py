"""The format the app reads, and its reader.

precomputed/
    manifest.json                     names the version that is served and each of its files with its sha256
    VERSION/catalogue-0000.json       1,000 products a file, sorted by id; each has its place among all as a number
    VERSION/neighbours-0000.json      their lists
    VERSION/elsewhere-0000.json       their lists of other categories, where there are categories
    VERSION/heats-0000.json           where the similarity comes from, where that was asked for
    VERSION/changes-0001.json         rows of all these that an update of a large catalogue changed: see `updates`
    VERSION/duplicates.json           groups of products that look the same
    VERSION/map.json                  the place of each product on a map of the catalogue, and the map's labels
    VERSION/report.json               how good the lists are
    images/ab/….webp                  thumbnails, named by the photo that they show
    photo/                            the search by photo, where it was made: `model.bundled` has its format

What an update did not change lies where an earlier version wrote it, in another folder VERSION/.
"""

import gc
import hashlib
import os
import sqlite3
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from catalogue import encoding
from catalogue.database import Database
from catalogue.encoding import Listing, Manifest
from catalogue.errors import PrecomputedError
from catalogue.product import thumbnail_path
from catalogue.shop import Shop
from catalogue.tables import Tables
from catalogue.updates import applying
from catalogue.updates.files import Change, change_names, is_change, parse_change

MANIFEST = "manifest.json"
IMAGES = "images"
PHOTO = "photo"
SIZES: tuple[Literal[160, 320], ...] = (160, 320)


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
        tables = Tables(connection, writer, manifest.products, manifest.sharded)
        changed = changed_in(folder, manifest, change_names(manifest)) if images else {}
        for name in sorted([name for name in manifest.places if not is_change(name)], key=_number):
            listings = _added(tables, folder, manifest, name)
            if images:
                note_thumbnails(thumbnails, _standing(listings, changed, manifest.products))
        reject_foreign(folder / manifest.version, manifest.files)
        _check_counts(folder, manifest, tables)
        note_thumbnails(thumbnails, changed.values())
        check_thumbnails(folder / IMAGES, thumbnails)
        tables.finish()
        apply(folder, manifest, change_names(manifest), connection)
    return Shop(manifest, database)


def apply(
    folder: Path, manifest: Manifest, paths: Sequence[str], connection: sqlite3.Connection, *, beside: bool = False
) -> None:
    """Put files of changes into filled tables, which then have the version's products. Raises PrecomputedError."""
    for path in paths:
        with understood_file(folder / path):
            applying.apply(connection, change_in(folder, manifest, path), beside=beside)
    if paths:
        applying.mix(connection)
    if (counts := applying.counts(connection, manifest.sharded)) != (manifest.products, manifest.products):
        raise _miscounted(folder, *counts, manifest.products)


def change_in(folder: Path, manifest: Manifest, path: str) -> Change:
    """A file of changes. Raises PrecomputedError."""
    with understood_file(folder / path):
        return parse_change(checked(folder / path, manifest.paths[path]))


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
def understood_file(path: Path) -> Iterator[None]:
    """Raise PrecomputedError, which names the file, for what makes no sense in it."""
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PrecomputedError(f"{path} cannot be read: {error}. Build the folder again.") from error


def _number(name: str) -> tuple[int, str, str]:
    """The order in which what is checked and what is written take turns: shards of one number together."""
    head, _, tail = name.rpartition("-")
    return len(tail), tail, head  # a longer number is a larger one


def _added(tables: Tables, folder: Path, manifest: Manifest, name: str) -> Mapping[int, Listing]:
    path = manifest.places[name]
    with understood_file(folder / path):
        return tables.add(name, checked(folder / path, manifest.paths[path]))


def changed_in(folder: Path, manifest: Manifest, paths: Iterable[str]) -> dict[int, Listing]:
    """The products of files of changes by number, as the last of those files has each. Raises PrecomputedError."""
    found: dict[int, Listing] = {}
    for path in paths:
        with understood_file(folder / path):
            found |= change_in(folder, manifest, path).listings
    return {number: listing for number, listing in found.items() if number < manifest.products}


def _standing(listings: Mapping[int, Listing], changed: Container[int], products: int) -> Iterable[Listing]:
    """Those that are as their shard has them."""
    return (listing for number, listing in listings.items() if number < products and number not in changed)


def reject_foreign(folder: Path, known: Mapping[str, str]) -> None:
    for path in sorted(folder.iterdir() if folder.is_dir() else ()):  # without products there are no files
        if path.name not in known and not path.name.startswith("."):
            raise PrecomputedError(f"{path} is not in the manifest. Remove it, or build the folder again.")


def _check_counts(folder: Path, manifest: Manifest, tables: Tables) -> None:
    counts = {name: tables.counts[name] for name in ("products", "neighbours")}
    optional = {count for name in ("elsewhere", "heats") if (count := tables.counts[name])}
    if {*counts.values(), *optional} != {manifest.sharded}:
        raise _miscounted(folder, counts["products"], counts["neighbours"], manifest.sharded)


def _miscounted(folder: Path, products: int, lists: int, said: int) -> PrecomputedError:
    return PrecomputedError(
        f"{folder} has {products} products and {lists} lists where its manifest says {said}. Build the folder again."
    )


def note_thumbnails(names: defaultdict[str, bytearray], listings: Iterable[Listing]) -> None:
    """Keep the names of their thumbnails by folder, in as few bytes as they take."""
    for listing in listings:
        for source in listing.sources:
            for size in SIZES:
                folder, name = thumbnail_path(source, size).split("/")
                names[folder] += f"{name}/".encode()


def check_thumbnails(images: Path, names: Mapping[str, bytearray]) -> None:
    for folder, wanted in sorted(names.items()):
        present = {file.name for file in os.scandir(images / folder)} if (images / folder).is_dir() else set()
        for name in wanted.decode().split("/")[:-1]:
            if name not in present:
                raise PrecomputedError(f"{images / folder / name} is missing. Build the folder again.")
