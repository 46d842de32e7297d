"""The lists that changes touch, made anew; all others keep what they hold."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from model import naming
from model.balance import SHOWN, rebalanced
from model.extractors import Features
from model.filling import Field
from model.lengths import Doubles
from model.making import Looks, Photos, trimmed
from model.naming import Places
from model.neighbours import TopK
from model.policy import Mask, Policy, Traits
from model.ranking import Indices
from model.shelf import Shelf
from model.updates.following import Moved, Near
from model.updates.kept import Kept, Listed

_LISTS, _PRODUCTS = 32_768, 4096  # at a time: lists that are looked through, products whose similarities are computed

Numbers = npt.NDArray[Any]  # of integers, int32 where there are many
Values = npt.NDArray[Any]


@dataclass(frozen=True)
class Relisted:
    """Lists as `Kept` has them, and how many products' were made anew."""

    wanted: Numbers
    similar: Listed
    elsewhere: Listed
    touched: int


@dataclass(frozen=True)
class Now:
    """The catalogue as it is: N products with M photos of L looks, of which little has changed.

    `near` (L, K), `others` (L, O) and `crowd` (L,) are those of the looks, `changed` (L,) says whose are not what they
    were, and `rows` (L, d) are their expanded rows. `marked` are products that stay, of which something that lists look
    at has changed.
    """

    near: Near
    others: Near
    changed: Mask
    crowd: Doubles
    rows: Features
    looks: Looks
    traits: Traits
    marked: Indices
    photos: Photos
    k: int
    policy: Policy


@dataclass(frozen=True)
class Before:
    """What was kept, which `products` and `looks` of it stay, and the look (N,) that each product before has `now`.

    That is -1 for a product that is gone. `gone` (N,) are those whose look is.
    """

    kept: Kept
    products: Moved
    looks: Moved
    now: Indices
    gone: Mask

    @classmethod
    def of(cls, kept: Kept, products: Moved, moved: Moved, looks: Looks) -> "Before":
        """Of what was kept, and of the `looks` that there are now."""
        now = np.where(products.now < 0, -1, looks.numbers[products.now])
        numbers = np.unique(kept.leaders, return_inverse=True)[1]
        return cls(kept, products, moved, now, moved.now[numbers] < 0)

    def lists(self, lists: Listed, first: Indices, most: int | None = None) -> Indices:
        """(A, W) the looks that the lists of the products `first` (A,) held, -1 after the last, -2 for what is gone."""
        products = lists.padded(self.products.was[first], most)
        now = self.now[products]
        return np.where(products < 0, -1, np.where(now < 0, -2, now))

    def wanted(self) -> Indices:
        """(L, W) the looks that the lists of all that stay would have shown but for the balance, as in `lists`."""
        found = np.where(self.looks.came[:, None], -1, self.kept.wanted[self.looks.was])
        now = self.looks.now[found]
        return np.where(found < 0, -1, np.where(now < 0, -2, now))

    def stale(self, lists: Listed, marked: Indices) -> Indices:
        """The products that stay whose lists hold something whose look is gone, or that is `marked`."""
        other = self.gone.copy()
        other[self.products.was[marked]] = True
        holding = np.unique(np.searchsorted(lists.starts, np.flatnonzero(other[lists.found]), side="right") - 1)
        now = self.products.now[holding]
        return now[now >= 0]


