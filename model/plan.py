"""What a build would do and about how long that takes, without doing it: for `--dry-run`."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np

from catalogue.errors import UnusableImage
from model.build import catalogue
from model.extractors import Extractor, fingerprint
from model.features import FeatureStore, features_of
from model.images import Pixels, View, fitted
from model.photos import Photo, read
from model.progress import Track

TIMED = 32  # photos that are timed, after one for which the network is built


@dataclass(frozen=True)
class Plan:
    """Of a build: its photos, how many of them each view lacks, and seconds for those, measured on a few of them."""

    products: int
    photos: int
    missing: Mapping[View, int]
    seconds: float
    drops: Counter[str]


def plan(folder: Path, extractor: Extractor, views: Sequence[View], track: Track) -> Plan:
    """Of the catalogue in `folder`; nothing is written. Raises CatalogueError, and as extracting does."""
    products, gathered = catalogue(folder, track)
    photos = gathered.distinct()
    missing = {view: _missing(folder, photos, extractor, view) for view in views}
    seconds = sum(_seconds(lacking, extractor, view) for view, lacking in missing.items() if lacking)
    counts = {view: len(lacking) for view, lacking in missing.items()}
    return Plan(len(products), len(photos), counts, seconds, gathered.drops)


def _missing(folder: Path, photos: Sequence[Photo], extractor: Extractor, view: View) -> list[Photo]:
    store = FeatureStore(folder / "features" / fingerprint(extractor, view.version), mend=False)
    return [photo for photo in photos if photo.sha256 not in store]


def _seconds(photos: Sequence[Photo], extractor: Extractor, view: View) -> float:
    """For all of `photos`, from the time that a few of them take after the network is built."""
    few = photos[:TIMED]
    features_of(extractor, _fitted(few[:1], extractor, view))
    begin = perf_counter()
    features_of(extractor, _fitted(few, extractor, view))
    return (perf_counter() - begin) / len(few) * len(photos)


def _fitted(photos: Sequence[Photo], extractor: Extractor, view: View) -> Pixels:
    side = view.size or extractor.size
    usable = []
    for photo in photos:
        try:
            usable.append(fitted(read(photo.path), view, extractor.size))
        except UnusableImage:
            continue  # the build counts it
    return np.stack(usable) if usable else np.zeros((1, side, side, 3), dtype=np.uint8)
