"""How good lists are, measured with labels that the search never saw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalogue.product import Neighbour

Lists = Mapping[str, Sequence[Neighbour]]


@dataclass(frozen=True)
class Precision:
    """The mean share of the first `k` neighbours that have the product's own label.

    `value` is in [0, 1] over `products` products; `chance` is what lists drawn at random would have; `reachable` what
    the best lists could have, which is below 1 where a label has no more than `k` products.
    """

    k: int
    products: int
    value: float
    chance: float
    reachable: float


def precision_at(lists: Lists, labels: Mapping[str, str], k: int) -> Precision:
    """Precision at `k` over the products that have a label, a list, and another product of that label."""
    labelled = {product_id: label for product_id, label in labels.items() if label and lists.get(product_id)}
    sizes = _sizes(labelled)
    judged = [product_id for product_id, label in labelled.items() if sizes[label] > 1]
    if not judged:
        return Precision(k, 0, 0.0, 0.0, 0.0)
    others = len(labelled) - 1
    return Precision(
        k=k,
        products=len(judged),
        value=_mean([share_at(lists[product_id], labels, labels[product_id], k) for product_id in judged]),
        chance=_mean([(sizes[labels[product_id]] - 1) / others for product_id in judged]),
        reachable=_mean([min(1.0, (sizes[labels[product_id]] - 1) / k) for product_id in judged]),
    )


def share_at(neighbours: Sequence[Neighbour], labels: Mapping[str, str], label: str, k: int) -> float:
    """The share, in [0, 1], of the first `k` places that are taken by products with `label`."""
    return sum(labels.get(near.product_id) == label for near in neighbours[:k]) / k


def worst(lists: Lists, labels: Mapping[str, str], k: int, count: int) -> list[str]:
    """The `count` products whose lists have the fewest of their own label, then by id."""
    shares = {i: share_at(lists[i], labels, label, k) for i, label in labels.items() if label and lists.get(i)}
    return sorted(shares, key=lambda product_id: (shares[product_id], product_id))[:count]


def _sizes(labels: Mapping[str, str]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for label in labels.values():
        sizes[label] = sizes.get(label, 0) + 1
    return sizes


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
