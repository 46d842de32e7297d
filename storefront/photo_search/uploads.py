"""Photos as requests bring them: within limits of size and time, in memory alone."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from io import BytesIO
from threading import Event, Timer
from typing import Any

import flask
from werkzeug import exceptions
from werkzeug.formparser import FormDataParser

from storefront.urls import PHOTO_FIELD as FIELD

LARGEST = 10_000_000  # bytes of a body
SLOWEST = 15.0  # seconds that an upload may take
LINGER = 0.5  # seconds in which a refused upload may still arrive
PIECE = 64 * 1024
PARTS = 8  # of a form
FORM = "multipart/form-data"
EXPECTED = f"Send the photo as the field `{FIELD}` of a form ({FORM}), or as the body with a type such as image/jpeg."


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
def told(request: flask.Request) -> Iterator[None]:
    """Read a refused upload for a moment: a client that is still sending reads no answer."""
    try:
        yield
    except exceptions.HTTPException:
        request.max_content_length = None
        with ending_after(request, LINGER) as ended, suppress(OSError, exceptions.HTTPException):
            while request.stream.read(PIECE) and not ended.is_set():
                pass
        raise


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