@dataclass(frozen=True)
class Relisting:
    """From what was to what is."""

    before: Before
    now: Now

    def relisted(self) -> Relisted:
        """The lists of all products.

        Touched are those of looks that came, or that show something else than before, or of which a product that was
        shown is gone or marked.
        """
        before, looks, kept = self.before, self.now.looks, self.before.kept
        wanted_before = before.wanted()
        own = before.looks.came | self._of_looks(self.now.marked)
        stale, stale_elsewhere = (
            own | self._of_looks(before.stale(lists, self.now.marked)) for lists in (kept.similar, kept.elsewhere)
        )
        seen = self.now.changed | self._near_marked() | stale | stale_elsewhere | (wanted_before == -2).any(axis=1)
        which = np.flatnonzero(seen)
        shelf = self._shelf(which)
        had = before.lists(kept.similar, looks.first[which])
        ordered = shelf.knowing(np.maximum(had, -1)).ordered(self.now.policy, self.now.k)
        wanted = trimmed(shelf.cut(ordered.indices, self.now.k))
        anew = stale[which] | _differ(wanted, wanted_before[which])
        similar = self._balanced(TopK(ordered.indices[anew], ordered.similarities[anew]), which[anew])
        had = before.lists(kept.elsewhere, looks.first[which])
        elsewhere = shelf.elsewhere()
        other = stale_elsewhere[which] | _differ(elsewhere, had)
        touched = self._of_looks(looks.first[which[anew | other]])
        return Relisted(
            _put(wanted_before, which, wanted),
            self._listed(kept.similar, which[anew], similar, self.now.policy),
            self._listed(kept.elsewhere, which[other], elsewhere[other], Policy()),
            int(touched[looks.numbers].sum()),
        )

    def _of_looks(self, products: Indices) -> Mask:
        """(L,) those of some products."""
        found = np.zeros(len(self.now.looks.first), dtype=np.bool_)
        found[self.now.looks.numbers[products]] = True
        return found

    def _near_marked(self) -> Mask:
        """(L,) which have any that is marked near."""
        marked = np.append(self._of_looks(self.now.marked), False)  # -1 is the last
        found = np.zeros(len(marked) - 1, dtype=np.bool_)
        for part in _parts(len(found) if marked.any() else 0):
            found[part] = marked[self.now.near.indices[part]].any(axis=1)
        return found

    def _shelf(self, which: Indices) -> Shelf:
        now = self.now
        traits = now.traits.of_looks(now.looks.first, now.looks.numbers)
        return Shelf.of(which, now.near.wide(which), now.others.wide(which), Field(now.rows, now.crowd), traits)

    def _balanced(self, near: TopK, lists: Indices) -> Indices:
        """The lists (T, W) of looks, `near` (T, W) by score, balanced among all: only they take in what is nowhere."""
        shown = min(SHOWN, self.now.k)
        counts = self._counts(lists, shown)
        seen = near.indices[:, :shown]
        nowhere = np.flatnonzero(counts + np.bincount(seen[seen >= 0], minlength=len(counts)) == 0)
        orphans = np.setdiff1d(nowhere, lists)
        theirs = self._shelf(orphans).ordered(self.now.policy, self.now.k)
        indices = np.concatenate(_of_one_width(near.indices, theirs.indices))
        scores = np.concatenate(_of_one_width(near.similarities, theirs.similarities, -np.inf))
        first = np.concatenate([lists, orphans])
        numbers = np.concatenate([first, np.setdiff1d(np.arange(len(counts)), first), [-1]])
        place = np.empty(len(numbers), dtype=np.int64)
        place[numbers] = [*range(len(counts)), -1]
        closed = np.arange(len(first)) >= len(lists)
        made = rebalanced(TopK(place[indices], scores), counts[numbers[:-1]], closed, shown)
        return self._shelf(lists).cut(numbers[made[: len(lists)]], self.now.k)

    def _counts(self, lists: Indices, shown: int) -> Indices:
        """(L,) how often each look is shown in all other lists."""
        counts = np.zeros(len(self.now.looks.first), dtype=np.int64)
        others = np.setdiff1d(self.before.looks.stays, lists)
        for part in _parts(len(others)):
            found = self.before.lists(self.before.kept.similar, self.now.looks.first[others[part]], shown)
            counts += np.bincount(found[found >= 0], minlength=len(counts))
        return counts

    def _listed(self, kept: Listed, which: Indices, lists: Indices, policy: Policy) -> Listed:
        """Those of all products: of the looks `which` (T,) the `lists` (T, W), of all others what they were."""
        looks, photos = self.now.looks, self.now.photos
        every = np.full((len(looks.first), lists.shape[1]), -1, dtype=np.int64)
        every[which] = lists
        found = naming.places(every, looks.numbers, self.now.traits, policy)
        new = Listed.of(found.asked, found.found, _similarities(found, photos), len(looks.numbers))
        anew = np.isin(looks.numbers, which)
        return _merged(kept, np.where(anew, -1, self.before.products.was), self.before.products.now, new)


def _merged(kept: Listed, was: Indices, now: Indices, new: Listed) -> Listed:
    """Lists that were kept, of products `was` (N,) whose numbers are `now` others; those of -1 are `new`."""
    counts = np.where(was >= 0, np.diff(kept.starts)[was], np.diff(new.starts))
    starts = np.concatenate([[0], np.cumsum(counts)])
    own = np.repeat(np.arange(len(counts)), counts)
    old = was[own] >= 0
    at = kept.starts[was[own[old]]] + np.flatnonzero(old) - starts[own[old]]
    merged = Listed(starts, np.empty(len(own), np.int32), np.empty(len(own), np.int16))
    merged.found[old], merged.similarities[old] = now[kept.found[at]], kept.similarities[at]
    merged.found[~old], merged.similarities[~old] = new.found, new.similarities
    return merged


def _differ(one: Numbers, other: Indices) -> Mask:
    """(A,) which lists are not the same."""
    one, other = _of_one_width(one, other)
    different: Mask = (one != other).any(axis=1)
    return different


def _of_one_width(one: Values, other: Values, blank: float = -1) -> tuple[Values, Values]:
    """Both as wide as the wider, with `blank` at the end of the other."""
    width = max(one.shape[1], other.shape[1])
    wide = [np.pad(each, ((0, 0), (0, width - each.shape[1])), constant_values=blank) for each in (one, other)]
    return wide[0], wide[1]


def _put(lists: Indices, which: Indices, others: Numbers) -> Numbers:
    """`lists` (L, W), of which some are replaced by `others`."""
    put, replaced = _of_one_width(lists, np.full((len(which), others.shape[1]), -1))
    replaced[:, : others.shape[1]] = others
    put[which] = replaced
    return trimmed(put)


def _parts(count: int) -> Iterator[slice]:
    return (slice(start, start + _LISTS) for start in range(0, count, _LISTS))


def _similarities(found: Places, photos: Photos) -> Doubles:
    """(P,) as `naming.similarities`, which reads no vectors but those of these products."""
    ends = np.searchsorted(found.asked, np.arange(_PRODUCTS, len(photos.first) + _PRODUCTS, _PRODUCTS))
    made = [np.zeros(0)]
    for asked, near in zip(np.split(found.asked, ends[:-1]), np.split(found.found, ends[:-1]), strict=True):
        some = np.unique(np.concatenate([asked, near]))
        wanted = np.zeros(len(photos.first), dtype=np.bool_)
        wanted[some] = True
        rows = np.flatnonzero(wanted[photos.owners])
        places = Places(np.searchsorted(some, asked), np.searchsorted(some, near))
        made.append(naming.similarities(places, photos.vectors[rows], np.searchsorted(some, photos.owners[rows])))
    return np.concatenate(made)
