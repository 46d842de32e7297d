"""How good lists are, measured with labels: an honest measure where the lists were made without them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from catalogue.product import Neighbour, Product
from catalogue.report import PLACES, Category, Duplicates, Place, PrecisionAt, Report, Score, WorstList, as_written
from model import bootstrap
from model.bands import Pairs, bands
from model.bootstrap import Values
from model.exposure import Catalogue, histogram

Lists = Mapping[str, Sequence[Neighbour]]

KS = (1, 5, 10)
CATEGORIES = 200  # in a report, so that it stays small
GROUPS = 50
WORST = 20


@dataclass(frozen=True)
class Judged:
    """One way of making lists, such as "ranked" or "raw cosine": of each product, its neighbours in their order."""

    name: str
    lists: Lists


def evaluate(
    ways: Sequence[Judged],
    labels: Mapping[str, str],
    groups: Sequence[Sequence[str]],
    products: Sequence[Product],
    with_photo: Collection[str],
    seed: int = 0,
    random_pairs: Sequence[float] = (),
) -> Report:
    """The quality of `ways`: the first is what is served, the second the baseline, others stand beside them.

    `labels` are the products' categories, "" where there is none; `groups` are duplicates; products `with_photo` are
    those that lists can show; `random_pairs` are cosines of pairs drawn at random. Intervals are drawn with `seed`;
    the order of products, lists and groups changes nothing. Raises ValueError without a way.
    """
    if not ways:
        raise ValueError("expected a way of making lists, received none")
    served, truth, groups = ways[0].lists, _truth(ways, labels), _by_size(groups)
    catalogue = Catalogue({product.id for product in products}, set(with_photo), groups, seed)
    shares = _shares(ways, truth)
    cosines = [_cosines(served[product_id]) for product_id in sorted(served)]
    return as_written(
        Report(
            products=len(catalogue.products),
            with_photo=len(catalogue.with_photo),
            judged=len(truth.judged),
            ways=tuple(catalogue.shown_by(way.name, way.lists) for way in ways),
            precisions=_precisions(ways, truth, shares, truth.codes >= 0, seed),
            categories_found=len(truth.categories),
            categories=_categories(ways, truth, shares, seed),
            duplicates=Duplicates(len(groups), len({each for group in groups for each in group}), groups[:GROUPS]),
            bands=bands(cosines, _pairs(served, truth), np.array(random_pairs, dtype=np.float64), seed),
            random_similarities=histogram(random_pairs) if len(random_pairs) else (),
            worst=tuple(_worst_list(product_id, served, truth) for product_id in _worst_of(served, truth)),
        )
    )


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


@dataclass(frozen=True)
class _Truth:
    """What lists are judged by.

    `labels` are the products' categories; `listed` counts those that some way has a list for, and `judged` are the N of
    these whose category has another; `codes` (N,) are their indices into `categories`, which stand in the order of
    their size, then of their names; `others` (N,) counts the other products of their category.
    """

    labels: Mapping[str, str]
    listed: int
    judged: Sequence[str]
    categories: Sequence[str]
    codes: npt.NDArray[np.int64]
    others: npt.NDArray[np.int64]


def _truth(ways: Sequence[Judged], labels: Mapping[str, str]) -> _Truth:
    """Nothing is judged where there are not two categories: every list would be right."""
    labels = {product_id: label for product_id, label in labels.items() if label}
    filled = {product_id for way in ways for product_id, nears in way.lists.items() if nears}
    listed = {product_id: label for product_id, label in labels.items() if product_id in filled}
    sizes = _sizes(listed)
    names = sorted(
        (name for name in sizes if sizes[name] > 1 and len(sizes) > 1), key=lambda name: (-sizes[name], name)
    )
    place = {name: code for code, name in enumerate(names)}
    judged = sorted(product_id for product_id, label in listed.items() if label in place)
    codes = np.array([place[labels[product_id]] for product_id in judged], dtype=np.int64)
    others = np.array([sizes[labels[product_id]] - 1 for product_id in judged], dtype=np.int64)
    return _Truth(labels, len(listed), judged, names, codes, others)


def _shares(ways: Sequence[Judged], truth: _Truth) -> dict[int, Values]:
    """Of each k, the (W, N) shares of the products' own categories in the lists of W ways; a missing list has none."""
    return {
        k: np.array(
            [[share_at(way.lists.get(i, ()), truth.labels, truth.labels[i], k) for i in truth.judged] for way in ways]
        )
        for k in KS
    }


def _precisions(
    ways: Sequence[Judged], truth: _Truth, shares: Mapping[int, Values], chosen: npt.NDArray[np.bool_], seed: int
) -> tuple[PrecisionAt, ...]:
    """Over the `chosen` (N,) products; none where no product is judged."""
    if not chosen.any():
        return ()
    others = truth.others[chosen]
    return tuple(
        PrecisionAt(
            k=k,
            chance=float(np.mean(others / (truth.listed - 1))),
            reachable=float(np.mean(np.minimum(1, others / k))),
            scores=tuple(
                Score(way.name, bootstrap.mean(row[chosen], seed)) for way, row in zip(ways, each, strict=True)
            ),
            gain=bootstrap.mean(each[0, chosen] - each[1, chosen], seed) if len(ways) > 1 else None,
        )
        for k, each in shares.items()
    )


def _categories(ways: Sequence[Judged], truth: _Truth, shares: Mapping[int, Values], seed: int) -> tuple[Category, ...]:
    found = []
    for code, name in enumerate(truth.categories[:CATEGORIES]):
        chosen = truth.codes == code
        found.append(Category(name, int(chosen.sum()), _precisions(ways, truth, shares, chosen, seed)))
    return tuple(found)


def _pairs(lists: Lists, truth: _Truth) -> Pairs:
    """The places of judged products that are taken by products of a known category."""
    found = [
        (near.similarity, truth.labels[near.product_id] == truth.labels[product_id], number)
        for number, product_id in enumerate(truth.judged)
        for near in lists.get(product_id, ())[:PLACES]
        if near.product_id in truth.labels
    ]
    similarities, same, numbers = zip(*found, strict=True) if found else ((), (), ())
    return Pairs(np.array(similarities), np.array(same, dtype=np.bool_), np.array(numbers, dtype=np.int64))


def _worst_of(lists: Lists, truth: _Truth) -> list[str]:
    """By their own categories; where nothing can be judged, the lists of the least similar products."""
    if truth.judged:
        findable = set(truth.categories)
        return worst(lists, {i: label for i, label in truth.labels.items() if label in findable}, PLACES, WORST)
    means = {product_id: float(_cosines(nears).mean()) for product_id, nears in lists.items() if nears}
    return sorted(means, key=lambda product_id: (means[product_id], product_id))[:WORST]


def _worst_list(product_id: str, lists: Lists, truth: _Truth) -> WorstList:
    label = truth.labels.get(product_id, "")
    places = [
        Place(near.product_id, near.similarity, bool(label) and truth.labels.get(near.product_id) == label)
        for near in lists[product_id][:PLACES]
    ]
    return WorstList(product_id, label, tuple(places))


def _by_size(groups: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Groups of at least two, the largest first, then by their ids."""
    found = {tuple(sorted(set(group))) for group in groups if len(set(group)) > 1}
    return tuple(sorted(found, key=lambda group: (-len(group), group)))


def _cosines(neighbours: Sequence[Neighbour]) -> Values:
    return np.array([near.similarity for near in neighbours[:PLACES]], dtype=np.float64)


def _sizes(labels: Mapping[str, str]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for label in labels.values():
        sizes[label] = sizes.get(label, 0) + 1
    return sizes


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
