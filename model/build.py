"""Everything from a folder of photos to precomputed lists, and the parts of it that other commands need."""

import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from catalogue import feed, writer
from catalogue.alone import alone
from catalogue.encoding import Build, Entry, Manifest
from catalogue.errors import CatalogueError, FeaturesError, PrecomputedError
from catalogue.precomputed import MANIFEST, Shop, load
from catalogue.product import Neighbour, Product
from model import features, thumbnails
from model.extractors import Extractor, Features
from model.photos import Gathered, gather
from model.progress import Track
from model.ranking import Preset, rank


@dataclass(frozen=True)
class Extracted:
    """A catalogue with the features of its products' main photos.

    `ids` ascend; `vectors` are (len(ids), D) float32. Products without a usable photo are in `products` alone.
    """

    products: Sequence[Product]
    gathered: Gathered
    extraction: features.Extraction
    ids: Sequence[str]
    vectors: Features

    def every_photo(self) -> "EveryPhoto":
        """All usable photos of each product, its main one first."""
        rows = [(i, photo) for i, photos in sorted(self.gathered.photos.items()) for photo in photos]
        vectors = self.extraction.vectors([photo.sha256 for _, photo in rows])
        return EveryPhoto([i for i, _ in rows], [photo.path for _, photo in rows], vectors)


@dataclass(frozen=True)
class EveryPhoto:
    """A row for each photo of each product: `vectors` (M, D) float32, and its product and file in the same order."""

    ids: Sequence[str]
    paths: Sequence[Path]
    vectors: Features


@dataclass(frozen=True)
class Changes:
    """What differs from the lists that were there: products and photos by number, and lists of products in both."""

    added: int
    removed: int
    photos_removed: int
    lists: int


@dataclass(frozen=True)
class Report:
    """What a build did, for its closing table."""

    manifest: Manifest
    extraction: features.Extraction
    changes: Changes


def build(folder: Path, out: Path, extractor: Extractor, preset: Preset, k: int, track: Track) -> Report:
    """Write the lists of the catalogue in `folder` to `out`.

    Raises CatalogueError when no product has a usable photo, FeaturesError and PrecomputedError when the disk refuses;
    what lay in `out` is then still there.
    """
    _check_out(out, folder)
    with _alone(folder):
        return _build(folder, out, extractor, preset, k, track)


def _build(folder: Path, out: Path, extractor: Extractor, preset: Preset, k: int, track: Track) -> Report:
    products, gathered = catalogue(folder, track)
    before = _before(out)
    made, unusable = thumbnails.make(gathered.distinct(), before, out, track)
    extracted = _extracted(folder, products, gathered.without(unusable), extractor, preset, track)
    lists = rank(extracted.ids, extracted.vectors, k)
    photos = extracted.gathered.photos
    entries = [Entry(p, tuple(made[photo.sha256] for photo in photos[p.id])) for p in products]
    extraction = extracted.extraction
    settings = Build(extractor.name, extraction.fingerprint, extracted.vectors.shape[1], preset.name, k)
    manifest = writer.write(out, settings, entries, lists, extracted.gathered.drops)
    return Report(manifest, extraction, changes(before, entries, lists))


def _before(out: Path) -> Shop | None:
    """The lists that are to be replaced, when there are any that can be read."""
    try:
        return load(out)
    except PrecomputedError:
        return None


def changes(before: Shop | None, entries: Sequence[Entry], lists: Mapping[str, Sequence[Neighbour]]) -> Changes:
    """Between the lists that were there and new ones."""
    if before is None:
        return Changes(len(entries), 0, 0, 0)
    ids = {entry.product.id for entry in entries}
    kept = [product.id for product in before.products if product.id in ids]
    shown = {thumbnail.source for entry in entries for thumbnail in entry.thumbnails}
    showed = {thumbnail.source for product in before.products for thumbnail in before.thumbnails(product.id)}
    return Changes(
        added=len(ids) - len(kept),
        removed=len(before.products) - len(kept),
        photos_removed=len(showed - shown),
        lists=sum(before.neighbours(each, before.manifest.build.k) != list(lists.get(each, ())) for each in kept),
    )


def extract(folder: Path, extractor: Extractor, preset: Preset, track: Track) -> Extracted:
    """The features of the catalogue in `folder`, from its store or the network. Raises as `build` does."""
    with _alone(folder):
        products, gathered = catalogue(folder, track)
        return _extracted(folder, products, gathered, extractor, preset, track)


def _alone(folder: Path) -> AbstractContextManager[None]:
    """Two that extract into one store would do everything twice."""
    if not folder.is_dir():
        return nullcontext()  # reading it says what is wrong
    return alone(
        folder / "features" / ".lock", FeaturesError(f"another build is at work on {folder}. Run this again after it.")
    )


def catalogue(folder: Path, track: Track) -> tuple[Sequence[Product], Gathered]:
    """The products in `folder` and their photos. Raises CatalogueError."""
    read = feed.read(folder)
    gathered = gather(folder, read.products, track)
    gathered.drops.update(read.drops)
    return read.products, gathered


def _extracted(
    folder: Path, products: Sequence[Product], gathered: Gathered, extractor: Extractor, preset: Preset, track: Track
) -> Extracted:
    extraction = features.extract(gathered.distinct(), extractor, preset.views, folder / "features", track)
    gathered = gathered.without(extraction.unusable)
    main = {product_id: photos[0].sha256 for product_id, photos in sorted(gathered.photos.items()) if photos}
    if not main:
        reasons = ", ".join(f"{reason}: {count}" for reason, count in sorted(gathered.drops.items()))
        raise CatalogueError(f"no product in {folder} has a usable photo ({reasons}).")
    return Extracted(products, gathered, extraction, list(main), extraction.vectors(list(main.values())))


def _check_out(out: Path, folder: Path) -> None:
    """Only a new folder or one of ours is written to, since what a build supersedes is removed from it."""
    if out.resolve() == folder.resolve():
        raise PrecomputedError(f"{out} is the catalogue's own folder. Name another with --out.")
    if out.exists() and not out.is_dir():
        raise PrecomputedError(f"{out} is a file. Name a folder with --out.")
    ours = re.compile(rf"{re.escape(MANIFEST)}|images|[0-9a-f]{{16}}|\..*")
    if out.is_dir() and (foreign := sorted(path.name for path in out.iterdir() if not ours.fullmatch(path.name))):
        raise PrecomputedError(f"{out} holds {foreign[0]}, which is no part of precomputed lists. Name another folder.")
