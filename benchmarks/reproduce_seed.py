"""Does the `classic` preset reproduce the project's seed? The seed's images, against the similarities it published.

The seed is https://github.com/niharika412/product_recommendations. `seed_figures.csv` is from its
staticUI/results.py: images with their five neighbours, best first, and the cosines of their VGG16 `fc2`.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from catalogue import atomic
from catalogue.errors import CatalogueError, FeaturesError, Refused, Unfetched, UnusableImage
from catalogue.product import Neighbour
from model.evaluation import Lists
from model.extractors import Extractor, Features, vgg16
from model.features import features_of
from model.images import Pixels, fitted
from model.lists import PRESETS, plain
from model.neighbours.normalize import unit
from model.photos import blocks_of, read
from model.progress import Track
from scraper.fetch import Fetcher, Manners, Wanted
from scraper.images import suffix_of

BASE = "https://raw.githubusercontent.com/niharika412/product_recommendations/master/images"
MANNERS = Manners(hosts=("raw.githubusercontent.com",))
IMAGES = tuple(sorted(str(number) for number in (*range(52), 53, 54, 56, 99)))  # what its lists are made of
FIGURES = Path(__file__).with_name("seed_figures.csv")
CLASSIC = PRESETS["classic"]
TOLERANCE = 1e-3  # for other decoders of JPEG and other versions of TensorFlow
_IMAGE_BYTES = 25_000_000
_STEP = 8  # images between two steps of the progress


@dataclass(frozen=True)
class Pair:
    """One published place of an image's list: the neighbour with its similarity, and what we find.

    `found` stands in that place now; `similarity` is ours of `image` and the published neighbour, a cosine.
    """

    image: str
    published: Neighbour
    found: str
    similarity: float

    @property
    def difference(self) -> float:
        """How far our similarity is from the published one, ≥ 0."""
        return abs(self.similarity - self.published.similarity)


@dataclass(frozen=True)
class Comparison:
    """All published places, list by list."""

    pairs: tuple[Pair, ...]

    @property
    def largest(self) -> Pair:
        """The pair of the largest difference."""
        return max(self.pairs, key=lambda pair: pair.difference)

    @property
    def lists(self) -> int:
        """How many lists are published."""
        return len({pair.image for pair in self.pairs})

    @property
    def equal(self) -> int:
        """How many of them have the same neighbours in the same order."""
        return self.lists - len({pair.image for pair in self.pairs if pair.found != pair.published.product_id})

    @property
    def reproduced(self) -> bool:
        """Whether every list is equal and no difference is above TOLERANCE."""
        return self.equal == self.lists and self.largest.difference <= TOLERANCE


def measure(folder: Path, extractor: Extractor, track: Track, figures: Path = FIGURES) -> Comparison:
    """The seed's images in `folder`, where missing ones are fetched into, against the similarities in `figures`.

    Raises Refused and DiskError as `fetch_missing` does, CatalogueError for an image that cannot be used, and what the
    extractor raises.
    """
    fetch_missing(folder, track)
    return compare(read_figures(figures), IMAGES, features(folder, extractor, track))


def compare(figures: Lists, ids: Sequence[str], vectors: Features) -> Comparison:
    """The published lists `figures` against plain cosine on (len(ids), D) float32 `vectors`; `ids` ascend.

    Raises KeyError for an image that `ids` lacks, ValueError for lists that are not as long as the preset's.
    """
    lists = plain(ids, vectors, CLASSIC.k)
    rows = dict(zip(ids, unit(vectors).astype(np.float64), strict=True))
    return Comparison(
        tuple(
            Pair(image, published, found.product_id, float(rows[image] @ rows[published.product_id]))
            for image, neighbours in figures.items()
            for published, found in zip(neighbours, lists[image], strict=True)
        )
    )


def read_figures(path: Path) -> Lists:
    """Published lists: a CSV with the columns `image`, `neighbour` and `similarity`, best first."""
    figures: dict[str, list[Neighbour]] = {}
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            figures.setdefault(row["image"], []).append(Neighbour(row["neighbour"], float(row["similarity"])))
    return figures


def fetch_missing(folder: Path, track: Track, base: str = BASE, manners: Manners = MANNERS) -> None:
    """Fetch the images that `folder` lacks from `base`; those that have arrived stay when one fails.

    Raises Refused, which names what is missing, and DiskError when the disk is full.
    """
    missing = _missing(folder)
    if not missing:
        return
    try:
        with Fetcher(manners) as fetcher:
            for name in track(missing, "fetching images", len(missing)):
                content = fetcher.fetch(Wanted(f"{base}/{name}", _IMAGE_BYTES, image=True)).content
                suffix_of(content)  # raises when it is no image, whatever the server calls it
                atomic.write_bytes(folder / name, content)
    except Unfetched as error:
        raise Refused(
            f"images are missing in {folder} and could not be fetched from {base}: {error}. "
            f"Run this again with internet, or put them there: {', '.join(_missing(folder))}."
        ) from error


def features(folder: Path, extractor: Extractor, track: Track) -> Features:
    """(len(IMAGES), D) float32 features of the images in `folder`, fitted as the preset says. Raises as `measure`."""
    blocks = list(blocks_of([folder / name for name in _names()], _STEP))
    pixels = (np.stack([_fitted(path, extractor.size) for path in block]) for block in blocks)
    return np.concatenate([features_of(extractor, each) for each in track(pixels, "features", len(blocks))])


def summary(found: Comparison) -> str:
    """The outcome in one line."""
    pair = found.largest
    where = f"of {len(found.pairs)} similarities, {pair.image} to {pair.published.product_id}"
    return f"largest difference {pair.difference:.7f} ({where}); {found.equal} of {found.lists} lists are equal"


def settle(found: Comparison, weights: Path) -> None:
    """Raise FeaturesError when the figures are not reproduced, saying whether they could be with these weights."""
    if found.reproduced:
        return
    known = vgg16.published(weights)
    kind = "is the file" if known else "is not the file"
    hint = "Look at images and code" if known else f"The figures cannot be expected to hold; get {vgg16.WEIGHTS_URL}"
    raise FeaturesError(
        f"the seed's figures are not reproduced: {summary(found)}. {weights} {kind} that Keras publishes. {hint}."
    )


def as_rows(found: Comparison) -> dict[str, object]:
    """Plain values for JSON."""
    pairs = [
        {"image": pair.image, "published": pair.published.product_id, "found": pair.found,
         "published_similarity": pair.published.similarity, "similarity": round(pair.similarity, 7),
         "difference": round(pair.difference, 7)}
        for pair in found.pairs
    ]  # fmt: skip
    totals = {"largest_difference": round(found.largest.difference, 7), "equal_lists": found.equal}
    return {"pairs": pairs, **totals, "lists": found.lists}


def _names() -> list[str]:
    return [f"{image}.jpeg" for image in IMAGES]


def _missing(folder: Path) -> list[str]:
    return [name for name in _names() if not (folder / name).is_file()]


def _fitted(path: Path, size: int) -> Pixels:
    try:
        return fitted(read(path), CLASSIC.views[0], size)
    except UnusableImage as error:
        raise CatalogueError(f"{path} cannot be used: {error}. Remove it, and run this again.") from error
