"""Seconds and memory of the stages of a process."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import TypeVar

from benchmarks import memory
from model.progress import Track

T = TypeVar("T")


@dataclass
class Stages:
    """What the stages of a process took: `seconds` and `megabytes`, the most memory during each, by name.

    While a stage within another one is at work, the outer one's clock stands still.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    megabytes: dict[str, int] = field(default_factory=dict)
    _name: str = ""
    _begun: float = field(default_factory=perf_counter)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        outer = self._name
        self._turn(name)
        try:
            yield
        finally:
            self._turn(outer)

    def each(self) -> Iterator[tuple[str, float, str]]:
        """A name, a value and its unit of each."""
        for name, seconds in self.seconds.items():
            yield name, seconds, "s"
            yield f"{name}, most memory", self.megabytes[name], "MB"

    def tracked(self, track: Track) -> Track:
        """`track`, each use of which is a stage."""

        def of_stage(items: Iterable[T], description: str, total: int) -> Iterable[T]:
            with self.stage(description):
                yield from track(items, description, total)

        return of_stage

    def _turn(self, name: str) -> None:
        now, most = perf_counter(), memory.most()
        if self._name:
            self.seconds[self._name] = self.seconds.get(self._name, 0) + now - self._begun
            self.megabytes[self._name] = max(self.megabytes.get(self._name, 0), most)
        memory.restart()
        self._name, self._begun = name, perf_counter()
