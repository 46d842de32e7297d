"""A shop on loopback that answers as each test says, badly if need be, and remembers what it was asked."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from scraper.progress import silent
from scraper.report import Report
from scraper.run import run
from scraper.site import Site, parse
from tests.factories import encoded, make_photo

GOOD = encoded(make_photo())


@dataclass(frozen=True)
class Reply:
    """A whole and honest answer, given after `after` seconds."""

    body: bytes | str = b""
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    after: float = 0.0


@dataclass(frozen=True)
class Raw:
    """Bytes as they go over the wire, headers and all, `pause` seconds after each part; then the line is cut."""

    parts: Sequence[bytes]
    pause: float = 0.0


# A list is gone through answer by answer; its last one stays. A function is given the path with its query.
Answering = Reply | Raw | list[Reply] | Callable[[str], Reply]


@dataclass(frozen=True)
class Asked:
    """One request; `at` is time.monotonic()."""

    at: float
    path: str
    headers: Mapping[str, str]


@dataclass
class Shop:
    """A server under way. `answers` are looked up by path with query, then by path alone, then under `*`.

    `asked` are its requests, `most_open` how many connections it had at one time.
    """

    address: str
    answers: dict[str, Answering]
    asked: list[Asked] = field(default_factory=list)
    most_open: int = 0
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def port(self) -> int:
        """The port that it listens at."""
        return int(self.address.rpartition(":")[2])

    @property
    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [request.path for request in self.asked]

    def answer(self, path: str) -> Reply | Raw:
        """What is to be said to a request."""
        known = (path, path.partition("?")[0], "*")
        found = next((self.answers[name] for name in known if name in self.answers), Reply(status=404))
        if isinstance(found, list):
            return found.pop(0) if len(found) > 1 else found[0]
        return found if isinstance(found, (Reply, Raw)) else found(path)


@contextmanager
def shop(
    answers: Mapping[str, Answering], name: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
) -> Iterator[Shop]:
    """Serve `answers` at an address of loopback until the block ends."""
    server = _Server((name, port), _Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.shop = Shop(f"{'https' if tls else 'http'}://{name}:{server.server_port}", dict(answers))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.shop
    finally:
        server.shop.closing.set()
        server.shutdown()
        server.cut()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 64
    shop: Shop

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._open: set[socket.socket] = set()
        self._counting = threading.Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._counting:
            self._open.add(request)
            self.shop.most_open = max(self.shop.most_open, len(self._open))
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._counting:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, *_: object) -> None:
        """Clients hang up on purpose here."""

    def cut(self) -> None:
        """End connections that are kept alive, whose threads would be waited for."""
        with self._counting:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # the other side was faster


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        shop = self.server.shop
        shop.asked.append(Asked(time.monotonic(), self.path, dict(self.headers.items())))
        answer = shop.answer(self.path)
        if isinstance(answer, Raw):
            self._drip(answer, shop.closing)
        else:
            shop.closing.wait(answer.after)
            self._say(answer)

    def _say(self, answer: Reply) -> None:
        body = answer.body if isinstance(answer.body, bytes) else answer.body.encode()
        self.send_response(answer.status)
        for name, value in (
            {"Content-Type": answer.kind, "Content-Length": str(len(body))} | dict(answer.headers)
        ).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _drip(self, answer: Raw, closing: threading.Event) -> None:
        self.close_connection = True
        for part in answer.parts:
            self.wfile.write(part)
            if closing.wait(answer.pause):
                break

    def log_message(self, *_: object) -> None:
        """Say nothing: `asked` has it."""


def photo(body: bytes = GOOD, kind: str = "image/png", **rest: Any) -> Reply:
    """An image, or what claims to be one."""
    return Reply(body, kind, **rest)


def redirect(target: str) -> Reply:
    """A redirect to any address."""
    return Reply(status=302, headers={"Location": target})


def item(title: str = "Mug", image: str = "", price: str = "€ 12.00", link: str = "") -> str:
    """A product as the listing shows it. Title and price are markup, addresses are text."""
    picture = f'<img src="{escape(image)}">' if image else ""
    return f'<article><a href="{escape(link or f"/p/{title}")}">{title}</a><b>{price}</b>{picture}</article>'


def listing(*items: str, following: str = "") -> Reply:
    """A page with products, and a link to the next page."""
    onward = f'<a rel="next" href="{escape(following)}">more</a>' if following else ""
    return Reply(f"<html><body>{''.join(items)}{onward}</body></html>")


def site(address: str, **entries: Any) -> Site:
    """A site file for such listings, or for the source in `entries`: no pauses, no retries, 2 s for a request."""
    limits = {"seconds": 2.0, "retries": 0} | entries.pop("limits", {})
    given = {"start": f"{address}/", "delay": 0.0, "allow_private": True, "coverage": {"title": 0.0, "image": 0.0}}
    if not entries.keys() & {"feed", "shopify", "woocommerce", "sitemap"}:
        listing = {"item": "article", "link": "a", "title": "a", "price": "b", "image": "img", "next": "a[rel=next]"}
        given["listing"] = listing | entries.pop("listing", {})
    return parse(given | {"limits": limits} | entries)


def fetch_shop(folder: Path, address: str, *, refresh: bool = False, **entries: Any) -> Report:
    """Run the scraper on the shop at `address`, into `folder`."""
    return run(site(address, **entries), folder, silent, refresh=refresh)
