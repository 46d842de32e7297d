"""The run's engine: hosts side by side, one request at a time in each, answers stored as they come."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path

from catalogue.errors import CatalogueError, Unfetched
from scraper import images
from scraper.draft import Draft
from scraper.fetch import Answer, Fetcher, Wanted
from scraper.progress import Show
from scraper.reading import Reading, read
from scraper.site import Limits, Role, Site
from scraper.sources.sitemap import SIZE_LIMIT
from scraper.store import Fetched, Store, Task

OVER_LIMIT = "page over the limit"
REPEATED = "page that shows what the one before it showed"
READ_ALREADY = "redirect to a page that is read anyway"
_LANES = 16
_TICK = 0.1


@dataclass(frozen=True)
class _Got:
    """What a lane brings back: an answer, and for a new image where it was kept."""

    answer: Answer
    fetched: Fetched | None = None


class Crawl:
    """One run over a store until nothing that may be asked for is left."""

    def __init__(self, site: Site, store: Store, fetcher: Fetcher, folder: Path, show: Show) -> None:
        self._site, self._store, self._fetcher, self._folder, self._show = site, store, fetcher, folder, show
        self._lanes: dict[Future[None], str] = {}
        self._storing = threading.Lock()
        self._resting = set(store.resting())
        self._before: dict[str, frozenset[str]] = {}

    def run(self) -> None:
        """Fetch, read and store. Raises DiskError; whatever ends it, what was stored stays."""
        with ThreadPoolExecutor(_LANES, thread_name_prefix="lane") as pool:
            try:
                while self._start_lanes(pool):
                    for lane in wait(self._lanes, timeout=_TICK, return_when=FIRST_COMPLETED).done:
                        del self._lanes[lane]
                        lane.result()
                    with self._storing:
                        self._show(self._store.settled, self._store.waiting.total())
            finally:
                self._fetcher.halt()  # nobody waits for lanes that sit out a pause or read a slow answer

    def _start_lanes(self, pool: ThreadPoolExecutor) -> bool:
        """Give every idle host with something to do a lane; whether any lane is under way."""
        busy = set(self._lanes.values())
        with self._storing:
            waiting = [host for host, count in self._store.waiting.items() if count > 0]
        for host in [host for host in waiting if host not in busy | self._resting][: _LANES - len(busy)]:
            self._lanes[pool.submit(self._lane, host)] = host
        return bool(self._lanes)

    def _lane(self, host: str) -> None:
        """Fetch the addresses of one host, one after the other. Runs in a thread of its own.

        Each answer is stored before the next is asked for, so that a killed run loses only those on the way.
        """
        task = self._next(host)
        while task:
            try:
                outcome: _Got | Unfetched = self._get(task)
            except Unfetched as error:
                outcome = error
            if self._fetcher.stop.is_set():
                return  # we may have broken it off ourselves: it is still to be done
            with self._storing, self._store.saving():
                self._store_one(task, outcome)
            task = self._next(host)

    def _next(self, host: str) -> Task | None:
        with self._storing:
            return None if host in self._resting else next(iter(self._store.take(host, 1)), None)

    def _get(self, task: Task) -> _Got:
        """Fetch one address, and keep it if it is an image."""
        limit = _limit(task, self._site.limits)
        answer = self._fetcher.fetch(Wanted(task.url, limit, task.role == "image", task.etag, task.last_modified))
        if answer.unchanged or task.role != "image":
            return _Got(answer)
        sha256, file = images.save(self._folder, answer.content)
        return _Got(answer, _noted(answer, sha256, file))

    def _store_one(self, task: Task, outcome: _Got | Unfetched) -> None:
        try:
            if isinstance(outcome, Unfetched):
                raise outcome
            self._store_answer(task, outcome.answer, outcome.fetched)
        except Unfetched as error:
            self._store_failure(task, error)
        except CatalogueError as error:
            self._store.failed(task, "unreadable document", str(error), 200, again=False)

    def _store_failure(self, task: Task, error: Unfetched) -> None:
        if error.rest:
            self._store.rest(task.host, error.rest)
            self._resting.add(task.host)
        self._store.failed(task, error.reason, error.detail, error.status, again=error.again)

    def _store_answer(self, task: Task, answer: Answer, fetched: Fetched | None) -> None:
        if answer.unchanged:
            self._store.unchanged(task)
        elif fetched:
            self._store.done(task, fetched)
        else:
            known = answer.url != task.url and self._store.state(answer.url, task.role)[0]
            reading = Reading(skips=Counter([READ_ALREADY])) if known else read(self._site, task, answer)
            self._store.read(task, self._few_images(reading), self._followed(task, reading), reading.skips)
            self._store.done(task, _noted(answer))

    def _few_images(self, reading: Reading) -> Iterator[tuple[str, Draft]]:
        most = self._site.limits.images_per_product
        return ((key, replace(draft, images=draft.images[:most])) for key, draft in reading.drafts)

    def _followed(self, task: Task, reading: Reading) -> Iterator[tuple[Role, str]]:
        for role, url in reading.links:
            if role == task.role and self._repeats(task, url, reading.shown):
                reading.skips[REPEATED] += 1
            elif self._store.documents < self._site.limits.pages:
                yield role, url
            else:
                reading.skips[OVER_LIMIT] += 1

    def _repeats(self, task: Task, following: str, shown: frozenset[str]) -> bool:
        """Whether a page brings nothing new: past the last one, some shops name a next page for ever."""
        before = self._before.pop(task.url, frozenset())
        self._before[following] = shown
        return bool(shown) and shown <= before


def _limit(task: Task, limits: Limits) -> int:
    known = {"image": limits.image_bytes, "feed": limits.feed_bytes, "sitemap": SIZE_LIMIT}
    return known.get(task.role, limits.page_bytes)


def _noted(answer: Answer, sha256: str = "", file: str = "") -> Fetched:
    headers = answer.headers
    return Fetched(answer.status, sha256, file, headers.get("ETag", ""), headers.get("Last-Modified", ""))
