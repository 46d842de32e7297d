"""The headers of every answer."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import flask
from dash import Dash

from storefront.context import Context
from storefront.server import request_ids
from storefront.server.caching import YEAR

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

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
        more = [*ALWAYS, (request_ids.HEADER, request_ids.given(environ))]
        if environ.get("wsgi.url_scheme") == "https":  # as a platform's router names it
            more.append(BEHIND_TLS)
        return application(environ, lambda status, head, *rest: start_response(status, [*head, *more], *rest))

    return answering


def register(app: Dash, context: Context) -> None:
    """Set status, policy and how long pages are kept."""

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


def policy(hashes: Sequence[str], image_base: str, *, framed: bool = False) -> str:
    """A Content-Security-Policy without foreign scripts; other sites may show a `framed` page."""
    base = urlsplit(image_base)
    images = f" {base.scheme}://{base.netloc}" if base.netloc else ""
    return POLICY.format(
        hashes="".join(f" {each}" for each in hashes), images=images, ancestors="*" if framed else "'self'"
    )
