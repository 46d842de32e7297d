"""Photos that are searched with: few are let in, one at a time is searched with, and none is kept."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from threading import BoundedSemaphore
from time import monotonic
from typing import TYPE_CHECKING

import flask
from werkzeug.exceptions import HTTPException, ServiceUnavailable, TooManyRequests

from catalogue.errors import BundleError
from catalogue.precomputed import MANIFEST
from catalogue.product import Neighbour
from storefront.api.openapi import Part
from storefront.photo_search.uploads import received, told

if TYPE_CHECKING:
    from storefront.photo_search.engine import Engine

PLACES = 3  # photos in a process that arrive, wait or are searched with: fewer than its threads, which have pages too
LONGEST = 20.0  # seconds from the first byte to the turn
AGAIN = 2  # seconds after which a photo that found no place may come again
RUNTIME = ("numpy", "onnxruntime", "PIL")
MISSING = (
    "This shop has no search by photo. Make what it needs with “python -m model bundle”, and install "
    "onnxruntime, numpy and Pillow beside the site."
)


class Queue:
    """The photos of a process. `folder` holds the bundle, if any; `catalogue` is the version of the lists."""

    def __init__(self, folder: Path, catalogue: str) -> None:
        self._folder, self._catalogue = folder, catalogue
        self._places, self._turn = BoundedSemaphore(PLACES), BoundedSemaphore(1)

    @cached_property
    def is_open(self) -> bool:
        """Whether there is a bundle for these lists, and the packages that run it."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            manifest = json.loads((self._folder / MANIFEST).read_bytes())
            return bool(manifest["catalogue"] == self._catalogue) and all(map(find_spec, RUNTIME))
        return False

    @cached_property
    def engine(self) -> "Engine":
        """Loaded with the first photo. Raises ServiceUnavailable."""
        from storefront.photo_search.engine import Engine  # and with it numpy, Pillow and onnxruntime

        try:
            return Engine.load(self._folder, self._catalogue)
        except BundleError as error:
            flask.current_app.logger.error("error: %s", error)
            raise ServiceUnavailable("The search by photo is out of order. The log of the site says why.") from error

    def similar(self, request: flask.Request, part: Part | None, k: int) -> list[Neighbour]:
        """Up to `k` products, the most similar to the photo of a request, or to a part of it, first.

        Raises HTTPException, as `uploads.received` and `Engine.similar` do.
        """
        full = TooManyRequests("Too many photos at once. Send it again in a moment.", retry_after=AGAIN)
        late = ServiceUnavailable("The photos before it took too long. Send it again.", retry_after=AGAIN)
        with told(request):
            if not self.is_open:
                raise ServiceUnavailable(MISSING)
            with _held(self._places, 0, full):
                until = monotonic() + LONGEST
                photo = received(request)
                with _held(self._turn, max(0, until - monotonic()), late):
                    return self.engine.similar(photo, part, k)


@contextmanager
def _held(places: BoundedSemaphore, seconds: float, refusal: HTTPException) -> Iterator[None]:
    if not places.acquire(timeout=seconds):
        raise refusal
    try:
        yield
    finally:
        places.release()
