"""What processes of one core extract without any cluster: what a machine itself allows several of them."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from time import perf_counter

from model.cluster.worker import ONE, Recipe, environment
from model.features import BLOCK, here
from model.images import View
from model.photos import Photo, blocks_of
from model.progress import silent

BLOCKS = 8  # of each process, after the first one

_begin: Barrier


def rate(photos: Sequence[Photo], views: Sequence[View], recipe: Recipe, processes: int) -> float:
    """Blocks a minute of all `processes` together, each of which has one core and the same photos, in all `views`."""
    some = list(blocks_of(photos, BLOCK))[: BLOCKS // len(views)]
    blocks = [(views[0], some[0]), *product(views, some)]
    spawn = get_context("spawn")
    with (
        environment(ONE),
        ProcessPoolExecutor(processes, spawn, _prepare, (spawn.Barrier(processes),)) as pool,
    ):
        waiting = [pool.submit(_rate, blocks, recipe) for _ in range(processes)]
        return sum([each.result() for each in waiting], 0.0)


def _prepare(begin: Barrier) -> None:
    global _begin  # a process of a pool is given it in no other way
    _begin = begin


def _rate(blocks: Sequence[tuple[View, Sequence[Photo]]], recipe: Recipe) -> float:
    extractor = recipe()

    def extract(view: View, photos: Sequence[Photo]) -> None:
        for _ in here({view: photos}, extractor, {}, silent, ""):
            pass

    extract(*blocks[0])
    _begin.wait()
    begin = perf_counter()
    for block in blocks[1:]:
        extract(*block)
    return 60 * (len(blocks) - 1) / (perf_counter() - begin)
