"""The search by photo of a catalogue: its network in few bits and its features, beside the lists that they fit."""

import hashlib
import io
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from catalogue import atomic
from catalogue.encoding import Manifest
from catalogue.errors import BundleError
from catalogue.precomputed import MANIFEST, PHOTO, load, read_manifest
from model import bundled, precision
from model.bundled import Bundle
from model.extracted import Extracted, extract
from model.extractors import Extractor, Network, fingerprint
from model.features import combined
from model.lists import Preset
from model.precision import Measured, Trial
from model.progress import Track
from model.rows import Rows
from model.runtime import Way


@dataclass(frozen=True)
class Bundled:
    """What there is now, and every precision that was measured on the way: none where it was there already."""

    bundle: Bundle
    measured: Sequence[Measured]


def bundle(folder: Path, out: Path, network: Network, extractor: Extractor, preset: Preset, track: Track) -> Bundled:
    """Write the search by photo of the catalogue in `folder` beside its lists in `out`.

    Raises PrecomputedError when there are no lists, BundleError when they are of other photos, of another network or
    preset, and when no precision agrees or nothing can be written: what lay there is then still there.
    """
    manifest = read_manifest(out)
    _check_way(manifest, extractor, preset, out)
    extracted = extract(folder, extractor, preset, track)
    _check_photos(extracted, folder, out)
    if present := _present(out, manifest, extractor, preset):
        return Bundled(present, ())
    trial, recall = _trial(extracted, preset)
    way = Way(network.name, network.size, network.scale, network.output, network.pooling or "none")
    steps = precision.ladder(folder, network, preset.views[0].fit, track)
    graph, measured = precision.smallest(trial, steps, way, track)
    contents = _contents(graph, trial.rows, extracted)
    made = Bundle(
        catalogue=manifest.version,
        fingerprint=manifest.build.fingerprint,
        engine=extractor.engine,
        way=way,
        views=preset.views,
        kind=str(trial.rows.values.dtype),
        recall=recall,
        photos=len(trial.photos),
        candidates=tuple(each.candidate for each in measured),
        files={name: hashlib.sha256(content).hexdigest() for name, content in contents.items()},
    )
    _write(out / PHOTO, made, contents)
    return Bundled(made, measured)


def _check_way(manifest: Manifest, extractor: Extractor, preset: Preset, out: Path) -> None:
    mark = combined([fingerprint(extractor, view.version) for view in preset.views])
    build = manifest.build
    if (build.extractor, build.fingerprint, build.preset) != (extractor.name, mark, preset.name):
        raise BundleError(
            f"{out} holds lists by {build.extractor} with the preset {build.preset} ({build.fingerprint}), and this"
            f" would be {extractor.name} with {preset.name} ({mark}). Give the options that the lists were built with,"
            " or build them again first."
        )


def _present(out: Path, manifest: Manifest, extractor: Extractor, preset: Preset) -> Bundle | None:
    """The bundle in `out`, if it is whole and what would be made."""
    try:
        found, _ = bundled.opened(out / PHOTO, manifest.version)
    except BundleError:
        return None
    wanted = (manifest.build.fingerprint, extractor.engine, preset.views)
    return found if (found.fingerprint, found.engine, found.views) == wanted else None


def _check_photos(extracted: Extracted, folder: Path, out: Path) -> None:
    listed = {entry.product.id: [each.source for each in entry.thumbnails] for entry in load(out) if entry.thumbnails}
    photos = extracted.gathered.photos
    if listed != {product_id: [photo.sha256 for photo in photos[product_id]] for product_id in extracted.ids}:
        raise BundleError(
            f"the photos in {folder} are not those of the lists in {out}. Build them again first, with"
            " python -m model build."
        )


def _trial(extracted: Extracted, preset: Preset) -> tuple[Trial, float]:
    """What precisions are measured by, and the recall of the features that are kept."""
    photos = extracted.gathered.distinct()
    some = photos[:: max(1, len(photos) // precision.SAMPLE)][: precision.SAMPLE]
    row = {sha256: place for place, sha256 in reversed([*enumerate(extracted.photos.hashes)])}
    own = np.array([row[photo.sha256] for photo in some])
    vectors = extracted.photos.vectors
    rows, recall, nearest = precision.kept(vectors, own)
    return Trial(some, preset.views, own, vectors[own], nearest, rows), recall


def _contents(graph: bytes, rows: Rows, extracted: Extracted) -> dict[str, bytes]:
    counts = np.bincount(extracted.photos.owners, minlength=len(extracted.ids)).tolist()
    return {
        bundled.NETWORK: graph,
        bundled.FEATURES: _array(rows.values),
        bundled.SCALES: _array(rows.scales),
        bundled.PRODUCTS: bundled.products_bytes(extracted.ids, counts),
    }


def _array(values: npt.NDArray[Any]) -> bytes:
    file = io.BytesIO()
    np.save(file, values, allow_pickle=False)
    return file.getvalue()


def _write(folder: Path, made: Bundle, contents: Mapping[str, bytes]) -> None:
    """As a new version, then the manifest in one step, then what it supersedes is removed."""
    try:
        for name, content in contents.items():
            atomic.write_bytes(folder / made.version / name, content)
        atomic.write_bytes(folder / MANIFEST, bundled.manifest_bytes(made))
        for path in folder.iterdir():
            if re.fullmatch(r"[0-9a-f]{16}", path.name) and path.name != made.version:
                shutil.rmtree(path)
    except OSError as error:
        raise BundleError(f"{error.filename or folder} cannot be written: {error.strerror}.") from error
