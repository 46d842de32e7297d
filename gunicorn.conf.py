"""How the web process runs, on a dyno and on one's own machine: gunicorn reads this file by itself, also at SIGHUP."""

import ctypes
import gc
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from catalogue.errors import LookalikeError, one_line_errors
from storefront.settings import Settings, check_port, listening
from storefront.settings import workers as copies

_shared_memory = Path("/dev/shm")

with one_line_errors():
    _host, _port = listening()
    workers = copies()
    _log = Settings.of().access_log

bind = f"{_host}:{_port}"
worker_class = "storefront.server.process.Worker"
threads = 8  # three for photos, and some for those that find no place, so that pages do not wait for either
preload_app = True  # one copy of the catalogue for all workers
max_requests = 100_000
max_requests_jitter = 10_000
timeout = 25  # seconds; the router gives up after 30
graceful_timeout = 25  # seconds for requests in flight; a platform kills after 30
keepalive = 95  # seconds; longer than the router keeps its connections
control_socket_disable = True  # it would lie in the home folder, one for all sites of a user
logger_class = "storefront.server.process.AccessLog"
accesslog = "-" if _log == "json" else None
if _shared_memory.is_dir():
    worker_tmp_dir = str(_shared_memory)  # heartbeats on a disk can stall a worker

# A photo takes tens of MB for a moment. glibc would keep them, in a heap for each thread: it is to map what is large,
# so that this is given back. Its own names of these settings are in malloc.h; other C libraries have none.
_MAX_ARENAS, _MAP_FROM = -8, -3
with suppress(OSError, AttributeError):
    _libc = ctypes.CDLL("libc.so.6")
    _libc.mallopt(_MAX_ARENAS, 2)
    _libc.mallopt(_MAP_FROM, 1_000_000)


def on_starting(server: Any) -> None:
    """End with one line when the port cannot be had, unless it is handed down."""
    with one_line_errors():
        for address in server.cfg.address:
            if isinstance(address, tuple) and not (server.master_pid or server.LISTENERS):
                check_port(*address)


def when_ready(server: Any) -> None:
    """Say where to look."""
    print(f"Lookalike serves its catalogue on {server.LISTENERS[0]} (stop with Ctrl-C)", file=sys.stderr, flush=True)


def on_reload(server: Any) -> None:
    """Load the lists anew, before new workers are forked; old workers finish with theirs, and serve on if it fails."""
    import app

    try:
        app.server = server.app.callable = app.load(server.app.callable)
    except Exception as error:  # it would end the master
        kind = "" if isinstance(error, LookalikeError) else f"{type(error).__name__}: "
        server.log.error("error: %s%s The lists loaded before stay.", kind, " ".join(str(error).split()))


def pre_fork(server: Any, worker: Any) -> None:
    """Hold what the worker serves as long as it runs: the database is there as long as the master holds its site."""
    worker.serves = server.app.callable


def child_exit(_: Any, worker: Any) -> None:
    """Forget old lists with the last worker that served them."""
    worker.serves = None
    gc.collect()  # an application is full of cycles
