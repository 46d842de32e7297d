"""Lists of a catalogue of which little has changed, gone on from those that were made before.

What came is compared with what is around it, and only lists that this changes are made anew. What all products share
stays that of the last making of all: the means and components of rows, the rows and expanded rows of photos that were
there, how crowded the surroundings of looks are. So the lists depend on what was there before; that this costs little
is why so few may change in all until everything is made anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from catalogue.product import Product
from model import duplicates
from model.extractors import Features
from model.lengths import Doubles
from model.making import (
    CATEGORY,
    DUPLICATES,
    NO_CATEGORY,
    Looks,
    Photos,
    Same,
    equal_files,
    hashes_of,
    main_pairs,
    main_rows,
    marks_of,
    other_looks,
)
from model.policy import Mask, Policy, Traits
from model.progress import Track, silent
from model.ranking import EXPANSION, Indices, crowding, expanded
from model.shelf import OTHERS, depth_of
from model.updates.around import around
from model.updates.following import Moved, Near, followed
from model.updates.kept import Hashes, Kept, Marks
from model.updates.relisting import Before, Now, Relisting

SHARE = 0.05  # of the products that were made at once; when more have changed since, everything is made anew


@dataclass(frozen=True)
class Updated:
    """What there is to go on from the next time, whether it is `new`, and how many products' lists were made anew."""

    kept: Kept
    touched: int
    new: bool


def updated(
    before: Kept,
    products: Sequence[Product],
    photos: Photos,
    same: Same,
    k: int,
    policy: Policy,
    track: Track = silent,
    share: float = SHARE,
) -> Updated | None:
    """The lists of `products`, gone on from those `before`; None when too many have changed since all were made.

    The arguments are those of `lists.rank`, and `before` was made with the same `k` and `policy`.
    """
    ids = [product.id for product in products]
    hashes, marks = hashes_of(photos), marks_of(products, policy)
    moved, from_row = _moved(before, ids, photos, hashes)
    changed = before.changed + int(moved.came.sum() + (moved.now < 0).sum())
    if changed > share * before.made:
        return None
    rows, wide, looks = _rows(before, from_row, photos, same, track)
    of_looks = _moved_looks(before, moved, looks)
    near, near_changed = _near(before.near, of_looks, wide, looks.numbers[photos.owners], k, track)
    traits = Traits.of(products)
    main = main_rows(wide, photos, looks)
    categories = traits.categories[looks.first]
    others, others_changed = _others(before, of_looks, main, categories, marks[looks.first, CATEGORY], track)
    now = Now(
        near=near,
        others=others,
        changed=near_changed | others_changed,
        crowd=_crowd(before, of_looks, near),
        rows=main,
        looks=looks,
        traits=traits,
        marked=moved.stays[(marks[moved.stays] != before.marks[moved.was[moved.stays]]).any(axis=1)],
        photos=photos,
        k=k,
        policy=policy,
    )
    lists = Relisting(Before.of(before, moved, of_looks, looks), now).relisted()
    kept = Kept(
        made=before.made,
        changed=changed,
        ids=ids,
        hashes=hashes,
        owners=photos.owners,
        marks=marks,
        compact=before.compact,
        rows=rows,
        expanded=wide,
        same=looks.same,
        leaders=looks.leaders,
        near=near,
        others=others,
        crowd=now.crowd,
        wanted=lists.wanted,
        similar=lists.similar,
        elsewhere=lists.elsewhere,
    )
    return Updated(kept, lists.touched, new=changed > before.changed or bool(len(now.marked)))


def _moved(before: Kept, ids: Sequence[str], photos: Photos, hashes: Hashes) -> tuple[Moved, Indices]:
    """Which products stay, those with the same photos, and (M,) the row of each of their photos before, else -1."""
    number = {product_id: index for index, product_id in enumerate(before.ids)}
    was = np.array([number.get(product_id, -1) for product_id in ids], dtype=np.int64)
    counts, old_counts = np.bincount(photos.owners), np.bincount(before.owners)
    was[counts != old_counts[was]] = -1  # also where there is none before, which -1 stands for
    old_first = np.cumsum(old_counts) - old_counts
    inner = np.arange(len(photos.owners)) - photos.first[photos.owners]
    from_row = np.where(was[photos.owners] >= 0, old_first[was[photos.owners]] + inner, -1)
    there = np.flatnonzero(from_row >= 0)
    other = there[(hashes[there] != before.hashes[from_row[there]]).any(axis=1)]
    was[photos.owners[other]] = -1
    return Moved.of(was, len(before.ids)), np.where(was[photos.owners] >= 0, from_row, -1)


