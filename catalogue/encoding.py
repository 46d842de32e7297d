"""How products, neighbour lists and the manifest stand in JSON: pure functions from dataclasses to bytes and back.

A list of neighbours is `[indices, steps, reasons]`: numbers of products in the catalogue; similarities × 10⁴ of
which the first is whole and each further one the difference to the one before, which keeps them short; and a digit to
the base 32 for each one's reasons, left out where there are none. The order is the ranked one.
"""

import hashlib
import json
import re
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import cached_property, lru_cache
from itertools import accumulate, chain, pairwise
from typing import Any, NamedTuple

from catalogue.product import AVAILABILITIES, Layout, MapGroup, Price, Product, Thumbnail

FORMAT = 3
SHARD = 1000  # products in one file of the catalogue or of neighbour lists
SCALE = 10_000
PRICES = 1 << 14  # that are kept while a catalogue is read, as many products have the same
CATALOGUE, GROUPS, MAP, REPORT = "catalogue", "duplicates.json", "map.json", "report.json"
LISTS = "lists"  # the folder of the files
SIDE = 10_000  # places along each side of the map
_DIGITS = "0123456789abcdefghijklmnopqrstuv"
_FLAGS = {digit: flags for flags, digit in enumerate(_DIGITS)}
_KEYS = {item.name for item in fields(Product)} | {"thumbnails"}
_FILE = re.compile(r"[a-z]+(?:-\d+)?\.json")
_ROW = re.compile(rb"\[[^][]*(?:\[[^][]*\][^][]*)*\]")  # one of many in a file, none of which has brackets in its texts
_SURROGATE = re.compile("[\ud800-\udfff]")  # half a character, which cannot be written

Pair = tuple[int, int, int]  # index, similarity × 10⁴, reasons
Place = tuple[int, int]  # to the right and up


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
    """What a precomputed folder holds; `files` maps each file of the version to its sha256.

    `version` is the hash of those, so equal files have an equal version on any day and machine.
    """

    version: str
    build: Build
    products: int
    listed: int
    photos: int
    drops: Mapping[str, int]
    files: Mapping[str, str]

    @cached_property
    def paths(self) -> dict[str, str]:
        """Where each file lies in the folder, by its name."""
        return {name: path_of(name, sha256) for name, sha256 in self.files.items()}


@dataclass(frozen=True, slots=True)
class Entry:
    """A product as it is served: with its thumbnails, the main one first."""

    product: Product
    thumbnails: tuple[Thumbnail, ...] = ()


class Listing(NamedTuple):
    """What a catalogue is sorted and counted by; made for each product at every start, and so a plain tuple."""

    id: str
    title: str
    product_type: str
    paid: int | None  # 10⁻⁴ units of currency
    added: str
    sources: list[str]  # of its thumbnails


