"""The format the app reads, and its reader.

precomputed/
    manifest.json                     names the version that is served and each of its files with its sha256
    VERSION/catalogue-0000.json       1,000 products a file, sorted by id
    VERSION/neighbours-0000.json      their lists
    images/ab/….webp                  thumbnails, named by the photo that they show
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal, TypeVar

from catalogue import encoding
from catalogue.encoding import SCALE, Entry, Manifest
from catalogue.errors import PrecomputedError, UnknownProduct
from catalogue.product import Neighbour, Product, Thumbnail

MANIFEST = "manifest.json"
IMAGES = "images"
SIZES: tuple[Literal[160, 320], ...] = (160, 320)

T = TypeVar("T")


class Shop:
    """A catalogue with its neighbour lists, in memory. Products stand in the order of their ids."""

    def __init__(
        self, manifest: Manifest, entries: Sequence[Entry], lists: Sequence[tuple[tuple[int, int], ...]]
    ) -> None:
        self.manifest = manifest
        self.products = tuple(entry.product for entry in entries)
        self._thumbnails = tuple(entry.thumbnails for entry in entries)
        self._lists = lists
        self._index = {product.id: index for index, product in enumerate(self.products)}

    def __contains__(self, product_id: str) -> bool:
        return product_id in self._index

    def product(self, product_id: str) -> Product:
        """Raises UnknownProduct."""
        return self.products[self._position(product_id)]

    def neighbours(self, product_id: str, k: int = 12) -> list[Neighbour]:
        """Up to `k` similar products, best first; none for a product without a usable photo.

        Raises UnknownProduct.
        """
        pairs = self._lists[self._position(product_id)][:k]
        return [Neighbour(self.products[index].id, score / SCALE) for index, score in pairs]

    def thumbnails(self, product_id: str) -> tuple[Thumbnail, ...]:
        """The product's usable photos, the main one first. Raises UnknownProduct."""
        return self._thumbnails[self._position(product_id)]

    def _position(self, product_id: str) -> int:
        try:
            return self._index[product_id]
        except KeyError:
            raise UnknownProduct(f"no product has the id {product_id!r}. Check it against products.csv.") from None


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

    entries = parsed("catalogue-", encoding.parse_catalogue)
    lists = parsed("neighbours-", encoding.parse_neighbours)
    _check_consistent(folder, manifest, entries, lists)
    _check_thumbnails(folder, entries)
    return Shop(manifest, entries, lists)


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


def _parsed(path: Path, content: bytes, parse: Callable[[bytes], list[T]]) -> list[T]:
    try:
        return parse(content)
    except (ValueError, KeyError, TypeError) as error:
        raise PrecomputedError(f"{path} cannot be read: {error}. Build the folder again.") from error


def _reject_foreign(folder: Path, known: set[str]) -> None:
    for path in sorted(folder.iterdir()):
        if path.name not in known and not path.name.startswith("."):
            raise PrecomputedError(f"{path} is not in the manifest. Remove it, or build the folder again.")


def _check_consistent(
    folder: Path, manifest: Manifest, entries: Sequence[Entry], lists: Sequence[tuple[tuple[int, int], ...]]
) -> None:
    ids = [entry.product.id for entry in entries]
    if not len(ids) == len(lists) == manifest.products:
        raise PrecomputedError(
            f"{folder} has {len(ids)} products and {len(lists)} lists where its manifest says {manifest.products}."
            " Build the folder again."
        )
    if sorted(set(ids)) != ids:
        raise PrecomputedError(f"{folder} has products out of order or twice. Build the folder again.")
    if any(not 0 <= index < len(ids) for each in lists for index, _ in each):
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
