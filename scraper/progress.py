"""Progress of work whose size grows while it is done."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


class Show(Protocol):
    """Told how many addresses are settled, and how many are known and waiting."""

    def __call__(self, settled: int, waiting: int) -> None: ...


def silent(settled: int, waiting: int) -> None:
    """No progress."""


@contextmanager
def bar(description: str) -> Iterator[Show]:
    """A bar on stderr that grows with what is found; one line when stderr is not a terminal."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(description, total=None)

        def show(settled: int, waiting: int) -> None:
            progress.update(task, completed=settled, total=settled + waiting)

        yield show
