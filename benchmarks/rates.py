"""Requests a second that one worker answers over a few connections that stay open, from a process of its own."""

import multiprocessing
import socket
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle

CONNECTIONS = 4
END = b"\r\n\r\n"
REQUEST = "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n\r\n"


@dataclass(frozen=True)
class Rate:
    """Answers a second; how often a connection had to be opened anew; how many answers were none or not a 200."""

    per_second: float
    reopened: int
    failed: int


def measure(port: int, paths: Sequence[str], seconds: float) -> Rate:
    """Ask for the paths in turns, each connection beginning elsewhere among them."""
    fresh = multiprocessing.get_context("spawn")
    with fresh.Pool(1) as pool:
        return pool.apply(_asked, (port, paths, seconds))


def _asked(port: int, paths: Sequence[str], seconds: float) -> Rate:
    parts = [[*paths[start:], *paths[:start]] for start in range(0, len(paths), -(-len(paths) // CONNECTIONS))]
    with ThreadPoolExecutor(CONNECTIONS) as threads:
        begun = time.perf_counter()
        counts = list(threads.map(lambda part: _keep_asking(port, part, begun + seconds), parts))
        took = time.perf_counter() - begun
    answers, reopened, failed = (sum(column) for column in zip(*counts, strict=True))
    return Rate(answers / took, reopened, failed)


def _keep_asking(port: int, paths: Sequence[str], end: float) -> tuple[int, int, int]:
    """Over one connection: answers, connections beyond the first, and failures."""
    answers = opened = failed = 0
    requests = cycle([REQUEST.format(path=path).encode() for path in paths])
    while time.perf_counter() < end:
        opened += 1
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            try:
                while time.perf_counter() < end:
                    connection.sendall(next(requests))
                    good = _read(connection)
                    answers, failed = answers + good, failed + (not good)
            except ConnectionError:
                failed += 1
    return answers, opened - 1, failed


def _read(connection: socket.socket) -> bool:
    """Whether the answer, read to its end, is a 200. Raises ConnectionError when the connection ends before it does."""
    content = b""
    while END not in content:
        content += _some(connection)
    head, _, body = content.partition(END)
    (length,) = (line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    missing = int(length.split(b":")[1]) - len(body)
    while missing > 0:
        missing -= len(_some(connection))
    return head.startswith(b"HTTP/1.1 200")


def _some(connection: socket.socket) -> bytes:
    part = connection.recv(65536)
    if not part:
        raise ConnectionResetError("the server has closed the connection")
    return part
