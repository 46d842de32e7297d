"""The nearest rows of other categories, in catalogues too large to compare every row with all: nearly exact.

However many neighbours of a row are found, most or all of them may have its own category. So the others are looked for
apart: rows are grouped into clusters, and those of a cluster are compared with it, and with those rows of the nearest
clusters that have not the category which most of its own have.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from model.candidates import Integers
from model.clusters import compared, grouped
from model.extractors import Features
from model.lengths import row_lengths, unit
from model.neighbours import SPARE, TOLERANCE, TopK, decided
from model.progress import Track
from model.threads import each

POOL = 4096  # rows of the nearest clusters that a cluster's own are compared with


def nearest(rows: Features, categories: Integers, k: int, track: Track) -> TopK:
    """The `k` rows of highest cosine to each of (N, D) float32 unit `rows`, of another of the `categories` (N,).

    A list may lack a row that belongs there; equal similarities are ordered by index. Rows without a category, which is
    -1, are in no list and have none.
    """
    best = TopK(np.full((len(rows), k), -1, dtype=np.int64), np.full((len(rows), k), -np.inf))
    if len(np.unique(categories[categories >= 0])) < 2:
        return best
    groups = [group[categories[group] >= 0] for group in grouped(rows)]
    pools = _Pools.of(rows, categories, [group for group in groups if len(group)])
    lengths = row_lengths(rows)

    def found(own: int) -> TopK:
        members, width = pools.clusters[own], k + SPARE
        near = compared(rows, categories, members, pools.around(own), width)
        close = near.rough >= near.rough[:, k - 1 : k] - np.float32(TOLERANCE)
        return decided(rows, lengths, members, np.where(close, near.indices, -1), k)

    numbers = range(len(pools.clusters))
    for members, lists in zip(pools.clusters, each(found, numbers, "other categories", track), strict=True):
        best.indices[members], best.similarities[members] = lists.indices, lists.similarities
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
