"""What runs in the processes of a cluster: a network for as long as there are photos, one block of them at a time."""

import os
import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from catalogue.errors import ClusterError, LookalikeError, UnusableImage
from model import extractors
from model.extractors import Extractor, fingerprint, int8
from model.extractors.engine import OnEngine
from model.features import Made, here
from model.images import View
from model.photos import Photo
from model.progress import silent

Load = Callable[[], Extractor]
ONE = {"BUILD_PROCESSORS": "1"}  # in the environment of a process that has one processor
TASK, ANSWER = "task", "answer"  # columns; what is in them is pickled


@dataclass(frozen=True)
class Recipe:
    """How another process comes by the network of a build: from the same names and files."""

    name: str
    weights: Path | None
    engine: str
    ranges: int8.Ranges | None

    @classmethod
    def of(cls, name: str, weights: Path | None, extractor: OnEngine) -> "Recipe":
        """`name` and `weights` as the command has them."""
        described = name if name in extractors.EXTRACTORS else str(Path(name).absolute())
        return cls(described, weights and weights.absolute(), extractor.engine, extractor.ranges)

    def __call__(self) -> Extractor:
        return OnEngine(extractors.network(self.name, self.weights), self.engine, self.ranges)


@dataclass(frozen=True)
class Task:
    """Photos of which one view is wanted, by the number that the driver knows them by."""

    number: int
    view: View
    photos: Sequence[Photo]


@dataclass(frozen=True)
class Answer:
    """What became of a task: a block at most, the reasons of photos that cannot be used, or the error that ended it."""

    number: int
    made: Sequence[Made] = ()
    unusable: Mapping[str, str] | None = None
    error: Exception | None = None


class Worker:
    """An extractor in a process of its own, built once."""

    def __init__(self, load: Load, mark: str) -> None:
        """`mark` is the fingerprint that the driver's extractor has."""
        self._extractor: Extractor | None = None
        self._error: Exception | None = None
        try:
            self._extractor = load()
            if fingerprint(self._extractor, "") != mark:
                raise ClusterError(f"the cluster's {self._extractor.name} has other weights than the driver's.")
        except LookalikeError as error:
            self._error = error  # an actor that cannot be built would be built again and again

    def __call__(self, batch: Mapping[str, Any]) -> dict[str, Any]:
        """Rows of pickled `Task`s → rows of pickled `Answer`s."""
        answers = [pickle.dumps(self._answer(pickle.loads(bytes(task)))) for task in batch[TASK]]
        return {ANSWER: np.array([*answers, None], dtype=object)[:-1]}  # as objects: numpy would cut zeros off

    def _answer(self, task: Task) -> Answer:
        if self._error or not self._extractor:
            return Answer(task.number, error=self._error)
        unusable: dict[str, UnusableImage] = {}
        try:
            made = list(here({task.view: task.photos}, self._extractor, unusable, silent, ""))
        except Exception as error:  # a mistake of ours too is the driver's to tell
            return Answer(task.number, error=error)
        return Answer(task.number, made, {sha256: found.reason for sha256, found in unusable.items()})


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Of this process, and of those that it starts meanwhile."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
