"""Web servers as processes of their own: started, awaited, and stopped with everything they started."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(
    command: Sequence[str], folder: Path = ROOT, environment: Mapping[str, str] | None = None, seconds: int = 30
) -> Iterator[str]:
    """Run `command` on a free port of loopback, and yield its address once it answers within `seconds`.

    The port reaches gunicorn through GUNICORN_CMD_ARGS and `app.py` through PORT.
    """
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    variables = {
        **os.environ, **(environment or {}), "PORT": str(port), "GUNICORN_CMD_ARGS": f"--bind 127.0.0.1:{port}",
    }  # fmt: skip
    with subprocess.Popen(
        command, cwd=folder, env=variables, start_new_session=True, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as server:  # fmt: skip
        try:
            if not _answers(address, server, seconds):
                _stop(server)
                raise AssertionError(f"no answer at {address}: {server.communicate()[0]}")
            yield address
        finally:
            _stop(server)
            server.communicate(timeout=30)


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
