"""What was found in files is remembered, so that a file is read again only after it has changed.

A file holds what it held while its name, inode, size and both its times are the same; that of its last change (ctime)
tells also of one that was replaced by another of its size and date. Of what was written just before it was read a
coarse clock may not show the next change: it is read once more the next time, as Git does with its "racy" entries.

    data/SHOP/.seen/.NAME      a record; features are the same bytes on every machine, so that these lie beside them
"""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from catalogue import atomic
from catalogue.errors import FeaturesError

RECORDS = ".seen"
GRAIN = 2_000_000_000  # nanoseconds: the clock of the coarsest file system, FAT

_FORMAT = b"what was found in files, 1"
_MARK, _FOUND = 16, 32  # bytes of each entry: how a file was, and what was in it


class Seen:
    """A record of files, itself a file that may be missing, torn or another's: then all are looked at again."""

    def __init__(self, path: Path | None = None) -> None:
        """Without a `path` nothing is remembered."""
        self._path, self._begun = path, time.time_ns()
        self._before = dict(_entries(path)) if path else {}
        self._now: dict[bytes, bytes] = {}
        self._written: list[tuple[str, _State, bytes]] = []

    def found(self, name: str, path: Path, look: Callable[[], bytes]) -> bytes:
        """The 32 bytes that `look` gives of the file at `path`, or gave of it when it was as it is now.

        `name` is what the file is known by. Raises what `look` raises, which is left to say what is wrong with a file.
        """
        before = _state(path)
        mark = before.mark(name) if before else b""
        if known := self._before.get(mark):
            self._now[mark] = known
            return known
        found = look()
        if before and before.settled(self._begun) and before == _state(path):
            self._now[mark] = found
        return found

    def written(self, name: str, path: Path, found: bytes) -> None:
        """What this process has just written itself need not be looked at."""
        if self._path and (state := _state(path)):
            self._written.append((name, state, found))

    def keep(self) -> None:
        """Remember the files that were asked for, and no others. Raises FeaturesError when that cannot be written."""
        end = time.time_ns()
        self._now |= {state.mark(name): found for name, state, found in self._written if state.settled(end)}
        if not self._path or self._now == self._before:
            return
        body = b"".join(mark + found for mark, found in sorted(self._now.items()))
        try:
            atomic.write_bytes(self._path, _checksum(body) + body, durable=False)
        except OSError as error:
            raise FeaturesError(f"{self._path} cannot be written: {error.strerror}.") from error


class _State(NamedTuple):
    """What the file system says of a file; times in nanoseconds."""

    inode: int
    size: int
    modified: int
    changed: int

    def mark(self, name: str) -> bytes:
        text = f"{name}\0{self.inode}\0{self.size}\0{self.modified}\0{self.changed}"
        return hashlib.blake2b(os.fsencode(text), digest_size=_MARK).digest()

    def settled(self, moment: int) -> bool:
        """Whether a change after `moment` would show."""
        return max(self.modified, self.changed) < moment - GRAIN


def _state(path: Path) -> _State | None:
    try:
        found = path.stat()
    except (OSError, ValueError):  # ValueError: a NUL in the name
        return None
    return _State(found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _entries(path: Path) -> Iterator[tuple[bytes, bytes]]:
    try:
        content = path.read_bytes()
    except OSError:
        return  # there is none yet
    body = content[_FOUND:]
    if content[:_FOUND] == _checksum(body):
        for start in range(0, len(body), _MARK + _FOUND):
            yield body[start : start + _MARK], body[start + _MARK : start + _MARK + _FOUND]


def _checksum(body: bytes) -> bytes:
    return hashlib.sha256(_FORMAT + body).digest()
