"""Web servers as processes of their own: started, awaited, and stopped with everything they started; or in a thread."""

import os
import signal
import socket
import socketserver
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import IO

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Server:
    """A process that answers at `address`, and what it says, which no pipe can hold up."""

    address: str
    port: int
    process: "subprocess.Popen[str]"
    output: IO[str]

    @property
    def said(self) -> str:
        """All of its stdout and stderr until now."""
        return Path(self.output.name).read_text()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def in_a_thread(server: socketserver.TCPServer) -> Iterator[int]:
    """The port of a server that answers in this process meanwhile."""
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def serving(
    command: Sequence[str], folder: Path = ROOT, environment: Mapping[str, str] | None = None, seconds: int = 30
) -> Iterator[str]:
    """The address of `running`."""
    with running(command, folder, environment, seconds) as server:
        yield server.address


@contextmanager
def running(
    command: Sequence[str], folder: Path = ROOT, environment: Mapping[str, str] | None = None, seconds: int = 30
) -> Iterator[Server]:
    """Run `command` on a free port of loopback until the end, and yield it once it answers within `seconds`.

    The port reaches gunicorn through GUNICORN_CMD_ARGS and `app.py` through PORT.
    """
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    variables = {
        **os.environ, **(environment or {}), "PORT": str(port), "GUNICORN_CMD_ARGS": f"--bind 127.0.0.1:{port}",
    }  # fmt: skip
    with (
        tempfile.NamedTemporaryFile("w+") as output,
        subprocess.Popen(
            command, cwd=folder, env=variables, start_new_session=True, text=True,
            stdout=output, stderr=subprocess.STDOUT,
        ) as process,
    ):  # fmt: skip
        server = Server(address, port, process, output)
        try:
            if not _answers(address, process, seconds):
                raise AssertionError(f"no answer at {address}: {server.said}")
            yield server
        finally:
            _stop(process)
            process.wait(30)


def _answers(address: str, server: "subprocess.Popen[str]", seconds: int) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return True
        except urllib.error.URLError:
            time.sleep(0.1)  # it is starting
    return False


def _stop(server: "subprocess.Popen[str]") -> None:
    if server.poll() is None:
        os.killpg(server.pid, signal.SIGTERM)
