"""One process at a time in a folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from catalogue.errors import LookalikeError


@contextmanager
def alone(lock: Path, taken: LookalikeError) -> Iterator[None]:
    """Hold `lock`, a file that is made for it, or raise `taken` when another process does.

    The system frees it when its process ends, however that ends; the file itself stays. A folder that cannot be
    written to is an error of the same kind.
    """
    held = FileLock(lock, timeout=0)
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        held.acquire()
    except Timeout as error:
        raise taken from error
    except OSError as error:
        raise type(taken)(f"{lock.parent} cannot be written to: {error.strerror}.") from error
    try:
        yield
    finally:
        held.release()
