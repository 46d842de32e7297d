"""Everything from a folder of photos to precomputed lists."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from catalogue import writer
from catalogue.content import Extras
from catalogue.encoding import LISTS, Build, Entry, Manifest
from catalogue.errors import PrecomputedError
from catalogue.precomputed import IMAGES, MANIFEST, PHOTO, load
from catalogue.product import Layout, Neighbour, Product
from catalogue.report import report_bytes
from catalogue.shop import Shop
from catalogue.writer import FORMER
from model import heatmap, judging, layout, map_groups, palettes, reasons, thumbnails
from model.changes import Changes, changes
from model.extracted import Extracted, at_work_alone, catalogue, of_gathered
from model.extractors import Extractor, Network
from model.lists import Preset
from model.making import Lists
from model.means import HERE, Means
from model.naming import Named
from model.photos import Photo
from model.progress import Track
from model.remembered import mark
from model.seen import RECORDS, Seen

MAPPED = 16  # neighbours of each product by which the map is laid out
HEATED = 3  # neighbours of each product that heat maps are made of


@dataclass(frozen=True)
class Built:
    """What a build did, for its closing table.

    `new` and `reused` count photos by their features, `damaged` names blocks of them that were done again, and
    `groups` counts those of products that look the same.
    """

    manifest: Manifest
    new: int
    reused: int
    damaged: Sequence[str]
    changes: Changes
    groups: int


def build(
    folder: Path,
    out: Path,
    extractor: Extractor,
    preset: Preset,
    track: Track,
    heated: Network | None = None,
    means: Means = HERE,
) -> Built:
    """Write the lists of the catalogue in `folder` to `out`, by `means`; with the heat maps of the network `heated`.

    The lists are the same whatever was built before.

    Raises CatalogueError when no product has a usable photo, FeaturesError and PrecomputedError when the disk refuses,
    ExtractorError for a network that heat maps cannot be made of; what lay in `out` is then still there.
    """
    _check_out(out, folder)
    with at_work_alone(folder):
        return _build(folder, out, extractor, preset, track, heated, means)


def _build(
    folder: Path,
    out: Path,
    extractor: Extractor,
    preset: Preset,
    track: Track,
    heated: Network | None,
    means: Means,
) -> Built:
    products, gathered = catalogue(folder, track)
    before = _before(out)
    seen = Seen(folder / RECORDS / f".thumbnails-{mark([str(out.resolve())])}")
    made, unusable = thumbnails.make(gathered.distinct(), before, out, track, seen)
    seen.keep()
    extracted = of_gathered(folder, products, gathered.without(unusable), extractor, preset, track, means)
    lists = with_reasons(extracted, extracted.lists(preset, track), track)
    extras = Extras(
        elsewhere=lists.elsewhere,
        groups=lists.groups,
        layout=_layout(extracted, lists, track),
        heats=_heats(extracted, lists, heated, preset, track) if heated else {},
        report=report_bytes(judging.judge(extracted, {preset.name: lists}, track)),
    )
    photos = extracted.gathered.photos
    entries = [Entry(p, tuple(made[photo.sha256] for photo in photos[p.id])) for p in products]
    dimension = extracted.photos.vectors.shape[1]
    settings = Build(extractor.name, extracted.extraction.fingerprint, dimension, preset.name, preset.k)
    manifest = writer.write(out, settings, entries, lists.similar, extracted.gathered.drops, extras)
    done = extracted.extraction
    damaged = [*done.damaged, *extracted.prints.damaged]
    changed = changes(before, entries, lists.similar)
    return Built(manifest, done.new, done.reused, damaged, changed, len(lists.groups))


def _before(out: Path) -> Shop | None:
    """The lists that are to be replaced, when there are any that can be read."""
    try:
        shop = load(out)
        shop.check()
    except PrecomputedError:
        return None
    return shop


def with_reasons(extracted: Extracted, lists: Lists, track: Track) -> Lists:
    """The same lists with what else each pair has in common."""
    main = [extracted.photos.hashes[row] for row in extracted.photos.first]
    colours, shapes = palettes.of_prints(extracted.prints, main, track)
    return told(lists, extracted.listed, colours, shapes)


def told(lists: Lists, products: Sequence[Product], colours: reasons.Palettes, shapes: reasons.Shapes) -> Lists:
    """`lists` of the N `products`, which have (N, …) palettes and shapes, with the reasons of each pair."""
    ids = [product.id for product in products]

    def named(lists: Mapping[str, Sequence[Neighbour]]) -> Named:
        one = Named.of(ids, lists)
        return replace(one, reasons=reasons.reasons(one.pairs, products, colours, shapes).astype(np.uint8))

    return Lists(named(lists.similar), named(lists.elsewhere), lists.groups)


def _layout(extracted: Extracted, lists: Lists, track: Track) -> Layout:
    """The map with its labels."""
    near = Named.of(extracted.ids, lists.similar).first(MAPPED)
    laid_out = layout.lay_out(extracted.ids, near.indices, near.similarities, lambda: extracted.vectors, track)
    return labelled(laid_out, extracted.listed)


def labelled(laid_out: Layout, products: Sequence[Product]) -> Layout:
    """A map of the `products` with the names of its neighbourhoods."""
    places = [laid_out.places[product.id] for product in products]
    return replace(laid_out, groups=map_groups.named(products, places))


def _heats(extracted: Extracted, lists: Lists, network: Network, preset: Preset, track: Track) -> dict[str, list[str]]:
    """The heat maps of the first neighbours of each product."""
    main = {own: photos[0] for own, photos in extracted.gathered.photos.items() if photos}
    pairs = [(own, near.product_id) for own, each in lists.similar.items() for near in each[:HEATED]]
    photos: list[tuple[Photo, Photo]] = [(main[own], main[near]) for own, near in pairs]
    found: dict[str, list[str]] = {}
    for (own, _), heat in zip(pairs, heatmap.heats(network, photos, preset.views, track), strict=True):
        found.setdefault(own, []).append(" ".join(heat.texts))
    return found


def _check_out(out: Path, folder: Path) -> None:
    """Only a new folder or one of ours is written to, since what a build supersedes is removed from it."""
    if out.resolve() == folder.resolve():
        raise PrecomputedError(f"{out} is the catalogue's own folder. Name another with --out.")
    if out.exists() and not out.is_dir():
        raise PrecomputedError(f"{out} is a file. Name a folder with --out.")
    ours = re.compile(rf"{re.escape(MANIFEST)}|{LISTS}|{IMAGES}|{PHOTO}|{FORMER.pattern}|\..*")
    if out.is_dir() and (foreign := sorted(path.name for path in out.iterdir() if not ours.fullmatch(path.name))):
        raise PrecomputedError(f"{out} holds {foreign[0]}, which is no part of precomputed lists. Name another folder.")
