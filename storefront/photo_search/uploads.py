"""Photos as requests bring them: few are let in, within limits of size and time, and none is kept."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property, partial
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from threading import BoundedSemaphore, Event, Timer
from time import monotonic
from typing import TYPE_CHECKING, Any

import flask
from werkzeug import exceptions
from werkzeug.exceptions import ServiceUnavailable, TooManyRequests
from werkzeug.formparser import FormDataParser

from catalogue.errors import BundleError
from catalogue.precomputed import MANIFEST
from catalogue.product import Neighbour
from storefront.api.openapi import Part
from storefront.urls import PHOTO_FIELD as FIELD

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
LARGEST = 10_000_000  # bytes of a body
SLOWEST = 15.0  # seconds that an upload may take
PIECE = 64 * 1024
PARTS = 8  # of a form
FORM = "multipart/form-data"
EXPECTED = f"Send the photo as the field `{FIELD}` of a form ({FORM}), or as the body with a type such as image/jpeg."


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

        Raises HTTPException, as `received` and `Engine.similar` do.
        """
        full = TooManyRequests("Too many photos at once. Send it again in a moment.", retry_after=AGAIN)
        late = ServiceUnavailable("The photos before it took too long. Send it again.", retry_after=AGAIN)
        if not self.is_open:
            raise ServiceUnavailable(MISSING)
        with _held(self._places, 0, full):
            until = monotonic() + LONGEST
            photo = received(request)
            with _held(self._turn, max(0, until - monotonic()), late):
                return self.engine.similar(photo, part, k)


@contextmanager
def _held(places: BoundedSemaphore, seconds: float, refusal: exceptions.HTTPException) -> Iterator[None]:
    if not places.acquire(timeout=seconds):
        raise refusal
    try:
        yield
    finally:
        places.release()


def received(request: flask.Request) -> bytes:
    """The photo of a request. Raises BadRequest, RequestTimeout, RequestEntityTooLarge and UnsupportedMediaType."""
    if not (request.mimetype in (FORM, "application/octet-stream") or request.mimetype.startswith("image/")):
        raise exceptions.UnsupportedMediaType(EXPECTED)
    if (request.content_length or 0) > LARGEST:
        raise exceptions.RequestEntityTooLarge(
            f"The photo is larger than {LARGEST // 1_000_000} MB. Send a smaller one."
        )
    request.max_content_length, photo = LARGEST, b""
    with ending_after(request, SLOWEST) as ended, suppress(exceptions.ClientDisconnected):
        photo = _field(request) if request.mimetype == FORM else _body(request)
    if ended.is_set():
        raise exceptions.RequestTimeout(f"The photo did not arrive in {SLOWEST:.0f} seconds.")
    if not photo:
        raise exceptions.BadRequest(f"There is no photo, or it did not arrive whole. {EXPECTED}")
    return photo


def _body(request: flask.Request) -> bytes:
    """The whole body, else nothing; `get_data` of Werkzeug cuts a chunked body at the limit."""
    body = b"".join(iter(partial(request.stream.read, PIECE), b""))
    return body if len(body) >= (request.content_length or 0) else b""


def _field(request: flask.Request) -> bytes:
    """The first file of the field that is not empty: the form has an input for the camera beside the one for files."""
    in_memory = FormDataParser(lambda *_, **__: BytesIO(), max_form_parts=PARTS)  # `request.files` writes to the disk
    _, _, files = in_memory.parse(request.stream, FORM, request.content_length, request.mimetype_params)
    return next(filter(None, (file.read() for file in files.getlist(FIELD))), b"")


@contextmanager
def ending_after(request: flask.Request, seconds: float) -> Iterator[Event]:
    """End the body after `seconds`, which sets the event. A timeout of the socket would begin anew with each byte."""
    ended = Event()
    connection: Any = request.environ.get("gunicorn.socket") or request.environ.get("werkzeug.socket")

    def end() -> None:
        ended.set()
        with suppress(OSError, AttributeError):  # it was closed; a test's request has none
            connection.shutdown(socket.SHUT_RD)

    timer = Timer(seconds, end)
    timer.start()
    try:
        yield ended
    finally:
        timer.cancel()
