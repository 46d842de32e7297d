"""gunicorn's worker with threads, kinder to those who come while it stops and harder on those who dawdle."""

import socket
import time
from contextlib import suppress
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

LINGER = 0.5  # seconds in which whoever has an answer may close the connection
PIECE = 64 * 1024


class Worker(ThreadWorker):  # type: ignore[misc] # gunicorn has no types
    """Named by `worker_class`."""

    def set_accept_enabled(self, enabled: bool) -> None:
        """Refuse new connections from the moment of a stop on; otherwise they would wait and be cut off at its end."""
        super().set_accept_enabled(enabled)
        if not self.alive:
            for listener in self.sockets:
                listener.close()

    def handle(self, conn: Any) -> Any:
        """Wait for the client's end in the connection's own thread: gunicorn does so in the one that serves all."""
        kept = super().handle(conn)
        if not kept:
            _part(conn.sock)
        return kept


def _part(connection: socket.socket) -> None:
    """Say that nothing more comes and read what is on its way, so that the answer is not lost; then listen no more."""
    until = time.monotonic() + LINGER
    with suppress(OSError):  # it was closed, or nothing comes
        connection.shutdown(socket.SHUT_WR)
        while (left := until - time.monotonic()) > 0:
            connection.settimeout(left)
            if not connection.recv(PIECE):
                break
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RD)
