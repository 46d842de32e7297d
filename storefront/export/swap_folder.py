"""A folder of files that is replaced as a whole: what is there stays until its successor is complete."""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from catalogue.atomic import disk_is_full
from catalogue.errors import DiskError, ExportError

MARK = "lookalike-export.json"  # the file that says of a folder that it was written here


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """A draft beside `folder` that takes its place when the block ends well; it has to hold the file MARK then.

    Raises ExportError when `folder` holds anything else than a former export, or when another process writes one,
    and DiskError.
    """
    folder = folder.resolve()
    draft, former = (folder.parent / f".{folder.name}.{kind}" for kind in ("draft", "former"))
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        if former.is_dir() and not folder.exists():
            former.rename(folder)  # a run was killed between the two steps below
        _check(folder)
        draft.mkdir(exist_ok=True)
        with _alone(draft):
            _clear(draft)
            yield draft
            _remove(former)
            if folder.exists():
                folder.rename(former)
            draft.rename(folder)
        _remove(former)
    except OSError as error:
        if disk_is_full(error):
            shutil.rmtree(draft, ignore_errors=True)
            raise DiskError(f"no space left to write {folder}. Free some, and run the same command again.") from error
        raise ExportError(
            f"{folder} cannot be written ({error.strerror}: {error.filename}). Name another one."
        ) from error


def _check(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise ExportError(f"{folder} is not a folder. Name another one.")
    if folder.is_dir() and not (folder / MARK).is_file() and any(folder.iterdir()):
        raise ExportError(f"{folder} holds files that this command did not write. Name another folder, or empty it.")


@contextmanager
def _alone(draft: Path) -> Iterator[None]:
    """Hold the draft; the system frees it when the process ends, however that ends."""
    handle = os.open(draft, os.O_RDONLY)
    try:
        _lock(handle, draft)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, draft: Path) -> None:
    """What a killed run has started ends in a moment, and holds the draft until then."""
    for last in [False] * 20 + [True]:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            if last:
                raise ExportError(f"another process is writing {draft}. Wait until it has ended.") from error
            time.sleep(0.1)


def _clear(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
