"""A catalogue with the features of its photos: what building, listing and judging start from."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from catalogue import feed
from catalogue.alone import alone
from catalogue.errors import CatalogueError, FeaturesError
from catalogue.product import Product
from model import features
from model.duplicates import Pairs
from model.extractors import Extractor, Features
from model.images import Pixels, View
from model.lists import Preset, plain
from model.making import Lists, Photos, rank
from model.means import HERE, Means
from model.neighbours.search import Search, search
from model.photos import Gathered, gather
from model.policy import Mask
from model.prints import Print, prints_of, same_look
from model.progress import Track, silent
from model.ranking import Indices
from model.seen import RECORDS, Seen

PRINT = (View("letterbox"),)


@dataclass(frozen=True)
class Extracted:
    """A catalogue with the features of its products' photos.

    `ids` ascend; `photos` are those of the products `ids`. Products without a usable photo are in `products` alone.
    `prints` are small pictures of the same photos. `search` finds what the lists are made of.
    """

    products: Sequence[Product]
    gathered: Gathered
    extraction: features.Extraction
    prints: features.Extraction
    ids: Sequence[str]
    photos: Photos
    search: Search = search

    @property
    def vectors(self) -> Features:
        """(len(ids), D) float32, of the products' main photos."""
        vectors = self.photos.vectors
        return vectors if len(vectors) == len(self.ids) else vectors[self.photos.first]

    @property
    def listed(self) -> list[Product]:
        """The products `ids`."""
        by_id = {product.id: product for product in self.products}
        return [by_id[product_id] for product_id in self.ids]

    @property
    def paths(self) -> list[Path]:
        """The file of each photo."""
        return [photo.path for product_id in self.ids for photo in self.gathered.photos[product_id]]

    def lists(self, preset: Preset, track: Track = silent) -> Lists:
        """What looks like each product, as the preset orders it."""
        if not preset.ranked:
            return Lists(plain(self.ids, self.vectors, preset.k, track, self.search), {}, ())
        return rank(self.listed, self.photos, self._same, preset.k, preset.policy, track, self.search)

    def main_prints(self, products: Indices) -> Pixels:
        """(P, 32, 32, 3) uint8: the prints of the main photos of some of the products, by their numbers."""
        rows = self.photos.first[products]
        return prints_of(self.prints, [self.photos.hashes[row] for row in rows])

    def _same(self, pairs: Pairs) -> Mask:
        same: Mask = same_look(self.main_prints(pairs[:, 0]), self.main_prints(pairs[:, 1]))
        return same


def extract(folder: Path, extractor: Extractor, preset: Preset, track: Track) -> Extracted:
    """The features of the catalogue in `folder`, from its store or the network.

    Raises CatalogueError when no product has a usable photo, FeaturesError when the disk refuses.
    """
    with at_work_alone(folder):
        return of_gathered(folder, *catalogue(folder, track), extractor, preset, track)


def at_work_alone(folder: Path) -> AbstractContextManager[None]:
    """Two that extract into one store would do everything twice. Raises FeaturesError for the second."""
    if not folder.is_dir():
        return nullcontext()  # reading it says what is wrong
    return alone(
        folder / "features" / ".lock", FeaturesError(f"another build is at work on {folder}. Run this again after it.")
    )


def catalogue(folder: Path, track: Track, *, remember: bool = True) -> tuple[Sequence[Product], Gathered]:
    """The products in `folder` and their photos, of which those are read that changed since they were remembered.

    Raises CatalogueError, and FeaturesError when the disk refuses; nothing is written unless `remember`.
    """
    read = feed.read(folder)
    seen = Seen(folder / RECORDS / ".photos")
    gathered = gather(folder, read.products, track, seen)
    if remember:
        seen.keep()
    gathered.drops.update(read.drops)
    return read.products, gathered


def of_gathered(
    folder: Path,
    products: Sequence[Product],
    gathered: Gathered,
    extractor: Extractor,
    preset: Preset,
    track: Track,
    means: Means = HERE,
) -> Extracted:
    """The features of photos that are found already. Raises as `extract` does, and as the `means` do."""
    store, records = folder / "features", folder / RECORDS
    extraction = features.extract(
        gathered.distinct(), extractor, preset.views, store, track, way=means.extract, records=records
    )
    gathered = gathered.without(extraction.unusable)
    prints = features.extract(gathered.distinct(), Print(), PRINT, store, track, "prints", means.extract, records)
    gathered = gathered.without(prints.unusable)
    photos = {product_id: found for product_id, found in sorted(gathered.photos.items()) if found}
    if not photos:
        reasons = ", ".join(f"{reason}: {count}" for reason, count in sorted(gathered.drops.items()))
        raise CatalogueError(f"no product in {folder} has a usable photo ({reasons}).")
    hashes = [photo.sha256 for found in photos.values() for photo in found]
    owners = np.repeat(np.arange(len(photos)), [len(found) for found in photos.values()])
    rows = Photos(extraction.vectors(hashes), owners, hashes, extraction.parts)
    return Extracted(products, gathered, extraction, prints, list(photos), rows, means.search)
