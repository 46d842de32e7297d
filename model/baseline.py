"""What plain cosine finds, which the quality report compares with: kept while the photos are the same.

    data/SHOP/features/.plain-FINGERPRINT.npz      made_of, indices (N, k) int32, similarities (N, k) float64

What is said of products beside their photos makes no difference to it.
"""

import hashlib
import inspect
import json
from pathlib import Path

import numpy as np

from model.blocks import DAMAGED, array_in
from model.extracted import Extracted
from model.extractors import Features
from model.features import write_arrays
from model.neighbours import approximate, exact, normalize
from model.neighbours import search as searching
from model.neighbours.exact import Integers, TopK
from model.neighbours.search import Search
from model.progress import Track

_WAY = (searching, exact, approximate, normalize)  # another way to search may find others


def remembering(extracted: Extracted) -> Search:
    """The search of `extracted`, for the vectors of its products alone: done again when a photo came or went.

    It raises FeaturesError when what it finds cannot be written.
    """
    extraction = extracted.extraction
    path = extraction.folder / f".plain-{extraction.fingerprint}.npz"

    def search(vectors: Features, k: int, owners: Integers | None, track: Track) -> TopK:
        made_of = _made_of(extracted, k)
        try:
            return _kept(path, made_of)
        except DAMAGED:
            pass  # not searched yet, of other photos, or no longer readable
        best = extracted.search(vectors, k, owners, track)
        indices = best.indices.astype(np.int32)
        write_arrays(path, made_of=np.array(made_of), indices=indices, similarities=best.similarities)
        return best

    return search


def _kept(path: Path, made_of: str) -> TopK:
    if str(array_in(path, "made_of")) != made_of:
        raise ValueError("of other photos")
    return TopK(array_in(path, "indices").astype(np.int64), array_in(path, "similarities"))


def _made_of(extracted: Extracted, k: int) -> str:
    """Another text whenever something else could be found; features follow from photos and fingerprint."""
    main = [extracted.photos.hashes[row] for row in extracted.photos.first]
    ways = [inspect.getsource(module) for module in _WAY]
    parts = [extracted.extraction.fingerprint, k, ways, list(extracted.ids), main]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
