"""What stands in the head of every answer."""

from collections.abc import Sequence
from functools import cache
from urllib.parse import urlsplit

import flask
from dash import Dash

from storefront.lasting import YEAR
from storefront.site import Site


def register(app: Dash, site: Site) -> None:
    """Set status, policy and how long assets are kept."""
    server = app.server
    server.config["SEND_FILE_MAX_AGE_DEFAULT"] = YEAR  # Dash's asset addresses carry the time of the last change

    @cache
    def csp(*, framed: bool) -> str:
        return policy(app.csp_hashes(), site.settings.image_base, framed=framed)

    def complete(response: flask.Response) -> flask.Response:
        if not flask.g.get("found", True):  # Dash answers 200 at every address
            response.status_code = 404
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
        if response.mimetype == "text/html":
            response.headers["Content-Security-Policy"] = csp(framed=flask.g.get("framed", False))
            response.headers["Cache-Control"] = "no-cache"
        return response

    server.after_request(complete)


def policy(hashes: Sequence[str], image_base: str, *, framed: bool = False) -> str:
    """A Content-Security-Policy without foreign or inline scripts but Dash's own, which are known by their hashes.

    `framed`: other sites may show the page in a frame.
    """
    base = urlsplit(image_base)
    images = f" {base.scheme}://{base.netloc}" if base.netloc else ""
    scripts = " ".join(["'self'", *hashes])
    ancestors = "*" if framed else "'self'"
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src {scripts}",
            "style-src 'self' 'unsafe-inline'",  # of custom properties
            f"img-src 'self' data: blob:{images}",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            f"frame-ancestors {ancestors}",
        ]
    )
