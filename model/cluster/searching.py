"""The search for neighbours as tasks of a Ray cluster: what `neighbours.search` finds, block by block on many machines.

Tasks may come back in any order and after any loss. On the exact path what a task leaves out is too far below the best,
and which of those near to the best are kept does not depend on the order. On the other path a task changes the lists of
its own rows alone.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar

import numpy as np
import ray
from threadpoolctl import threadpool_limits

from catalogue.errors import ClusterError
from model import clusters, neighbours
from model.candidates import Candidates, Integers, floor, take_in
from model.cluster.session import processors
from model.extractors import Features
from model.lengths import Doubles
from model.neighbours import SPARE, TOLERANCE, Pairs, TopK, above, blocked, blocked_pairs, roughly
from model.photos import blocks_of
from model.progress import Track

T = TypeVar("T")
S = TypeVar("S")

RETRIES = 4  # of a task whose process or node is lost
AHEAD = 3  # tasks under way for each processor
SMALL = 1e11  # `neighbours.effort` of a second, in which the driver is done before other processes have begun
TOGETHER = 8  # clusters of rows in a task

Compared = tuple[slice, slice, Features, Features]  # two blocks of rows, and what their pairs must reach in each


def search(features: Features, k: int, owners: Integers | None, track: Track) -> TopK:
    """As `neighbours.search`. Raises ClusterError when the cluster keeps losing what it is asked for."""
    if neighbours.effort(*features.shape) <= SMALL:
        return neighbours.search(features, k, owners, track)
    if neighbours.searched_exactly(*features.shape):
        return neighbours.top_k(features, k, owners, track, proposed)
    return clusters.top_k(features, k, owners, track, each)


def each(work: Callable[[T], S], items: Sequence[T], label: str, track: Track) -> Iterator[S]:
    """As `threads.each`."""
    tasks = [list(part) for part in blocks_of(items, TOGETHER)]
    for found in track(_results(partial(_all, work), tasks), label, len(tasks)):
        yield from found


def proposed(features: Features, lengths: Doubles, owners: Integers, k: int, track: Track) -> Candidates:
    """As `neighbours.proposed`: blocks of the upper triangle, with the thresholds known when each is asked for."""
    blocks = blocked(len(features))
    candidates = Candidates.none(len(features), min(k + SPARE, len(features) - 1))
    begin = partial(_first, features, lengths, owners, candidates.rough.shape[1])
    for rows, pairs in zip(blocks, track(_results(begin, blocks), "neighbours, first", len(blocks)), strict=True):
        take_in(candidates, rows, *pairs)
    triangle = blocked_pairs(blocks)

    def asked() -> Iterator[Compared]:
        for left, right in triangle:
            least = candidates.rough[:, k - 1]
            yield left, right, least[left] - np.float32(TOLERANCE), least[right] - np.float32(TOLERANCE)

    answers = _results(partial(_compared, features, lengths, owners), asked())
    for (left, right), found in zip(triangle, track(answers, "neighbours", len(triangle)), strict=True):
        for rows, pairs in zip((left, right), found, strict=True):
            take_in(candidates, rows, *pairs)
    return candidates


def _first(features: Features, lengths: Doubles, owners: Integers, width: int, block: slice) -> Pairs:
    rough = roughly(features, lengths, block, block)
    rough[owners[block, None] == owners[None, block]] = -np.inf
    return above(owners, block, block, rough, floor(rough, width))


def _compared(features: Features, lengths: Doubles, owners: Integers, asked: Compared) -> tuple[Pairs, Pairs]:
    left, right, least_left, least_right = asked
    rough = roughly(features, lengths, left, right)
    return above(owners, left, right, rough, least_left), above(owners, right, left, rough.T, least_right)


def _all(work: Callable[[T], S], items: Sequence[T]) -> list[S]:
    return [work(item) for item in items]


def _results(work: Callable[[T], S], items: Iterable[T]) -> Iterator[S]:
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
