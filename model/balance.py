"""Nothing shown everywhere, nothing shown nowhere: small moves about the end of what a shopper sees of a list.

Lists are (L, K) int64 looks, best first, -1 where there are no more. What is shown is the first SHOWN places; how
often a look is shown over all lists is its count. Hubs and orphans of nearest-neighbour lists: Radovanović et al., Hubs
in space (2010). A product that no list shows cannot be found by looking around: that is worth a place in one list.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from model.neighbours.exact import TopK
from model.ranking import Indices

SHOWN = 10
OFTEN = 3  # a look is shown in at most OFTEN * SHOWN lists


def balanced(near: TopK, shown: int = SHOWN) -> Indices:
    """The lists of `near`, which has scores for similarities, with as few moves as it takes.

    A look that is shown too often gives way where it scores least against what follows. One that no list shows takes
    the last shown place in the list of one of its own neighbours, where it loses least against what stands there; what
    stands there moves one place down, and is shown elsewhere too.
    """
    shelf = _Shelf(near.indices.copy(), near, min(shown, near.indices.shape[1]))
    if shelf.shown:
        shelf.lower_hubs()
        shelf.raise_orphans()
    return shelf.lists


@dataclass
class _Shelf:
    """Lists in the making."""

    lists: Indices
    near: TopK
    shown: int

    def __post_init__(self) -> None:
        self.counts = np.bincount(self.seen, minlength=len(self.lists))
        self.full: npt.NDArray[np.bool_] = np.zeros(len(self.lists), dtype=np.bool_)  # has taken in an orphan

    @property
    def seen(self) -> Indices:
        """(P,) the looks that are shown, as often as they are."""
        shown = self.lists[:, : self.shown]
        return shown[shown >= 0]

    def lower_hubs(self) -> None:
        if self.lists.shape[1] <= self.shown:
            return
        limit = OFTEN * self.shown
        hubs = np.argsort(-self.counts, kind="stable")[: (self.counts > limit).sum()]
        scores = self.near.similarities
        for look, hosts in zip(hubs.tolist(), self._hosts(hubs), strict=True):
            places = np.argmax(self.lists[hosts, : self.shown] == look, axis=1)
            lost = scores[hosts, places] - scores[hosts, self.shown]
            for which in np.lexsort((hosts, lost)).tolist():
                if self.counts[look] > limit:
                    self._lower(look, int(hosts[which]), int(places[which]), limit)

    def _hosts(self, hubs: Indices) -> list[Indices]:
        """Of each of `hubs` whose lists show it, ascending: as long as it is not lowered itself, that stays."""
        seen = self.lists[:, : self.shown]
        asked = np.zeros(len(self.counts) + 1, dtype=np.bool_)  # the last one is for -1
        asked[hubs] = True
        hosts, places = np.nonzero(asked[seen])
        shown = seen[hosts, places]
        order = np.argsort(shown, kind="stable")
        starts, ends = (np.searchsorted(shown[order], hubs, side) for side in ("left", "right"))
        return [hosts[order[start:end]] for start, end in zip(starts, ends, strict=True)]

    def _lower(self, look: int, host: int, place: int, limit: int) -> None:
        """Behind what is shown; the one that comes up must not become a hub itself."""
        row = self.lists[host]
        coming = row[self.shown]
        if coming >= 0 and self.counts[coming] < limit:
            row[place : self.shown + 1] = [*row[place + 1 : self.shown + 1], look]
            self.counts[[look, coming]] += [-1, 1]

    def raise_orphans(self) -> None:
        """Those first that lose least, so that the order of the catalogue does not decide."""
        orphans = np.flatnonzero(self.counts == 0).tolist()
        for _, look in sorted((self._best_host(look)[0], look) for look in orphans):
            loss, host = self._best_host(look)
            if loss < np.inf:
                self._raise(look, host)

    def _best_host(self, look: int) -> tuple[float, int]:
        """What is lost, and where, infinite where no neighbour's list has room.

        That is how much better what stands there is than the orphan, by the host's scores.
        """
        hosts = self.near.indices[look]
        hosts = hosts[hosts >= 0]
        hosts = hosts[self._have_room(hosts)]
        if not len(hosts):
            return np.inf, -1
        scores, own = self.near.similarities[hosts], self.near.indices[hosts] == look
        least = np.where(scores > -np.inf, scores, np.inf).min(axis=1)
        orphan = np.where(own.any(axis=1), scores[np.arange(len(hosts)), own.argmax(axis=1)], least)
        lost = scores[:, self.shown - 1] - orphan
        best = np.lexsort((hosts, lost))[0]
        return float(lost[best]), int(hosts[best])

    def _have_room(self, hosts: Indices) -> npt.NDArray[np.bool_]:
        """Whether the last one that each of them shows can go a place down without being lost to all shoppers."""
        last = self.lists[hosts, self.shown - 1]
        room: npt.NDArray[np.bool_] = ~self.full[hosts] & ((last < 0) | (self.counts[last] > 1))
        return room

    def _raise(self, look: int, host: int) -> None:
        row = self.lists[host]
        others = [other for other in row.tolist() if other not in (look, -1)]
        last = row[self.shown - 1]
        others.insert(self.shown - 1, look)
        row[:] = [*others, *[-1] * len(row)][: len(row)]
        self.counts[look] += 1
        if last >= 0:
            self.counts[last] -= 1
        self.full[host] = True
