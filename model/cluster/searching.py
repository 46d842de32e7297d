"""The search for neighbours as tasks of a Ray cluster: what `neighbours.search` finds, piece by piece on many machines.

Tasks may come back in any order and after any loss: what a task answers depends on its own piece alone.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import ray
from threadpoolctl import threadpool_limits

from catalogue.errors import ClusterError
from model.cluster.session import processors
from model.extractors import Features
from model.neighbours import search as searching
from model.neighbours.exact import Integers, TopK
from model.neighbours.parallel import each as in_threads
from model.progress import Track

T = TypeVar("T")
S = TypeVar("S")

RETRIES = 4  # of a task whose process or node is lost
AHEAD = 3  # tasks under way for each processor
SMALL = 1e11  # `effort` of a second, in which the driver is done before other processes have begun


def search(features: Features, k: int, owners: Integers | None, track: Track) -> TopK:
    """As `neighbours.search`. Raises ClusterError when the cluster keeps losing what it is asked for."""
    small = searching.effort(*features.shape) <= SMALL
    return searching.search(features, k, owners, track, in_threads if small else each)


def each(work: Callable[[T], S], items: Sequence[T], label: str, track: Track) -> Iterator[S]:
    """As `parallel.each`."""
    yield from track(_results(work, items), label, len(items))


def _results(work: Callable[[T], S], items: Sequence[T]) -> Iterator[S]:
    """The result of `work` on each item, in their order; an item is taken when there is room for its task."""
    shared = ray.put(work)  # with its arrays, once for all tasks; each node has one copy of them
    room = AHEAD * processors()
    waiting: deque[Any] = deque()
    try:
        for item in items:
            waiting.append(_run.remote(shared, item))
            if len(waiting) == room:
                yield ray.get(waiting.popleft())
        while waiting:
            yield ray.get(waiting.popleft())
    except ray.exceptions.RayTaskError:
        raise  # a mistake in the work itself
    except ray.exceptions.RayError as error:
        raise ClusterError(
            f"the cluster lost a part of the search {RETRIES + 1} times. Run the same command again, on nodes that"
            " stay: the features are kept."
        ) from error


@ray.remote(num_cpus=1, max_retries=RETRIES)
def _run(work: Callable[[Any], Any], item: Any) -> Any:
    with threadpool_limits(1, user_api="blas"):
        return work(item)
