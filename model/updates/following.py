"""The nearest looks of each look after some went and others came: only lists that these were or will be in change.

Each list is what a whole comparison of the same rows would begin with: what is beyond its last is not known, so that it
takes in nothing farther, and one that has become too short is looked up again.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from model.extractors import Features
from model.lengths import Doubles
from model.neighbours import DIGITS, TopK
from model.policy import Mask
from model.progress import Track, silent
from model.ranking import Indices
from model.shelf import photos_of_one
from model.updates.around import Around, around

_LISTS = 32_768  # at a time


@dataclass(frozen=True)
class Near:
    """The nearest looks of each of L, as little as that can be: `indices` (L, K) int32, `similarities` (L, K) float32.

    Best first; -1 and -inf after the last. A float32 tells similarities of 7 digits apart.
    """

    indices: npt.NDArray[np.int32]
    similarities: Features

    @classmethod
    def of(cls, near: TopK) -> "Near":
        """The same, narrowed."""
        return cls(near.indices.astype(np.int32), near.similarities.astype(np.float32))

    def wide(self, lists: Indices) -> TopK:
        """Those of some looks."""
        similarities: Doubles = self.similarities[lists].astype(np.float64)
        return TopK(self.indices[lists].astype(np.int64), np.round(similarities, DIGITS))

    def put(self, lists: Indices, near: TopK) -> None:
        """Replace those of some looks."""
        self.indices[lists], self.similarities[lists] = near.indices, near.similarities


@dataclass(frozen=True)
class Moved:
    """Numbers before and after: `was` (N,) of each that is there, -1 for what is new; `now` of each before, -1 if gone.

    Those that stay are in the same order.
    """

    was: Indices
    now: Indices

    @classmethod
    def of(cls, was: Indices, before: int) -> "Moved":
        """Of `before` that there were."""
        now = np.full(before, -1, dtype=np.int64)
        now[was[was >= 0]] = np.flatnonzero(was >= 0)
        return cls(was, now)

    @property
    def came(self) -> Mask:
        """(N,) which are new."""
        new: Mask = self.was < 0
        return new

    @property
    def stays(self) -> Indices:
        """Those that were there."""
        return np.flatnonzero(self.was >= 0)


def followed(
    before: Near,
    moved: Moved,
    all_known: Mask,
    rows: Features,
    looks: Indices,
    owners: Indices,
    depth: int,
    track: Track = silent,
) -> tuple[Near, Mask]:
    """The `depth` nearest looks of each of L, and whose are not what they were, (L,).

    `rows` (M, d) float32 of unit length belong to the `looks` (M,); those of looks that stay are what they were. Rows
    of equal `owners` (M,) are not compared, and those of -1 are with none. `all_known` (L,) says whose lists had all
    that there were.
    """
    near, changed = _carried(before, moved, depth)
    have = (near.indices >= 0).sum(axis=1)
    anew = moved.came | (changed & ~all_known & (have < depth // 2))
    asked = np.flatnonzero(anew[looks] & (owners >= 0))
    least = _least(near, have, all_known, anew)[looks]
    found = around(rows, asked, depth * photos_of_one(looks), owners, least, track)
    own = looks[asked]
    lists, places = np.unique(own, return_inverse=True)
    there = np.isfinite(found.near.similarities)
    of_found = looks[found.near.indices[there]]
    asking = np.broadcast_to(places[:, None], there.shape)[there]
    near.put(lists, tabled(asking, of_found, found.near.similarities[there], len(lists), depth))
    gained = _taken_in(near, found, own, looks, moved.came, all_known, have)
    changed[lists] = True
    changed[gained] = True
    return near, changed | moved.came


def tabled(asked: Indices, found: Indices, values: npt.NDArray[np.float64], count: int, width: int) -> TopK:
    """Triples as `count` lists of `width`: the best of each pair, the highest values first, then the smallest index."""
    order = np.lexsort((found, -values, asked))
    order = order[np.sort(np.unique((asked * (found.max(initial=0) + 1) + found)[order], return_index=True)[1])]
    asked, found, values = asked[order], found[order], values[order]
    place = np.arange(len(asked)) - np.searchsorted(asked, asked)
    kept = place < width
    table = TopK(np.full((count, width), -1, dtype=np.int64), np.full((count, width), -np.inf))
    table.indices[asked[kept], place[kept]] = found[kept]
    table.similarities[asked[kept], place[kept]] = values[kept]
    return table


def _carried(before: Near, moved: Moved, depth: int) -> tuple[Near, Mask]:
    """The lists of those that stay without what is gone, and which of them have lost something."""
    count = len(moved.was)
    near = Near(np.full((count, depth), -1, np.int32), np.full((count, depth), -np.inf, np.float32))
    now = np.append(moved.now, -1).astype(np.int32)
    lost = np.zeros(count, dtype=np.bool_)
    width = min(depth, before.indices.shape[1])
    for start in range(0, len(moved.stays), _LISTS):
        part = moved.stays[start : start + _LISTS]
        old = before.indices[moved.was[part]]
        indices, similarities = now[old], before.similarities[moved.was[part]]
        gone = (indices < 0) & (old >= 0)
        short = np.flatnonzero(gone.any(axis=1))
        order = np.argsort(indices[short] < 0, axis=1, kind="stable")
        similarities[short] = np.where(gone[short], -np.inf, similarities[short])
        indices[short] = np.take_along_axis(indices[short], order, axis=1)
        similarities[short] = np.take_along_axis(similarities[short], order, axis=1)
        near.indices[part, :width], near.similarities[part, :width] = indices[:, :width], similarities[:, :width]
        lost[part[short]] = True
    return near, lost


def _least(near: Near, have: Indices, all_known: Mask, anew: Mask) -> Features:
    """(L,) what a similarity must reach to be taken into each list."""
    last = np.where(have > 0, near.similarities[np.arange(len(have)), have - 1], -np.inf)
    return np.where(anew, np.inf, np.where(all_known, -np.inf, last)).astype(np.float32)


def _taken_in(
    near: Near, found: Around, own: Indices, looks: Indices, came: Mask, all_known: Mask, have: Indices
) -> Indices:
    """Take what came into lists that stay, where it is nearer than their last; which lists those are."""
    hosts, guests = looks[found.found], own[found.asked]
    last = have[hosts] - 1
    least, index = near.similarities[hosts, last].astype(np.float64), near.indices[hosts, last]
    least = np.round(least, DIGITS)
    nearer = (found.similarities > least) | ((found.similarities == least) & (guests < index))
    wanted = came[guests] & (all_known[hosts] | nearer)
    hosts, guests, similarities = hosts[wanted], guests[wanted], found.similarities[wanted]
    lists, places = np.unique(hosts, return_inverse=True)
    old = near.wide(lists)
    there = old.indices >= 0
    asked = np.broadcast_to(np.arange(len(lists))[:, None], there.shape)[there]
    near.put(
        lists,
        tabled(
            np.concatenate([asked, places]),
            np.concatenate([old.indices[there], guests]),
            np.concatenate([old.similarities[there], similarities]),
            len(lists),
            near.indices.shape[1],
        ),
    )
    return lists
