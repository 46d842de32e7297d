"""gunicorn's worker with threads. It refuses connections while it stops, and no slow client holds up all others."""

import socket
import time
from contextlib import suppress
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

LINGER = 0.5  # seconds in which a client may close the connection after its answer


class Worker(ThreadWorker):  # type: ignore[misc] # gunicorn has no types
    """Named by `worker_class`."""

    def set_accept_enabled(self, enabled: bool) -> None:
        """Close listeners at a stop: new connections would wait, and be cut off at its end."""
        super().set_accept_enabled(enabled)
        for listener in self.sockets if not self.alive else ():
            listener.close()

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
