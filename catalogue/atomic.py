"""Files that are never half-written: each is written beside its place and renamed into it."""

import errno
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from catalogue.errors import DiskError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def disk_is_full(error: BaseException) -> bool:
    """Whether an error says that nothing more can be written: a full disk, a quota, a limit on the file's size."""
    return isinstance(error, OSError) and error.errno in _FULL


def write_bytes(path: Path, content: bytes, *, durable: bool = True) -> None:
    """Replace `path` by `content` in one step; a crash leaves the old file or the new one, nothing between.

    `durable=False` leaves it to the system when the content reaches the disk: for what is checked before it is used.
    Raises DiskError when the disk is full.
    """
    with replacing(path, durable=durable) as file:
        file.write(content)


@contextmanager
def replacing(path: Path, *, durable: bool = True) -> Iterator[IO[bytes]]:
    """A file that becomes `path` when the block ends well, and is gone when it does not; as `write_bytes`."""
    # Named by its thread: nobody else writes there, and a killed run leaves no more than one a thread.
    draft = path.parent / f".{path.name}-{os.getpid()}-{threading.get_ident()}.tmp"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with draft.open("wb") as file:
            yield file
            file.flush()
            if durable:
                os.fsync(file.fileno())
        draft.replace(path)
    except BaseException as error:
        draft.unlink(missing_ok=True)
        if disk_is_full(error):
            raise DiskError(f"no space left to write {path}. Free some, and run the same command again.") from error
        raise
