"""Connections that go only where they may, and end when their time is up.

The check stands where the socket is opened, so redirects, names that change their address between two look-ups, and
addresses written in odd ways all pass through it.
"""

import ipaddress
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from urllib3 import PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from catalogue.errors import Unfetched

_TICK = 0.25
# Reached like public addresses, but answered by the cloud's own machinery.
_METADATA = {ipaddress.ip_address("168.63.129.16")}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_public(ip: Ip) -> bool:
    """Whether an address belongs to the open internet, also when an IPv4 address is wrapped in an IPv6 one."""
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner:
            return is_public(inner)
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and ip not in _METADATA


class Deadline:
    """When a request must be over; afterwards its socket is shut, which ends whatever is reading from it."""

    def __init__(self, seconds: float) -> None:
        self.ends = time.monotonic() + seconds
        self.expired = False
        self._socket: socket.socket | None = None

    def holds(self, connected: socket.socket | None) -> None:
        """Name the socket that the request uses now."""
        self._socket = connected

    def expire(self) -> None:
        """Shut the socket."""
        self.expired = True
        try:
            if self._socket is not None:
                self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it is closed already


class Watchdog:
    """One thread that looks after the deadlines of all requests: a server may feed bytes for ever, each in time."""

    def __init__(self) -> None:
        self._open: set[Deadline] = set()
        self._mine = threading.local()
        self._stop = threading.Event()
        threading.Thread(target=self._watch, name="deadlines", daemon=True).start()

    @contextmanager
    def within(self, seconds: float) -> Iterator[Deadline]:
        """Run one request of this thread within some seconds."""
        deadline = Deadline(seconds)
        self._mine.deadline = deadline
        self._open.add(deadline)
        try:
            yield deadline
        finally:
            self._open.discard(deadline)
            self._mine.deadline = None

    def holds(self, connected: socket.socket | None) -> None:
        """Tell the request of this thread which socket it uses."""
        deadline = getattr(self._mine, "deadline", None)
        if deadline is not None:
            deadline.holds(connected)

    def stop(self) -> None:
        """End the thread, and every request that is under way."""
        self._stop.set()
        for deadline in list(self._open):
            deadline.expire()

    def _watch(self) -> None:
        while not self._stop.wait(_TICK):
            now = time.monotonic()
            for deadline in list(self._open):
                if now > deadline.ends:
                    deadline.expire()


def guarded(watchdog: Watchdog, *, allow_private: bool, **options: Any) -> PoolManager:
    """One connection that is checked when it is opened and watched while it is used; `options` are the pool's."""
    guard = {"watchdog": watchdog, "allow_private": allow_private}
    kinds: dict[str, tuple[type[HTTPConnectionPool], type[HTTPConnection]]] = {
        "http": (HTTPConnectionPool, HTTPConnection),
        "https": (HTTPSConnectionPool, HTTPSConnection),
    }
    manager = PoolManager(num_pools=1, maxsize=1, block=True, **options)
    manager.pool_classes_by_scheme = {
        scheme: type(
            "GuardedPool", (pool,), {"ConnectionCls": type("Guarded", (_GuardedConnection, connection), guard)}
        )
        for scheme, (pool, connection) in kinds.items()
    }
    return manager


class _GuardedConnection(HTTPConnection):
    watchdog: Watchdog
    allow_private: bool

    def _new_conn(self) -> socket.socket:
        opened = self._open(self._checked_addresses())
        self.watchdog.holds(opened)
        return opened

    def getresponse(self) -> Any:
        self.watchdog.holds(self.sock)
        return super().getresponse()

    def _checked_addresses(self) -> list[str]:
        try:
            found = socket.getaddrinfo(self._dns_host, self.port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as error:
            reason = error if isinstance(error, socket.gaierror) else socket.gaierror(str(error))
            raise NameResolutionError(self.host, self, reason) from error
        addresses = [str(entry[4][0]) for entry in found]
        for address in addresses:
            if not self.allow_private and not is_public(ipaddress.ip_address(address.partition("%")[0])):
                raise Unfetched("private address", f"{self.host} is {address}")
        return addresses

    def _open(self, addresses: list[str]) -> socket.socket:
        """Connect to the first checked address that answers; the name is not looked up again."""
        name = self._dns_host
        failure: NewConnectionError | ConnectTimeoutError = NewConnectionError(self, "no address")
        try:
            for address in addresses:
                self._dns_host = address
                try:
                    return super()._new_conn()
                except (NewConnectionError, ConnectTimeoutError) as error:
                    failure = error
        finally:
            self._dns_host = name
        raise failure
