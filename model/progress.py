"""Progress as a function that is passed in: the commands draw a bar, a library's caller sees nothing."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

T = TypeVar("T")


class Track(Protocol):
    """Yields `items` as they are, telling the user how many of `total` are done."""

    def __call__(self, items: Iterable[T], description: str, total: int) -> Iterable[T]: ...


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:.{0 if speed >= 10 else 1}f}/s" if speed else "", style="progress.data.speed")


def silent(items: Iterable[T], description: str, total: int) -> Iterable[T]:  # noqa: ARG001 - the Protocol's shape
    """No progress."""
    return items


def bar(items: Iterable[T], description: str, total: int) -> Iterable[T]:
    """A bar on stderr with rate and time left; one line when stderr is not a terminal."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description:<18}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        yield from progress.track(items, total=total, description=description)
