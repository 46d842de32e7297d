"""The headers of every answer: what browsers may do, how long an answer is kept, and the id of its request."""

import logging
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import flask
from dash import Dash
from flask.logging import default_handler

from storefront.context import Context

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

YEAR = 365 * 24 * 3600  # seconds
FOR_GOOD = f"public, max-age={YEAR}, immutable"  # for an address that names the build or the content it shows
FOR_MINUTES = "public, max-age=300, must-revalidate"  # a catalogue and its scripts change when the process does
UNKEPT = {"Cache-Control": "no-store"}

REQUEST_ID = "lookalike.request_id"  # in a request's environ; its answer, the access log and errors share it
SAFE_ID = re.compile(r"[A-Za-z0-9_.:-]{8,128}")  # whoever sent it, it can stand in a log and in a header
ERRORS = "[%(asctime)s] [%(request_id)s] %(levelname)s in %(module)s: %(message)s"

ALWAYS = [("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "strict-origin-when-cross-origin")]
BEHIND_TLS = ("Strict-Transport-Security", f"max-age={YEAR}")
UNUSED = (
    "accelerometer display-capture encrypted-media geolocation gyroscope hid magnetometer microphone midi payment "
    "publickey-credentials-get screen-wake-lock serial usb xr-spatial-tracking"
)
OF_PAGES = {
    "Permissions-Policy": ", ".join(["camera=(self)", *(f"{feature}=()" for feature in UNUSED.split())]),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
POLICY = (  # inline scripts are Dash's own, by their hashes; inline styles are custom properties
    "default-src 'self'; script-src 'self'{hashes}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:{images}; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors {ancestors}"
)


def headed(application: Wsgi) -> Wsgi:
    """A WSGI application whose answers, also those of no view, have the headers that all need, and a request id."""

    def answering(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        sent = environ.get("HTTP_X_REQUEST_ID", "")  # of a platform's router
        environ[REQUEST_ID] = sent if SAFE_ID.fullmatch(sent) else uuid4().hex
        more = [*ALWAYS, ("X-Request-ID", environ[REQUEST_ID])]
        if environ.get("wsgi.url_scheme") == "https":  # as a platform's router names it
            more.append(BEHIND_TLS)
        return application(environ, lambda status, head, *rest: start_response(status, [*head, *more], *rest))

    return answering


def register(app: Dash, context: Context) -> None:
    """Set status, policy and how long pages are kept; log errors of a request with its id."""

    @cache
    def csp(*, framed: bool) -> str:
        return policy(app.csp_hashes(), context.settings.image_base, framed=framed)

    def complete(response: flask.Response) -> flask.Response:
        if not flask.g.get("found", True):  # Dash answers 200 at every address
            response.status_code = 404
        if response.mimetype == "text/html":
            response.headers["Content-Security-Policy"] = csp(framed=flask.g.get("framed", False))
            response.headers.update(OF_PAGES)
        return response

    app.server.after_request(complete)
    default_handler.addFilter(_identified)
    default_handler.setFormatter(logging.Formatter(ERRORS))


def policy(hashes: Sequence[str], image_base: str, *, framed: bool = False) -> str:
    """A Content-Security-Policy without foreign scripts; other sites may show a `framed` page."""
    base = urlsplit(image_base)
    images = f" {base.scheme}://{base.netloc}" if base.netloc else ""
    return POLICY.format(
        hashes="".join(f" {each}" for each in hashes), images=images, ancestors="*" if framed else "'self'"
    )


def renewable(content: bytes, mimetype: str, tag: str = "") -> flask.Response:
    """An answer that is kept for minutes; `tag` stands for content that depends on more than its bytes."""
    response = flask.Response(content, mimetype=mimetype, headers={"Cache-Control": FOR_MINUTES})
    if tag:
        response.set_etag(tag)
    response.add_etag()
    response.make_conditional(flask.request)
    return response


def _identified(record: logging.LogRecord) -> bool:
    record.request_id = flask.request.environ.get(REQUEST_ID, "-") if flask.has_request_context() else "-"
    return True
