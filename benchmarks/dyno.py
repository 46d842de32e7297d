"""A dyno on this machine: the Procfile's own command, in the tree of a slug, with the memory of a small dyno.

A watcher keeps the limit: it sums the memory of all processes, shared parts counted once, twenty times a second, and
ends them when it is more. A cgroup would need rights that few have, and RLIMIT_AS counts addresses, of which the
runtimes of networks reserve gigabytes that they never touch.
"""

import json
import os
import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException
from pathlib import Path

from benchmarks.slug_tree import SlugError, environment
from benchmarks.web_process import ServeError, WebProcess, descendants, pss, started
from tests.serving import free_port

LIMIT = 512  # MB (2**20 bytes) of an eco, basic or standard-1x dyno
EVERY = 0.05  # seconds
ENFORCED = f"kept by a watcher of the summed PSS of all processes, {1 / EVERY:.0f} times a second"
WORKERS = 2  # the buildpack's WEB_CONCURRENCY on such a dyno, unless it is set


class Watch:
    """Ends a process, and all that it started, once they have more than `most` MB; `peak` is the most they had."""

    def __init__(self, most: float = LIMIT) -> None:
        self.most, self.peak = most, 0.0
        self._ended = threading.Event()

    @property
    def is_over(self) -> bool:
        return self.peak > self.most

    @contextmanager
    def __call__(self, pid: int) -> Iterator[None]:
        """Watch a process, the first of its group."""
        thread = threading.Thread(target=self._watch, args=[pid], daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._ended.set()
            thread.join()

    def _watch(self, pid: int) -> None:
        while not self._ended.wait(EVERY) and not self.is_over:
            self.peak = max(self.peak, sum(map(memory, descendants(pid))))
        if self.is_over:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)


@contextmanager
def running(tree: Path, watch: Watch, workers: int | None = None) -> Iterator[WebProcess]:
    """The web process of a slug, with the variables of its app.json and of the buildpack.

    It listens on this machine alone. Raises SlugError when it does not start, or does not answer, or is over the limit.
    """
    port, log = free_port(), tree.parent / "log"
    told = {**variables(tree, workers), "PORT": str(port), "GUNICORN_CMD_ARGS": f"--bind 127.0.0.1:{port}"}
    with log.open("w") as said:
        try:
            with started(["bash", "-c", command(tree)], tree, told, port, said.fileno(), watch) as web:
                yield web
        except (ServeError, OSError, HTTPException) as error:
            raise SlugError(_why(error, log, watch)) from error


def command(tree: Path) -> str:
    """What the Procfile starts as `web`. Raises SlugError."""
    procfile = tree / "Procfile"
    found = re.search(r"^web:\s*(.+)$", procfile.read_text() if procfile.is_file() else "", re.MULTILINE)
    if not found:
        raise SlugError("the slug has no Procfile with a line that begins with web:.")
    return found[1].strip()


def variables(tree: Path, workers: int | None = None) -> dict[str, str]:
    """The buildpack's variables and, before these, those of app.json; `workers` before both."""
    described = json.loads((tree / "app.json").read_text())["env"]
    set_by_app = {name: each["value"] for name, each in described.items() if "value" in each}
    set_here = {"WEB_CONCURRENCY": str(workers)} if workers else {}
    set_by_buildpack = {"WEB_CONCURRENCY": str(WORKERS), "FORWARDED_ALLOW_IPS": "*", "PYTHONUNBUFFERED": "true"}
    return {**environment(tree), "DYNO": "web.1", **set_by_buildpack, **set_by_app, **set_here}


def _why(error: Exception, log: Path, watch: Watch) -> str:
    if watch.is_over:
        return f"the web process took {watch.peak:.0f} MB, and {watch.most:.0f} MB are allowed."
    lines = [line.strip() for line in log.read_text().splitlines() if line.strip()]
    told = next((line for line in reversed(lines) if "error" in line.lower()), lines[-1] if lines else "")
    return f"the slug does not serve: {told or error}"


def memory(pid: int) -> float:
    """MB of a process, with what is shared divided by its sharers; nothing of one that has ended."""
    try:
        return pss(pid)
    except (OSError, ValueError):
        return 0.0
