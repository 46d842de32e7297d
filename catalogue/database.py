"""SQLite files of this process: filled once, then read by all its threads and by the processes that it forks."""

import fcntl
import os
import sqlite3
import tempfile
import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from catalogue.errors import DiskError

CACHE = 1024  # KiB of pages that each reading thread keeps; what was read lately is in the system's memory anyway
PAGE = 16 * 1024  # bytes; filling it takes a quarter less time than by the usual 4,096
_NAME = "lookalike-*.sqlite"
_MEMORY = "/dev/shm"


class Database:
    """It lies in the folder for temporary files until nobody holds it, or until the process that made it ends.

    What a killed process left there is removed by the next one.
    """

    def __init__(self) -> None:
        """Raises DiskError when there is no folder for it."""
        handle, name = _file()
        fcntl.flock(handle, fcntl.LOCK_SH)  # forked processes hold it as well
        self._path = Path(name).rename(f"{name}.sqlite")
        self._second = self._path.with_suffix(".beside")
        self._own = _Own()
        weakref.finalize(self, _remove, self._path, handle, os.getpid())

    @contextmanager
    def filling(self) -> Iterator[sqlite3.Connection]:
        """The connection that fills it, before anything is read. Raises DiskError when there is no room for it.

        It can be used by one thread after the other. A crash makes the file worthless, so nothing is synced.
        """
        connection = sqlite3.connect(self._path, check_same_thread=False)
        try:
            connection.executescript(_quick(self._path))
            yield connection
            connection.commit()
        except sqlite3.OperationalError as error:
            raise _full(self._path, error) from error
        finally:
            connection.close()

    def beside(self, script: str) -> None:
        """Let this thread read a second file as `beside`, which `script` fills from the first one.

        The first to ask makes it, for all threads and processes, and the others wait. Raises DiskError.
        """
        connection = self._connection()
        if connection not in self._own.attached:
            if not self._second.exists():
                self._make_second(script)
            connection.execute("ATTACH ? AS beside", [_read_only(self._second)])
            self._own.attached.add(connection)

    def _make_second(self, script: str) -> None:
        draft = self._path.with_suffix(".draft")
        with draft.open("ab") as file:  # another one may be filling it
            fcntl.flock(file, fcntl.LOCK_EX)
            if self._second.exists():  # another one made it while this one waited
                draft.unlink(missing_ok=True)
                return
            file.truncate(0)
            connection = sqlite3.connect(_read_only(self._path), uri=True)
            try:
                connection.execute("ATTACH ? AS beside", [draft.as_uri()])
                connection.executescript(f"{_quick(draft, 'beside.')}; BEGIN; {script}; COMMIT")
            except sqlite3.OperationalError as error:
                raise _full(draft, error) from error
            finally:
                connection.close()
            draft.rename(self._second)

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        return self._connection().execute(sql, values).fetchall()

    def _connection(self) -> sqlite3.Connection:
        opened, process = self._own.connections, os.getpid()
        if process not in opened:
            opened[process] = sqlite3.connect(_read_only(self._path), uri=True)
            opened[process].executescript(f"PRAGMA cache_size = -{CACHE}; PRAGMA {_temporary(self._path)}")
        return opened[process]


class _Own(threading.local):
    """A thread's connections by process: one that was opened before a fork is neither used nor closed after it."""

    def __init__(self) -> None:
        self.connections: dict[int, sqlite3.Connection] = {}
        self.attached: set[sqlite3.Connection] = set()


def _read_only(path: Path) -> str:
    return f"{path.as_uri()}?mode=ro&immutable=1"


def _quick(path: Path, schema: str = "") -> str:
    """For a file that nobody needs after a crash."""
    settings = (f"page_size = {PAGE}", "journal_mode = OFF", "synchronous = OFF", _temporary(path))
    return "; ".join(f"PRAGMA {schema}{each}" for each in settings)


def _temporary(path: Path) -> str:
    """The setting for what SQLite sorts: in memory where the file lies there, as there may be no disk to write to."""
    return f"temp_store = {'MEMORY' if path.is_relative_to(_MEMORY) else 'DEFAULT'}"


def _file() -> tuple[int, str]:
    """A new file, open, in the folder for temporary files, else in memory."""
    try:
        folder = tempfile.gettempdir()
    except FileNotFoundError:  # a disk that is read-only, or full
        folder = _MEMORY
    try:
        _sweep(Path(folder))
        return tempfile.mkstemp(prefix=_NAME.split("*")[0], dir=folder)
    except OSError as error:
        raise DiskError(
            f"no file can be made in {folder}: {error.strerror}. Set TMPDIR to a folder with room for the catalogue."
        ) from error


def _full(path: Path, error: Exception) -> DiskError:
    return DiskError(f"{path} cannot be filled: {error}. Free some space, or set TMPDIR.")


def _remove(path: Path, handle: int, maker: int) -> None:
    os.close(handle)
    if os.getpid() == maker:
        _unlink(path)


def _sweep(folder: Path) -> None:
    """Remove files that nobody holds: the system frees the lock of a process however that ends."""
    for path in folder.glob(_NAME):
        with suppress(OSError), path.open("rb") as file:  # held, gone by now, or another user's
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _unlink(path)


def _unlink(path: Path) -> None:
    for suffix in (".draft", ".beside", path.suffix):
        path.with_suffix(suffix).unlink(missing_ok=True)
