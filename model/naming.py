"""From looks to products: which product of a look each list shows, and how similar the two are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np
import numpy.typing as npt

from catalogue.product import Neighbour
from model.extractors import Features
from model.neighbours.exact import TopK, cosines_of
from model.neighbours.normalize import Doubles, row_lengths
from model.policy import Policy, Traits
from model.ranking import Indices

_PAIRS = 2**21  # of photos, whose cosines are computed at a time


@dataclass(frozen=True, eq=False)
class Named(Mapping[str, list[Neighbour]]):
    """The lists of the N products `ids`, as arrays: neighbours are made when a list is asked for.

    That of product n are the places from `starts[n]` to `starts[n + 1]`, best first, of P: `found` (P,) int32 products,
    `similarities` (P,) float64 rounded to 4 digits, and `reasons` (P,) uint8. A million lists of 24 take 0.3 GB, where
    as many neighbours would take 3.
    """

    ids: Sequence[str]
    starts: Indices
    found: npt.NDArray[np.int32]
    similarities: Doubles
    reasons: npt.NDArray[np.uint8]

    @classmethod
    def of(cls, ids: Sequence[str], lists: Mapping[str, Sequence[Neighbour]]) -> "Named":
        """`lists` as they are; those that `ids` has and they lack are empty."""
        if isinstance(lists, cls):
            return lists
        each = [lists.get(product_id, ()) for product_id in ids]
        number = {product_id: index for index, product_id in enumerate(ids)}
        return cls(
            ids,
            np.cumsum([0, *map(len, each)]),
            np.array([number[near.product_id] for near in chain(*each)], dtype=np.int32),
            np.array([near.similarity for near in chain(*each)], dtype=np.float64),
            np.array([near.reasons for near in chain(*each)], dtype=np.uint8),
        )

    def __getitem__(self, product_id: str) -> list[Neighbour]:
        if product_id not in self._numbers:
            raise KeyError(product_id)
        return [Neighbour(*place) for place in self.places(product_id)]

    def places(self, product_id: str) -> Iterator[tuple[str, float, int]]:
        """The ids, similarities and reasons of one list, which is empty where there is none."""
        number = self._numbers.get(product_id, -1)
        part = slice(*self.starts[number : number + 2].tolist()) if number >= 0 else slice(0)
        found, similarities, reasons = (each[part].tolist() for each in (self.found, self.similarities, self.reasons))
        return zip(map(self.ids.__getitem__, found), similarities, reasons, strict=True)

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def pairs(self) -> Indices:
        """(P, 2) the products of each place: whose list it is in, and which one is there."""
        asked = np.repeat(np.arange(len(self.ids)), np.diff(self.starts))
        return np.stack([asked, self.found], axis=1)

    def first(self, k: int) -> TopK:
        """The first `k` places of each list."""
        asked = np.repeat(np.arange(len(self.ids)), np.diff(self.starts))
        place = np.arange(len(asked)) - self.starts[asked]
        shown = place < k
        near = TopK(np.full((len(self.ids), k), -1, dtype=np.int64), np.full((len(self.ids), k), -np.inf))
        near.indices[asked[shown], place[shown]] = self.found[shown]
        near.similarities[asked[shown], place[shown]] = self.similarities[shown]
        return near

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        return {product_id: number for number, product_id in enumerate(self.ids)}


@dataclass(frozen=True)
class Places:
    """P places in lists, in the order of their products and then of rank: `asked` and `found` (P,) products."""

    asked: Indices
    found: Indices


def places(lists: Indices, looks: Indices, traits: Traits, policy: Policy) -> Places:
    """Each product's places from the `lists` (L, W) of looks; `looks` (N,) says which one each product belongs to.

    The lists of different products show different members of a look, so that each of them is shown somewhere. Those
    that cannot be ordered get the last place of one list each.
    """
    own = lists[looks]
    asked, ranks = np.nonzero(own >= 0)
    shown = own[asked, ranks]
    by_look = np.argsort(looks, kind="stable")
    starts, counts = np.unique(looks[by_look], return_index=True, return_counts=True)[1:]
    found = by_look[starts][shown]
    several = np.flatnonzero(counts[shown] > 1)
    best_first = several[np.lexsort((asked[several], ranks[several], shown[several]))]
    ends = np.flatnonzero(np.diff(shown[best_first])) + 1
    for at in np.split(best_first, ends) if len(best_first) else ():
        look = shown[at[0]]
        members = by_look[starts[look] : starts[look] + counts[look]]
        found[at] = _members(asked[at], members, traits, policy)
    return Places(asked, found)


def _members(asked: Indices, members: Indices, traits: Traits, policy: Policy) -> list[int]:
    """One of `members` for each of the products `asked`, which stand best place first."""
    available = traits.available[members]
    can = members[available] if available.any() else members
    cannot = members[~available & available.any()][: max(0, len(asked) - len(can))]
    chosen = []
    for place, product in enumerate(asked):
        last = place - (len(asked) - len(cannot))
        pool = cannot[last : last + 1] if last >= 0 else can
        fitting = pool[traits.allowed(policy, product[None], pool)]
        fitting = fitting if len(fitting) else can
        chosen.append(int(fitting[place % len(fitting)]))
    return chosen


def similarities(found: Places, vectors: Features, owners: Indices) -> npt.NDArray[np.float64]:
    """(P,) the cosines of the pairs, in [-1, 1]: of their photos' (M, D) `vectors` the best pair counts."""
    starts, counts = np.unique(owners, return_index=True, return_counts=True)[1:]
    ends = np.cumsum(counts[found.asked] * counts[found.found])
    cuts = np.searchsorted(ends, np.arange(_PAIRS, ends[-1] if len(ends) else 0, _PAIRS))
    lengths = row_lengths(vectors)

    def best(places: slice) -> Doubles:
        asked, near = found.asked[places], found.found[places]
        pairs = counts[asked] * counts[near]
        pair = np.repeat(np.arange(len(pairs)), pairs)
        inner = np.arange(len(pair)) - np.repeat(np.cumsum(pairs) - pairs, pairs)
        theirs = counts[near][pair]
        left = starts[asked][pair] + inner // theirs
        right = starts[near][pair] + inner % theirs
        each = cosines_of(vectors, left, right, lengths)
        return np.maximum.reduceat(each, np.cumsum(pairs) - pairs) if len(pairs) else each

    parts = zip([0, *cuts], [*cuts, len(ends)], strict=True)
    return np.concatenate([best(slice(start, end)) for start, end in parts])


def named(ids: Sequence[str], found: Places, cosines: npt.NDArray[np.float64]) -> Named:
    """The lists of the products `ids`, with the similarities rounded to 4 digits."""
    ends = np.searchsorted(found.asked, np.arange(len(ids) + 1))
    return Named(ids, ends, found.found.astype(np.int32), _rounded(cosines), np.zeros(len(cosines), dtype=np.uint8))


def _rounded(cosines: Doubles) -> Doubles:
    """To 4 digits as Python rounds, which NumPy does not where the fifth digit is a 5."""
    scaled = cosines * 1e4
    rounded: Doubles = np.rint(scaled) / 1e4
    halves = np.flatnonzero(np.abs(np.abs(scaled - np.trunc(scaled)) - 0.5) < 1e-6)
    rounded[halves] = [round(each, 4) for each in cosines[halves].tolist()]
    return rounded
