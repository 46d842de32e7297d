"""Lists that are gone on from what the last making of them kept, where there is such and little has changed since."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from catalogue.product import Product
from model.lists import Lists, Preset, named
from model.making import Exact, Photos, Same, whole
from model.neighbours import Search, searched_exactly
from model.progress import Track
from model.updates import kept
from model.updates.updating import SHARE, Updated, updated


@dataclass(frozen=True)
class Resumed:
    """Lists, and of how many products they were made anew: of all, or of those that what changed has touched."""

    lists: Lists
    anew: int


def resumed(
    products: Sequence[Product],
    photos: Photos,
    same: Same,
    preset: Preset,
    fingerprint: str,
    store: Path,
    track: Track,
    search: Search,
    *,
    anew: bool = False,
    exact: Exact = searched_exactly,
    share: float = SHARE,
) -> Resumed:
    """The lists of `products` as `lists.rank` has them, by the photos' features of this `fingerprint`.

    Where the search is not `exact`, they go on from what is kept in the `store`, `data/SHOP/features`, unless that is
    made with other settings, a `share` of the products has changed since, or all are wanted `anew`; and what they are
    is kept there. Raises FeaturesError when that cannot be written.
    """
    key = key_of(preset, fingerprint, photos.parts)
    update = None if anew else _update(products, photos, same, preset, key, store, track, exact, share)
    if update:
        if update.new:
            kept.write(store, key, update.kept)
        return Resumed(named(update.kept), update.touched)
    made = whole(products, photos, same, preset.k, preset.policy, track, search, exact)
    if not exact(*made.expanded.shape):
        kept.write(store, key, made)
    return Resumed(named(made), len(products))


def key_of(preset: Preset, fingerprint: str, parts: int) -> str:
    """What lists are made with, but for the catalogue: lists of another key are not gone on from."""
    settings = {"by": kept.MADE_BY, "features": fingerprint, "k": preset.k, "parts": parts}
    return json.dumps(settings | asdict(preset.policy), sort_keys=True)


def _update(
    products: Sequence[Product],
    photos: Photos,
    same: Same,
    preset: Preset,
    key: str,
    store: Path,
    track: Track,
    exact: Exact,
    share: float,
) -> Updated | None:
    if exact(*photos.vectors.shape):
        return None
    before = kept.read(store, key)
    if before is None or exact(len(photos.owners), before.rows.shape[1]):
        return None
    return updated(before, products, photos, same, preset.k, preset.policy, track, share)
