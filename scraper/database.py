"""The manifest's file: its tables, its transactions, and its errors as ours."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from catalogue.errors import DiskError, SiteError

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


class Database:
    """An open manifest, in `folder`. Every statement raises DiskError or SiteError when the file cannot be used."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        folder.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    def _prepare(self) -> None:
        with _explained(self.path):
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.executescript(_SCHEMA)
        written = self.fact("format", "")
        if written not in ("", FORMAT):
            raise SiteError(f"{self.path} was written by another version. Remove it to fetch the shop anew.")
        if not written:  # `status` looks into a run's manifest, and must not wait until it may write
            self.note("format", FORMAT)

    def close(self) -> None:
        """Leave one file."""
        self._connection.close()

    @contextmanager
    def saving(self) -> Iterator[None]:
        """One transaction."""
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if self._connection.in_transaction:  # a full disk has ended it already
                self.execute("ROLLBACK")
            raise
        self.execute("COMMIT")

    def execute(self, statement: str, *values: object) -> sqlite3.Cursor:
        """Run one statement."""
        with _explained(self.path):
            return self._connection.execute(statement, values)

    def one(self, query: str, *values: object) -> Any:
        """The first row of a query; None when there is none."""
        return self.execute(query, *values).fetchone()

    def fact(self, name: str, default: str) -> str:
        """A named value."""
        row = self.one("SELECT value FROM facts WHERE name = ?", name)
        return str(row[0]) if row else default

    def note(self, name: str, value: str) -> None:
        """Keep a named value."""
        self.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", name, value)


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
