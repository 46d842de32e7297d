"""One photo from outside, and what in the catalogue looks like it: what a web process asks.

With what it imports it needs NumPy, Pillow and ONNX Runtime, and nothing else that a build needs.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np

from catalogue.errors import BundleError
from catalogue.product import Neighbour
from model import bundled
from model.extractors import Features
from model.images import Box, View, fitted
from model.rows import Rows
from model.runtime import Runtime
from model.views import joined

__all__ = ["Box", "PhotoSearch"]


class PhotoSearch:
    """The products of a catalogue by what a photo shows. One thread at a time may ask."""

    def __init__(
        self, runtime: Runtime, views: Sequence[View], rows: Rows, ids: Sequence[str], photos: Sequence[int]
    ) -> None:
        """`rows` hold `photos` rows of each of the products `ids`, which ascend."""
        self._runtime, self._views = runtime, views
        self._rows, self._ids = rows, ids
        self._first = np.cumsum([0, *photos])[:-1]

    @classmethod
    def load(cls, folder: Path, catalogue: str) -> Self:
        """Of the bundle in `folder`, `precomputed/photo`, for the version `catalogue` of the lists beside it.

        Raises BundleError for one that is missing, damaged or of another catalogue, and when it cannot be run here.
        """
        bundle, files = bundled.opened(folder, catalogue)
        try:
            ids, photos = bundled.parse_products((files / bundled.PRODUCTS).read_bytes())
            rows = Rows.opened(files / bundled.FEATURES, files / bundled.SCALES)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BundleError(f"{files} cannot be read: {error}. {bundled.REMEDY.format(folder.parent)}") from error
        return cls(Runtime(files / bundled.NETWORK, bundle.way), bundle.views, rows, ids, photos)

    def nearest(self, photo: bytes, box: Box | None, k: int) -> list[Neighbour]:
        """The `k` products most similar to the image file `photo`, or to its part in `box`, the most similar first.

        The best photo of a product counts. Similarities are raw cosines, rounded to 4 digits; where they are equal the
        smaller id comes first. Raises UnusableImage.
        """
        vector = described(self._runtime, self._views, photo, box)
        best = np.maximum.reduceat(self._rows.cosines(vector[None])[0], self._first)
        order = np.argsort(-np.round(best, 4), kind="stable")[:k]
        return [Neighbour(self._ids[place], round(float(best[place]), 4)) for place in order]


def described(runtime: Runtime, views: Sequence[View], photo: bytes, box: Box | None = None) -> Features:
    """(D,) float32, the vector of an image file, or of its part in `box`, as a build makes it. Raises UnusableImage."""

    def features(view: View) -> Features:
        return runtime.extract(fitted(photo, view, runtime.size, box))[None]

    return np.asarray(joined(views, features)[0], dtype=np.float32)
