"""One host as a guest treats it: one connection, a pause between requests, and its robots.txt."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import urllib3
from protego import Protego

from catalogue.errors import Unfetched

AGENT = "Lookalike"
UNREACHABLE = "robots.txt unreachable"
_ROBOTS_BYTES = 512_000  # RFC 9309: at least 500 KiB must be read
_JITTER = 0.3
_LONGEST_DELAY = 86_400.0


@dataclass(frozen=True)
class Robots:
    """What a robots.txt allows; `trouble` says why everything is forbidden when there is none to go by."""

    rules: Protego
    trouble: Unfetched | None = None

    @classmethod
    def read(cls, status: int, content: bytes) -> "Robots":
        """RFC 9309: without the file everything is allowed, while the server is ill nothing is."""
        if status >= 500:
            return cls.forbidding(Unfetched(UNREACHABLE, f"HTTP {status}", again=True))
        if status >= 400:
            return cls(Protego.parse(""))
        text = content[:_ROBOTS_BYTES].decode("utf-8-sig", errors="replace")
        return cls(Protego.parse(text.replace("\ufeff", "").replace("\0", "")))

    @classmethod
    def forbidding(cls, trouble: Unfetched) -> "Robots":
        """Nothing is allowed."""
        return cls(Protego.parse("User-agent: *\nDisallow: /"), trouble)

    def allows(self, url: str) -> bool:
        """Whether we may ask for an address."""
        return bool(self.rules.can_fetch(url, AGENT))

    @property
    def delay(self) -> float:
        """Crawl-delay in seconds, 0 without one, a day at most: longer waits are more than a thread can be told."""
        return min(_LONGEST_DELAY, float(self.rules.crawl_delay(AGENT) or 0.0))

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The sitemaps that it names."""
        return tuple(self.rules.sitemaps)


@dataclass
class Host:
    """The state of one host while a run lasts. Whoever sends a request to it holds its turn."""

    pool: urllib3.PoolManager
    delay: float
    stop: threading.Event
    robots: Robots | None = None
    ready: float = 0.0
    lock: threading.RLock = field(default_factory=threading.RLock)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until the host may be asked again; the pause starts when the answer has been read."""
        with self.lock:
            self.stop.wait(max(0.0, self.ready - time.monotonic()))
            try:
                yield
            finally:
                pause = max(self.delay, self.robots.delay if self.robots else 0.0)
                self.rest(pause * random.uniform(1.0, 1.0 + _JITTER))

    def rest(self, seconds: float) -> None:
        """Leave the host alone for a while."""
        self.ready = max(self.ready, time.monotonic() + seconds)
