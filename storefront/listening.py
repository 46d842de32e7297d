"""Where the web process listens and in how many copies, as a platform names it in the environment."""

import os
import socket
from collections.abc import Mapping
from contextlib import closing

from catalogue.errors import SettingsError

LOOPBACK = "127.0.0.1"
EVERYWHERE = "0.0.0.0"
PORT = 8050
PORTS = range(1, 65536)


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


def _number(name: str, given: str, allowed: range) -> int:
    if given.isascii() and given.isdecimal() and len(given) < 10 and int(given) in allowed:
        return int(given)
    raise SettingsError(f"{name} is {given!r}. Set it to a number from {allowed[0]} to {allowed[-1]}.")
