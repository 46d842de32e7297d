"""All lists of a catalogue, made at once from the features of its photos: steps of `ranking`, one by one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from catalogue.product import Neighbour, Product
from model import duplicates, naming
from model.balance import SHOWN, balanced
from model.extractors import Features
from model.filling import Field
from model.neighbours.exact import TopK
from model.neighbours.search import Search, search, searched_exactly
from model.policy import Mask, Policy, Traits, kept
from model.progress import Track, silent
from model.ranking import EXPANSION, Indices, centred, compact, corrected, crowding, expanded
from model.shelf import Shelf, nearest_elsewhere, nearest_looks

Same = Callable[[duplicates.Pairs], Mask]
Exact = Callable[[int, int], bool]  # as `neighbours.searched_exactly`

DUPLICATES = 6  # neighbours beyond those of an expansion, among which there may be duplicates


@dataclass(frozen=True)
class Lists:
    """What looks like each product, best first, by its id, and the groups of products that look the same.

    `elsewhere` are the best of other categories than the product's own.
    """

    similar: Mapping[str, Sequence[Neighbour]]
    elsewhere: Mapping[str, Sequence[Neighbour]]
    groups: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Photos:
    """The photos of N products: `vectors` (M, D) float32, those of one product together, its main one first.

    `owners` (M,) int64 are the products' numbers, ascending from 0; `hashes` the sha256 of the M files; D is made of
    `parts` views of one width.
    """

    vectors: Features
    owners: Indices
    hashes: Sequence[str]
    parts: int

    @property
    def first(self) -> Indices:
        """(N,) the row of each product's main photo."""
        return np.flatnonzero(np.append(True, np.diff(self.owners) != 0)[: len(self.owners)])


@dataclass(frozen=True)
class Looks:
    """Each product's look: `leaders` (N,) its first product, `numbers` (N,) its number; `first` (L,) those products."""

    leaders: Indices
    numbers: Indices
    first: Indices

    @classmethod
    def of(cls, leaders: Indices) -> "Looks":
        """Of the first product of each one's look."""
        first, numbers = np.unique(leaders, return_index=True, return_inverse=True)[1:]
        return cls(leaders, numbers, first)


def rank(
    products: Sequence[Product],
    photos: Photos,
    same: Same,
    k: int,
    policy: Policy,
    track: Track = silent,
    search: Search = search,
    exact: Exact = searched_exactly,
) -> Lists:
    """The lists of `products`, which stand in ascending order of their ids and have a photo each.

    `same` tells of (P, 2) pairs of products whether their main photos show the same picture. Where the search is not
    `exact`, lists of other categories are searched for as well. Raises ValueError for features that are not finite.
    """
    ids = [product.id for product in products]
    traits = Traits.of(products)
    rows, looks = _expanded(_rows(photos, exact), photos, same, search, track)
    shelf = _shelf(rows, photos, looks, traits.of_looks(looks.first, looks.numbers), k, track, search, exact)
    similar = shelf.cut(balanced(shelf.ordered(policy, k), min(SHOWN, k)), k)

    def named(lists: Indices, policy: Policy) -> naming.Named:
        """The lists (L, W) of looks as those of products, with the similarities of their photos."""
        found = naming.places(lists, looks.numbers, traits, policy)
        return naming.named(ids, found, naming.similarities(found, photos.vectors, photos.owners))

    groups = [[ids[index] for index in group] for group in duplicates.groups(looks.leaders)]
    return Lists(named(similar, policy), named(shelf.elsewhere(), Policy()), groups)


def _rows(photos: Photos, exact: Exact) -> Features:
    """(M, d) by which photos are compared at first."""
    rows = centred if exact(*photos.vectors.shape) else compact
    return rows(photos.vectors, photos.parts)


def _expanded(rows: Features, photos: Photos, same: Same, search: Search, track: Track) -> tuple[Features, Looks]:
    """The rows (M, d) by which photos are compared in the end."""
    equal = duplicates.equal_files([photos.hashes[row] for row in photos.first])
    near = search(rows, EXPANSION + DUPLICATES, equal[photos.owners], track)
    pairs = _main_pairs(duplicates.candidates(near), photos)
    looks = Looks.of(duplicates.joined(equal, pairs, same))
    of_row = looks.numbers[photos.owners]
    others = kept(near, (near.indices >= 0) & (of_row[near.indices] != of_row[:, None]))
    return expanded(rows, others), looks


def _main_pairs(pairs: duplicates.Pairs, photos: Photos) -> duplicates.Pairs:
    """Of pairs of rows those of two main photos, as products."""
    main = np.zeros(len(photos.owners), dtype=np.bool_)
    main[photos.first] = True
    return photos.owners[pairs[main[pairs].all(axis=1)]]


def _shelf(
    rows: Features,
    photos: Photos,
    looks: Looks,
    traits: Traits,
    k: int,
    track: Track,
    search: Search,
    exact: Exact,
) -> Shelf:
    """The nearest looks of each, and in a large catalogue those of other categories."""
    near = nearest_looks(rows, looks.numbers[photos.owners], k, track, search)
    crowd = crowding(near)
    near = corrected(near, crowd)
    main = rows if len(rows) == len(looks.first) else rows[photos.first[looks.first]]
    others: TopK | None = None
    if not exact(*rows.shape):
        others = corrected(nearest_elsewhere(main, traits.categories, track, search), crowd)
    return Shelf(near, Field(main, crowd), traits, others)
