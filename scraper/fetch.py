"""Addresses → answers. The only module that touches the network; everything it may not do is refused here."""

import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import IO
from urllib.parse import urlsplit

import urllib3
from urllib3.util.retry import Retry

from catalogue.errors import Unfetched
from scraper.connections import Watchdog, guarded
from scraper.failures import failures
from scraper.hosts import AGENT, UNREACHABLE, Host, Robots
from scraper.values import address

_CHUNK = 65_536
_IN_MEMORY = 8_000_000
_ROBOTS_REDIRECTS = 5
_LONGEST_REST = 30 * 86_400
_SHORT_REST = 60.0  # a longer Retry-After is not sat out: the run ends, and says when to come back
_DEFAULT_REST = 30.0
_OF_HOST = ("private address", "TLS error", "does not resolve", "cannot connect", "asks to wait")
_TEXTS = ("text/", "application/json", "application/ld+json", "application/xhtml", "application/javascript")
_MEDIA = ("image/", "video/", "audio/", "font/", "application/pdf", "application/zip")


@dataclass(frozen=True)
class Manners:
    """How a run behaves towards all hosts: seconds for times, bytes for sizes."""

    contact: str = ""
    delay: float = 1.0
    hosts: tuple[str, ...] = ()
    allow_private: bool = False
    respect_noai: bool = True
    seconds: float = 60.0
    redirects: int = 5
    retries: int = 2

    def welcomes(self, name: str) -> bool:
        """Whether a host's name is one of those that may be asked."""
        return any(fnmatchcase(name.lower(), allowed) for allowed in self.hosts)

    @property
    def agent(self) -> str:
        """The User-Agent header."""
        about = f"; {self.contact}" if self.contact else ""
        return f"{AGENT}/0.1 (looks-similar catalogue builder{about})"


@dataclass(frozen=True)
class Wanted:
    """What an address is asked for: at most `limit` bytes, an `image` or a document, and only if it has changed."""

    url: str
    limit: int
    image: bool = False
    etag: str = ""
    last_modified: str = ""

    @property
    def conditions(self) -> dict[str, str]:
        """The headers of a conditional request."""
        named = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True)
