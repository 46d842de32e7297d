"""Array work on all processors: a thread for each, with matrix products of one thread.

Products that use all processors themselves leave all but one idle between them, while one thread selects.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

from threadpoolctl import threadpool_limits

from model.photos import PROCESSORS
from model.progress import Track

T = TypeVar("T")
S = TypeVar("S")


class Each(Protocol):
    """The result of `work` on each item, in their order; `work` changes nothing, so that it may run anywhere."""

    def __call__(self, work: Callable[[T], S], items: Sequence[T], label: str, track: Track) -> Iterable[S]: ...


def each(work: Callable[[T], S], items: Sequence[T], label: str, track: Track) -> Iterator[S]:
    """The result of `work` on each item, in their order, several at a time. What one raises is raised."""
    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(PROCESSORS) as pool:
        yield from track(pool.map(work, items), label, len(items))
