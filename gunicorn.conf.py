"""How the web process runs, on a dyno and on one's own machine: gunicorn reads this file by itself.

A platform names the port in PORT and expects every interface; without it the site is for this machine alone.
"""

import os
from pathlib import Path
from typing import Any

_port = os.environ.get("PORT")
_shared_memory = Path("/dev/shm")

bind = f"0.0.0.0:{_port}" if _port else "127.0.0.1:8050"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
threads = 8  # three for photos, and some for those that find no place, so that pages do not wait for either
preload_app = True  # one copy of the catalogue for all workers
max_requests = 100_000
max_requests_jitter = 10_000
timeout = 25  # seconds; the router gives up after 30
keepalive = 95  # seconds; longer than the router keeps its connections
if _shared_memory.is_dir():
    worker_tmp_dir = str(_shared_memory)  # heartbeats on a disk can stall a worker


def when_ready(server: Any) -> None:
    """Say where to look."""
    host, port = server.address[0]
    print(f"Lookalike serves its catalogue on http://{host}:{port} (stop with Ctrl-C)", flush=True)