class Answer:
    """A complete answer; `body` is a file at its beginning, empty when `status` is 304. `url` is where it came from."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: IO[bytes] = field(repr=False)

    @property
    def unchanged(self) -> bool:
        """Whether the server says that nothing has changed since the last time."""
        return self.status == 304

    @property
    def content(self) -> bytes:
        """The whole body."""
        self.body.seek(0)
        return self.body.read()


class Fetcher:
    """Fetches addresses, one connection and one request at a time per host. Threads may share it."""

    def __init__(self, manners: Manners) -> None:
        self.manners = manners
        self.stop = threading.Event()
        self._watchdog = Watchdog()
        self._hosts: dict[str, Host] = {}
        self._making = threading.Lock()

    def __enter__(self) -> "Fetcher":
        return self

    def __exit__(self, *_: object) -> None:
        self.halt()
        for host in self._hosts.values():
            host.pool.clear()

    def halt(self) -> None:
        """End pauses and requests that are under way; nothing is fetched any more."""
        self.stop.set()
        self._watchdog.stop()

    def fetch(self, wanted: Wanted) -> Answer:
        """The answer to a request, after robots.txt, pauses, redirects and retries. Raises Unfetched."""
        url = wanted.url
        for _ in range(self.manners.redirects + 1):
            host = self._host(url)
            self._obey(host, url)
            answer = self._ask(host, url, wanted)
            if answer.status not in (301, 302, 303, 307, 308):
                return self._accepted(answer, wanted)
            url = self._target(answer)
        raise Unfetched("too many redirects", wanted.url)

    def robots(self, url: str) -> Robots:
        """The robots.txt of an address's host, fetched once."""
        host = self._host(url)
        with host.lock:
            if host.robots is None:
                host.robots = self._read_robots(url)
            return host.robots

    def _host(self, url: str) -> Host:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Unfetched("not a web address", url)
        name = parts.hostname.lower()
        if not self.manners.welcomes(name):
            raise Unfetched("host not allowed", name)
        with self._making:
            key = f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"
            if key not in self._hosts:
                self._hosts[key] = Host(self._pool(), self.manners.delay, self.stop)
            return self._hosts[key]

    def _pool(self) -> urllib3.PoolManager:
        retry = Retry(
            total=self.manners.retries, redirect=False, status_forcelist=(500, 502, 504), raise_on_status=False,
            backoff_factor=min(1.0, self.manners.delay), backoff_jitter=min(0.5, self.manners.delay),
            respect_retry_after_header=False,
        )  # fmt: skip
        headers = {"User-Agent": self.manners.agent, "Accept-Encoding": "gzip, deflate", "Accept": "*/*"}
        timeout = urllib3.Timeout(min(20.0, self.manners.seconds))
        return guarded(
            self._watchdog, allow_private=self.manners.allow_private, retries=retry, headers=headers, timeout=timeout
        )

    def _obey(self, host: Host, url: str) -> None:
        robots = host.robots or self.robots(url)
        if trouble := robots.trouble:
            raise Unfetched(trouble.reason, trouble.detail, again=trouble.again, rest=trouble.rest)
        if not robots.allows(url):
            raise Unfetched("robots.txt disallows", url)

    def _read_robots(self, url: str) -> Robots:
        wanted = Wanted(address(url, "/robots.txt"), _IN_MEMORY)
        here = wanted.url
        try:
            for _ in range(_ROBOTS_REDIRECTS + 1):
                answer = self._ask(self._host(here), here, wanted)
                if answer.status not in (301, 302, 303, 307, 308):
                    return Robots.read(answer.status, answer.content)
                here = self._target(answer)
        except Unfetched as error:
            of_host = error.reason in _OF_HOST
            reason, detail = (error.reason, error.detail) if of_host else (UNREACHABLE, str(error))
            return Robots.forbidding(Unfetched(reason, detail, again=error.again, rest=error.rest))
        return Robots.read(404, b"")

    def _ask(self, host: Host, url: str, wanted: Wanted) -> Answer:
        """One request, and again after a short rest that the host asked for."""
        for _ in range(self.manners.retries + 1):
            with host.turn():
                answer = self._send(host.pool, url, wanted)
                if answer.status not in (429, 503):
                    return answer
                rest = _rest(answer.headers)
                if rest > _SHORT_REST:
                    raise Unfetched("asks to wait", f"{rest:.0f} s", again=True, status=answer.status, rest=rest)
                host.rest(rest)
        named = rest if "Retry-After" in answer.headers else 0.0
        raise Unfetched(f"HTTP {answer.status}", url, again=True, status=answer.status, rest=named)

    def _send(self, pool: urllib3.PoolManager, url: str, wanted: Wanted) -> Answer:
        if self.stop.is_set():
            raise Unfetched("stopped", again=True)
        headers = {**pool.headers, **wanted.conditions}
        with self._watchdog.within(self.manners.seconds) as deadline, failures(deadline):
            response = pool.request("GET", url, headers=headers, preload_content=False, redirect=False)
            try:
                body = _Body(_IN_MEMORY)
                for chunk in _chunks(response, wanted.limit):
                    body.write(chunk)
            finally:
                response.close()
                response.release_conn()
            if deadline.expired:  # headers, and bodies of no declared length, that were cut off look like whole ones
                raise Unfetched("took too long", again=True)
            body.seek(0)
            return Answer(url, response.status, response.headers, body)

    def _target(self, answer: Answer) -> str:
        target = address(answer.url, answer.headers.get("Location", ""))
        if not target:
            raise Unfetched("redirect without an address", answer.headers.get("Location", "")[:200])
        return target

    def _accepted(self, answer: Answer, wanted: Wanted) -> Answer:
        if answer.status not in (200, 304):
            again = answer.status >= 500 or answer.status in (408, 425)
            raise Unfetched(f"HTTP {answer.status}", answer.url, again=again, status=answer.status)
        if self.manners.respect_noai and noai(answer.headers, image=wanted.image):
            raise Unfetched("noai", answer.url, status=answer.status)
        kind = answer.headers.get("Content-Type", "").strip().lower()
        if answer.status == 200 and kind.startswith(_TEXTS if wanted.image else _MEDIA):
            raise Unfetched("not an image" if wanted.image else "not a document", kind, status=answer.status)
        return answer


def noai(headers: Mapping[str, str], *, image: bool) -> bool:
    """Whether X-Robots-Tag keeps machines' models away; `agent: tag` counts when the agent is us or everyone."""
    for part in headers.get("X-Robots-Tag", "").lower().split(","):
        agent, colon, tag = part.rpartition(":")
        mine = not colon or agent.strip() in ("*", AGENT.lower())
        if mine and tag.strip() in (("noai", "noimageai") if image else ("noai",)):
            return True
    return False


class _Body(tempfile.SpooledTemporaryFile[bytes]):
    """Closes itself with the last answer that holds it: answers pass from thread to thread and end in many places."""

    def __del__(self) -> None:
        self.close()


def _chunks(response: urllib3.BaseHTTPResponse, limit: int) -> Iterator[bytes]:
    """The decoded body; the limit holds for what arrives and for what it unpacks to."""
    declared = response.headers.get("Content-Length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise Unfetched("too large", f"{declared} bytes")
    size = 0
    while chunk := response.read1(_CHUNK, decode_content=True):
        size += len(chunk)
        if size > limit or response.tell() > limit:
            raise Unfetched("too large", f"over {limit} bytes")
        yield chunk


def _rest(headers: Mapping[str, str]) -> float:
    """Seconds of a Retry-After header, as a number or as a date."""
    try:
        return float(Retry(retry_after_max=_LONGEST_REST).parse_retry_after(headers["Retry-After"]))
    except (KeyError, urllib3.exceptions.InvalidHeader, OverflowError):
        return _DEFAULT_REST
