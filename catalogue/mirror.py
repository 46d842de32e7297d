"""A folder of this machine beside one in a storage: only what differs goes from one to the other.

Beside the folder a journal has a line of JSON for each file that was the same on both sides: its name, its version in
the storage, and the sha256 of its content. What a killed process did not write there is done again.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from catalogue import atomic
from catalogue.errors import StorageError
from catalogue.storage import Absent, Place

REQUESTS = 16  # on their way at once
BLOCK = 512  # files that are waited for together

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Known:
    """A file as both sides had it last: its version in the storage, and the sha256 of its content."""

    version: str
    sha256: str


class Mirror:
    """`there` is what the storage held when it was last listed, by name."""

    def __init__(self, place: Place, folder: Path) -> None:
        """Lists `place`. Raises StorageError."""
        self.place, self.folder = place, folder
        self.there = place.items()
        self._journal = journal_of(folder)
        self._known = dict(_lines(self._journal))

    def here(self, below: str = "") -> list[str]:
        """The names of the files of this machine, in order, without drafts and locks."""
        paths = (path for path in (self.folder / below).rglob("*") if path.is_file() and not path.name.startswith("."))
        return sorted(path.relative_to(self.folder).as_posix() for path in paths)

    def keep(self, names: Iterable[str], below: str = "") -> None:
        """Remove files of this machine that are not among `names`."""
        for name in {*self.here(below)} - {*names}:
            (self.folder / name).unlink()

    def to_fetch(self, names: Iterable[str]) -> list[str]:
        """Those of `names` that the storage has and this machine has not, or has in another version."""
        return [name for name in names if name in self.there and not self._is_here(name)]

    def fetched(self, names: Sequence[str]) -> Iterator[str]:
        """Bring files here, each named when it is; what has vanished meanwhile is left out. Raises StorageError."""
        with _writing(self.folder):
            yield from self._noted(names, self._fetch)

    def to_send(self, names: Iterable[str]) -> list[str]:
        """Those of `names` whose content on this machine is not what the storage has."""
        kept = list(names)
        return [name for name, same in _each(kept, self._is_there) if not same]

    def sent(self, names: Sequence[str]) -> Iterator[str]:
        """Bring files there, each named when it is. Raises StorageError."""
        for name, _ in _each(names, lambda name: self.place.write(name, (self.folder / name).read_bytes())):
            yield name

    def removed(self, names: Sequence[str]) -> Iterator[str]:
        """Remove files there, each named when it is gone. Raises StorageError."""
        for name, _ in _each(names, self.place.remove):
            yield name

    def settle(self, names: Iterable[str], below: str = "") -> None:
        """List the storage anew, or a folder of it, and note the versions of files that were sent there.

        Raises StorageError.
        """
        kept = {name: item for name, item in self.there.items() if below and not name.startswith(f"{below}/")}
        self.there = kept | self.place.items(below)
        with _writing(self.folder):
            for _ in self._noted([name for name in names if name in self.there], self._match):
                pass

    def _is_here(self, name: str) -> bool:
        item, known, path = self.there[name], self._known.get(name), self.folder / name
        if not known or known.version != item.version:
            return False
        return path.is_file() and path.stat().st_size == item.size

    def _is_there(self, name: str) -> bool:
        item = self.there.get(name)
        if not item or item.size != (self.folder / name).stat().st_size:
            return False
        content, known = (self.folder / name).read_bytes(), self._known.get(name)
        return item.holds(content) or known == Known(item.version, hashlib.sha256(content).hexdigest())

    def _fetch(self, name: str) -> Known | None:
        try:
            content = self.place.read(name)
        except Absent:
            (self.folder / name).unlink(missing_ok=True)
            return None
        atomic.write_bytes(self.folder / name, content, durable=False)
        return Known(self.there[name].version, hashlib.sha256(content).hexdigest())

    def _match(self, name: str) -> Known | None:
        item, content = self.there[name], (self.folder / name).read_bytes()
        return Known(item.version, hashlib.sha256(content).hexdigest()) if item.size == len(content) else None

    def _noted(self, names: Sequence[str], learn: Callable[[str], Known | None]) -> Iterator[str]:
        """What is learnt of each name goes to the journal as it comes, so that it outlasts this process."""
        if not names:
            return
        atomic.write_bytes(self._journal, b"".join(map(_line, self._known.items())), durable=False)
        with self._journal.open("ab") as journal:
            for name, known in _each(names, learn):
                if known:
                    self._known[name] = known
                    journal.write(_line((name, known)))
                yield name


def journal_of(folder: Path) -> Path:
    """Where the journal of a folder lies."""
    return folder.parent / f"{folder.name}.jsonl"


def _each(names: Sequence[str], function: Callable[[str], T]) -> Iterator[tuple[str, T]]:
    """What `function` gives for each name, many at a time; the first error ends it."""
    with ThreadPoolExecutor(REQUESTS) as pool:
        for start in range(0, len(names), BLOCK):
            block = names[start : start + BLOCK]
            yield from zip(block, pool.map(function, block), strict=True)


def _line(pair: tuple[str, Known]) -> bytes:
    name, known = pair
    return f"{json.dumps([name, known.version, known.sha256])}\n".encode()


def _lines(journal: Path) -> Iterator[tuple[str, Known]]:
    try:
        content = journal.read_bytes()
    except FileNotFoundError:
        return
    for line in content.splitlines():
        try:
            name, *known = json.loads(line)
            yield name, Known(*known)
        except (ValueError, TypeError):
            continue  # torn: its file is fetched again


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(f"{error.filename or folder} cannot be written: {error.strerror}.") from error
