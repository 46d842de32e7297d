"""The search for neighbours: exact where that takes seconds, else approximate."""

from collections.abc import Callable

from model.extractors import Features
from model.neighbours import approximate, exact
from model.neighbours.exact import Integers, TopK
from model.neighbours.parallel import Each, each
from model.progress import Track, silent

EXACT = 2e12  # N * N * (D + 512) up to which the exact search takes about ten seconds on 2 cores

Search = Callable[[Features, int, Integers | None, Track], TopK]  # as `search` below


def search(
    features: Features, k: int, owners: Integers | None = None, track: Track = silent, each: Each = each
) -> TopK:
    """That of `exact` where it takes seconds, such as for 20,000 × 4,096; else that of `approximate`.

    The shape of the features alone decides, so that equal input gives equal output.
    """
    top_k = exact.top_k if searched_exactly(*features.shape) else approximate.top_k
    return top_k(features, k, owners, track, each)


def searched_exactly(count: int, dimension: int) -> bool:
    """Whether `search` is exact for `count` rows of `dimension` values."""
    return effort(count, dimension) <= EXACT


def effort(count: int, dimension: int) -> int:
    """The cost of comparing all pairs of `count` rows of `dimension` values, in the unit of EXACT."""
    return count * count * (dimension + 512)  # selecting costs about what 512 more dimensions would
