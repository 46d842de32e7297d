"""What a version of the lists says: rows of each kind by the numbers of the products, and files of the whole."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from catalogue import encoding
from catalogue.encoding import CATALOGUE, GROUPS, MAP, REPORT, SCALE, SHARD, Entry
from catalogue.product import Layout, Neighbour

Places = Iterable[tuple[str, float, int]]  # ids, similarities and reasons, best first


@runtime_checkable
class Compact(Protocol):
    """Lists that tell their places without a `Neighbour` for each, of which millions take longer than all the rest."""

    def places(self, product_id: str) -> Places:
        """Of one product, none where it has no list."""


@dataclass(frozen=True)
class Extras:
    """What stands beside the catalogue and its lists, by product id; what is empty is not written.

    `elsewhere`: lists of other categories. `groups`: products that look the same. `layout`: the map. `heats`: encoded
    heat maps of the first neighbours. `report`: the quality report's file.
    """

    elsewhere: Mapping[str, Sequence[Neighbour]] = field(default_factory=dict)
    groups: Sequence[Sequence[str]] = ()
    layout: Layout | None = None
    heats: Mapping[str, Sequence[str]] = field(default_factory=dict)
    report: bytes = b""


class Content:
    """A catalogue with its lists, in which each product has its place among `entries` for a number."""

    def __init__(self, entries: Sequence[Entry], neighbours: Mapping[str, Sequence[Neighbour]], extras: Extras) -> None:
        self._entries, self._extras = entries, extras
        self._index = {entry.product.id: number for number, entry in enumerate(entries)}
        self._lists = {"neighbours": _places(neighbours)}
        if any(extras.elsewhere.values()):
            self._lists["elsewhere"] = _places(extras.elsewhere)
        heated = any(extras.heats.values())
        self._kinds = (CATALOGUE, *self._lists, *(["heats"] if heated else []))
        self.listed = 0

    def __len__(self) -> int:
        """How many products there are."""
        return len(self._entries)

    def _rows(self, kind: str, start: int) -> list[Any]:
        """Of the products from number `start` on, as many as a shard has."""
        entries = self._entries[start : start + SHARD]
        if kind == CATALOGUE:
            return [encoding.entry_row(entry) for entry in entries]
        ids = [entry.product.id for entry in entries]
        if kind in self._lists:
            lists = [self._list(self._lists[kind](own)) for own in ids]
            if kind == "neighbours":
                self.listed += sum(bool(found) for found, *_ in lists)
            return lists
        return [[*self._extras.heats.get(own, ())] for own in ids]

    def files(self) -> dict[str, bytes]:
        """All of it in files by their names."""
        return self._shards() | self._others()

    def _shards(self) -> dict[str, bytes]:
        starts = range(0, len(self), SHARD)
        return {
            f"{kind}-{number:04}.json": encoding.dump(self._rows(kind, start))
            for kind in self._kinds
            for number, start in enumerate(starts)
        }

    def _others(self) -> dict[str, bytes]:
        """The files that are no rows of products."""
        extras, files = self._extras, {}
        if extras.groups:
            files[GROUPS] = encoding.groups_bytes([[self._index[each] for each in group] for group in extras.groups])
        if extras.layout:
            files[MAP] = encoding.map_bytes(list(self._index), extras.layout)
        return files | ({REPORT: extras.report} if extras.report else {})

    def _list(self, places: Places) -> list[Any]:
        return encoding.list_row(
            [(self._index[near], round(score * SCALE), reasons) for near, score, reasons in places]
        )


def _places(lists: Mapping[str, Sequence[Neighbour]]) -> Callable[[str], Places]:
    if isinstance(lists, Compact):
        return lists.places
    return lambda own: [(near.product_id, near.similarity, near.reasons) for near in lists.get(own, ())]
