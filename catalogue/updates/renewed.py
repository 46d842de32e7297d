"""A shop made of the one that was loaded before, in proportion to what changed since."""

import sqlite3
from collections import defaultdict
from pathlib import Path

from catalogue import precomputed
from catalogue.encoding import GROUPS, MAP, REPORT, Manifest
from catalogue.errors import LookalikeError
from catalogue.precomputed import IMAGES
from catalogue.shop import Shop
from catalogue.tables import whole_file
from catalogue.updates.files import is_change


def load(folder: str | Path, before: Shop | None, *, images: bool = True) -> Shop:
    """`precomputed.load`, but where files of changes lead from `before` to what lies in `folder`, only they are read.

    They are put into a copy of the database of `before`, with its indexes; `before` itself stays as it is.
    """
    if before is not None:
        try:
            shop = _onwards(Path(folder), before, images=images)
        except (LookalikeError, sqlite3.Error):  # to load all goes well, or says what is wrong
            shop = None
        if shop:
            return shop
    return precomputed.load(folder, images=images)


def _onwards(folder: Path, before: Shop, *, images: bool) -> Shop | None:
    manifest = precomputed.read_manifest(folder)
    paths = _further(before.manifest, manifest)
    if paths is None:
        return None
    precomputed.reject_foreign(folder / manifest.version, manifest.files)
    if images:
        thumbnails: defaultdict[str, bytearray] = defaultdict(bytearray)
        precomputed.note_thumbnails(thumbnails, precomputed.changed_in(folder, manifest, paths).values())
        precomputed.check_thumbnails(folder / IMAGES, thumbnails)
    if manifest.version == before.manifest.version:
        return Shop(manifest, before.database)
    database = before.database.copy()
    with database.filling() as connection:
        beside = database.attached(connection)
        precomputed.apply(folder, manifest, paths, connection, beside=beside)
        _replace(folder, before.manifest, manifest, connection)
    return Shop(manifest, database)


def _further(before: Manifest, after: Manifest) -> list[str] | None:
    """The files of changes that lead from one version to a later one of the same shards, None from another one."""
    then, now = _hashes(before), _hashes(after)
    rows, further = ({name for name in each if "-" in name} for each in (then, now.keys() - then.keys()))
    if before.sharded != after.sharded or any(then[name] != now.get(name) for name in rows):
        return None
    return [after.places[name] for name in sorted(further)] if all(map(is_change, further)) else None


def _hashes(manifest: Manifest) -> dict[str, str]:
    """Of each file by its name alone."""
    return {name: manifest.paths[path] for name, path in manifest.places.items()}


def _replace(folder: Path, before: Manifest, after: Manifest, connection: sqlite3.Connection) -> None:
    """Put the files that are not of rows of products in the place of those before."""
    then, now = _hashes(before), _hashes(after)
    for name in (GROUPS, MAP, REPORT):
        if then.get(name) == now.get(name):
            continue
        if name == GROUPS:
            connection.execute("DELETE FROM groups")
        connection.execute("DELETE FROM files WHERE name = ?", [name])
        if name in now:
            path = folder / after.places[name]
            with precomputed.understood_file(path):
                for sql, *values in whole_file(name, precomputed.checked(path, now[name]), after.products):
                    connection.execute(sql, values)
