"""The access log: a line of JSON for each request, with nothing that says who asked or what was sent."""

import json
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Any

from gunicorn.glogging import Logger

from storefront.server import request_ids
from storefront.urls import HEALTH, READY

UNLOGGED = {HEALTH, READY}  # they are asked every few seconds, and matter when they fail
SHORTENED = {4: 24, 6: 48}  # bits of an address that are kept, by its version
_encode = json.JSONEncoder(separators=(",", ":")).encode


class AccessLog(Logger):  # type: ignore[misc] # gunicorn has no types
    """gunicorn's logger, which calls this for each request once its answer is sent."""

    def access(self, resp: Any, _: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        """Write a line, unless the log is off."""
        if not self.access_log_enabled:
            return
        status = int(str(resp.status).partition(" ")[0])
        if status >= 400 or environ.get("PATH_INFO") not in UNLOGGED:
            self.access_log.info("%s", line(resp, environ, status, request_time))


def line(resp: Any, environ: dict[str, Any], status: int, took: timedelta) -> str:
    """Addresses are told without their query: it holds what people look for."""
    method = environ.get("REQUEST_METHOD", "")
    # What is sent as a file is not counted.
    sent = resp.sent or (resp.response_length or 0 if method != "HEAD" else 0)
    return _encode(
        {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "id": environ.get(request_ids.KEY, ""),
            "method": method,
            "path": environ.get("RAW_URI", "").partition("?")[0],
            "status": status,
            "bytes": sent,
            "ms": round(took.total_seconds() * 1000, 1),
            "remote": shortened(environ.get("REMOTE_ADDR", "")),
        }
    )


@lru_cache(1024)
def shortened(address: str) -> str:
    """The network that an address is part of, for the privacy of whoever has it; empty for what is no address."""
    try:
        bits = SHORTENED[ip_address(address).version]
        return str(ip_network(f"{address}/{bits}", strict=False))
    except ValueError:
        return ""
