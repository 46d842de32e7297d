"""What may stand in a list besides what looks alike: category, price, stock and variety, as a shop wishes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from catalogue.product import Price, Product
from model.extractors import Features
from model.neighbours.exact import TopK
from model.ranking import Indices, runs

CategoryPolicy = Literal["any", "prefer", "same"]
CATEGORY_POLICIES: tuple[CategoryPolicy, ...] = get_args(CategoryPolicy)

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Policy:
    """What a list may hold.

    `category`: products of any; those of the product's own before others; or those alone. `price_factor` F keeps to
    prices from 1 / F of the product's own to F times it, where both are known in one currency; 0 asks for nothing.
    `diversity` in [0, 1) is how much a product loses for looking like those before it in the list.
    """

    category: CategoryPolicy = "any"
    price_factor: float = 0.0
    diversity: float = 0.0


@dataclass(frozen=True)
class Traits:
    """What of each of N products a policy looks at.

    `categories` (N,) int64, -1 for none; `prices` (N,) float64, NaN for none, in `currencies` (N,) int64; `available`
    (N,) whether it can be ordered.
    """

    categories: Indices
    prices: npt.NDArray[np.float64]
    currencies: Indices
    available: Mask

    @classmethod
    def of(cls, products: Sequence[Product]) -> "Traits":
        paid = [product.paid for product in products]
        return cls(
            _numbered([product.category for product in products]),
            np.array([float(price.amount) if price else np.nan for price in paid]),
            _numbered([_currency(price) for price in paid]),
            np.array([product.available for product in products], dtype=np.bool_),
        )

    def of_looks(self, first: Indices, looks: Indices) -> "Traits":
        """Those of each look's `first` (L,) product; available where any of its products, by `looks` (N,), is."""
        available: Mask = np.bincount(looks, self.available) > 0
        return Traits(self.categories[first], self.prices[first], self.currencies[first], available)

    def same_category(self, asked: Indices, found: Indices) -> Mask:
        """Whether the products of the pairs share a category."""
        same: Mask = (self.categories[asked] == self.categories[found]) & (self.categories[asked] >= 0)
        return same

    def other_category(self, asked: Indices, found: Indices) -> Mask:
        """Whether they have a category each, and not the same."""
        mine, theirs = self.categories[asked], self.categories[found]
        other: Mask = (mine != theirs) & (mine >= 0) & (theirs >= 0)
        return other

    def near_in_price(self, asked: Indices, found: Indices, factor: float) -> Mask:
        """Whether neither costs more than `factor` times the other; where that is not known, they may."""
        mine, theirs = self.prices[asked], self.prices[found]
        known = (self.currencies[asked] == self.currencies[found]) & (self.currencies[asked] >= 0)
        near: Mask = ~known | ((mine <= theirs * factor) & (theirs <= mine * factor))
        return near

    def allowed(self, policy: Policy, asked: Indices, found: Indices) -> Mask:
        """Whether `policy` lets the one stand in the other's list; a product without a category has no own."""
        every = np.ones(np.broadcast_shapes(asked.shape, found.shape), dtype=np.bool_)
        if policy.category == "same":
            every &= self.same_category(asked, found) | (self.categories[asked] < 0)
        if policy.price_factor:
            every &= self.near_in_price(asked, found, policy.price_factor)
        return every


def kept(near: TopK, keep: Mask) -> TopK:
    """Only the neighbours that `keep` (L, K) says, in their order, moved together."""
    if (keep | (near.indices < 0)).all():
        return near
    made = _like(near)
    for run in runs(len(keep)):
        order = np.argsort(~keep[run], axis=1, kind="stable")
        indices = np.where(keep[run], near.indices[run], -1)
        scores = np.where(keep[run], near.similarities[run], -np.inf)
        made.indices[run] = np.take_along_axis(indices, order, axis=1)
        made.similarities[run] = np.take_along_axis(scores, order, axis=1)
    return made


def preferred(near: TopK, first: Mask) -> TopK:
    """Those that `first` (L, K) says before the others, each in their order."""
    made = _like(near)
    for run in runs(len(first)):
        order = np.argsort(np.where(near.indices[run] < 0, 2, ~first[run]), axis=1, kind="stable")
        made.indices[run] = np.take_along_axis(near.indices[run], order, axis=1)
        made.similarities[run] = np.take_along_axis(near.similarities[run], order, axis=1)
    return made


def _like(near: TopK) -> TopK:
    return TopK(np.empty_like(near.indices), np.empty_like(near.similarities))


def diverse(near: TopK, rows: Features, diversity: float, places: int) -> TopK:
    """The first `places` chosen one after the other, each for its score less what it shares with those before it.

    `rows` (L, D) are unit features of the looks. Source: Carbonell and Goldstein, The use of MMR (1998), with
    lambda = 1 - `diversity`.
    """
    order = np.empty(near.indices.shape, dtype=np.int64)
    for look, (indices, scores) in enumerate(zip(near.indices, near.similarities, strict=True)):
        order[look] = _chosen(rows[indices], scores, diversity, places)
    return TopK(np.take_along_axis(near.indices, order, axis=1), np.take_along_axis(near.similarities, order, axis=1))


def _chosen(rows: Features, scores: npt.NDArray[np.float64], diversity: float, places: int) -> list[int]:
    alike = rows @ rows.T
    shared = np.zeros(len(scores))
    left, chosen = scores > -np.inf, []
    for _ in range(min(places, int(left.sum()))):
        gain = np.where(left, (1 - diversity) * scores - diversity * shared, -np.inf)
        best = int(np.argmax(gain))
        chosen.append(best)
        left[best] = False
        shared = np.maximum(shared, alike[best])
    return chosen + [place for place in range(len(scores)) if place not in set(chosen)]


def _currency(price: Price | None) -> str:
    return price.currency if price else ""


def _numbered(texts: Sequence[str]) -> Indices:
    """A number for each text, -1 for the empty one."""
    numbers: dict[str, int] = {"": -1}
    return np.array([numbers.setdefault(text, len(numbers)) for text in texts], dtype=np.int64)
