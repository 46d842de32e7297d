"""The lists of looks, each product of which may stand in many: what is alike, ordered, and as a policy wishes."""

from dataclasses import dataclass

import numpy as np

from model import elsewhere
from model.balance import SHOWN, balanced
from model.extractors import Features
from model.filling import Allowed, Field, fitting
from model.neighbours import Search, TopK, searched_exactly
from model.policy import Mask, Policy, Traits, diverse, kept, preferred
from model.progress import Track
from model.ranking import Indices, by_look, corrected, crowding, runs

DEPTH = 96  # neighbours that are ordered anew: four times as many as a list of 24
AVAILABLE = 12  # that can be ordered, in each list, while there are as many: what a page shows
ELSEWHERE = 8  # places of the list of other categories


@dataclass(frozen=True)
class Shelf:
    """L looks, each with its best neighbours `near` (L, K) by score, and the traits of its first product.

    `others` (L, O) are those of other categories, where the catalogue is too large to find them by comparing all.
    """

    near: TopK
    field: Field
    traits: Traits
    others: TopK | None = None

    @classmethod
    def of(cls, rows: Features, looks: Indices, traits: Traits, k: int, track: Track, search: Search) -> "Shelf":
        """From expanded `rows` (M, D) of photos, of which `looks` (M,) says what they belong to, each from 0 on."""
        first = np.unique(looks, return_index=True)[1]
        depth = min(max(DEPTH, 4 * k), max(1, len(first) - 1))
        photos_of_one = -(-len(rows) // max(1, len(first)))
        near = by_look(search(rows, depth * photos_of_one, looks, track), looks, depth)
        crowd = crowding(near)
        near, field = corrected(near, crowd), Field(rows[first], crowd)
        if searched_exactly(*rows.shape):
            return cls(near, field, traits)
        others = elsewhere.nearest(field.rows, traits.categories, 4 * ELSEWHERE, track)
        return cls(near, field, traits, corrected(others, crowd))

    def similar(self, policy: Policy, k: int) -> Indices:
        """(L, W) looks, best first, -1 after the last: `k` of them, or more until AVAILABLE can be ordered."""

        def allowed(asked: Indices, found: Indices) -> Mask:
            return self.traits.allowed(policy, asked, found)

        def orderable(asked: Indices, found: Indices) -> Mask:
            return allowed(asked, found) & self.traits.available[found]

        near = self._filtered(allowed, k)
        if policy.category == "prefer":
            near = preferred(near, fitting(near, self.traits.same_category))
        if policy.diversity:
            near = diverse(near, self.field.rows, policy.diversity, k)
        near = self.field.filled(near, orderable, min(AVAILABLE, k))
        lists = balanced(near, min(SHOWN, k))
        return _cut(lists, self.traits.available, k)

    def elsewhere(self) -> Indices:
        """(L, ELSEWHERE) looks of other categories, best first, -1 after the last."""
        near = self.others or self._filtered(self.traits.other_category, ELSEWHERE)
        return near.indices[:, :ELSEWHERE]

    def _filtered(self, allowed: Allowed, need: int) -> TopK:
        return self.field.filled(kept(self.near, fitting(self.near, allowed)), allowed, need)


def _cut(lists: Indices, available: Mask, k: int) -> Indices:
    """The first `k` of each list, and of the rest those that can be ordered until there are AVAILABLE."""
    made = np.empty_like(lists)
    for run in runs(len(lists)):
        can = available[lists[run]] & (lists[run] >= 0)
        before: Indices = np.cumsum(can, axis=1) - can
        keep = (np.arange(lists.shape[1]) < k) | (can & (before < min(AVAILABLE, k)))
        order = np.argsort(~keep, axis=1, kind="stable")
        made[run] = np.take_along_axis(np.where(keep, lists[run], -1), order, axis=1)
    return made[:, (made >= 0).any(axis=0)]
