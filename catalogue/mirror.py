"""A folder of this machine beside one in a storage: only files that differ go from one to the other.

A file whose name holds the hash of its content is the same where its size is. Of any other one the storage's tag must
be the MD5 of the content.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from catalogue.errors import StorageError
from catalogue.storage import Place

BLOCK = 256  # files that are on their way together
_HASHED = re.compile(r"(?:lists|images|photo)/(?:.*/)?[^/]*[0-9a-f]{16}.*")


class Mirror:
    """`there` is what the storage held when it was last listed, by name. All methods raise StorageError."""

    def __init__(self, place: Place, folder: Path) -> None:
        self.place, self.folder = place, folder
        self.there = place.items()

    def here(self, below: str = "") -> list[str]:
        """The names of the files of this machine, in order, without drafts and locks."""
        paths = (path for path in (self.folder / below).rglob("*") if path.is_file() and not path.name.startswith("."))
        return sorted(path.relative_to(self.folder).as_posix() for path in paths)

    def keep(self, names: Iterable[str]) -> None:
        """Remove files of this machine that are not among `names`."""
        for name in {*self.here()} - {*names}:
            (self.folder / name).unlink()

    def to_fetch(self, names: Iterable[str]) -> list[str]:
        """Those of `names` that the storage has and this machine has not, or not as they are there."""
        return [name for name in names if name in self.there and not self._same(name)]

    def fetched(self, names: Sequence[str]) -> Iterator[str]:
        """Bring files here, each named when it is."""
        for block in _blocks(names):
            with _writing(self.folder):
                for name in block:  # another copy may share it by a link
                    (self.folder / name).unlink(missing_ok=True)
                self.place.get(block, self.folder)
            yield from block

    def to_send(self, names: Iterable[str]) -> list[str]:
        """Those of `names` that are not in the storage as they are on this machine."""
        return [name for name in names if not self._same(name)]

    def sent(self, names: Sequence[str]) -> Iterator[str]:
        """Bring files there, each named when it is."""
        for block in _blocks(names):
            self.place.put(block, self.folder)
            yield from block

    def removed(self, names: Sequence[str]) -> Iterator[str]:
        """Remove files there, each named when it is gone."""
        for name in names:
            self.place.remove(name)
            yield name

    def _same(self, name: str) -> bool:
        item, path = self.there.get(name), self.folder / name
        if not item or not path.is_file() or path.stat().st_size != item.size:
            return False
        return bool(_HASHED.fullmatch(name)) or item.holds(path.read_bytes())


def _blocks(names: Sequence[str]) -> Iterator[Sequence[str]]:
    return (names[start : start + BLOCK] for start in range(0, len(names), BLOCK))


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(f"{error.filename or folder} cannot be written: {error.strerror}.") from error
