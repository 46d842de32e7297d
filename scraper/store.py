"""The manifest of a run: every address with its state, and what was read at it, in SQLite.

One process writes, in one thread. What an answer brings is stored in one transaction with the answer's own state, so
that a process killed at any moment has lost nothing but the requests in flight.

A run has a generation. `--refresh` begins a new one: addresses that are found again are asked for again; those that
are not found again are gone once it is complete, with what was read at them.
"""

import sqlite3
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from catalogue.errors import DiskError, SiteError
from scraper.draft import Draft
from scraper.site import Role

NAME = "scrape.sqlite"
FORMAT = "1"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS urls (
  id INTEGER PRIMARY KEY, url TEXT NOT NULL, role TEXT NOT NULL, host TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'todo', attempts INTEGER NOT NULL DEFAULT 0, status INTEGER NOT NULL DEFAULT 0,
  reason TEXT NOT NULL DEFAULT '', detail TEXT NOT NULL DEFAULT '',
  sha256 TEXT NOT NULL DEFAULT '', file TEXT NOT NULL DEFAULT '',
  etag TEXT NOT NULL DEFAULT '', last_modified TEXT NOT NULL DEFAULT '',
  generation INTEGER NOT NULL, UNIQUE (url, role));
CREATE INDEX IF NOT EXISTS urls_todo ON urls (host, (role = 'image'), id) WHERE state = 'todo';
CREATE INDEX IF NOT EXISTS urls_open ON urls (generation) WHERE role != 'image' AND state IN ('todo', 'failed');
CREATE INDEX IF NOT EXISTS urls_sha256 ON urls (sha256) WHERE sha256 != '';
CREATE TABLE IF NOT EXISTS links (
  parent INTEGER NOT NULL, child INTEGER NOT NULL, PRIMARY KEY (parent, child)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS drafts (
  parent INTEGER NOT NULL, position INTEGER NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (parent, position)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS drafts_key ON drafts (key, parent, position);
CREATE TABLE IF NOT EXISTS skips (
  parent INTEGER NOT NULL, reason TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (parent, reason)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rests (host TEXT PRIMARY KEY, until REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS published (id TEXT PRIMARY KEY, digest TEXT NOT NULL, turn INTEGER NOT NULL) WITHOUT ROWID;
"""
# Positions of drafts within one parent stay below this, so that parent and position sort as one number.
_STRIDE = 10_000_000


@dataclass(frozen=True, slots=True)
class Task:
    """An address to ask for, with what is known of it from the last time."""

    id: int
    url: str
    role: Role
    host: str
    sha256: str = ""
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
    """An open manifest.

    `waiting` counts the addresses still to be asked for by host, `documents` those of this generation that are no
    images, `settled` those that were settled since it was opened.
    """

    def __init__(self, folder: Path) -> None:
        """Open or make the manifest in `folder`. Raises SiteError when it cannot be used."""
        self.path = folder / NAME
        folder.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        with _explained(self.path):
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.executescript(_SCHEMA)
        if self.fact("format", FORMAT) != FORMAT:
            raise SiteError(f"{self.path} was written by another version. Remove it to fetch the shop anew.")
        self.generation = int(self.fact("generation", "0"))
        self.waiting: Counter[str] = Counter()
        self.settled = 0
        self.documents = 0

    def close(self) -> None:
        """Leave one file."""
        self._db.close()

    @contextmanager
    def saving(self) -> Iterator[None]:
        """One transaction."""
        with _explained(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def fact(self, name: str, default: str) -> str:
        """A named value."""
        row = self._one("SELECT value FROM facts WHERE name = ?", name)
        return str(row[0]) if row else default

    def begin(self, seeds: Iterable[tuple[Role, str]], fingerprint: str, *, refresh: bool) -> None:
        """Make everything that is still to be fetched `todo`.

        A new generation begins when there is none, when `refresh` asks for it and the last one is complete, and when
        the site file (its `fingerprint`) has changed: documents are then read again, images are kept.
        """
        changed = self.fact("site", "") != fingerprint
        unfinished = self._one("SELECT 1 FROM urls WHERE state IN ('todo', 'failed') LIMIT 1") is not None
        with self.saving():
            if changed or (refresh and not unfinished):
                self.generation += 1
            if changed:
                self._db.execute("UPDATE urls SET etag = '', last_modified = '' WHERE role != 'image'")
            for name, value in {"format": FORMAT, "site": fingerprint, "generation": str(self.generation)}.items():
                self._db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))
            self._db.execute("UPDATE urls SET state = 'todo' WHERE state = 'failed'")
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
                self._db.execute(
                    "UPDATE urls SET state = 'todo', sha256 = '', file = '', etag = '', last_modified = ''"
                    " WHERE id = ?",
                    (number,),
                )
            self._count_waiting()

    def files(self) -> Iterator[tuple[int, str]]:
        """The images on disk: the number and the file of each address."""
        yield from self._db.execute("SELECT id, file FROM urls WHERE file != ''")

    def take(self, host: str, most: int) -> list[Task]:
        """The next addresses of a host, documents before images, in the order in which they were found."""
        rows = self._db.execute(
            "SELECT id, url, role, host, sha256, etag, last_modified FROM urls"
            " WHERE state = 'todo' AND host = ? ORDER BY role = 'image', id LIMIT ?",
            (host, most),
        )
        return [Task(*row) for row in rows]

    def done(self, task: Task, fetched: Fetched) -> None:
        """Note that an address was fetched."""
        self._db.execute(
            "UPDATE urls SET state = 'done', attempts = attempts + 1, status = ?, reason = '', detail = '',"
            " sha256 = ?, file = ?, etag = ?, last_modified = ? WHERE id = ?",
            (fetched.status, fetched.sha256, fetched.file, fetched.etag, fetched.last_modified, task.id),
        )
        self._settle(task)

    def unchanged(self, task: Task) -> None:
        """Note that an address is as it was, and that what it leads to is still led to."""
        self._db.execute(
            "UPDATE urls SET state = 'done', attempts = attempts + 1, status = 304, reason = '', detail = ''"
            " WHERE id = ?",
            (task.id,),
        )
        self._settle(task)
        children = self._db.execute(
            "SELECT role, url FROM links JOIN urls ON urls.id = links.child WHERE parent = ?", (task.id,)
        ).fetchall()
        for role, url in children:
            self._add(role, url)

    def failed(self, task: Task, reason: str, detail: str, status: int, *, again: bool) -> None:
        """Note that an address was not had. What was read there earlier stays unless it is refused for good."""
        self._db.execute(
            "UPDATE urls SET state = ?, attempts = attempts + 1, status = ?, reason = ?, detail = ? WHERE id = ?",
            ("failed" if again else "refused", status, reason, detail, task.id),
        )
        self._settle(task)
        if not again:
            self._forget(task)
            self._db.execute("UPDATE urls SET sha256 = '', file = '' WHERE id = ?", (task.id,))

    def read(
        self, task: Task, drafts: Iterable[tuple[str, Draft]], links: Iterable[tuple[Role, str]], skips: Counter[str]
    ) -> None:
        """Replace what was read at an address: drafts with their keys, and the addresses that they lead to.

        `skips` is looked at last: an iterator of drafts may still be counting.
        """
        self._forget(task)
        for position, (key, draft) in enumerate(drafts):
            self._db.execute("INSERT INTO drafts VALUES (?, ?, ?, ?)", (task.id, position, key, draft.packed()))
            for picture in draft.images:
                self._link(task, "image", picture)
        for role, url in links:
            self._link(task, role, url)
        self._db.executemany(
            "INSERT INTO skips VALUES (?, ?, ?)", [(task.id, reason, count) for reason, count in skips.items() if count]
        )

    def rest(self, host: str, seconds: float) -> None:
        """Remember that a host wants to be left alone."""
        self._db.execute("INSERT OR REPLACE INTO rests VALUES (?, ?)", (host, time.time() + seconds))

    def resting(self) -> dict[str, float]:
        """Hosts that are to be left alone, and until when in seconds since the epoch."""
        return dict(self._db.execute("SELECT host, until FROM rests WHERE until > ?", (time.time(),)).fetchall())

    @property
    def complete(self) -> bool:
        """Whether this generation has read every document that it found; images do not count."""
        open_ones = (
            "SELECT 1 FROM urls WHERE role != 'image' AND state IN ('todo', 'failed') AND generation = ? LIMIT 1"
        )
        return self._one(open_ones, self.generation) is None

    def product_keys(self) -> Iterator[str]:
        """The keys of all products in the order in which they were found.

        While this generation is not complete, what earlier ones found still counts.
        """
        rows = self._db.execute(
            "SELECT key FROM drafts JOIN urls ON urls.id = parent WHERE generation >= ?"
            f" GROUP BY key ORDER BY min(parent * {_STRIDE} + position)",
            (self._oldest(),),
        )
        return (key for (key,) in rows)

    def drafts(self, key: str) -> list[Draft]:
        """What was read of one product, in the order in which it was found."""
        rows = self._db.execute(
            "SELECT body FROM drafts JOIN urls ON urls.id = parent WHERE key = ? AND generation >= ?"
            " ORDER BY parent, position",
            (key, self._oldest()),
        )
        return [Draft.unpacked(body) for (body,) in rows]

    def image(self, url: str) -> tuple[str, str]:
        """The file and the sha256 of an image's address; empty when it was not had."""
        row = self._one("SELECT file, sha256 FROM urls WHERE url = ? AND role = 'image'", url)
        return (str(row[0]), str(row[1])) if row else ("", "")

    def state(self, url: str, role: Role) -> tuple[str, str]:
        """The state and the reason of an address; empty when it is unknown."""
        row = self._one("SELECT state, reason FROM urls WHERE url = ? AND role = ?", url, role)
        return (str(row[0]), str(row[1])) if row else ("", "")

    def counts(self) -> list[tuple[str, str, str, int]]:
        """How many addresses of this generation have each (role, state, reason)."""
        return self._db.execute(
            "SELECT role, state, reason, count(*) FROM urls WHERE generation = ? GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
            (self.generation,),
        ).fetchall()

    def examples(self, most: int = 3) -> dict[str, list[str]]:
        """Some addresses for each reason why one was not had."""
        rows = self._db.execute(
            "SELECT reason, url, detail FROM urls WHERE generation = ? AND state IN ('failed', 'refused') ORDER BY id",
            (self.generation,),
        )
        found: dict[str, list[str]] = {}
        for reason, url, detail in rows:
            if len(found.setdefault(reason, [])) < most:
                found[reason].append(f"{url}: {detail}" if detail and detail != url else url)
        return found

    def skips(self) -> Counter[str]:
        """What could not be used on the pages of this generation, by reason."""
        rows = self._db.execute(
            "SELECT skips.reason, sum(count) FROM skips JOIN urls ON urls.id = parent WHERE generation = ? GROUP BY 1",
            (self.generation,),
        )
        return Counter(dict(rows.fetchall()))

    def publish(self, id: str, digest: str, turn: int) -> str:
        """Note a product of the table being written: `added`, `changed`, `kept`, or a `duplicate` in this turn."""
        row = self._one("SELECT digest, turn FROM published WHERE id = ?", id)
        if row and row[1] == turn:
            return "duplicate"
        self._db.execute("INSERT OR REPLACE INTO published VALUES (?, ?, ?)", (id, digest, turn))
        return "added" if not row else "kept" if row[0] == digest else "changed"

    def published(self) -> tuple[int, int]:
        """How many products the last table had, and its turn."""
        count, turn = self._one("SELECT count(*), coalesce(max(turn), 0) FROM published")
        return int(count), int(turn)

    def withdraw(self, turn: int) -> int:
        """Forget the products of earlier turns; how many they were."""
        return self._db.execute("DELETE FROM published WHERE turn < ?", (turn,)).rowcount

    def prune(self) -> list[str]:
        """Forget what earlier generations found; the files that nothing needs any more."""
        gone = self._db.execute(
            "SELECT DISTINCT file FROM urls WHERE generation < ?1 AND file != '' AND sha256 NOT IN"
            " (SELECT sha256 FROM urls WHERE generation >= ?1 AND sha256 != '')",
            (self.generation,),
        ).fetchall()
        for table in ("links", "drafts", "skips"):
            self._db.execute(
                f"DELETE FROM {table} WHERE parent IN (SELECT id FROM urls WHERE generation < ?)", (self.generation,)
            )
        self._db.execute("DELETE FROM urls WHERE generation < ?", (self.generation,))
        return [str(file) for (file,) in gone]

    def _oldest(self) -> int:
        """The oldest generation that still counts."""
        return self.generation if self.complete else 0

    def _link(self, task: Task, role: Role, url: str) -> None:
        self._db.execute("INSERT OR IGNORE INTO links VALUES (?, ?)", (task.id, self._add(role, url)))

    def _add(self, role: Role, url: str) -> int:
        host = host_of(url)
        added = self._db.execute(
            "INSERT INTO urls (url, role, host, generation) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
            " SET generation = excluded.generation, state = 'todo' WHERE generation < excluded.generation",
            (url, role, host, self.generation),
        )
        self.waiting[host] += added.rowcount
        self.documents += added.rowcount if role != "image" else 0
        return int(self._one("SELECT id FROM urls WHERE url = ? AND role = ?", url, role)[0])

    def _settle(self, task: Task) -> None:
        self.waiting[task.host] -= 1
        self.settled += 1

    def _forget(self, task: Task) -> None:
        for table in ("links", "drafts", "skips"):
            self._db.execute(f"DELETE FROM {table} WHERE parent = ?", (task.id,))

    def _count_waiting(self) -> None:
        rows = self._db.execute("SELECT host, count(*) FROM urls WHERE state = 'todo' GROUP BY host")
        self.waiting = Counter(dict(rows.fetchall()))
        documents = "SELECT count(*) FROM urls WHERE role != 'image' AND generation = ?"
        self.documents = int(self._one(documents, self.generation)[0])

    def _one(self, query: str, *values: object) -> Any:
        with _explained(self.path):
            return self._db.execute(query, values).fetchone()


def host_of(url: str) -> str:
    """What counts as one host: scheme, name and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours."""
    try:
        yield
    except sqlite3.OperationalError as error:
        # "disk I/O error" is what a limit on the file's size looks like from here.
        if any(words in str(error) for words in ("full", "disk I/O")):
            raise DiskError(f"no space left to write {path}. Free some, and run the same command again.") from error
        raise SiteError(f"{path} cannot be used: {error}. Is it on a disk that you may write to?") from error
    except sqlite3.DatabaseError as error:
        raise SiteError(f"{path} is damaged: {error}. Remove it to fetch the shop anew; images are kept.") from error
