"""All lists of a catalogue made at once, and what a later making goes on from: steps of `ranking`, one by one."""

import hashlib
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import numpy.typing as npt

from catalogue.product import Product
from model import duplicates, naming
from model.balance import SHOWN, balanced
from model.extractors import Features
from model.filling import Field
from model.neighbours import Search, TopK, searched_exactly
from model.policy import Mask, Policy, Traits, kept
from model.progress import Track
from model.ranking import EXPANSION, Centring, Compact, Indices, centred, corrected, crowding, expanded
from model.shelf import Shelf, nearest_elsewhere, nearest_looks
from model.updates.following import Near
from model.updates.kept import Hashes, Kept, Listed, Marks

Same = Callable[[duplicates.Pairs], Mask]
Exact = Callable[[int, int], bool]  # as `neighbours.searched_exactly`

DUPLICATES = 6  # neighbours beyond those of an expansion, among which there may be duplicates


@dataclass(frozen=True)
class Photos:
    """The photos of N products: `vectors` (M, D) float32, those of one product together, its main one first.

    `owners` (M,) int64 are the products' numbers, ascending from 0; `hashes` the sha256 of the M files; D is made of
    `parts` views of one width.
    """

    vectors: Features
    owners: Indices
    hashes: Sequence[str]
    parts: int

    @property
    def first(self) -> Indices:
        """(N,) the row of each product's main photo."""
        return np.flatnonzero(np.append(True, np.diff(self.owners) != 0)[: len(self.owners)])


@dataclass(frozen=True)
class Looks:
    """Each product's look, and what of it the lists look at.

    `same` (P, 2) are the products whose main photos show the same picture, `leaders` (N,) the first product of each
    one's look, `numbers` (N,) its look by number, and `first` (L,) the first product of each look.
    """

    same: Indices
    leaders: Indices
    numbers: Indices
    first: Indices

    @classmethod
    def of(cls, equal: Indices, pairs: duplicates.Pairs, same: Same) -> "Looks":
        """Of products with `equal` files, and of `pairs` that may be the `same`."""
        noted = [np.zeros((0, 2), dtype=np.int64)]

        def told(files: duplicates.Pairs) -> Mask:
            mask = same(files)
            noted.append(files[mask])
            return mask

        leaders = duplicates.joined(equal, pairs, told)
        first, numbers = np.unique(leaders, return_index=True, return_inverse=True)[1:]
        return cls(noted[-1], leaders, numbers, first)


def whole(
    products: Sequence[Product],
    photos: Photos,
    same: Same,
    k: int,
    policy: Policy,
    track: Track,
    search: Search,
    exact: Exact = searched_exactly,
) -> Kept:
    """The lists of all `products`, as `lists.rank`, which see.

    They can be gone on from where the search is not `exact`; else there are neither rows nor looks of other categories.
    """
    traits = Traits.of(products)
    compact, rows = _rows(photos, exact)
    wide, looks = _expanded(rows, photos, same, search, track)
    large = not exact(*rows.shape)
    rows = rows if large else rows[:0]
    of_looks = traits.of_looks(looks.first, looks.numbers)
    near, others, shelf = _shelf(main_rows(wide, photos, looks), wide, photos, looks, of_looks, k, track, search, large)
    ordered = shelf.ordered(policy, k)
    similar = shelf.cut(balanced(ordered, min(SHOWN, k)), k)
    return Kept(
        made=len(products),
        changed=0,
        ids=[product.id for product in products],
        hashes=hashes_of(photos),
        owners=photos.owners,
        marks=marks_of(products, policy),
        compact=compact,
        rows=rows,
        expanded=wide,
        same=looks.same,
        leaders=looks.leaders,
        near=near,
        others=others,
        crowd=shelf.field.crowd,
        wanted=trimmed(shelf.cut(ordered.indices, k)),
        similar=listed(similar, looks.numbers, traits, policy, photos),
        elsewhere=listed(shelf.elsewhere(), looks.numbers, traits, Policy(), photos),
    )


