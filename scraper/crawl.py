"""The run's engine: hosts side by side, one request at a time in each, answers stored as they come."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from queue import SimpleQueue

from catalogue.errors import CatalogueError, LookalikeError, Unfetched
from scraper import images
from scraper.draft import Draft
from scraper.fetch import Answer, Fetcher, Wanted
from scraper.progress import Show
from scraper.reading import Reading, read
from scraper.site import Limits, Role, Site
from scraper.store import Fetched, Store, Task

OVER_LIMIT = "page over the limit"
READ_ALREADY = "redirect to a page that is read anyway"
_LANES = 16
_BATCH = 32  # addresses that a lane takes along, so that it need not wait for the store between two of them


@dataclass(frozen=True)
class _Result:
    """What a lane brings back: an answer, a saved image, or an error."""

    task: Task
    answer: Answer | None = None
    fetched: Fetched | None = None
    error: LookalikeError | None = None


@dataclass(frozen=True)
class _Free:
    """A lane that has come to its end; with an error, everything ends."""

    host: str
    error: BaseException | None = None


class Crawl:
    """One run over a store until nothing that may be asked for is left."""

    def __init__(self, site: Site, store: Store, fetcher: Fetcher, folder: Path, show: Show) -> None:
        self._site, self._store, self._fetcher, self._folder, self._show = site, store, fetcher, folder, show
        self._results: SimpleQueue[_Result | _Free] = SimpleQueue()
        self._busy: set[str] = set()
        self._resting = set(store.resting())

    def run(self) -> None:
        """Fetch, read and store. Raises DiskError; whatever ends it, what was stored stays."""
        with ThreadPoolExecutor(_LANES, thread_name_prefix="lane") as pool:
            try:
                while self._start_lanes(pool):
                    self._store_results()
                    self._show(self._store.settled, sum(self._store.waiting.values()))
            finally:
                self._fetcher.stop.set()  # lanes that wait out a pause must not be waited for

    def _start_lanes(self, pool: ThreadPoolExecutor) -> bool:
        """Give every idle host with something to do a lane; whether any lane is under way."""
        for host, count in self._store.waiting.items():
            if len(self._busy) == _LANES:
                break
            if count > 0 and host not in self._busy and host not in self._resting:
                self._busy.add(host)
                pool.submit(self._lane, host, self._store.take(host, _BATCH))
        return bool(self._busy)

    def _lane(self, host: str, tasks: list[Task]) -> None:
        """Fetch addresses of one host, one after the other. Runs in a thread of its own."""
        failure: BaseException | None = None
        try:
            for task in tasks:
                if self._fetcher.stop.is_set():
                    break
                result = self._fetched(task)
                self._results.put(result)
                if isinstance(result.error, Unfetched) and result.error.rest:
                    break
        except BaseException as error:  # handed to the main thread, which raises it
            failure = error
        self._results.put(_Free(host, failure))

    def _fetched(self, task: Task) -> _Result:
        limit = _limit(task, self._site.limits)
        wanted = Wanted(task.url, limit, task.role == "image", task.etag, task.last_modified)
        try:
            answer = self._fetcher.fetch(wanted)
            if answer.unchanged or task.role != "image":
                return _Result(task, answer)
            sha256, file = images.save(self._folder, answer.content)
            return _Result(task, answer, _noted(answer, sha256, file))
        except Unfetched as error:
            return _Result(task, error=error)

    def _store_results(self) -> None:
        """Wait for one result, then store all that are there in one transaction."""
        results = [self._results.get()]
        while not self._results.empty():
            results.append(self._results.get())
        with self._store.saving():
            for result in results:
                if isinstance(result, _Free):
                    self._busy.discard(result.host)
                else:
                    self._store_one(result)
        for result in results:
            if isinstance(result, _Free) and result.error:
                raise result.error

    def _store_one(self, result: _Result) -> None:
        try:
            if result.error:
                raise result.error
            if result.answer:
                self._store_answer(result.task, result.answer, result.fetched)
        except Unfetched as error:
            self._store_failure(result.task, error)
        except CatalogueError as error:
            self._store.failed(result.task, "unreadable document", str(error), 200, again=False)

    def _store_failure(self, task: Task, error: Unfetched) -> None:
        if self._fetcher.stop.is_set():
            return  # we broke it off ourselves: it is still to be done
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
            self._store.read(task, self._few_images(reading), self._within_limit(reading), reading.skips)
            self._store.done(task, _noted(answer))

    def _few_images(self, reading: Reading) -> Iterator[tuple[str, Draft]]:
        most = self._site.limits.images_per_product
        return ((key, replace(draft, images=draft.images[:most])) for key, draft in reading.drafts)

    def _within_limit(self, reading: Reading) -> Iterator[tuple[Role, str]]:
        for role, url in reading.links:
            if self._store.documents < self._site.limits.pages:
                yield role, url
            else:
                reading.skips[OVER_LIMIT] += 1


def _limit(task: Task, limits: Limits) -> int:
    return {"image": limits.image_bytes, "feed": limits.feed_bytes}.get(task.role, limits.page_bytes)


def _noted(answer: Answer, sha256: str = "", file: str = "") -> Fetched:
    headers = answer.headers
    return Fetched(answer.status, sha256, file, headers.get("ETag", ""), headers.get("Last-Modified", ""))
