"""A plain, fast image server on eight loopback addresses, for measuring those who download from it.

`python -m benchmarks.image_server IMAGES` prints its port, and serves `/img/0.jpg` … from memory until it is stopped.
`/stats`, asked at an address that serves no images, tells what its clock and its count of connections have seen.
"""

import asyncio
import json
import random
import socket
import sys
from collections import Counter
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from io import BytesIO
from time import perf_counter

from PIL import Image, ImageDraw

ADDRESSES = tuple(f"127.0.0.{last}" for last in range(2, 10))
STATS_ADDRESS = "127.0.0.1"
_PICTURES = 100
_MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


@dataclass
class Stats:
    """Seconds of the server's clock at the first request and the last answer; the most connections open at once."""

    first: float = 0.0
    last: float = 0.0
    images: int = 0
    connections: dict[str, int] = field(default_factory=dict)

    @property
    def images_per_second(self) -> float:
        """0 when there were fewer than two images."""
        return self.images / (self.last - self.first) if self.last > self.first else 0.0


def address_of(number: int, port: int) -> str:
    """Where image `number` is: neighbouring numbers are on different hosts."""
    return f"http://{ADDRESSES[number % len(ADDRESSES)]}:{port}/img/{number}.jpg"


def contents(count: int) -> list[bytes]:
    """JPEG files of some 30 KB, always the same ones, each with bytes of its own."""
    pictures = [_picture(random.Random(seed)) for seed in range(min(count, _PICTURES))]
    return [_commented(pictures[number % len(pictures)], f"{number:08}") for number in range(count)]


def _picture(rng: random.Random) -> bytes:
    """Shapes on a grainy ground."""
    width, height = rng.randrange(300, 501), rng.randrange(300, 501)
    grain = Image.frombytes("RGB", (width // 3, height // 3), rng.randbytes(width // 3 * (height // 3) * 3))
    picture = Image.blend(grain.resize((width, height)), Image.new("RGB", (width, height), "white"), 0.8)
    draw = ImageDraw.Draw(picture)
    for _ in range(5):
        left, top = rng.randrange(width), rng.randrange(height)
        draw.ellipse((left, top, left + 90, top + 60), fill=tuple(rng.randbytes(3)))
    file = BytesIO()
    picture.save(file, "JPEG", quality=85)
    return file.getvalue()


def _commented(jpeg: bytes, comment: str) -> bytes:
    segment = b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment.encode()
    return jpeg[:2] + segment + jpeg[2:]


def _answer(number: int, content: bytes) -> bytes:
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n"
        f'Content-Length: {len(content)}\r\nETag: "{number}"\r\n\r\n'
    )  # fmt: skip
    return head.encode() + content


class _Connection(asyncio.Protocol):
    """HTTP/1.1 as far as GET needs it: one request at a time, kept alive unless the client asks otherwise."""

    def __init__(self, answers: dict[bytes, bytes], stats: Stats, open_now: Counter[str]) -> None:
        self._answers, self._stats, self._open = answers, stats, open_now
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._here = str(transport.get_extra_info("sockname")[0])
        self._open[self._here] += 1
        most = self._stats.connections.get(self._here, 0)
        self._stats.connections[self._here] = max(most, self._open[self._here])

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's name for it
        self._open[self._here] -= 1

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            self._transport.write(self._answer(head.split(b" ", 2)[1]))
            if b"connection: close" in head.lower():
                self._transport.close()

    def _answer(self, path: bytes) -> bytes:
        if path == b"/stats":
            return _answer(0, json.dumps(asdict(self._stats)).encode())
        if path not in self._answers:
            return _MISSING
        self._stats.last = perf_counter()
        self._stats.first = self._stats.first or self._stats.last
        self._stats.images += 1
        return self._answers[path]


async def _serve(count: int) -> None:
    answers = {f"/img/{n}.jpg".encode(): _answer(n, content) for n, content in enumerate(contents(count))}
    stats, open_now = Stats(), Counter[str]()
    loop = asyncio.get_running_loop()
    with ExitStack() as listening:
        sockets = [listening.enter_context(each) for each in _listeners()]
        for each in sockets:
            await loop.create_server(lambda: _Connection(answers, stats, open_now), sock=each, backlog=512)
        print(sockets[0].getsockname()[1], flush=True)
        await asyncio.Event().wait()


def _listeners() -> list[socket.socket]:
    """One port, free on the first address, on all of them."""
    first = socket.create_server((STATS_ADDRESS, 0))
    port = first.getsockname()[1]
    return [first, *(socket.create_server((address, port)) for address in ADDRESSES)]


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
