"""gunicorn as `Procfile` and `gunicorn.conf.py` run it, with one worker: how soon it answers, and its memory.

Processes are looked up in /proc.
"""

import html
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from catalogue.errors import LookalikeError
from storefront.urls import ADDRESS, HOME, PARTS
from tests.serving import ROOT, free_port

STOREFRONT = "app:server"
PATIENCE = 60  # seconds for the first answer
NO_HEADERS: Mapping[str, str] = {}
NO_VARIABLES: Mapping[str, str] = {}


class ServeError(LookalikeError):
    """The web process did not start, or a page did not do what is measured."""


@dataclass(frozen=True)
class WebProcess:
    """A gunicorn that answers on a port of 127.0.0.1; `seconds` went by from its start to the first 200 of `/`."""

    pid: int
    port: int
    seconds: float

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str) -> bytes:
        """Raises ServeError for anything but a 200."""
        return self._good(path, *_answer(self.port, path))

    def post(self, path: str, body: bytes, mimetype: str) -> bytes:
        """Raises ServeError for anything but a 200."""
        return self._good(path, *_answer(self.port, path, body, {"Content-Type": mimetype}))

    def _good(self, path: str, status: int, content: bytes) -> bytes:
        if status != http.client.OK:
            raise ServeError(f"{self.address}{path} answers {status}.")
        return content

    def build(self) -> str:
        """What its addresses name the build by."""
        document = html.unescape(self.get(HOME).decode())
        return document.partition('"build":"')[2].partition('"')[0]

    def memory(self) -> tuple[float, float]:
        """MB (2**20 bytes) of its largest worker: all that is resident, and with what is shared divided by sharers."""
        workers = [pid for pid in descendants(self.pid)[1:] if len(descendants(pid)) == 1]
        return max((megabytes(pid, "status", "VmRSS:"), pss(pid)) for pid in workers)


def page_part(build: str, address: str) -> str:
    """Where scripts fetch a page from."""
    return f"{PARTS}{build}?{ADDRESS}={quote(address, safe='')}"


@contextmanager
def running(
    folder: Path, application: str = STOREFRONT, environment: Mapping[str, str] = NO_VARIABLES, root: Path = ROOT
) -> Iterator[WebProcess]:
    """The web process of the lists in `folder`, by the code in `root`, ended at the end. Raises ServeError."""
    port = free_port()
    variables = {
        **os.environ,
        **environment,
        "PRECOMPUTED_DIR": str(folder),
        "WEB_CONCURRENCY": "1",
        "GUNICORN_CMD_ARGS": f"--bind 127.0.0.1:{port}",
    }
    with started([sys.executable, "-m", "gunicorn", application], root, variables, port) as web:
        yield web


@contextmanager
def started(
    command: Sequence[str], folder: Path, variables: Mapping[str, str], port: int,
    said: int = subprocess.DEVNULL, beside: Callable[[int], AbstractContextManager[object]] = nullcontext,
) -> Iterator[WebProcess]:  # fmt: skip
    """What a command serves on a port, ended at the end with all that it started.

    `said` is a file for what it prints. `beside` is told the process as soon as there is one. Raises ServeError.
    """
    begun = time.perf_counter()
    with subprocess.Popen(
        command, cwd=folder, env=variables, start_new_session=True, stdout=said, stderr=said
    ) as server:
        try:
            with beside(server.pid):
                _await(server, port, " ".join(command[-2:]))
                yield WebProcess(server.pid, port, time.perf_counter() - begun)
        finally:
            _end(server)


def descendants(pid: int) -> list[int]:
    """A process and all that it started, its own first; those that have ended meanwhile are left out."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(each for child in children for each in descendants(int(child)))]


def _await(server: "subprocess.Popen[bytes]", port: int, name: str) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.poll() is None:
        try:
            if _answer(port, "/")[0] == http.client.OK:
                return
        except OSError:
            time.sleep(0.01)  # it is starting
    raise ServeError(f"{name} gives no answer. Run it by itself to see why.")


def _answer(
    port: int, path: str, body: bytes | None = None, headers: Mapping[str, str] = NO_HEADERS
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET" if body is None else "POST", path, body, headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def _end(server: "subprocess.Popen[bytes]") -> None:
    try:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(5)
    except (ProcessLookupError, subprocess.TimeoutExpired):
        pass
    finally:
        _kill(server)


def _kill(server: "subprocess.Popen[bytes]") -> None:
    """Whatever of its group is left, such as a worker that waits for connections to end."""
    try:
        os.killpg(server.pid, signal.SIGKILL)
    except ProcessLookupError:
        return  # nothing is


def pss(pid: int) -> float:
    """MB of a process, with what is shared divided by its sharers."""
    return megabytes(pid, "smaps_rollup", "Pss:")


def megabytes(pid: int, file: str, name: str) -> float:
    """A figure of /proc. Raises OSError when the process has ended."""
    lines = Path(f"/proc/{pid}/{file}").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith(name))
    return int(line.split()[1]) / 1024
