"""Writes a precomputed folder so that at every moment a whole version of it can be read."""

import hashlib
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from catalogue import atomic, encoding
from catalogue.encoding import SCALE, SHARD, Build, Entry, Manifest
from catalogue.errors import PrecomputedError
from catalogue.precomputed import IMAGES, MANIFEST, SIZES
from catalogue.product import Neighbour

T = TypeVar("T")


def write(
    folder: Path,
    build: Build,
    entries: Sequence[Entry],
    neighbours: Mapping[str, Sequence[Neighbour]],
    drops: Mapping[str, int] | None = None,
) -> Manifest:
    """Write catalogue and lists as a new version, then the manifest in one step, then remove what it supersedes.

    The thumbnails of `entries` must lie in `folder / "images"` already (they are only ever added before this).
    Products whose id `neighbours` lacks have an empty list. Equal input gives equal bytes. Raises PrecomputedError
    when the folder cannot be written.
    """
    entries = sorted(entries, key=lambda entry: entry.product.id)
    contents = {
        **_shards("catalogue", [encoding.catalogue_bytes(shard) for shard in _batched(entries)]),
        **_shards("neighbours", [encoding.neighbours_bytes(s) for s in _batched(_indexed(entries, neighbours))]),
    }
    files = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    manifest = Manifest(
        version=encoding.version_of(build, files),
        build=build,
        products=len(entries),
        listed=sum(bool(neighbours.get(entry.product.id)) for entry in entries),
        photos=sum(len(entry.thumbnails) for entry in entries),
        drops=dict(drops or {}),
        files=files,
    )
    try:
        for name, content in contents.items():
            atomic.write_bytes(folder / manifest.version / name, content)
        atomic.write_bytes(folder / MANIFEST, encoding.manifest_bytes(manifest))
        _prune(folder, manifest, entries)
    except OSError as error:
        raise PrecomputedError(f"{error.filename or folder} cannot be written: {error.strerror}.") from error
    return manifest


def _indexed(entries: Sequence[Entry], neighbours: Mapping[str, Sequence[Neighbour]]) -> list[list[tuple[int, int]]]:
    index = {entry.product.id: position for position, entry in enumerate(entries)}
    return [
        [(index[near.product_id], round(near.similarity * SCALE)) for near in neighbours.get(entry.product.id, ())]
        for entry in entries
    ]


def _batched(items: Sequence[T]) -> list[Sequence[T]]:
    return [items[start : start + SHARD] for start in range(0, len(items), SHARD)]


def _shards(kind: str, contents: Sequence[bytes]) -> dict[str, bytes]:
    return {f"{kind}-{number:04}.json": content for number, content in enumerate(contents)}


def _prune(folder: Path, manifest: Manifest, entries: Sequence[Entry]) -> None:
    """Remove other versions, and thumbnails that no product shows any more; nothing that is not named as ours."""
    for path in folder.iterdir():
        if re.fullmatch(r"[0-9a-f]{16}", path.name) and path.name != manifest.version:
            shutil.rmtree(path)
    shown = {thumbnail.path(size) for entry in entries for thumbnail in entry.thumbnails for size in SIZES}
    for path in (folder / IMAGES).glob("*/*"):
        name = path.relative_to(folder / IMAGES).as_posix()
        if name not in shown and re.fullmatch(r"[0-9a-f]{2}/([0-9a-f]{18}-\d+\.webp|\..+\.tmp)", name):
            path.unlink()
