"""From looks to products: which product of a look each list shows, and how similar the two are."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from catalogue.product import Neighbour
from model.extractors import Features
from model.neighbours import cosines_of
from model.policy import Policy, Traits
from model.ranking import Indices


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
    found = np.unique(looks, return_index=True)[1][shown]
    for look in np.flatnonzero(np.bincount(looks) > 1).tolist():
        at = np.flatnonzero(shown == look)
        members = np.flatnonzero(looks == look)
        best_first = at[np.lexsort((asked[at], ranks[at]))]
        found[best_first] = _members(asked[best_first], members, traits, policy)
    return Places(asked, found)


def _members(asked: Indices, members: Indices, traits: Traits, policy: Policy) -> list[int]:
    """One of `members` for each of the products `asked`, which stand best place first."""
    can = members[traits.available[members]].tolist() or members.tolist()
    cannot = [member for member in members.tolist() if member not in can][: max(0, len(asked) - len(can))]
    chosen = []
    for place, product in enumerate(asked.tolist()):
        last = place - (len(asked) - len(cannot))
        pool = [cannot[last]] if last >= 0 else can
        fitting = [one for one in pool if traits.allowed(policy, np.array([product]), np.array([one]))[0]] or can
        chosen.append(fitting[place % len(fitting)])
    return chosen


def similarities(found: Places, vectors: Features, owners: Indices) -> npt.NDArray[np.float64]:
    """(P,) the cosines of the pairs, in [-1, 1]: of their photos' (M, D) `vectors` the best pair counts."""
    starts, counts = np.unique(owners, return_index=True, return_counts=True)[1:]
    pairs = counts[found.asked] * counts[found.found]
    pair = np.repeat(np.arange(len(pairs)), pairs)
    inner = np.arange(len(pair)) - np.repeat(np.cumsum(pairs) - pairs, pairs)
    theirs = counts[found.found][pair]
    left = starts[found.asked][pair] + inner // theirs
    right = starts[found.found][pair] + inner % theirs
    each = cosines_of(vectors, left, right)
    return np.maximum.reduceat(each, np.cumsum(pairs) - pairs) if len(pairs) else each


def named(ids: Sequence[str], found: Places, cosines: npt.NDArray[np.float64]) -> dict[str, list[Neighbour]]:
    """The lists of the products `ids`, with the similarities rounded to 4 digits."""
    lists: dict[str, list[Neighbour]] = {product_id: [] for product_id in ids}
    for asked, near, cosine in zip(found.asked.tolist(), found.found.tolist(), cosines.tolist(), strict=True):
        lists[ids[asked]].append(Neighbour(ids[near], round(cosine, 4)))
    return lists
