"""From features to each product's list."""

from collections.abc import Sequence
from dataclasses import dataclass

from catalogue.product import Neighbour
from model.extractors import Features
from model.images import View
from model.neighbours import TopK, top_k


@dataclass(frozen=True)
class Preset:
    """How photos are shown to the network, and how long the lists are unless `--k` says otherwise."""

    name: str
    views: tuple[View, ...]
    k: int


PRESETS = {
    "shop": Preset("shop", (View("letterbox"), View("crop")), 24),
    "classic": Preset("classic", (View("squash"),), 5),
}


def rank(ids: Sequence[str], features: Features, k: int) -> dict[str, list[Neighbour]]:
    """The `k` products most similar to each, best first, by the cosine of their (N, D) float32 `features`.

    `ids` stand in ascending order, by which equal similarities are ordered.
    """
    best = top_k(features, k)
    return {product_id: neighbours_of(ids, best, row) for row, product_id in enumerate(ids)}


def neighbours_of(ids: Sequence[str], best: TopK, row: int) -> list[Neighbour]:
    """Row `row` of `best` as neighbours, similarities rounded to 4 digits."""
    pairs = zip(best.indices[row], best.similarities[row], strict=True)
    return [Neighbour(ids[index], round(float(similarity), 4)) for index, similarity in pairs]
