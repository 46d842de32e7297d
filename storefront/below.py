"""A site below a path of its host, whether the proxy before it takes that path away or passes it on."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import flask

from catalogue.errors import SettingsError
from storefront.urls import MAP, PHOTO, PRODUCT, REPORT

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PAGES = (PRODUCT, MAP, REPORT, PHOTO)  # Dash answers them without a rule of their own


class Below:
    """The site with each address below `prefix`, and as well without it, as the platform asks how it is."""

    def __init__(self, site: "WSGIApplication", prefix: str) -> None:
        self._site, self._prefix = site, prefix

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if f"{path}/".startswith(f"{self._prefix}/"):
            environ["PATH_INFO"] = path.removeprefix(self._prefix) or "/"
        environ["SCRIPT_NAME"] = self._prefix
        return self._site(environ, start_response)


def register(server: flask.Flask, prefix: str) -> None:
    """Raises SettingsError for a prefix that begins as an address of the site: nobody could tell the two apart."""
    if not prefix:
        return
    first = prefix.split("/")[1]
    own = [*PAGES, *(rule.rule for rule in server.url_map.iter_rules())]
    if first in {address.split("/")[1] for address in own}:
        raise SettingsError(
            f"PATH_PREFIX is {prefix!r}, and the site has pages of its own below /{first}. Set another one."
        )
    server.wsgi_app = Below(server.wsgi_app, prefix)  # type: ignore[method-assign] # as Flask's documentation has it
