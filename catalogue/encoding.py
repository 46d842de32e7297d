"""How products, neighbour lists and the manifest stand in JSON: pure functions from dataclasses to bytes and back.

A list of neighbours is `[indices, steps]`: indices into the catalogue (sorted by id), and similarities × 10⁴ of which
the first is whole and each further one the difference to the one before, which keeps them short.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import accumulate, pairwise
from typing import Any

from catalogue.product import AVAILABILITIES, Price, Product, Thumbnail

FORMAT = 1
SHARD = 1000  # products in one file of the catalogue or of neighbour lists
SCALE = 10_000


@dataclass(frozen=True)
class Build:
    """How lists were made: the extractor, its fingerprint (weights and preprocessing), the preset, and k."""

    extractor: str
    fingerprint: str
    dimension: int
    preset: str
    k: int


@dataclass(frozen=True)
class Manifest:
    """What a precomputed folder holds; `files` maps each file of the version's folder to its sha256.

    `version` is the hash of those, so equal content has an equal version on any day and machine.
    """

    version: str
    build: Build
    products: int
    listed: int
    photos: int
    drops: Mapping[str, int]
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """A product as it is served: with its thumbnails, the main one first."""

    product: Product
    thumbnails: tuple[Thumbnail, ...] = ()


def dump(value: object) -> bytes:
    """The one way JSON is written here: sorted keys, no spaces, UTF-8, the same bytes for equal values."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def version_of(build: Build, files: Mapping[str, str]) -> str:
    """16 hexadecimal digits that stand for the whole content."""
    return hashlib.sha256(dump([FORMAT, asdict(build), files])).hexdigest()[:16]


def manifest_bytes(manifest: Manifest) -> bytes:
    text = json.dumps({"format": FORMAT, **asdict(manifest)}, sort_keys=True, indent=1, ensure_ascii=False)
    return f"{text}\n".encode()


def parse_manifest(content: bytes) -> Manifest:
    """Raises ValueError, KeyError or TypeError for what is not a manifest of this format."""
    value = json.loads(content)
    if value.pop("format") != FORMAT:
        raise ValueError(f"expected format {FORMAT}")
    manifest = Manifest(**{**value, "build": Build(**value["build"])})
    if version_of(manifest.build, manifest.files) != manifest.version:
        raise ValueError("the version is not the hash of the content")
    return manifest


def catalogue_bytes(entries: Sequence[Entry]) -> bytes:
    return dump([_entry_row(entry) for entry in entries])


def parse_catalogue(content: bytes) -> list[Entry]:
    """Raises ValueError, KeyError or TypeError for what is not a catalogue."""
    return [_parse_entry(row) for row in json.loads(content)]


def neighbours_bytes(lists: Sequence[Sequence[tuple[int, int]]]) -> bytes:
    """`lists` hold (index, similarity × 10⁴) pairs, best first."""
    return dump([[[index for index, _ in each], _steps([score for _, score in each])] for each in lists])


def parse_neighbours(content: bytes) -> list[tuple[tuple[int, int], ...]]:
    """Raises ValueError or TypeError for what is not neighbour lists."""
    return [tuple(zip(indices, accumulate(steps), strict=True)) for indices, steps in json.loads(content)]


def _steps(scores: list[int]) -> list[int]:
    return scores[:1] + [after - before for before, after in pairwise(scores)]


def _entry_row(entry: Entry) -> dict[str, Any]:
    row = {item.name: getattr(entry.product, item.name) for item in fields(Product)}
    row |= {name: str(row[name]) for name in ("price", "sale_price") if row[name]}
    row["thumbnails"] = [
        [getattr(thumbnail, item.name) for item in fields(Thumbnail)] for thumbnail in entry.thumbnails
    ]
    return {name: value for name, value in row.items() if value}


def _parse_entry(row: dict[str, Any]) -> Entry:
    thumbnails = tuple(Thumbnail(*values) for values in row.pop("thumbnails", ()))
    row |= {name: Price.parse(row[name]) for name in ("price", "sale_price") if name in row}
    row |= {name: tuple(row[name]) for name in ("additional_image_links", "image_files") if name in row}
    product = Product(**row)
    if product.availability not in AVAILABILITIES:
        raise ValueError(f"unknown availability {product.availability!r}")
    return Entry(product, thumbnails)
