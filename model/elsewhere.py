"""The nearest rows of other categories, in catalogues too large to compare every row with all.

However many neighbours of a row are found, most or all of them may have its own category. So the others are looked for
apart: rows are grouped into clusters, and those of a cluster are compared with it, and with those rows of the nearest
clusters that have not the category which most of its own have; then with the neighbours of those found, and with what
their own neighbours have found. Of 200,000 drawn rows that finds .84 of the eight best; what else is in a list is
hardly less similar.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from model.candidates import Candidates, Integers
from model.clusters import compared, distinct, grouped, put
from model.extractors import Features
from model.lengths import row_lengths, unit
from model.neighbours import SPARE, TOLERANCE, TopK, decided
from model.progress import Track
from model.threads import each

POOL = 4096  # rows of the nearest clusters that a cluster's own are compared with
JOINS = 2  # how often lists are improved
CLOSE = 12  # rows of a list whose neighbours are looked through, and neighbours of a row whose lists are


def nearest(rows: Features, categories: Integers, near: Integers, k: int, track: Track) -> TopK:
    """The `k` rows of highest cosine to each of (N, D) float32 unit `rows`, of another of the `categories` (N,).

    `near` (N, K) are neighbours of each row of any category, -1 for none. A list may lack a row that belongs there;
    equal similarities are ordered by index. Rows without a category, which is -1, are in no list and have none.
    """
    best = TopK(np.full((len(rows), k), -1, dtype=np.int64), np.full((len(rows), k), -np.inf))
    if len(np.unique(categories[categories >= 0])) < 2:
        return best
    groups = [group[categories[group] >= 0] for group in grouped(rows)]
    pools = _Pools.of(rows, categories, [group for group in groups if len(group)])
    lists, near, width = Candidates.none(len(rows), k + SPARE), near[:, :CLOSE], k + SPARE
    lengths = row_lengths(rows)

    def around(own: int) -> Candidates:
        return compared(rows, categories, pools.clusters[own], pools.around(own), width)

    def joined(members: Integers) -> Candidates:
        found = first[members]
        others = distinct(len(rows), found, near[found[found >= 0]], first[near[members]])
        return compared(rows, categories, members, others[categories[others] >= 0], width)

    def chosen(members: Integers) -> TopK:
        rough = lists.rough[members]
        close = rough >= rough[:, k - 1 : k] - np.float32(TOLERANCE)
        return decided(rows, lengths, members, np.where(close, lists.indices[members], -1), k)

    put(lists, pools.clusters, each(around, range(len(pools.clusters)), "other categories", track))
    for _ in range(JOINS):
        first = lists.indices[:, :CLOSE].copy()
        put(lists, pools.clusters, each(joined, pools.clusters, "other categories", track))
    for members, found in zip(pools.clusters, each(chosen, pools.clusters, "other categories", track), strict=True):
        best.indices[members], best.similarities[members] = found.indices, found.similarities
    return best


@dataclass(frozen=True)
class _Pools:
    """Which rows the rows of each of C clusters are compared with.

    `most` (C,) is the category that has most of each, and `counts` say of each of these how many rows (C,) have it.
    """

    categories: Integers
    clusters: Sequence[Integers]
    centres: Features
    most: Integers
    counts: Mapping[int, Integers]

    @classmethod
    def of(cls, rows: Features, categories: Integers, clusters: Sequence[Integers]) -> "_Pools":
        sums = np.stack([rows[members].sum(axis=0) for members in clusters])
        most = np.array([np.bincount(categories[members]).argmax() for members in clusters])
        named = np.repeat(np.arange(len(clusters)), [len(members) for members in clusters])
        labels = categories[np.concatenate(clusters)]
        counts = {
            category: np.bincount(named[labels == category], minlength=len(clusters))
            for category in np.unique(most).tolist()
        }
        return cls(categories, clusters, unit(sums), most, counts)

    def around(self, own: int) -> Integers:
        """The rows of it, and of the nearest clusters those of other categories, POOL if there are so many."""
        near = np.argsort(-(self.centres @ self.centres[own]), kind="stable")
        near = near[near != own]
        most = int(self.most[own])
        others = np.array([len(self.clusters[other]) for other in near]) - self.counts[most][near]
        enough = int(np.searchsorted(np.cumsum(others), POOL)) + 1
        found = np.concatenate([self.clusters[own][:0], *(self.clusters[other] for other in near[:enough])])
        return np.concatenate([self.clusters[own], found[self.categories[found] != most]])