def dump(value: object) -> bytes:
    """The one way JSON is written here: sorted keys, no spaces, UTF-8, the same bytes for equal values."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def path_of(name: str, sha256: str) -> str:
    """Where a file lies in the folder: a name for each content, so that files of all versions can lie there at once."""
    stem, suffix = name.rsplit(".", 1)
    return f"{LISTS}/{stem}-{sha256[:16]}.{suffix}"


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
    if not all(map(_FILE.fullmatch, manifest.files)):
        raise ValueError("a file has no name of ours")
    return manifest


def catalogue_bytes(entries: Sequence[Entry]) -> bytes:
    return dump([entry_row(entry) for entry in entries])


def entry_row(entry: Entry) -> dict[str, Any]:
    """A product as it stands in a file."""
    row = {item.name: getattr(entry.product, item.name) for item in fields(Product)}
    row |= {name: str(row[name]) for name in ("price", "sale_price") if row[name]}
    row["thumbnails"] = [
        [getattr(thumbnail, item.name) for item in fields(Thumbnail)] for thumbnail in entry.thumbnails
    ]
    return {name: list(value) if isinstance(value, tuple) else value for name, value in row.items() if value}


def parse_entry(row: dict[str, Any]) -> Entry:
    """Raises ValueError, KeyError or TypeError for what is not a product."""
    thumbnails = tuple([Thumbnail(*values) for values in row.pop("thumbnails", ())])
    for name in row.keys() & {"price", "sale_price"}:
        row[name] = Price.parse(row[name])
    for name in row.keys() & {"additional_image_links", "image_files"}:
        row[name] = tuple(row[name])
    product = Product(**row)
    if product.availability not in AVAILABILITIES:
        raise ValueError(f"unknown availability {product.availability!r}")
    return Entry(product, thumbnails)


def parse_listing(row: dict[str, Any]) -> Listing:
    """Raises ValueError, KeyError or TypeError where `parse_entry` would."""
    get = row.get
    if not row.keys() <= _KEYS:
        raise ValueError(f"a product has no {', '.join(sorted(row.keys() - _KEYS))}")
    if get("availability", AVAILABILITIES[0]) not in AVAILABILITIES:
        raise ValueError(f"unknown availability {row['availability']!r}")
    paid = _amount(row["price"]) if "price" in row else None
    if "sale_price" in row:
        paid = _amount(row["sale_price"])
    sources = [source for source, _, _, _, _, _ in get("thumbnails", ())]
    return Listing(row["id"], row["title"], get("product_type", ""), paid, get("added", ""), sources)


@lru_cache(PRICES)
def _amount(price: str) -> int:
    """In 10⁻⁴ units of its currency."""
    return int(Price.parse(price).amount.scaleb(4))


def neighbours_bytes(lists: Sequence[Sequence[Pair]]) -> bytes:
    """`lists` hold (index, similarity × 10⁴, reasons), best first."""
    return dump([list_row(each) for each in lists])


def list_row(pairs: Sequence[Pair]) -> list[Any]:
    """A list of neighbours as it stands in a file."""
    row: list[Any] = [[index for index, _, _ in pairs], _steps([score for _, score, _ in pairs])]
    reasons = "".join(_DIGITS[flags] for _, _, flags in pairs)
    return [*row, reasons] if reasons.strip("0") else row


def parse_list(row: Sequence[Any]) -> tuple[Pair, ...]:
    """A list of neighbours, best first. Raises ValueError, KeyError or TypeError for what is none."""
    indices, steps, reasons = (*row, "")[:3] if row else ((), (), "")
    flags = [_FLAGS[digit] for digit in reasons] if reasons else [0] * len(indices)
    return tuple(zip(indices, accumulate(steps), flags, strict=True))


def check_lists(rows: Sequence[Sequence[Any]], products: int) -> None:
    """Raises ValueError or TypeError where `parse_list` would for one of `rows`, or if it points outside `products`."""
    full = [row for row in rows if row]
    indices, steps = [row[0] for row in full], [row[1] for row in full]
    reasons = [row[2] if len(row) == 3 else "0" * len(row[0]) for row in full]
    lengths = list(map(len, indices))
    if lengths != list(map(len, steps)) or lengths != list(map(len, reasons)) or "".join(reasons).strip(_DIGITS):
        raise ValueError("a list has not as many similarities and reasons as neighbours")
    sum(chain.from_iterable(steps))
    if min(chain.from_iterable(indices), default=0) < 0 or max(chain.from_iterable(indices), default=0) >= products:
        raise ValueError(f"a list points outside the {products} products")


def row_ends(content: bytes) -> "array[int]":
    """Where each row of a file of rows ends, as uint32; the next one begins after a comma."""
    return array("I", [found.end() for found in _ROW.finditer(content, 1)])


def row_at(content: bytes, ends: bytes, place: int) -> list[Any]:
    """One row of a file, by the bytes of what `row_ends` found in it."""
    found = array("I", ends[4 * max(place - 1, 0) : 4 * place + 4])
    return list(json.loads(content[found[0] + 1 if place else 1 : found[-1]]))


def groups_bytes(groups: Sequence[Sequence[int]]) -> bytes:
    """Groups of indices of products that look the same."""
    return dump(groups)


def parse_groups(content: bytes) -> list[tuple[int, ...]]:
    """Raises ValueError or TypeError for what is not groups."""
    return [tuple(int(index) for index in group) for group in json.loads(content)]


def map_bytes(ids: Sequence[str], layout: Layout) -> bytes:
    """The places of the products `ids`, in their order, 0 for one without, and the labels of the map if it has any."""
    value = {"laid_out": layout.laid_out, "places": [layout.places.get(each, 0) for each in ids]}
    groups = [[*group.place, group.name, group.count] for group in layout.groups]
    return dump(value | ({"groups": groups} if groups else {}))


def parse_map(content: bytes) -> tuple[list[Place | None], int, tuple[MapGroup, ...]]:
    """Places in the order of the ids, how many were laid out together, and the labels.

    Raises ValueError, KeyError or TypeError for what is not a map.
    """
    value = json.loads(content)
    places = [parse_place(*place) if place else None for place in value["places"]]
    if type(value["laid_out"]) is not int or not 0 <= value["laid_out"] <= len(places):
        raise ValueError(f"expected laid_out from 0 to {len(places)}, received {value['laid_out']!r}")
    return places, value["laid_out"], parse_map_groups(value.get("groups", []))


def parse_map_groups(rows: Sequence[Any]) -> tuple[MapGroup, ...]:
    """The labels of a map from `[x, y, name, count]` each. Raises ValueError or TypeError for what is none."""
    for _, _, name, count in rows:
        if not isinstance(name, str) or not name or _SURROGATE.search(name):
            raise ValueError(f"expected a name on the map, received {name!r}")
        if type(count) is not int or count < 1:
            raise ValueError(f"expected a number of products from 1, received {count!r}")
    return tuple([MapGroup(name, parse_place(x, y), count) for x, y, name, count in rows])


def parse_place(*values: int) -> Place:
    """Raises ValueError or TypeError for what is none."""
    x, y = values
    if not all(type(value) is int and 0 <= value < SIDE for value in values):
        raise ValueError(f"expected a place from 0 to {SIDE - 1}, received {values}")
    return x, y


def parse_heats(row: Sequence[Any]) -> tuple[str, ...]:
    """Raises TypeError for what is none."""
    return tuple(str(text) for text in row)


def _steps(scores: list[int]) -> list[int]:
    return scores[:1] + [after - before for before, after in pairwise(scores)]
