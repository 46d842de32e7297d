"""Precomputed lists in a storage: a copy that a build works on, and how the next version takes their place.

What is not there yet goes first and the manifest last, on the condition that it still is the one that the copy was made
of, which S3 sees to in one step. Only then is removed what the new version supersedes. So a publication that stops
leaves the version before whole, and of two at once one is refused.
"""

import json
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from catalogue.encoding import LISTS
from catalogue.errors import PrecomputedError, StorageError, one_line_errors
from catalogue.mirror import Mirror
from catalogue.precomputed import FILE, IMAGES, MANIFEST, PHOTO, read_manifest
from catalogue.storage import Item, Overtaken, Place, at, hidden

MANIFESTS = (f"{PHOTO}/{MANIFEST}", MANIFEST)
_ATTEMPTS = 3
_BLOCK = 512  # files that are removed between two looks at the manifest
_OURS = re.compile(
    rf"{MANIFEST}|{LISTS}/{FILE.pattern}|{PHOTO}/{MANIFEST}|(?:{PHOTO}/)?[0-9a-f]{{16}}/[a-z]+(?:-\d+)?\.[a-z]+"
    rf"|{IMAGES}/[0-9a-f]{{2}}/[0-9a-f]{{18}}-\d+\.webp"
)


class Publication:
    """The lists at a place, and the folder of this machine where they are copied to and changed."""

    def __init__(self, place: Place, folder: Path) -> None:
        """Raises StorageError, and PrecomputedError for a place that holds anything else."""
        self._mirror = Mirror(place, folder)
        self._first = self._mirror.there
        if foreign := [name for name in self._first if not _OURS.fullmatch(name) and not hidden(name)]:
            raise PrecomputedError(f"{place} holds {foreign[0]}, which is no part of precomputed lists. Name another.")

    @property
    def served(self) -> Item | None:
        """The manifest that was there at first."""
        return self._first.get(MANIFEST)

    def to_fetch(self) -> list[str]:
        """The files of the version that is served which this machine lacks; it keeps no others. Raises StorageError."""
        for _ in self._mirror.fetched(self._mirror.to_fetch(MANIFESTS)):
            pass
        wanted = (f"{IMAGES}/", *self._named())
        served = [name for name in self._first if name in MANIFESTS or name.startswith(wanted)]
        self._mirror.keep(served)
        return self._mirror.to_fetch(served)

    def fetched(self, names: Sequence[str]) -> Iterator[str]:
        """Bring files here, each named when it is. Raises StorageError."""
        return self._mirror.fetched(names)

    def to_send(self) -> list[str]:
        """The files of the version in the folder which the storage lacks, but for manifests. Raises StorageError."""
        self._mirror.settle(())
        return self._mirror.to_send(self._whole())

    def sent(self, names: Sequence[str]) -> Iterator[str]:
        """Bring files there, each named when it is. Raises StorageError."""
        return self._mirror.sent(names)

    def switch(self) -> list[str]:
        """Serve the version in the folder, whose other files are there, and say which files it supersedes.

        Raises StorageError when another version was published since the copy was made, which then stays.
        """
        before = self._mirror.there
        if before.get(MANIFEST) != self.served and self._mirror.to_send([MANIFEST]):
            raise self._refused()
        switched = [name for name in MANIFESTS if (self._mirror.folder / name).is_file() and self._replace(name)]
        self._mirror.settle(self._mirror.here())
        for _ in self._mirror.sent([name for name in self._whole() if name not in self._mirror.there]):
            pass  # removed by a publication that began to do so before this one
        if not switched:
            return []  # what else is there may be another one's, on its way
        kept = {*self._mirror.here()}
        after = self._mirror.there
        gone = [name for name in before if name not in kept and _OURS.fullmatch(name)]
        return [name for name in gone if after.get(name) == before[name]]

    def removed(self, names: Sequence[str]) -> Iterator[str]:
        """Remove superseded files, each named when it is gone, as long as nobody publishes. Raises StorageError."""
        served = self._mirror.there[MANIFEST]
        for start in range(0, len(names), _BLOCK):
            if self._mirror.place.item(MANIFEST).version != served.version:
                return
            yield from self._mirror.removed(names[start : start + _BLOCK])

    def _replace(self, name: str) -> bool:
        """Whether it was another one. When somebody else has just written the same, all is well."""
        content, place = (self._mirror.folder / name).read_bytes(), self._mirror.place
        item = self._first.get(name)
        if item and item == self._mirror.there.get(name) and not self._mirror.to_send([name]):
            return False
        try:
            place.replace(name, content, item)
        except Overtaken:
            if place.read(name) == content:
                return False
            raise self._refused() from None
        return True

    def _refused(self) -> StorageError:
        return StorageError(
            f"other lists were published to {self._mirror.place} since this build began, and stay there. Run it again."
        )

    def _whole(self) -> list[str]:
        return [name for name in self._mirror.here() if name not in MANIFESTS]

    def _named(self) -> Iterator[str]:
        """The files of lists, and the folder of the search by photo, that the manifests name, when they can be read."""
        with suppress(PrecomputedError):
            yield from read_manifest(self._mirror.folder).paths.values()
        with suppress(OSError, ValueError, KeyError, TypeError):
            yield f"{PHOTO}/{json.loads((self._mirror.folder / PHOTO / MANIFEST).read_bytes())['version']}/"


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
        for _ in publication.fetched(publication.to_fetch()):
            pass
        if place.item(MANIFEST).version == publication.served.version:  # until then nothing of it is removed
            return
    raise StorageError(f"{place} was published again each time that it was read. Run this again later.")


if __name__ == "__main__":
    with one_line_errors():
        copy(at(sys.argv[1]), Path(sys.argv[2]))