def _rows(photos: Photos, exact: Exact) -> tuple[Compact, Features]:
    """How rows are made, where that can be used again, and the rows of all photos."""
    if exact(*photos.vectors.shape):
        nothing = np.zeros((0, 0), dtype=np.float32)
        return Compact(Centring(nothing), nothing), centred(photos.vectors, photos.parts)
    compact = Compact.of(photos.vectors, photos.parts)
    return compact, compact(photos.vectors)


def _shelf(
    rows: Features,
    wide: Features,
    photos: Photos,
    looks: Looks,
    traits: Traits,
    k: int,
    track: Track,
    search: Search,
    large: bool,
) -> tuple[Near, Near, Shelf]:
    """The nearest looks, and those of other categories in a catalogue that is `large`, to keep; and to list."""
    near = nearest_looks(wide, looks.numbers[photos.owners], k, track, search)
    crowd = crowding(near)
    shelf = Shelf.of(np.arange(len(crowd)), near, None, Field(rows, crowd), traits)
    others = nearest_elsewhere(rows, traits, shelf.near, track) if large else None
    shelf = replace(shelf, others=others and corrected(others, crowd))
    return Near.of(near), Near.of(others or TopK(near.indices[:, :0], near.similarities[:, :0])), shelf


def main_rows(wide: Features, photos: Photos, looks: Looks) -> Features:
    """(L, d) of expanded rows (M, d) those of each look's first main photo."""
    return wide if len(wide) == len(looks.first) else wide[photos.first[looks.first]]


def main_pairs(pairs: duplicates.Pairs, photos: Photos) -> duplicates.Pairs:
    """Of pairs of rows those of two main photos, as products."""
    main = np.zeros(len(photos.owners), dtype=np.bool_)
    main[photos.first] = True
    return photos.owners[pairs[main[pairs].all(axis=1)]]


def equal_files(photos: Photos) -> Indices:
    """(N,) the first product whose main photo is the same file as that of each."""
    return duplicates.equal_files([photos.hashes[row] for row in photos.first])


def other_looks(near: TopK, own: Indices, looks: Indices) -> TopK:
    """The neighbours of other looks: `own` (R,) is that of each list, `looks` (M,) are those of all rows."""
    return kept(near, (near.indices >= 0) & (looks[near.indices] != own[:, None]))


def listed(lists: Indices, numbers: Indices, traits: Traits, policy: Policy, photos: Photos) -> Listed:
    """The lists (L, W) of looks as those of products, with the similarities of their photos."""
    found = naming.places(lists, numbers, traits, policy)
    cosines = naming.similarities(found, photos.vectors, photos.owners)
    return Listed.of(found.asked, found.found, cosines, len(numbers))


def hashes_of(photos: Photos) -> Hashes:
    """(M, 32) the sha256 of the photos."""
    return np.frombuffer(bytes.fromhex("".join(photos.hashes)), dtype=np.uint8).reshape(len(photos.hashes), -1)


def marks_of(products: Sequence[Product], policy: Policy) -> Marks:
    """(N, 2) numbers of each product: others when its category changes, and when what else lists look at does."""
    mark = cache(_mark)
    told = ((each.category, (each.available, each.paid if policy.price_factor else None)) for each in products)
    return np.array([[mark(category), mark(others)] for category, others in told], dtype=np.uint64)


def _mark(told: Hashable) -> int:
    return int.from_bytes(hashlib.blake2b(repr(told).encode(), digest_size=8).digest(), "big")


CATEGORY, NO_CATEGORY = 0, _mark("")  # a column of marks, and what is in it for a product without


def trimmed(lists: Indices) -> npt.NDArray[np.int32]:
    """`lists` without columns that hold nothing."""
    return lists[:, (lists >= 0).any(axis=0)].astype(np.int32)


def _expanded(rows: Features, photos: Photos, same: Same, search: Search, track: Track) -> tuple[Features, Looks]:
    """The rows by which photos are compared in the end, (M, d)."""
    equal = equal_files(photos)
    near = search(rows, EXPANSION + DUPLICATES, equal[photos.owners], track)
    looks = Looks.of(equal, main_pairs(duplicates.candidates(near), photos), same)
    of_row = looks.numbers[photos.owners]
    return expanded(rows, other_looks(near, of_row, of_row)), looks
