"""Words for similarities: from which cosine on two products are "very similar", "similar" or "loosely" so.

A cosine means something else for every network and shop, so the limits come from the catalogue itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from catalogue.report import DIGITS, Band, Bands, Estimate, Rule
from model import bootstrap
from model.bootstrap import Values

NAMES = ("very similar", "similar", "loosely similar")
SAME = np.array([0.9, 0.7, 0.5])  # the share of pairs of one category from the limit on
RANDOM = np.array([0.999, 0.99, 0.95])  # the share of random pairs below the limit
LISTED = np.array([0.75, 0.5, 0.25])  # the share of listed places below the limit

# Of (U,) distinct cosines, ascending, how often each occurs, and how often in pairs of one category: the (3,) limits.
Limits = Callable[[Values, Values, Values], Values]


@dataclass(frozen=True)
class Pairs:
    """P pairs of products: (P,) cosines, (P,) bool `same`, whether they are of one category, and (P,) int64 `lists`.

    Pairs of one number in `lists` are of one list, and drawn together where they are resampled.
    """

    similarities: Values
    same: npt.NDArray[np.bool_]
    lists: npt.NDArray[np.int64]


def bands(lists: Sequence[Values], labelled: Pairs, random_pairs: Values, seed: int) -> Bands | None:
    """The limits by the best rule that the catalogue allows, for `lists` of cosines; None where these have no place.

    By categories, the least cosine from which on .9, .7 and .5 of `labelled` pairs are of one category; else the cosine
    that one of 1,000, of 100 and of 20 random pairs exceeds; else that of the upper quarter, half and three quarters of
    the places. The limits descend within [-1, 1] and can be equal; one that no pair reaches is 1.
    """
    rated = [each for each in lists if len(each)]
    if not rated:
        return None
    rule, pairs, limits = _rule(rated, labelled, random_pairs)
    return Bands(rule, len(pairs.lists), _counted(rated, _estimates(pairs, limits, seed), seed))


def _rule(lists: Sequence[Values], labelled: Pairs, random_pairs: Values) -> tuple[Rule, Pairs, Limits]:
    if len(labelled.lists):
        return "categories", labelled, _by_categories
    if len(random_pairs):
        return "random pairs", _unlabelled(np.sort(random_pairs)[:, None]), _by_shares(RANDOM)
    return "quantiles", _unlabelled(lists), _by_shares(LISTED)


def _unlabelled(lists: Sequence[Values] | Values) -> Pairs:
    similarities = np.concatenate(list(lists))
    numbers = np.repeat(np.arange(len(lists)), [len(each) for each in lists])
    return Pairs(similarities, np.zeros(len(numbers), dtype=np.bool_), numbers)


def _by_categories(distinct: Values, counts: Values, same: Values) -> Values:
    """The share of one category is fitted as a function of the cosine that never falls, so that limits are ordered."""
    from sklearn import isotonic  # slow to load

    fitted = isotonic.isotonic_regression(same / counts, sample_weight=counts)
    first = np.searchsorted(fitted, SAME - 1e-9)
    return np.append(distinct, 1.0)[first]


def _by_shares(shares: Values) -> Limits:
    def limits(distinct: Values, counts: Values, _: Values) -> Values:
        below = counts.cumsum() / counts.sum()
        return distinct[np.searchsorted(below, shares - 1e-9)]

    return limits


def _estimates(pairs: Pairs, limits: Limits, seed: int) -> list[Estimate]:
    """The limits with intervals over lists: those are resampled, and their pairs with them."""
    distinct, which = np.unique(np.clip(np.round(pairs.similarities, DIGITS), -1, 1), return_inverse=True)
    _, numbers = np.unique(pairs.lists, return_inverse=True)

    def weighted(times: npt.NDArray[np.int64]) -> Values:
        weights = times[numbers].astype(np.float64)
        counts: Values = np.bincount(which, weights, len(distinct)).astype(np.float64)
        same: Values = np.bincount(which, weights * pairs.same, len(distinct)).astype(np.float64)
        present = counts > 0
        return limits(distinct[present], counts[present], same[present])

    lists = int(numbers.max()) + 1
    values = weighted(np.ones(lists, dtype=np.int64))
    resampled = np.array([weighted(times) for times in bootstrap.resamples(lists, seed)])
    return [bootstrap.interval(float(value), each) for value, each in zip(values, resampled.T, strict=True)]


def _counted(lists: Sequence[Values], limits: Sequence[Estimate], seed: int) -> tuple[Band, ...]:
    """Each place counts for the first band that it reaches."""
    found = []
    above = np.inf
    for name, limit in zip(NAMES, limits, strict=True):
        within = [(each >= limit.value) & (each < above) for each in lists]
        share = bootstrap.mean(np.array([each.mean() for each in within]), seed)
        found.append(Band(name, limit, int(sum(each.sum() for each in within)), share))
        above = limit.value
    return tuple(found)