def _rows(
    before: Kept, from_row: Indices, photos: Photos, same: Same, track: Track
) -> tuple[Features, Features, Looks]:
    """Rows and expanded rows, of which only those of photos that came are new, and the looks of all products."""
    came = np.flatnonzero(from_row < 0)
    rows = _moved_rows(before.rows, from_row)
    rows[came] = before.compact(photos.vectors[came])
    equal = equal_files(photos)
    near = around(rows, came, EXPANSION + DUPLICATES, equal[photos.owners], None, track).near
    looks = _looks(before, equal, main_pairs(duplicates.candidates_of(near, came), photos), photos, same)
    of_row = looks.numbers[photos.owners]
    wide = _moved_rows(before.expanded, from_row)
    wide[came] = expanded(rows, other_looks(near, of_row[came], of_row), came)
    return rows, wide, looks


def _moved_rows(before: Features, from_row: Indices) -> Features:
    """(M, d) those of photos that were there; of the others, whose are -1, anything."""
    rows = np.empty((len(from_row), before.shape[1]), dtype=np.float32)
    return np.take(before, from_row, axis=0, out=rows, mode="clip")


def _looks(before: Kept, equal: Indices, pairs: duplicates.Pairs, photos: Photos, same: Same) -> Looks:
    """By the `pairs` of what came, and by those that are known to be the same, of photos that are still there."""
    first = {photos.hashes[row]: index for index, row in reversed(list(enumerate(photos.first.tolist())))}
    old_first = np.searchsorted(before.owners, before.same)
    known = [[first.get(before.hashes[row].tobytes().hex(), -1) for row in pair] for pair in old_first.tolist()]
    there = np.array(known, dtype=np.int64).reshape(-1, 2)
    there = np.sort(equal[there[(there >= 0).all(axis=1)]], axis=1)
    told = set(map(tuple, there.tolist()))

    def known_or_same(files: duplicates.Pairs) -> Mask:
        mask = np.array([tuple(pair) in told for pair in files.tolist()], dtype=np.bool_)
        if not mask.all():
            mask[~mask] = same(files[~mask])
        return mask

    return Looks.of(equal, np.concatenate([there, pairs]), known_or_same)


def _moved_looks(before: Kept, moved: Moved, looks: Looks) -> Moved:
    """A look stays when it has the products that it had, and no others."""
    old_numbers, old_sizes = np.unique(before.leaders, return_inverse=True, return_counts=True)[1:]
    was = np.where(moved.came, -1, old_numbers[moved.was])
    order = np.argsort(looks.numbers, kind="stable")
    sizes = np.bincount(looks.numbers)
    starts = np.cumsum(sizes) - sizes
    least, most = (part.reduceat(was[order], starts) for part in (np.minimum, np.maximum))
    return Moved.of(np.where((least == most) & (sizes == old_sizes[least]), least, -1), len(old_sizes))


def _near(before: Near, moved: Moved, rows: Features, looks: Indices, k: int, track: Track) -> tuple[Near, Mask]:
    """The nearest looks of each, and whose are not what they were."""
    full = (before.indices >= 0).sum(axis=1) >= len(before.indices) - 1
    return followed(
        before, moved, full[moved.was] & ~moved.came, rows, looks, looks, depth_of(len(moved.was), k), track
    )


def _others(
    before: Kept, moved: Moved, rows: Features, categories: Indices, marks: Marks, track: Track
) -> tuple[Near, Mask]:
    """The nearest looks of other categories of each; a look of another category than before is as new as any."""
    old = before.marks[np.unique(before.leaders), CATEGORY]
    moved = Moved.of(np.where(moved.came | (old[moved.was] != marks), -1, moved.was), len(old))
    numbers, sizes = np.unique(old, return_inverse=True, return_counts=True)[1:]
    full = (before.others.indices >= 0).sum(axis=1) >= len(old) - (old == NO_CATEGORY).sum() - sizes[numbers]
    if len(np.unique(categories[categories >= 0])) < 2:
        categories = np.full(len(categories), -1)  # so that nothing is looked for
    looks = np.arange(len(rows))
    return followed(before.others, moved, full[moved.was] & ~moved.came, rows, looks, categories, OTHERS, track)


def _crowd(before: Kept, moved: Moved, near: Near) -> Doubles:
    """A look that stays keeps its own: else all lists would change with those around them."""
    crowd = np.zeros(len(moved.was))
    crowd[moved.stays] = before.crowd[moved.was[moved.stays]]
    came = np.flatnonzero(moved.came)
    crowd[came] = crowding(near.wide(came))
    return crowd
