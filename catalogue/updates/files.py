"""Files of changes: the rows of products and lists in which a version differs from the one before it.

    changes-0001.json    {"products": how many there are now, "rows": {KIND: [[number, row], …]}}

A row takes the place of the one of its number, or is a new one; rows of numbers beyond the products are gone. Each file
goes on from those before it. An update of many rows is several files, so that none takes much memory to read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from catalogue import encoding
from catalogue.encoding import Listing, Manifest
from catalogue.shards import KINDS

CHANGES, CATALOGUE = "changes", "catalogue"
ALL = (CATALOGUE, *KINDS)
ROWS = 20_000  # in one file

Rows = Mapping[str, Mapping[int, Any]]  # by kind and number


@dataclass(frozen=True)
class Change:
    """One file of changes: how many products there are after it, and rows by kind and number."""

    products: int
    rows: Rows

    @property
    def listings(self) -> dict[int, Listing]:
        """Its products. Raises ValueError, KeyError or TypeError where `parse_entry` would."""
        return {number: encoding.parse_listing(row) for number, row in self.rows.get(CATALOGUE, {}).items()}


def change_files(products: int, rows: Rows, after: int) -> dict[str, bytes]:
    """The files of changes that hold `rows`, numbered from `after` others on."""
    every = [(kind, number, row) for kind in ALL for number, row in sorted(rows.get(kind, {}).items())]
    parts = [every[start : start + ROWS] for start in range(0, len(every), ROWS)]
    return {f"{CHANGES}-{after + at:04}.json": _bytes(products, part) for at, part in enumerate(parts, 1)}


def parse_change(content: bytes) -> Change:
    """Raises ValueError, KeyError or TypeError for what is no file of changes."""
    value = orjson.loads(content)
    products, rows = value["products"], {kind: dict(pairs) for kind, pairs in value["rows"].items()}
    if not rows.keys() <= {*ALL}:
        raise ValueError(f"there are no rows of the kind {', '.join(sorted(rows.keys() - {*ALL}))}")
    if any(type(number) is not int or not 0 <= number < products for each in rows.values() for number in each):
        raise ValueError(f"a row is of none of the {products} products")
    return Change(products, rows)


def change_names(manifest: Manifest) -> list[str]:
    """Where the files of changes lie in the folder, in their order."""
    return [manifest.places[name] for name in sorted(manifest.places) if is_change(name)]


def is_change(name: str) -> bool:
    return name.startswith(f"{CHANGES}-")


def _bytes(products: int, rows: Sequence[tuple[str, int, Any]]) -> bytes:
    by_kind: dict[str, list[tuple[int, Any]]] = {}
    for kind, number, row in rows:
        by_kind.setdefault(kind, []).append((number, row))
    return encoding.dump({"products": products, "rows": by_kind})
