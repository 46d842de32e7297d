"""From features to each product's lists: the steps of `ranking`, `policy` and `balance`, one after the other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from catalogue.product import Neighbour, Product
from model import duplicates, naming
from model.extractors import Features
from model.images import View
from model.neighbours import Search, TopK, search, searched_exactly
from model.policy import Mask, Policy, Traits, kept
from model.progress import Track, silent
from model.ranking import EXPANSION, Indices, centred, compact, expanded
from model.shelf import Shelf

Same = Callable[[duplicates.Pairs], Mask]

_DUPLICATES = 6  # neighbours beyond those of an expansion, among which there may be duplicates


@dataclass(frozen=True)
class Preset:
    """How photos are shown to the network, how long the lists are, and what they may hold.

    Without `ranked` they are in the order of plain cosine.
    """

    name: str
    views: tuple[View, ...]
    k: int
    ranked: bool = True
    policy: Policy = field(default_factory=Policy)


PRESETS = {
    "shop": Preset("shop", (View("letterbox"), View("crop")), 24),
    "classic": Preset("classic", (View("squash"),), 5, ranked=False),
}


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
class Lists:
    """What looks like each product, best first, by its id, and the groups of products that look the same.

    `elsewhere` are the best of other categories than the product's own.
    """

    similar: Mapping[str, Sequence[Neighbour]]
    elsewhere: Mapping[str, Sequence[Neighbour]]
    groups: Sequence[Sequence[str]]


def plain(
    ids: Sequence[str], features: Features, k: int, track: Track = silent, search: Search = search
) -> Mapping[str, Sequence[Neighbour]]:
    """The `k` products most similar to each, best first, by the cosine of their (N, D) float32 `features`.

    `ids` stand in ascending order, by which equal similarities are ordered.
    """
    best = search(features, k, None, track)
    asked, places = np.nonzero(best.indices >= 0)
    return naming.named(ids, naming.Places(asked, best.indices[asked, places]), best.similarities[asked, places])


def neighbours_of(ids: Sequence[str], best: TopK, row: int) -> list[Neighbour]:
    """Row `row` of `best` as neighbours, similarities rounded to 4 digits."""
    pairs = zip(best.indices[row], best.similarities[row], strict=True)
    return [Neighbour(ids[index], round(float(similarity), 4)) for index, similarity in pairs if index >= 0]


def rank(
    products: Sequence[Product],
    photos: Photos,
    same: Same,
    k: int,
    policy: Policy,
    track: Track = silent,
    search: Search = search,
) -> Lists:
    """The lists of `products`, which stand in ascending order of their ids and have a photo each.

    `same` tells of (P, 2) pairs of products whether their main photos show the same picture. Raises ValueError for
    features that are not finite.
    """
    traits = Traits.of(products)
    rows, looks = _expanded(photos, same, search, track)
    first, numbers = np.unique(looks, return_index=True, return_inverse=True)[1:]
    shelf = Shelf.of(rows, numbers[photos.owners], traits.of_looks(first, numbers), k, track, search)
    ids = [product.id for product in products]

    def named(lists: Indices, policy: Policy) -> naming.Named:
        found = naming.places(lists, numbers, traits, policy)
        return naming.named(ids, found, naming.similarities(found, photos.vectors, photos.owners))

    groups = [[ids[index] for index in group] for group in duplicates.groups(looks)]
    return Lists(named(shelf.similar(policy, k), policy), named(shelf.elsewhere(), Policy()), groups)


def _expanded(photos: Photos, same: Same, search: Search, track: Track) -> tuple[Features, Indices]:
    """The rows by which photos are compared, (M, D), and each product's look, (N,), by its first product."""
    fits = searched_exactly(*photos.vectors.shape)
    rows = (centred if fits else compact)(photos.vectors, photos.parts)
    equal = duplicates.equal_files([photos.hashes[row] for row in photos.first])
    near = search(rows, EXPANSION + _DUPLICATES, equal[photos.owners], track)
    looks = duplicates.joined(equal, _main_pairs(near, photos), same)
    of_row = looks[photos.owners]
    others = kept(near, (near.indices >= 0) & (of_row[near.indices] != of_row[:, None]))
    return expanded(rows, others), looks


def _main_pairs(near: TopK, photos: Photos) -> duplicates.Pairs:
    """Pairs of products whose main photos may be the same picture."""
    main = np.zeros(len(photos.owners), dtype=np.bool_)
    main[photos.first] = True
    pairs = duplicates.candidates(near)
    return photos.owners[pairs[main[pairs].all(axis=1)]]
