"""Writes a precomputed folder so that at every moment a whole version of it can be read."""

import hashlib
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from catalogue import atomic, encoding
from catalogue.content import Content, Extras
from catalogue.encoding import LISTS, Build, Entry, Manifest
from catalogue.errors import PrecomputedError
from catalogue.precomputed import FILE, IMAGES, MANIFEST, SIZES
from catalogue.product import Neighbour

FORMER = re.compile(r"[0-9a-f]{16}")  # folders of lists of format 2
_THUMBNAIL = re.compile(r"[0-9a-f]{2}/([0-9a-f]{18}-\d+\.webp|\..+\.tmp)")


def write(
    folder: Path,
    build: Build,
    entries: Sequence[Entry],
    neighbours: Mapping[str, Sequence[Neighbour]],
    drops: Mapping[str, int] | None = None,
    extras: Extras | None = None,
) -> Manifest:
    """Write catalogue and lists as a new version, then the manifest in one step, then remove what it supersedes.

    The thumbnails of `entries` must lie in `folder / "images"` already (they are only ever added before this).
    Products whose id `neighbours` lacks have an empty list. Equal input gives equal bytes; files that lie there already
    are not written again. Raises PrecomputedError when the folder cannot be written.
    """
    content = Content(sorted(entries, key=lambda entry: entry.product.id), neighbours, extras or Extras())
    new = content.files()
    files = {name: hashlib.sha256(each).hexdigest() for name, each in new.items()}
    manifest = Manifest(
        version=encoding.version_of(build, files),
        build=build,
        products=len(content),
        listed=content.listed,
        photos=sum(len(entry.thumbnails) for entry in entries),
        drops=dict(drops or {}),
        files=files,
    )
    try:
        for name, path in manifest.paths.items():
            _put(folder / path, new[name])
        _put(folder / MANIFEST, encoding.manifest_bytes(manifest))
        _prune(folder, manifest, entries)
    except OSError as error:
        raise PrecomputedError(f"{error.filename or folder} cannot be written: {error.strerror}.") from error
    return manifest


def _put(path: Path, content: bytes) -> None:
    if not path.is_file() or path.read_bytes() != content:
        atomic.write_bytes(path, content)


def _prune(folder: Path, manifest: Manifest, entries: Sequence[Entry]) -> None:
    """Remove files of other versions, and thumbnails that no product shows any more; nothing not named as ours."""
    for path in [path for path in folder.iterdir() if FORMER.fullmatch(path.name)]:
        shutil.rmtree(path)
    served = {*manifest.paths.values()}
    for path in [path for path in (folder / LISTS).glob("*") if FILE.fullmatch(path.name)]:
        if f"{LISTS}/{path.name}" not in served:
            path.unlink()
    shown = {thumbnail.path(size) for entry in entries for thumbnail in entry.thumbnails for size in SIZES}
    for path in (folder / IMAGES).glob("*/*"):
        name = path.relative_to(folder / IMAGES).as_posix()
        if name not in shown and _THUMBNAIL.fullmatch(name):
            path.unlink()
