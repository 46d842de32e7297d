"""Writes a precomputed folder so that at every moment a whole version of it can be read."""

import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from catalogue import atomic, encoding
from catalogue.content import Content, Extras
from catalogue.encoding import Build, Entry, Manifest
from catalogue.errors import PrecomputedError
from catalogue.precomputed import IMAGES, MANIFEST, SIZES
from catalogue.product import Neighbour
from catalogue.updates import planning


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
    Products whose id `neighbours` lacks have an empty list. Equal input gives equal bytes, unless a large catalogue
    goes on from the version that lies there: see `updates`. Raises PrecomputedError when the folder cannot be written.
    """
    by_id = {entry.product.id: entry for entry in entries}
    ids = sorted(by_id)

    def arranged(order: Iterable[str]) -> Content:
        return Content([by_id[each] for each in order], neighbours, extras or Extras())

    plan = planning.update(folder, build, ids, arranged) or planning.whole(arranged(ids))
    files = plan.files()
    manifest = Manifest(
        version=encoding.version_of(build, files),
        build=build,
        products=len(ids),
        listed=plan.listed,
        photos=sum(len(entry.thumbnails) for entry in entries),
        drops=dict(drops or {}),
        files=files,
        base=plan.base,
    )
    try:
        for name, content in plan.new.items():
            atomic.write_bytes(folder / manifest.version / name, content)
        _serve(folder, manifest)
        _prune(folder, manifest, entries)
    except OSError as error:
        raise PrecomputedError(f"{error.filename or folder} cannot be written: {error.strerror}.") from error
    return manifest


def _serve(folder: Path, manifest: Manifest) -> None:
    content, path = encoding.manifest_bytes(manifest), folder / MANIFEST
    if not path.is_file() or path.read_bytes() != content:
        atomic.write_bytes(path, content)


def _prune(folder: Path, manifest: Manifest, entries: Sequence[Entry]) -> None:
    """Remove files of other versions, and thumbnails that no product shows any more; nothing not named as ours."""
    served = manifest.paths
    for path in [path for path in folder.iterdir() if re.fullmatch(r"[0-9a-f]{16}", path.name)]:
        kept = {file.name for file in path.iterdir() if f"{path.name}/{file.name}" in served}
        if not kept:
            shutil.rmtree(path)
        for file in [file for file in path.iterdir() if file.name not in kept] if kept else ():
            file.unlink()
    shown = {thumbnail.path(size) for entry in entries for thumbnail in entry.thumbnails for size in SIZES}
    for path in (folder / IMAGES).glob("*/*"):
        name = path.relative_to(folder / IMAGES).as_posix()
        if name not in shown and re.fullmatch(r"[0-9a-f]{2}/([0-9a-f]{18}-\d+\.webp|\..+\.tmp)", name):
            path.unlink()
