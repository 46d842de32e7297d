"""Precomputed lists in a storage: a copy that a build works on, and how the next version takes their place.

What is not there yet goes first and the manifest last, on the condition that it still is the one that the copy was made
of, which S3 sees to in one step. Only then is removed what the new version supersedes. So a publication that stops
leaves the version before whole, and of two at once one is refused.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from catalogue.encoding import LISTS
from catalogue.errors import PrecomputedError, StorageError, one_line_errors
from catalogue.mirror import BLOCK, Mirror
from catalogue.precomputed import FILE, IMAGES, MANIFEST, PHOTO, read_manifest
from catalogue.storage import Absent, Item, Overtaken, Place, at, hidden

MANIFESTS = (f"{PHOTO}/{MANIFEST}", MANIFEST)
_ATTEMPTS = 3
_OURS = re.compile(
    rf"{MANIFEST}|{LISTS}/{FILE.pattern}|{PHOTO}/{MANIFEST}|(?:{PHOTO}/)?[0-9a-f]{{16}}/[a-z]+(?:-\d+)?\.[a-z]+"
    rf"|{IMAGES}/[0-9a-f]{{2}}/[0-9a-f]{{18}}-\d+\.webp"
)


class Publication:
    """The lists at a place, and the folder of this machine where they are copied to and changed.

    All methods raise StorageError.
    """

    def __init__(self, place: Place, folder: Path) -> None:
        """Raises PrecomputedError for a place that holds anything else."""
        self._mirror = Mirror(place, folder)
        self._first = self._mirror.there
        if foreign := [name for name in self._first if not _OURS.fullmatch(name) and not hidden(name)]:
            raise PrecomputedError(f"{place} holds {foreign[0]}, which is no part of precomputed lists. Name another.")

    @property
    def served(self) -> Item | None:
        """The manifest that was there at first."""
        return self._first.get(MANIFEST)

    def to_fetch(self) -> list[str]:
        """The files of the version that is served which this machine lacks; it keeps no others."""
        for _ in self._mirror.fetched(self._mirror.to_fetch(MANIFESTS)):
            pass
        named = {*MANIFESTS, *self._named()}
        served = [name for name in self._first if name in named or name.startswith((f"{IMAGES}/", f"{PHOTO}/"))]
        self._mirror.keep(served)
        return self._mirror.to_fetch(served)

    def fetched(self, names: Sequence[str]) -> Iterator[str]:
        """Bring files here, each named when it is."""
        return self._mirror.fetched(names)

    def to_send(self) -> list[str]:
        """The files of the version in the folder which the storage lacks, but for manifests."""
        self._mirror.there = self._mirror.place.items()
        return self._mirror.to_send(self._whole())

    def sent(self, names: Sequence[str]) -> Iterator[str]:
        """Bring files there, each named when it is."""
        return self._mirror.sent(names)

    def switch(self) -> list[str]:
        """Serve the version in the folder, whose other files are there, and say which files it supersedes.

        Another version that was published since the copy was made stays, and is an error.
        """
        before = self._mirror.there
        switched = [name for name in MANIFESTS if (self._mirror.folder / name).is_file() and self._replace(name)]
        for _ in self._mirror.sent(self.to_send()):
            pass  # removed by a publication that began to do so before this one
        if not switched:
            return []  # what else is there may be another one's, on its way
        kept, after = {*self._mirror.here()}, self._mirror.there
        gone = [name for name in before if name not in kept and _OURS.fullmatch(name)]
        return [name for name in gone if after.get(name) == before[name]]

    def removed(self, names: Sequence[str]) -> Iterator[str]:
        """Remove superseded files, each named when it is gone, as long as nobody publishes."""
        served = self._mirror.there[MANIFEST]
        for start in range(0, len(names), BLOCK):
            if self._mirror.place.item(MANIFEST).version != served.version:
                return
            yield from self._mirror.removed(names[start : start + BLOCK])

    def _replace(self, name: str) -> bool:
        """Whether it was another one. When somebody else has just written the same, all is well."""
        content, place = (self._mirror.folder / name).read_bytes(), self._mirror.place
        try:
            if name in self._first and place.read(name) == content:
                return False
            place.replace(name, content, self._first.get(name))
        except Overtaken:
            raise StorageError(
                f"other lists were published to {place} since this build began, and stay there. Run it again."
            ) from None
        return True

    def _whole(self) -> list[str]:
        return [name for name in self._mirror.here() if name not in MANIFESTS]

    def _named(self) -> list[str]:
        """The files of lists that the manifest names, when it can be read."""
        with suppress(PrecomputedError):
            return [*read_manifest(self._mirror.folder).paths.values()]
        return []


def copy(place: Place, folder: Path) -> None:
    """Copy the lists that are served at `place` to `folder`, whole, also while others are published there.

    Raises StorageError, and PrecomputedError for a place that holds anything else.
    """
    for _ in range(_ATTEMPTS):
        publication = Publication(place, folder)
        if not publication.served:
            raise StorageError(
                f"no {MANIFEST} in {place}. Build it with: python -m model build data/SHOP --out {place}"
            )
        with suppress(Absent):  # removed meanwhile
            for _ in publication.fetched(publication.to_fetch()):
                pass
        if place.item(MANIFEST).version == publication.served.version:  # until then nothing of it is removed
            return
    raise StorageError(f"{place} was published again each time that it was read. Run this again later.")


if __name__ == "__main__":
    with one_line_errors():
        copy(at(sys.argv[1]), Path(sys.argv[2]))
