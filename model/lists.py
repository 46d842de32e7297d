"""Presets of how lists are made, and lists in the order of plain cosine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from catalogue.product import Neighbour
from model import naming
from model.extractors import Features
from model.images import View
from model.neighbours.exact import TopK
from model.neighbours.search import Search, search
from model.policy import Policy
from model.progress import Track, silent


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
