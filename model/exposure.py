"""What of a catalogue its lists show: how many products are in none, and which are in very many.

Nearest neighbours of many values concentrate on few "hubs" while others, "orphans", are nobody's neighbour:
M. Radovanović, A. Nanopoulos, M. Ivanović, Hubs in Space, Journal of Machine Learning Research 11 (2010).
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from catalogue.product import Neighbour
from catalogue.report import BINS, LISTINGS, PLACES, Hub, Share, Way
from model import bootstrap

HUBS = 12

Lists = Mapping[str, Sequence[Neighbour]]


@dataclass(frozen=True)
class Catalogue:
    """What lists could show: ids of all products, of those with a photo, and groups of duplicates."""

    products: Collection[str]
    with_photo: Collection[str]
    groups: Sequence[Collection[str]]
    seed: int

    def shown_by(self, name: str, lists: Lists) -> Way:
        """What the first ten places of `lists` show of it."""
        listed = Counter(near for product_id, nears in lists.items() for near in _others(product_id, nears))
        orphans = [product_id for product_id in self.with_photo if not listed[product_id]]
        times = np.array([listed[product_id] for product_id in self.with_photo], dtype=np.float64)
        hubs = sorted(listed.items(), key=lambda item: (-item[1], item[0]))[:HUBS]
        filled = sum(bool(nears) for nears in lists.values())
        return Way(
            name=name,
            lists=filled,
            covered=self._share(sum(bool(listed[product_id]) for product_id in self.products), len(self.products)),
            orphans=self._share(len(orphans), len(self.with_photo)),
            shadowed=self._shadowed(orphans, listed),
            gini=bootstrap.gini(times, self.seed),
            hub=self._share(hubs[0][1] if hubs else 0, filled),
            hubs=tuple(Hub(*item) for item in hubs),
            listings=_listings(listed[product_id] for product_id in self.with_photo),
            similarities=histogram(near.similarity for nears in lists.values() for near in nears[:PLACES]),
        )

    def _share(self, count: int, of: int) -> Share:
        return Share(count, of, bootstrap.mean(np.repeat([1.0, 0.0], [count, of - count]), self.seed))

    def _shadowed(self, orphans: Sequence[str], listed: Mapping[str, int]) -> int:
        seen = {product_id for group in self.groups if any(each in listed for each in group) for product_id in group}
        return len(seen.intersection(orphans))


def histogram(similarities: Iterable[float]) -> tuple[int, ...]:
    """How many are in each of BINS equal steps of [-1, 1]; values beyond count for the first or last."""
    counts = Counter(min(BINS - 1, max(0, int((each + 1) * BINS / 2 + 1e-9))) for each in similarities)
    return tuple(counts[step] for step in range(BINS))


def _others(product_id: str, neighbours: Sequence[Neighbour]) -> set[str]:
    return {near.product_id for near in neighbours[:PLACES]} - {product_id}


def _listings(times: Iterable[int]) -> tuple[int, ...]:
    counts = Counter(bisect_right(LISTINGS, each) - 1 for each in times)
    return tuple(counts[step] for step in range(len(LISTINGS)))
