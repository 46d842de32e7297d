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
PAGES = (PRODUCT, MAP, REPORT, PHOTO)  # Dash answers them without a rule of their own


def address(environment: Mapping[str, str] = os.environ) -> tuple[str, int]:
    """Every interface at PORT, which a platform sets, else port 8050 of this machine alone. Raises SettingsError."""
    return EVERYWHERE if environment.get("PORT") else LOOPBACK, _number(environment, "PORT", 8050, 65535)


def workers(environment: Mapping[str, str] = os.environ) -> int:
    """WEB_CONCURRENCY, else one. Raises SettingsError."""
    return _number(environment, "WEB_CONCURRENCY", 1, 1000)


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
    first, own = prefix.split("/")[1], [*PAGES, *(rule.rule for rule in server.url_map.iter_rules())]
    if first in {address.split("/")[1] for address in own}:
        told = f"PATH_PREFIX is {prefix!r}, and the site has pages of its own below /{first}. Set another one."
        raise SettingsError(told)


def _number(environment: Mapping[str, str], name: str, default: int, most: int) -> int:
    given = environment.get(name) or str(default)
    if given.isascii() and given.isdecimal() and 1 <= int(given[:9]) <= most and len(given) < 10:
        return int(given)
    raise SettingsError(f"{name} is {given!r}. Set it to a number from 1 to {most}.")
