"""gunicorn as `Procfile` and `gunicorn.conf.py` run it, with one worker: how soon it answers, and its memory.

Processes are looked up in /proc.
"""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from catalogue.errors import LookalikeError
from tests.serving import ROOT, free_port

STOREFRONT = "app:server"
PATIENCE = 60  # seconds for the first answer


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
        status, content = _answer(self.port, path)
        if status != http.client.OK:
            raise ServeError(f"{self.address}{path} answers {status}.")
        return content

    def memory(self) -> tuple[float, float]:
        """MB (2**20 bytes) of its worker: all that is resident, and that with what is shared divided by its sharers."""
        (worker,) = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return _megabytes(worker, "status", "VmRSS:"), _megabytes(worker, "smaps_rollup", "Pss:")


@contextmanager
def running(folder: Path, application: str = STOREFRONT) -> Iterator[WebProcess]:
    """The web process of the lists in `folder`, ended at the end with all that it started. Raises ServeError."""
    port = free_port()
    variables = {
        **os.environ,
        "PRECOMPUTED_DIR": str(folder),
        "WEB_CONCURRENCY": "1",
        "GUNICORN_CMD_ARGS": f"--bind 127.0.0.1:{port}",
    }
    begun = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "gunicorn", application], cwd=ROOT, env=variables, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as server:  # fmt: skip
        try:
            _await(server, port, application)
            yield WebProcess(server.pid, port, time.perf_counter() - begun)
        finally:
            _end(server)


def _await(server: "subprocess.Popen[bytes]", port: int, application: str) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.poll() is None:
        try:
            if _answer(port, "/")[0] == http.client.OK:
                return
        except OSError:
            time.sleep(0.01)  # it is starting
    raise ServeError(f"gunicorn {application} gives no answer. Run it by itself to see why.")


def _answer(port: int, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
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


def _megabytes(pid: str, file: str, name: str) -> float:
    lines = Path(f"/proc/{pid}/{file}").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith(name))
    return int(line.split()[1]) / 1024
