"""What a build would do and about how long that takes, without doing it: for `--dry-run`."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from model.extracted import catalogue
from model.extractors import Extractor
from model.features import features_of, store_of
from model.images import View
from model.photos import Photo, usable
from model.progress import Track
from model.seen import RECORDS

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
    products, gathered = catalogue(folder, track, remember=False)
    photos = gathered.distinct()
    missing = {view: _missing(folder, photos, extractor, view) for view in views}
    seconds = sum(_seconds(lacking, extractor, view) for view, lacking in missing.items() if lacking)
    counts = {view: len(lacking) for view, lacking in missing.items()}
    return Plan(len(products), len(photos), counts, seconds, gathered.drops)


def _missing(folder: Path, photos: Sequence[Photo], extractor: Extractor, view: View) -> list[Photo]:
    store = store_of(folder / "features", extractor, view, folder / RECORDS, mend=False)
    return [photo for photo in photos if photo.sha256 not in store]


def _seconds(photos: Sequence[Photo], extractor: Extractor, view: View) -> float:
    """For all of `photos`, from the time that a few of them take after the network is built."""
    few = photos[:TIMED]
    first = usable(few, view, extractor.size)
    if not len(first):
        return 0.0
    features_of(extractor, first[:1])
    begin = perf_counter()
    features_of(extractor, usable(few, view, extractor.size))
    return (perf_counter() - begin) / len(few) * len(photos)
