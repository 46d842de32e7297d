"""A photo as a request brings it: within limits of size and time, in memory alone."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from threading import Event, Timer
from typing import Any

import flask
from werkzeug.exceptions import (
    BadRequest,
    ClientDisconnected,
    HTTPException,
    RequestEntityTooLarge,
    RequestTimeout,
    UnsupportedMediaType,
)
from werkzeug.formparser import FormDataParser

from storefront.urls import PHOTO_FIELD as FIELD

LARGEST = 10_000_000  # bytes of a body
SLOWEST = 15.0  # seconds that an upload may take
LINGER = 0.5  # seconds in which what is refused may still come, so that its sender reads the answer
PIECE = 64 * 1024
PARTS = 8  # of a form
FORM = "multipart/form-data"
EXPECTED = f"Send the photo as the field `{FIELD}` of a form ({FORM}), or as the body with a type such as image/jpeg."


def received(request: flask.Request) -> bytes:
    """The photo of a request, whatever it holds.

    Raises BadRequest, RequestTimeout, RequestEntityTooLarge and UnsupportedMediaType.
    """
    if not (request.mimetype in (FORM, "application/octet-stream") or request.mimetype.startswith("image/")):
        raise UnsupportedMediaType(EXPECTED)
    if (request.content_length or 0) > LARGEST:
        raise _too_large()
    with ending_after(request, SLOWEST) as ended:
        try:
            body = _body(request)
        except (OSError, ClientDisconnected):  # the former of gunicorn, about a chunk that never came
            body = b""
    if ended.is_set():
        raise RequestTimeout(f"The photo did not arrive in {SLOWEST:.0f} seconds.")
    if len(body) < (request.content_length or 0):
        raise BadRequest("The photo did not arrive whole.")
    photo = _field(body, request) if request.mimetype == FORM else body
    if not photo:
        raise BadRequest(f"There is no photo. {EXPECTED}")
    return photo


@contextmanager
def told(request: flask.Request) -> Iterator[None]:
    """What is refused is read to its end, for a moment: whoever is still sending reads no answer."""
    try:
        yield
    except HTTPException:
        with ending_after(request, LINGER) as ended, suppress(OSError, ClientDisconnected):
            while request.stream.read(PIECE) and not ended.is_set():
                pass
        raise


def _body(request: flask.Request) -> bytes:
    """At most one byte more than is allowed, which is refused."""
    body = bytearray()
    while piece := request.stream.read(PIECE):
        body += piece
        if len(body) > LARGEST:
            raise _too_large()
    return bytes(body)


def _field(body: bytes, request: flask.Request) -> bytes:
    """The first file of the field that is not empty: a form has one for the camera beside the one for files."""
    parser = FormDataParser(lambda *_, **__: BytesIO(), max_form_parts=PARTS, silent=False)
    try:
        _, _, files = parser.parse(BytesIO(body), FORM, len(body), request.mimetype_params)
    except ValueError as error:
        raise BadRequest(f"The form cannot be read. {EXPECTED}") from error
    return next((photo for file in files.getlist(FIELD) if (photo := file.read())), b"")


@contextmanager
def ending_after(request: flask.Request, seconds: float) -> Iterator[Event]:
    """What is read from the client meanwhile ends after `seconds`, as if no more were sent; the event says so.

    No timeout of the socket could do that: it begins anew with each byte, and servers read several at a time.
    """
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


def _too_large() -> HTTPException:
    return RequestEntityTooLarge(f"The photo is larger than {LARGEST // 1_000_000} MB. Send a smaller one.")
