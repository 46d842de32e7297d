"""What urllib3 and the system raise → Unfetched, with a reason that can be counted."""

import http.client
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import urllib3

from catalogue.atomic import disk_is_full
from catalogue.errors import Unfetched
from scraper.connections import Deadline


@contextmanager
def failures(deadline: Deadline) -> Iterator[None]:
    """Turn what is raised into Unfetched, with a reason that can be counted."""
    try:
        yield
    except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        if disk_is_full(error):
            raise
        if deadline.expired:
            raise Unfetched("took too long", again=True) from error
        raise _unfetched(error) from error


def _unfetched(error: Exception) -> Unfetched:
    chain = list(_causes(error))
    detail = str(chain[-1])[:200]
    for kinds, reason, again in _REASONS:
        if any(isinstance(cause, kinds) for cause in chain):
            return Unfetched(reason, detail, again=again)
    return Unfetched("broken answer", detail, again=True)


_REASONS: tuple[tuple[tuple[type[BaseException], ...], str, bool], ...] = (
    ((urllib3.exceptions.NameResolutionError,), "does not resolve", True),
    ((ssl.SSLError, urllib3.exceptions.SSLError), "TLS error", False),
    ((urllib3.exceptions.LocationValueError, urllib3.exceptions.URLSchemeUnknown), "not a web address", False),
    ((urllib3.exceptions.IncompleteRead, http.client.IncompleteRead), "short body", True),
    ((urllib3.exceptions.DecodeError,), "broken compression", False),
    ((urllib3.exceptions.NewConnectionError,), "cannot connect", True),
    ((urllib3.exceptions.TimeoutError, TimeoutError), "took too long", True),
)  # fmt: skip


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An exception, and those that it wraps as its cause, as a reason or as an argument."""
    seen: set[int] = set()
    waiting: list[Any] = [error]
    while waiting:
        current = waiting.pop(0)
        if isinstance(current, BaseException) and id(current) not in seen:
            seen.add(id(current))
            yield current
            waiting += [current.__cause__, current.__context__, getattr(current, "reason", None), *current.args]
