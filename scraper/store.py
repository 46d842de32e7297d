"""The frontier of a run: every address with its state, and what was read at it.

One process writes, in one thread. What an answer brings is stored in one transaction with the answer's own state, so
that a process killed at any moment has lost nothing but the requests in flight.

A run has a generation. `--refresh` begins a new one: addresses that are found again are asked for again; those that
are not found again are gone once it is complete, with what was read at them.
"""

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from scraper.database import Database
from scraper.draft import Draft
from scraper.findings import Findings
from scraper.site import Role


@dataclass(frozen=True, slots=True)
class Task:
    """An address to ask for, with what is known of it from the last time."""

    id: int
    url: str
    role: Role
    host: str
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """How an address was answered; for an image the sha256 of its bytes and its file, relative to the folder."""

    status: int
    sha256: str = ""
    file: str = ""
    etag: str = ""
    last_modified: str = ""


class Store:
    """The frontier in a folder's manifest.

    `waiting` counts the addresses still to be asked for by host, `documents` those of this generation that are no
    images, `settled` those that were settled since it was opened.
    """

    def __init__(self, folder: Path) -> None:
        self._database = Database(folder)
        self.generation = int(self._database.fact("generation", "0"))
        self.waiting: Counter[str] = Counter()
        self.settled = 0
        self.documents = 0

    def close(self) -> None:
        """Leave one file."""
        self._database.close()

    def saving(self) -> AbstractContextManager[None]:
        """One transaction."""
        return self._database.saving()

    @property
    def findings(self) -> Findings:
        """What was found so far."""
        return Findings(self._database, self.generation)

    def begin(self, seeds: Iterable[tuple[Role, str]], fingerprint: str, *, refresh: bool) -> None:
        """Make everything that is still to be fetched `todo`.

        A new generation begins when there is none, when `refresh` asks for it and the last one is complete, and when
        the site file (its `fingerprint`) has changed: documents are then read again, images are kept.
        """
        changed = self._database.fact("site", "") != fingerprint
        unfinished = self._database.one("SELECT 1 FROM urls WHERE state IN ('todo', 'failed') LIMIT 1") is not None
        with self.saving():
            if changed or (refresh and not unfinished):
                self.generation += 1
            if changed:
                self._database.execute("UPDATE urls SET etag = '', last_modified = '' WHERE role != 'image'")
            for name, value in {"site": fingerprint, "generation": str(self.generation)}.items():
                self._database.note(name, value)
            self._database.execute("UPDATE urls SET state = 'todo' WHERE state = 'failed'")
            self._count_waiting()
            for role, url in seeds:
                self._add(role, url)

    def seed(self, role: Role, url: str) -> Task:
        """An address to begin with, as a task."""
        return Task(self._add(role, url), url, role, host_of(url))

    def again(self, lost: Iterable[int]) -> None:
        """Ask anew for images whose files are gone."""
        with self.saving():
            for number in lost:
                self._database.execute(
                    "UPDATE urls SET state = 'todo', sha256 = '', file = '', etag = '', last_modified = ''"
                    " WHERE id = ?",
                    number,
                )
            self._count_waiting()

    def files(self) -> Iterator[tuple[int, str]]:
        """The images on disk: the number and the file of each address."""
        yield from self._database.execute("SELECT id, file FROM urls WHERE file != ''")

    def take(self, host: str, most: int) -> list[Task]:
        """The next addresses of a host, documents before images, in the order in which they were found."""
        rows = self._database.execute(
            "SELECT id, url, role, host, etag, last_modified FROM urls"
            " WHERE state = 'todo' AND host = ? ORDER BY role = 'image', id LIMIT ?",
            host,
            most,
        )
        return [Task(*row) for row in rows]

    def done(self, task: Task, fetched: Fetched) -> None:
        """Note that an address was fetched."""
        self._database.execute(
            "UPDATE urls SET state = 'done', attempts = attempts + 1, status = ?, reason = '', detail = '',"
            " sha256 = ?, file = ?, etag = ?, last_modified = ? WHERE id = ?",
            fetched.status,
            fetched.sha256,
            fetched.file,
            fetched.etag,
            fetched.last_modified,
            task.id,
        )
        self._settle(task)

    def unchanged(self, task: Task) -> None:
        """Note that an address is as it was, and that what it leads to is still led to."""
        self._database.execute(
            "UPDATE urls SET state = 'done', attempts = attempts + 1, status = 304, reason = '', detail = ''"
            " WHERE id = ?",
            task.id,
        )
        self._settle(task)
        children = self._database.execute(
            "SELECT role, url FROM links JOIN urls ON urls.id = links.child WHERE parent = ?", task.id
        ).fetchall()
        for role, url in children:
            self._add(role, url)

    def failed(self, task: Task, reason: str, detail: str, status: int, *, again: bool) -> None:
        """Note that an address was not had. What was read there earlier stays unless it is refused for good."""
        self._database.execute(
            "UPDATE urls SET state = ?, attempts = attempts + 1, status = ?, reason = ?, detail = ? WHERE id = ?",
            "failed" if again else "refused",
            status,
            reason,
            detail,
            task.id,
        )
        self._settle(task)
        if not again:
            self._forget(task)
            self._database.execute("UPDATE urls SET sha256 = '', file = '' WHERE id = ?", task.id)

    def read(
        self, task: Task, drafts: Iterable[tuple[str, Draft]], links: Iterable[tuple[Role, str]], skips: Counter[str]
    ) -> None:
        """Replace what was read at an address: drafts with their keys, and the addresses that they lead to.

        `skips` is looked at last: an iterator of drafts may still be counting.
        """
        self._forget(task)
        for position, (key, draft) in enumerate(drafts):
            self._database.execute("INSERT INTO drafts VALUES (?, ?, ?, ?)", task.id, position, key, draft.packed())
            for picture in draft.images:
                self._link(task, "image", picture)
        for role, url in links:
            self._link(task, role, url)
        for reason, count in skips.items():
            self._database.execute("INSERT INTO skips VALUES (?, ?, ?)", task.id, reason, count)

    def rest(self, host: str, seconds: float) -> None:
        """Remember that a host wants to be left alone."""
        self._database.execute("INSERT OR REPLACE INTO rests VALUES (?, ?)", host, time.time() + seconds)

    def resting(self) -> dict[str, float]:
        """Hosts that are to be left alone, and until when in seconds since the epoch."""
        return dict(self._database.execute("SELECT host, until FROM rests WHERE until > ?", time.time()).fetchall())

    def state(self, url: str, role: Role) -> tuple[str, str]:
        """The state and the reason of an address; empty when it is unknown."""
        row = self._database.one("SELECT state, reason FROM urls WHERE url = ? AND role = ?", url, role)
        return (str(row[0]), str(row[1])) if row else ("", "")

    def _link(self, task: Task, role: Role, url: str) -> None:
        self._database.execute("INSERT OR IGNORE INTO links VALUES (?, ?)", task.id, self._add(role, url))

    def _add(self, role: Role, url: str) -> int:
        host = host_of(url)
        added = self._database.execute(
            "INSERT INTO urls (url, role, host, generation) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
            " SET generation = excluded.generation, state = 'todo' WHERE generation < excluded.generation",
            url,
            role,
            host,
            self.generation,
        )
        self.waiting[host] += added.rowcount
        self.documents += added.rowcount if role != "image" else 0
        return int(self._database.one("SELECT id FROM urls WHERE url = ? AND role = ?", url, role)[0])

    def _settle(self, task: Task) -> None:
        self.waiting[task.host] -= 1
        self.settled += 1

    def _forget(self, task: Task) -> None:
        for table in ("links", "drafts", "skips"):
            self._database.execute(f"DELETE FROM {table} WHERE parent = ?", task.id)

    def _count_waiting(self) -> None:
        rows = self._database.execute("SELECT host, count(*) FROM urls WHERE state = 'todo' GROUP BY host")
        self.waiting = Counter(dict(rows.fetchall()))
        documents = "SELECT count(*) FROM urls WHERE role != 'image' AND generation = ?"
        self.documents = int(self._database.one(documents, self.generation)[0])


def host_of(url: str) -> str:
    """What counts as one host: scheme, name and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"
