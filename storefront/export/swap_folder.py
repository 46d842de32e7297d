"""A folder that is replaced as a whole: the former one stays until its successor is complete."""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from catalogue.atomic import disk_is_full
from catalogue.errors import DiskError, ExportError

MARK = "lookalike-export.json"  # the file by which a folder is known as an export


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """A draft that takes the place of `folder` when the block ends well; by then it holds the file MARK.

    Raises ExportError when `folder` holds anything else than a former export, or when another process writes one,
    and DiskError.
    """
    folder = folder.resolve()
    beside = folder.parent / f".{folder.name}.draft"
    draft, former = beside / "new", beside / "former"
    try:
        if (any(folder.iterdir()) if folder.is_dir() else folder.exists()) and not (folder / MARK).is_file():
            raise ExportError(f"{folder} holds what this command did not write. Name another folder, or empty it.")
        beside.mkdir(parents=True, exist_ok=True)
        with _locked(beside):
            if former.is_dir() and not folder.exists():
                former.rename(folder)  # a run was killed between the two steps below
            for left in beside.iterdir():
                shutil.rmtree(left)
            draft.mkdir()
            yield draft
            if folder.exists():
                folder.rename(former)
            draft.rename(folder)
            shutil.rmtree(beside)
    except OSError as error:
        if disk_is_full(error):
            shutil.rmtree(draft, ignore_errors=True)
            raise DiskError(f"no space left to write {folder}. Free some, and run the same command again.") from error
        raise ExportError(
            f"{folder} cannot be written ({error.strerror}: {error.filename}). Name another one."
        ) from error


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """The system frees the lock when the process ends, however that ends."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        for _ in range(20):  # the workers of a killed run hold it for a moment
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(0.1)
        else:
            raise ExportError(f"another process is writing {folder}. Wait until it has ended.")
        yield
    finally:
        os.close(handle)
