"""Photos that are searched with: few are let in, one is looked at, and none is kept."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from threading import BoundedSemaphore, Lock
from time import monotonic
from typing import TYPE_CHECKING

import flask
from werkzeug.exceptions import ServiceUnavailable, TooManyRequests

from catalogue.errors import BundleError
from catalogue.precomputed import MANIFEST
from catalogue.product import Neighbour
from storefront.api.openapi import Part
from storefront.photo_search.uploads import received, told

if TYPE_CHECKING:
    from storefront.photo_search.engine import Engine

PLACES = 3  # photos in a process that arrive, wait or are looked at: fewer than its threads, which have pages to show
LONGEST = 20.0  # seconds from the first byte to the turn
AGAIN = 2  # seconds after which a photo that found no place may come again
RUNTIME = ("numpy", "onnxruntime", "PIL")
MISSING = (
    "This shop has no search by photo. Make what it needs with “python -m model bundle”, and install "
    "onnxruntime, numpy and Pillow beside the site."
)


class Queue:
    """Where photos come in; one for a process. What looks at them is loaded with the first."""

    def __init__(self, folder: Path, catalogue: str) -> None:
        """`folder` holds the bundle, if there is one; `catalogue` is the version of the lists beside it."""
        self._folder, self._catalogue = folder, catalogue
        self._places, self._turn = BoundedSemaphore(PLACES), Lock()
        self._matching: Engine | None = None

    @cached_property
    def is_open(self) -> bool:
        """Whether there is a bundle for these lists, and what runs it."""
        return _catalogue_of(self._folder / MANIFEST) == self._catalogue and all(map(find_spec, RUNTIME))

    def similar(self, request: flask.Request, part: Part | None, k: int) -> list[Neighbour]:
        """Up to `k` products, the most similar first, to the photo of a request, or to a part of it.

        Raises HTTPException: what `uploads.received` and `Engine.similar` raise, TooManyRequests and
        ServiceUnavailable.
        """
        with told(request):
            if not self.is_open:
                raise ServiceUnavailable(MISSING)
            with self._place():
                until = monotonic() + LONGEST
                photo = received(request)
                with self._turn_before(until):
                    return self._loaded().similar(photo, part, k)

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise TooManyRequests("Too many photos at once. Send it again in a moment.", retry_after=AGAIN)
        try:
            yield
        finally:
            self._places.release()

    @contextmanager
    def _turn_before(self, until: float) -> Iterator[None]:
        if not self._turn.acquire(timeout=max(0.0, until - monotonic())):
            raise ServiceUnavailable("The photos before it took too long. Send it again.", retry_after=AGAIN)
        try:
            yield
        finally:
            self._turn.release()

    def _loaded(self) -> "Engine":
        """Called by one thread at a time."""
        if self._matching is None:
            from storefront.photo_search.engine import Engine  # and with it numpy, Pillow and onnxruntime

            try:
                self._matching = Engine.load(self._folder, self._catalogue)
            except BundleError as error:
                flask.current_app.logger.error("error: %s", error)
                raise ServiceUnavailable(
                    "The search by photo is out of order. The log of the site says why."
                ) from error
        return self._matching


def _catalogue_of(manifest: Path) -> str:
    """The version of the lists that a bundle is for, which is all that is read at a start; nothing without one."""
    try:
        return str(json.loads(manifest.read_bytes())["catalogue"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
