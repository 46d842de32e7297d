"""How a large catalogue takes the place of one that is much the same: what did not change is not written again.

Products that were there keep their numbers, so that rows that speak of them stay as they are. What differs goes into
files of changes, until that is a tenth of everything; then all is written anew, in the order of the ids.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from catalogue import encoding, precomputed
from catalogue.content import Content
from catalogue.encoding import SHARD, Build
from catalogue.errors import PrecomputedError
from catalogue.updates.files import ALL, change_files, change_names
from catalogue.updates.standing import Standing

SMALLEST = 20 * SHARD  # products; fewer are written whole, in a moment
SHARE = 0.1  # of all rows that may lie in files of changes
MOST = 1000  # of those files


@dataclass(frozen=True)
class Plan:
    """What is to lie in the folder: `kept` files that do, with their hashes, and `new` ones by their names.

    `listed` and `base` are the manifest's.
    """

    new: Mapping[str, bytes]
    listed: int
    kept: Mapping[str, str] = field(default_factory=dict)
    base: int = 0

    def files(self) -> dict[str, str]:
        """Those of the manifest."""
        return {**self.kept, **{name: _sha256(content) for name, content in self.new.items()}}


def whole(content: Content) -> Plan:
    """All of it anew."""
    return Plan(content.shards() | content.others(), content.listed)


def update(folder: Path, build: Build, ids: Sequence[str], arranged: Callable[[Iterable[str]], Content]) -> Plan | None:
    """A plan that goes on from the version in `folder`; None where there is none for it, or too little stays.

    `ids` are those of the products, and `arranged` gives the content in an order of them.
    """
    if len(ids) < SMALLEST:
        return None
    try:
        standing = Standing(folder, precomputed.read_manifest(folder))
        content = arranged(numbered(standing.ids(), ids)) if standing.manifest.build == build else None
        return _onwards(standing, content) if content else None
    except PrecomputedError:  # what is damaged is written anew
        return None


def numbered(before: Sequence[str], ids: Iterable[str]) -> list[str]:
    """`ids` by number: who was there `before` keeps the number; others fill the gaps, and what is free behind.

    Numbers have no gaps, so the last products leave theirs when there are fewer than before.
    """
    wanted = {*ids}
    places = [each if each in wanted else None for each in before[: len(wanted)]]
    places += [None] * (len(wanted) - len(places))
    others = iter(sorted(wanted.difference(places)))
    return [next(others) if each is None else each for each in places]


def _onwards(standing: Standing, content: Content) -> Plan | None:
    rows = _changed(standing, content)
    if rows is None:
        return None
    others = {name: file for name, file in content.others().items() if not standing.is_same(name, _sha256(file))}
    gone = {encoding.GROUPS, encoding.MAP, encoding.REPORT} - {*content.others()} | {*others}
    before = standing.manifest
    kept = {path: sha256 for path, sha256 in before.paths.items() if path.rpartition("/")[2] not in gone}
    new = {**change_files(len(content), rows, len(change_names(before))), **others}
    if not new and len(kept) == len(before.files):
        return Plan({}, content.listed, before.files, before.base)
    return Plan(new, content.listed, kept, before.sharded)


def _changed(standing: Standing, content: Content) -> dict[str, dict[int, Any]] | None:
    """The rows that differ, by kind and number; None when they are too many, with those that did before."""
    if standing.kinds != {*content.kinds} or len(change_names(standing.manifest)) >= MOST:
        return None
    found: dict[str, dict[int, Any]] = {kind: {} for kind in ALL}
    left = SHARE * len(content) * len(content.kinds) - sum(map(len, standing.changed.values()))
    for start in range(0, len(content), SHARD):
        for kind in content.kinds:
            rows = _differing(standing.rows(kind, start), content.rows(kind, start), start)
            left -= len(rows.keys() - standing.changed[kind].keys())
            found[kind] |= rows
        if left < 0:
            return None
    return found


def _differing(before: Sequence[Any], rows: Sequence[Any], start: int) -> dict[int, Any]:
    there = dict(enumerate(before, start))
    return {number: row for number, row in enumerate(rows, start) if there.get(number) != row}


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
