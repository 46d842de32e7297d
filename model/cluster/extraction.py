"""Extraction as batch inference of Ray Data: a pool of actors with a network each, photos streaming through them.

A task is what the feature store writes at once, so that what a driver that is killed had received is stored. The driver
writes: its store is then the same as that of any build, and one process alone changes it.
"""

import pickle
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import ray
import ray.data

from catalogue.errors import ClusterError, UnusableImage
from model.cluster.session import processors
from model.cluster.worker import ANSWER, TASK, Answer, Load, Recipe, Task, Worker
from model.extractors import Extractor, fingerprint
from model.extractors.engine import OnEngine
from model.features import BLOCK, Made, here
from model.images import View
from model.photos import Photo, blocks_of
from model.progress import Track

ROUNDS = 4  # in which what was lost with a process or a node is asked for again
RESTARTS = 3  # of an actor in each of them
AHEAD = 2  # tasks of an actor: one under way and the next
LIGHT = 20_000  # photos whose small pictures the driver makes before other processes would have begun


@dataclass(frozen=True)
class Extraction:
    """A `Way` to extract on the cluster that this process is connected to."""

    recipe: Recipe

    def __call__(
        self,
        missing: Mapping[View, Sequence[Photo]],
        extractor: Extractor,
        unusable: dict[str, UnusableImage],
        track: Track,
        label: str,
    ) -> Iterator[Made]:
        """Blocks as they come. Raises ClusterError when the cluster keeps losing what it is asked for."""
        if not isinstance(extractor, OnEngine) and sum(map(len, missing.values())) <= LIGHT:
            yield from here(missing, extractor, unusable, track, label)
            return
        blocks = [(view, part) for view, photos in missing.items() for part in blocks_of(photos, BLOCK)]
        blocks.sort(key=lambda block: -len(block[1]))  # small ones last, so that all processes end at about one time
        tasks = [Task(number, view, _absolute(part)) for number, (view, part) in enumerate(blocks)]
        load = self.recipe if isinstance(extractor, OnEngine) else type(extractor)
        answers = _answers(tasks, load, fingerprint(extractor, ""))
        for answer in track(answers, f"{label}, by {BLOCK}", len(tasks)):
            if answer.error:
                raise answer.error
            unusable |= {sha256: UnusableImage(reason) for sha256, reason in (answer.unusable or {}).items()}
            yield from answer.made


def begin() -> None:
    """Have Ray Data start the processes that keep its books, which it does at the first rows that it is given."""
    for _ in ray.data.from_items([TASK]).iter_rows():
        pass


def _absolute(photos: Sequence[Photo]) -> list[Photo]:
    """As a process with another folder of its own finds them."""
    return [Photo(photo.sha256, photo.path.absolute()) for photo in photos]


def _answers(tasks: Sequence[Task], load: Load, mark: str) -> Iterator[Answer]:
    """One to each task, in any order."""
    left = {task.number: task for task in tasks}
    for _ in range(ROUNDS):
        if not left:
            return
        for answer in _streamed(list(left.values()), load, mark):
            del left[answer.number]
            yield answer
    if left:
        raise ClusterError(
            f"the cluster lost {len(left)} of {len(tasks)} blocks of photos {ROUNDS} times. The others are kept: run"
            " the same command again, on nodes that stay."
        )


def _streamed(tasks: Sequence[Task], load: Load, mark: str) -> Iterator[Answer]:
    """Answers to those of `tasks` whose actors lived; at most AHEAD for each actor are under way."""
    rows = ray.data.from_items([{TASK: pickle.dumps(task)} for task in tasks], override_num_blocks=len(tasks))
    actors = min(len(tasks), processors())
    with warnings.catch_warnings(
        action="ignore", category=DeprecationWarning
    ):  # there is no other way to say these two
        answers = rows.map_batches(
            Worker,
            fn_constructor_args=(load, mark),
            batch_size=1,
            compute=ray.data.ActorPoolStrategy(size=actors, max_tasks_in_flight_per_actor=AHEAD),
            num_cpus=1,
            # A call of an actor whose node is gone would wait for another for ever: it is asked for again instead.
            ray_remote_args_fn=lambda: {"max_restarts": RESTARTS, "max_task_retries": 0},
        )
    try:
        for row in answers.iter_rows():
            yield pickle.loads(row[ANSWER])
    except ray.exceptions.RayError:
        return  # what is left is tried again
