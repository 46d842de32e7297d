"""The format the app reads, and its reader.

precomputed/
    manifest.json                     names the version that is served and each of its files with its sha256
    VERSION/catalogue-0000.json       1,000 products a file, sorted by id
    VERSION/neighbours-0000.json      their lists
    VERSION/elsewhere-0000.json       their lists of other categories, where there are categories
    VERSION/heats-0000.json           where the similarity comes from, where that was asked for
    VERSION/duplicates.json           groups of products that look the same
    VERSION/map.json                  the place of each product on a map of the catalogue
    VERSION/report.json               how good the lists are
    images/ab/….webp                  thumbnails, named by the photo that they show
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal, TypeVar

from catalogue import encoding
from catalogue.encoding import Entry, Manifest, Pair, Place
from catalogue.errors import PrecomputedError
from catalogue.shop import Parts, Shop

MANIFEST = "manifest.json"
IMAGES = "images"
GROUPS, MAP, REPORT = "duplicates.json", "map.json", "report.json"
SIZES: tuple[Literal[160, 320], ...] = (160, 320)

T = TypeVar("T")


def load(folder: str | Path) -> Shop:
    """Read a precomputed folder, checking every file of its version against the manifest.

    Thumbnails are checked to be there; `verify` checks their content as well. Raises PrecomputedError, which names
    the file, for what is missing, foreign or changed.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    contents = {name: _checked(folder / manifest.version / name, sha) for name, sha in manifest.files.items()}
    _reject_foreign(folder / manifest.version, set(contents))

    def parsed(kind: str, parse: Callable[[bytes], list[T]]) -> list[T]:
        names = sorted(name for name in contents if name.startswith(kind))
        return [item for name in names for item in _parsed(folder / manifest.version / name, contents[name], parse)]

    def one(name: str, parse: Callable[[bytes], T], empty: T) -> T:
        return _parsed(folder / manifest.version / name, contents[name], parse) if name in contents else empty

    entries = parsed("catalogue-", encoding.parse_catalogue)
    lists = parsed("neighbours-", encoding.parse_neighbours)
    nowhere: tuple[list[Place | None], int] = ([], 0)
    places, laid_out = one(MAP, encoding.parse_map, nowhere)
    parts = Parts(
        elsewhere=parsed("elsewhere-", encoding.parse_neighbours),
        groups=one(GROUPS, encoding.parse_groups, []),
        places=places,
        laid_out=laid_out,
        heats=parsed("heats-", encoding.parse_heats),
        report=contents.get(REPORT, b""),
    )
    _check_consistent(folder, manifest, entries, lists, parts)
    _check_thumbnails(folder, entries)
    return Shop(manifest, entries, lists, parts)


def verify(folder: Path) -> Shop:
    """`load`, and every thumbnail hashed. Raises PrecomputedError, which names the file."""
    shop = load(folder)
    for product in shop.products:
        for thumbnail in shop.thumbnails(product.id):
            for size in SIZES:
                _checked(folder / IMAGES / thumbnail.path(size), thumbnail.digest(size))
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


def _checked(path: Path, sha256: str) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PrecomputedError(f"{path} cannot be read ({error.strerror}). Build the folder again.") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise PrecomputedError(f"{path} is not the file that the manifest names. Build the folder again.")
    return content


def _parsed(path: Path, content: bytes, parse: Callable[[bytes], T]) -> T:
    try:
        return parse(content)
    except (ValueError, KeyError, TypeError) as error:
        raise PrecomputedError(f"{path} cannot be read: {error}. Build the folder again.") from error


def _reject_foreign(folder: Path, known: set[str]) -> None:
    for path in sorted(folder.iterdir()):
        if path.name not in known and not path.name.startswith("."):
            raise PrecomputedError(f"{path} is not in the manifest. Remove it, or build the folder again.")


def _check_consistent(
    folder: Path, manifest: Manifest, entries: Sequence[Entry], lists: Sequence[tuple[Pair, ...]], parts: Parts
) -> None:
    ids = [entry.product.id for entry in entries]
    optional = [len(each) for each in (parts.elsewhere, parts.places, parts.heats) if each]
    if {len(ids), len(lists), *optional} != {manifest.products}:
        raise PrecomputedError(
            f"{folder} has {len(ids)} products and {len(lists)} lists where its manifest says {manifest.products}."
            " Build the folder again."
        )
    if sorted(set(ids)) != ids:
        raise PrecomputedError(f"{folder} has products out of order or twice. Build the folder again.")
    pointed = {index for each in (*lists, *parts.elsewhere) for index, _, _ in each}
    pointed.update(index for group in parts.groups for index in group)
    if any(not 0 <= index < len(ids) for index in pointed):
        raise PrecomputedError(f"{folder} has a list that points outside the catalogue. Build the folder again.")


def _check_thumbnails(folder: Path, entries: Sequence[Entry]) -> None:
    present = set(_image_paths(folder / IMAGES))
    for entry in entries:
        for thumbnail in entry.thumbnails:
            for size in SIZES:
                if thumbnail.path(size) not in present:
                    path = folder / IMAGES / thumbnail.path(size)
                    raise PrecomputedError(f"{path} is missing. Build the folder again.")


def _image_paths(images: Path) -> Iterator[str]:
    if images.is_dir():
        yield from (path.relative_to(images).as_posix() for path in images.glob("*/*.webp"))
