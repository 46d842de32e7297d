"""Writes a precomputed folder so that at every moment a whole version of it can be read."""

import hashlib
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from catalogue import atomic, encoding
from catalogue.encoding import GROUPS, MAP, REPORT, SCALE, SHARD, Build, Entry, Manifest, Pair
from catalogue.errors import PrecomputedError
from catalogue.precomputed import IMAGES, MANIFEST, SIZES
from catalogue.product import Layout, Neighbour

T = TypeVar("T")


@dataclass(frozen=True)
class Extras:
    """What stands beside the catalogue and its lists, by product id; what is empty is not written.

    `elsewhere`: lists of other categories. `groups`: products that look the same. `layout`: the map. `heats`: encoded
    heat maps of the first neighbours. `report`: the quality report's file.
    """

    elsewhere: Mapping[str, Sequence[Neighbour]] = field(default_factory=dict)
    groups: Sequence[Sequence[str]] = ()
    layout: Layout | None = None
    heats: Mapping[str, Sequence[str]] = field(default_factory=dict)
    report: bytes = b""


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
    Products whose id `neighbours` lacks have an empty list. Equal input gives equal bytes. Raises PrecomputedError
    when the folder cannot be written.
    """
    entries = sorted(entries, key=lambda entry: entry.product.id)
    contents = _contents(entries, neighbours, extras or Extras())
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


def _contents(
    entries: Sequence[Entry], neighbours: Mapping[str, Sequence[Neighbour]], extras: Extras
) -> dict[str, bytes]:
    """The files of the version's folder."""
    index = {entry.product.id: position for position, entry in enumerate(entries)}
    files = {
        **_shards("catalogue", [encoding.catalogue_bytes(shard) for shard in _batched(entries)]),
        **_shards("neighbours", [encoding.neighbours_bytes(s) for s in _batched(_indexed(index, neighbours))]),
    }
    if any(extras.elsewhere.values()):
        shards = _batched(_indexed(index, extras.elsewhere))
        files |= _shards("elsewhere", [encoding.neighbours_bytes(shard) for shard in shards])
    if any(extras.heats.values()):
        rows = [extras.heats.get(product_id, ()) for product_id in index]
        files |= _shards("heats", [encoding.heats_bytes(shard) for shard in _batched(rows)])
    if extras.groups:
        files[GROUPS] = encoding.groups_bytes([[index[each] for each in group] for group in extras.groups])
    if extras.layout:
        files[MAP] = encoding.map_bytes(list(index), extras.layout)
    return files | ({REPORT: extras.report} if extras.report else {})


def _indexed(index: Mapping[str, int], neighbours: Mapping[str, Sequence[Neighbour]]) -> list[list[Pair]]:
    return [
        [(index[near.product_id], round(near.similarity * SCALE), near.reasons) for near in neighbours.get(own, ())]
        for own in index
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
