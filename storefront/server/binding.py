"""Where the web process listens and in how many copies, as a platform names it in the environment."""

import os
import socket
from collections.abc import Mapping
from contextlib import closing

import flask

from catalogue.errors import SettingsError
from storefront.urls import MAP, PHOTO, PRODUCT, REPORT

LOOPBACK = "127.0.0.1"
EVERYWHERE = "0.0.0.0"
PORT = 8050
PORTS = range(1, 65536)
PAGES = (PRODUCT, MAP, REPORT, PHOTO)  # Dash answers them without a rule of their own


def address(environment: Mapping[str, str] = os.environ) -> tuple[str, int]:
    """Every interface at PORT, which a platform sets; without it the site is for this machine alone.

    Raises SettingsError.
    """
    given = environment.get("PORT", "")
    return (EVERYWHERE, _number("PORT", given, PORTS)) if given else (LOOPBACK, PORT)


def workers(environment: Mapping[str, str] = os.environ) -> int:
    """WEB_CONCURRENCY, else one. Raises SettingsError."""
    given = environment.get("WEB_CONCURRENCY", "")
    return _number("WEB_CONCURRENCY", given, range(1, 1001)) if given else 1


def check(host: str, port: int) -> None:
    """Raises SettingsError when nothing can listen there, which gunicorn would try for five seconds."""
    with closing(socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            told = error.strerror or str(error)
            raise SettingsError(f"Nothing can listen on {host}:{port}: {told}. Set PORT to a free one.") from error


def check_prefix(prefix: str, server: flask.Flask) -> None:
    """Raises SettingsError for a prefix that begins as an address of the site: nobody could tell the two apart."""
    first = prefix.split("/")[1]
    own = [*PAGES, *(rule.rule for rule in server.url_map.iter_rules())]
    if first in {address.split("/")[1] for address in own}:
        raise SettingsError(
            f"PATH_PREFIX is {prefix!r}, and the site has pages of its own below /{first}. Set another one."
        )


def _number(name: str, given: str, allowed: range) -> int:
    if given.isascii() and given.isdecimal() and len(given) < 10 and int(given) in allowed:
        return int(given)
    raise SettingsError(f"{name} is {given!r}. Set it to a number from {allowed[0]} to {allowed[-1]}.")
