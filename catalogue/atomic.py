"""Files that are never half-written: each is written beside its place and renamed into it."""

import errno
import os
import tempfile
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
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            if durable:
                os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException as error:
        Path(name).unlink(missing_ok=True)
        if disk_is_full(error):
            raise DiskError(f"no space left to write {path}. Free some, and run the same command again.") from error
        raise
