"""The version that lies in a folder, as the next one is compared with it: row by row, by the numbers of products."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import orjson

from catalogue.encoding import SHARD, Manifest
from catalogue.precomputed import checked, understood_file
from catalogue.updates.files import CATALOGUE, change_names, parse_change


class Standing:
    """All methods raise PrecomputedError for a file that is not what the manifest says, or makes no sense."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.manifest = manifest
        self._folder = folder
        self._paths = manifest.places
        self.changed: defaultdict[str, dict[int, Any]] = defaultdict(dict)
        for path in change_names(manifest):
            with understood_file(folder / path):
                for kind, rows in parse_change(self._content(path)).rows.items():
                    self.changed[kind] |= rows

    def __len__(self) -> int:
        """How many products there are."""
        return self.manifest.products

    @property
    def kinds(self) -> set[str]:
        """Of which there are rows."""
        return {*self.changed, *(name.split("-")[0] for name in self._paths if "-" in name)} - {"changes"}

    def ids(self) -> list[str]:
        """Of all products, by their numbers."""
        return [row["id"] for start in range(0, len(self), SHARD) for row in self.rows(CATALOGUE, start)]

    def rows(self, kind: str, start: int) -> list[Any]:
        """Of the products from number `start` on, as many as a shard has; None for one that there is not."""
        numbers = range(start, min(start + SHARD, len(self)))
        name, changed = f"{kind}-{start // SHARD:04}.json", self.changed[kind]
        stored: list[Any] = []
        if name in self._paths:
            with understood_file(self._folder / self._paths[name]):
                stored = orjson.loads(self._content(self._paths[name]))
        stored += [None] * (len(numbers) - len(stored))
        return [changed.get(number, row) for number, row in zip(numbers, stored, strict=False)]

    def is_same(self, name: str, sha256: str) -> bool:
        """Whether it has this file, whole."""
        if name not in self._paths or self.manifest.paths[self._paths[name]] != sha256:
            return False
        self._content(self._paths[name])
        return True

    def _content(self, path: str) -> bytes:
        return checked(self._folder / path, self.manifest.paths[path])
