"""gunicorn's worker and its access log, as the web process has them."""

import json
import socket
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

from storefront.server.headers import REQUEST_ID
from storefront.urls import HEALTH, READY

LINGER = 0.5  # seconds after an answer in which the rest of a refused upload may arrive, and the client's end


class AccessLog(Logger):  # type: ignore[misc] # gunicorn has no types
    """A line of JSON for each request, without its visitor's address and its query, which holds words of a search.

    The format of gunicorn's own log cannot quote a path for JSON. Checks of health are logged when they fail.
    """

    def access(self, resp: Any, _: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        status, method = int(str(resp.status).partition(" ")[0]), environ.get("REQUEST_METHOD", "")
        if not self.access_log_enabled or (status < 400 and environ.get("PATH_INFO") in (HEALTH, READY)):
            return
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "id": environ.get(REQUEST_ID, ""),
            "method": method,
            "path": environ.get("RAW_URI", "").partition("?")[0],
            "status": status,
            "bytes": resp.sent or (method != "HEAD" and resp.response_length) or 0,  # files are not in `sent`
            "ms": round(request_time.total_seconds() * 1000, 1),
        }
        self.access_log.info("%s", json.dumps(line, separators=(",", ":")))


class Worker(ThreadWorker):  # type: ignore[misc] # as above
    """With threads. It refuses connections while it stops, and no slow client holds up all others."""

    def set_accept_enabled(self, enabled: bool) -> None:
        """Close listeners at a stop: new connections would wait, and be cut off at its end."""
        super().set_accept_enabled(enabled)
        for listener in self.sockets if not self.alive else ():
            listener.close()

    def _keepalive_after(self, conn: Any, keepalive: bool) -> bool:
        """Whether the rest of a body has arrived; gunicorn waits for five seconds."""
        return keepalive and bool(conn.parser.finish_body(deadline=time.monotonic() + LINGER))

    def handle(self, conn: Any) -> Any:
        """Wait for the client's end in the connection's own thread; gunicorn does so in the one that serves all."""
        kept, until = super().handle(conn), time.monotonic() + LINGER
        if not kept:
            with suppress(OSError):  # it was closed, or nothing comes
                conn.sock.shutdown(socket.SHUT_WR)
                conn.sock.settimeout(LINGER)
                while conn.sock.recv(64 * 1024) and time.monotonic() < until:
                    pass  # an answer is lost when its connection is closed before its request was read
            with suppress(OSError):
                conn.sock.shutdown(socket.SHUT_RD)
        return kept
