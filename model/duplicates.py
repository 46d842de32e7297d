"""Products that show the same picture, which a list shows once.

Two products are duplicates when their main photos are the same file, or show the same look: encoded anew, resized or
slightly cropped. Further photos do not count: a table of sizes is shared by many that are not alike.
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from model.neighbours.exact import TopK
from model.policy import Mask
from model.ranking import Indices

ALIKE = 0.8  # pairs of centred features below this cosine are not looked at: duplicates are above .9
FEW = 32  # rows of which all pairs are looked at: centring leaves nothing of a few that are all alike

Pairs = npt.NDArray[np.int64]  # (P, 2)


def equal_files(hashes: Sequence[str]) -> Indices:
    """(N,) the smallest index of an equal one among `hashes`, for each of N products' main photos."""
    first: dict[str, int] = {}
    return np.array([first.setdefault(sha256, index) for index, sha256 in enumerate(hashes)], dtype=np.int64)


def candidates(near: TopK) -> Pairs:
    """(P, 2) pairs of rows, the smaller first, that are near enough in their features to be duplicates."""
    alike = (near.indices >= 0) & ((near.similarities >= ALIKE) | (len(near.indices) <= FEW))
    rows, places = np.nonzero(alike)
    pairs = np.sort(np.stack([rows, near.indices[rows, places]], axis=1), axis=1)
    return np.unique(pairs, axis=0) if len(pairs) else pairs.astype(np.int64)


def joined(equal: Indices, pairs: Pairs, same: Callable[[Pairs], Mask]) -> Indices:
    """(N,) the smallest index of each product's group: `equal` files, and the `pairs` that look the `same`.

    Each member looks like the first of its group: a chain of small differences does not join its ends.
    """
    files = np.unique(np.sort(equal[pairs], axis=1), axis=0)
    files = files[files[:, 0] != files[:, 1]]
    leader = np.arange(len(equal))
    for first, other in files[same(files)].tolist() if len(files) else ():
        if leader[first] == first and leader[other] == other:
            leader[other] = first
    return leader[equal]


def groups(looks: Indices) -> list[list[int]]:
    """The products of each look that has several, in ascending order."""
    found: dict[int, list[int]] = {}
    for index, look in enumerate(looks.tolist()):
        found.setdefault(look, []).append(index)
    return [members for members in found.values() if len(members) > 1]
