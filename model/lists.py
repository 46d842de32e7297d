"""From features to each product's lists: the steps of `ranking`, `policy` and `balance`, one after the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from catalogue.product import Neighbour, Product
from model import duplicates, naming
from model.extractors import Features
from model.images import View
from model.making import Photos, Same, whole
from model.neighbours import Search, TopK, search
from model.policy import Policy
from model.progress import Track, silent
from model.updates.kept import Kept, Listed


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
    return named(whole(products, photos, same, k, policy, track, search))


def named(made: Kept) -> Lists:
    """The lists that were made, by the ids of the products."""
    groups = [[made.ids[index] for index in group] for group in duplicates.groups(made.leaders)]
    return Lists(_by_id(made.ids, made.similar), _by_id(made.ids, made.elsewhere), groups)


def _by_id(ids: Sequence[str], lists: Listed) -> naming.Named:
    nothing = np.zeros(len(lists.found), dtype=np.uint8)
    return naming.Named(ids, lists.starts, lists.found, lists.similarities / 1e4, nothing)
