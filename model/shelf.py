"""The lists of looks, each product of which may stand in many: what is alike, ordered, and as a policy wishes."""

from dataclasses import dataclass

import numpy as np

from model.extractors import Features
from model.filling import Allowed, Field, fitting
from model.neighbours.exact import TopK
from model.neighbours.search import Search
from model.policy import Mask, Policy, Traits, diverse, kept, preferred
from model.progress import Track
from model.ranking import Indices, by_look, runs

DEPTH = 96  # neighbours that are ordered anew: four times as many as a list of 24
AVAILABLE = 12  # that can be ordered, in each list, while there are as many: what a page shows
ELSEWHERE = 8  # places of the list of other categories
OTHERS = 4 * ELSEWHERE  # of other categories that are ordered anew


def nearest_looks(rows: Features, looks: Indices, k: int, track: Track, search: Search) -> TopK:
    """(L, K) the nearest looks of each, from expanded `rows` (M, D) of photos, of which `looks` (M,) says whose."""
    count = int(looks.max(initial=-1)) + 1
    depth = min(max(DEPTH, 4 * k), max(1, count - 1))
    photos_of_one = -(-len(looks) // max(1, count))  # rounded up from the mean
    return by_look(search(rows, depth * photos_of_one, looks, track), looks, depth)


def nearest_elsewhere(rows: Features, categories: Indices, track: Track, search: Search) -> TopK:
    """(L, OTHERS) the nearest looks of each that have another of the `categories` (L,), in a large catalogue.

    However many neighbours of a look are found, most or all may have its own category. Looks without one, which is -1,
    are in no list and have none.
    """
    named = np.flatnonzero(categories >= 0)
    best = TopK.none(len(rows), OTHERS)
    if len(named):
        found = search(rows if len(named) == len(rows) else rows[named], OTHERS, categories[named], track)
        width = found.indices.shape[1]
        best.indices[named, :width] = np.where(found.indices >= 0, named[found.indices], -1)
        best.similarities[named, :width] = found.similarities
    return best


@dataclass(frozen=True)
class Shelf:
    """All looks, each with its best neighbours `near` (L, K) by score.

    `field` has their rows, and `traits` are those of each look's first product. `others` (L, O) are those of other
    categories, where the catalogue is too large to find them by comparing all.
    """

    near: TopK
    field: Field
    traits: Traits
    others: TopK | None = None

    def ordered(self, policy: Policy, k: int) -> TopK:
        """(L, W) what the lists would hold, and more behind it, if each were the only one."""

        def allowed(asked: Indices, found: Indices) -> Mask:
            return self.traits.allowed(policy, asked, found)

        def orderable(asked: Indices, found: Indices) -> Mask:
            return allowed(asked, found) & self.traits.available[found]

        near = self._filtered(allowed, k)
        if policy.category == "prefer":
            near = preferred(near, fitting(near, self.traits.same_category))
        if policy.diversity:
            near = diverse(near, self.field.rows, policy.diversity, k)
        return self.field.filled(near, orderable, min(AVAILABLE, k))

    def cut(self, lists: Indices, k: int) -> Indices:
        """The first `k` of each list, and of the rest those that can be ordered until there are AVAILABLE."""
        made = np.empty_like(lists)
        for run in runs(len(lists)):
            can = self.traits.available[lists[run]] & (lists[run] >= 0)
            before: Indices = np.cumsum(can, axis=1) - can
            keep = (np.arange(lists.shape[1]) < k) | (can & (before < min(AVAILABLE, k)))
            order = np.argsort(~keep, axis=1, kind="stable")
            made[run] = np.take_along_axis(np.where(keep, lists[run], -1), order, axis=1)
        return made[:, (made >= 0).any(axis=0)]

    def elsewhere(self) -> Indices:
        """(L, ELSEWHERE) looks of other categories, best first, -1 after the last."""
        near = self.others or self._filtered(self.traits.other_category, ELSEWHERE)
        return near.indices[:, :ELSEWHERE]

    def _filtered(self, allowed: Allowed, need: int) -> TopK:
        near = kept(self.near, fitting(self.near, allowed))
        return self.field.filled(near, allowed, need)
