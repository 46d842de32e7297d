"""Folders in object storage by their URL: `s3://bucket/path`, and whatever else fsspec opens.

Credentials and the endpoint come from the environment, as the storage's own library finds them there, never from the
URL. An object is replaced whole or not at all; there is no renaming, and no step for several objects at once.
"""

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from catalogue.errors import StorageError

INSTALL = "pip install --require-hashes -r requirements-cluster.txt"
ATTEMPTS, CONNECT, ANSWER = 3, 3, 30  # how often a request is sent, and seconds for each

_S3 = {
    "config_kwargs": {
        "connect_timeout": CONNECT,
        "read_timeout": ANSWER,
        "retries": {"total_max_attempts": ATTEMPTS, "mode": "standard"},
        "max_pool_connections": 32,
    },
    "max_concurrency": 1,  # more of them would ask for the size of each object before its content
}
_OPTIONS: dict[str, dict[str, Any]] = {"s3": _S3, "s3a": _S3, "file": {"auto_mkdir": True}}

# By the names of their classes and codes, since each storage has its own library.
_NO_CREDENTIALS = {
    "NoCredentialsError",
    "PartialCredentialsError",
    "CredentialRetrievalError",
    "DefaultCredentialsError",
}
_AWAY = {"ConnectionError", "TimeoutError", "gaierror", "EndpointConnectionError", "HTTPClientError", "FSTimeoutError"}
_REFUSED = {"PermissionError", "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken", "403"}
_NO_CONDITIONS = {"NotImplemented", "501"}
_CHANGED = {"PreconditionFailed", "ConditionalRequestConflict", "FileExistsError", "412"}


class Absent(StorageError):
    """What was asked for is not there."""


class Overtaken(StorageError):
    """Somebody else has written what was to be replaced."""


class Unconditional(StorageError):
    """The storage cannot compare and write in one step."""


@dataclass(frozen=True, slots=True)
class Item:
    """A file in a storage: its bytes' number, and what the storage says that is another one after each change.

    `tag` is the storage's own word for the content, empty where it has none; `time` is when it was written, which a
    list may tell more exactly than the file itself.
    """

    size: int
    tag: str
    time: str

    @property
    def version(self) -> str:
        """Another one for another content."""
        return self.tag or f"{self.size} {self.time}"

    def holds(self, content: bytes) -> bool:
        """Whether the storage says that `content` is what it has; where its tag is no hash it does not."""
        return self.tag == hashlib.md5(content, usedforsecurity=False).hexdigest()


@dataclass(frozen=True)
class Place:
    """A folder in a storage. It is opened when it is first asked, so that it can be sent to other processes.

    Every method raises StorageError, with one line that holds no secret. Names are relative, with `/` between parts.
    """

    url: str

    def __str__(self) -> str:
        return self.url

    def items(self) -> dict[str, Item]:
        """All files by name, in order; none where there is nothing yet."""
        storage, root = self._opened()
        with self._told():
            storage.invalidate_cache()
            found = storage.find(root, detail=True)
        names = {info["name"][len(root) + 1 :]: _item(info) for info in found.values() if info["type"] == "file"}
        return {name: names[name] for name in sorted(names) if sound(name)}

    def item(self, name: str) -> Item:
        """Raises Absent."""
        storage, root = self._opened()
        with self._told(name):
            storage.invalidate_cache()
            return _item(storage.info(f"{root}/{name}"))

    def read(self, name: str) -> bytes:
        """Raises Absent."""
        storage, root = self._opened()
        with self._told(name):
            return bytes(storage.cat_file(f"{root}/{name}"))

    def get(self, names: Sequence[str], folder: Path) -> None:
        """Copy files to a folder of this machine. Raises Absent, and OSError where that cannot be written."""
        storage, root = self._opened()
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
        with self._told():
            storage.get([f"{root}/{name}" for name in names], [str(folder / name) for name in names])

    def put(self, names: Sequence[str], folder: Path) -> None:
        """Copy files from a folder of this machine."""
        storage, root = self._opened()
        with self._told():
            storage.put([str(folder / name) for name in names], [f"{root}/{name}" for name in names])

    def replace(self, name: str, content: bytes, before: Item | None) -> None:
        """Write what nobody else may have written since it was `before`, None for not there. Raises Overtaken.

        S3 compares and writes in one step. Where that is not known, it is compared just before it is written.
        """
        if self.url.startswith(("s3:", "s3a:")):
            with suppress(Unconditional):
                self._replace_at_once(name, content, before)
                return
        if self._version(name) != (before.version if before else ""):
            raise Overtaken(f"{self.url}/{name} was written by somebody else at the same time.")
        storage, root = self._opened()
        with self._told(name):
            storage.pipe_file(f"{root}/{name}", content)

    def _replace_at_once(self, name: str, content: bytes, before: Item | None) -> None:
        storage, root = self._opened()
        condition = {"IfMatch": f'"{before.tag}"'} if before else {"IfNoneMatch": "*"}
        with self._told(name):
            storage.pipe_file(f"{root}/{name}", content, **condition)

    def remove(self, name: str) -> None:
        """What is not there need not be removed."""
        storage, root = self._opened()
        try:
            with self._told(name):
                storage.rm_file(f"{root}/{name}")
        except Absent:
            return

    def _version(self, name: str) -> str:
        try:
            return self.item(name).version
        except Absent:
            return ""

    def _opened(self) -> tuple[Any, str]:
        with self._told():
            return _storage(self.url, os.getpid())

    @contextmanager
    def _told(self, name: str = "") -> Iterator[None]:
        """Whatever the storage's library raises is one line of ours."""
        try:
            yield
        except StorageError:
            raise
        except Exception as error:
            raise _error(self.url, name, error) from None  # what it holds beside may be a secret


def is_url(text: object) -> bool:
    return "://" in str(text)


def at(url: str) -> Place:
    """Raises StorageError for a URL that holds credentials, or that nothing installed opens."""
    scheme, rest = url.split("://", 1)
    host = rest.split("/", 1)[0]
    if "@" in host or ("@" in rest and ":" in host and not host.startswith("arn:")) or re.search(r"[?#]", rest):
        raise StorageError(
            f"a URL of {scheme}:// holds more than a bucket and a path. Give credentials in the environment alone, as"
            " AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or a profile."
        )
    if not host and scheme not in ("file", "memory"):
        raise StorageError(f"{url} names no bucket. Give a URL such as s3://bucket/path.")
    found = Place(url.rstrip("/"))
    found._opened()
    return found


def sound(name: str) -> bool:
    """Whether a name stays in its folder, on any storage and on a disk."""
    path = PurePosixPath(name)
    return str(path) == name and not path.is_absolute() and not {"..", "."} & {*path.parts} and "\0" not in name


def hidden(name: str) -> bool:
    """Whether a file or a folder of it is one that is passed over."""
    return any(part.startswith(".") for part in name.split("/"))


@cache
def _storage(url: str, _process: int) -> tuple[Any, str]:
    """The storage and the folder's path in it; its connections are not shared with a forked process."""
    try:
        import fsspec
    except ImportError:
        raise StorageError(f"{url} needs fsspec, which is not installed. Run: {INSTALL}") from None
    scheme = url.split("://", 1)[0]
    try:
        storage, root = fsspec.core.url_to_fs(url, **_OPTIONS.get(scheme, {}))
    except ImportError as error:
        lacking = "s3fs, which is" if scheme in ("s3", "s3a") else "a package that is"
        raise StorageError(f"{url} needs {lacking} not installed ({_plain(error)}). Run: {INSTALL}") from None
    except ValueError:
        raise StorageError(f"{url} is of no storage that is known here. Give a URL such as s3://bucket/path.") from None
    return storage, root.rstrip("/")


def _item(info: dict[str, Any]) -> Item:
    tag = next((info[key] for key in ("ETag", "etag", "md5Hash") if info.get(key)), "")
    time = next(
        (info[key] for key in ("LastModified", "last_modified", "mtime", "updated", "created") if key in info), ""
    )
    return Item(int(info["size"] or 0), str(tag).strip('"'), str(time))


def _error(url: str, name: str, error: Exception) -> StorageError:
    words = {each.__name__ for each in type(error).__mro__} | _codes(error)
    where = f"{url}/{name}" if name else url
    if words & _CHANGED:
        return Overtaken(f"{where} was written by somebody else at the same time.")
    if words & _NO_CONDITIONS:
        return Unconditional(f"{where} cannot be compared and written in one step.")
    if words & _NO_CREDENTIALS:
        return StorageError(f"{url}: no credentials. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE.")
    if words & _REFUSED:
        return StorageError(
            f"{url}: the storage refuses these credentials. Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and"
            " AWS_SESSION_TOKEN, or AWS_PROFILE, and what they may read and write there."
        )
    if "FileNotFoundError" in words:
        return Absent(f"{where} is not there." if name else f"{url}: there is no such bucket or folder. Make it first.")
    if words & _AWAY:
        return StorageError(f"{url} cannot be reached. Check AWS_ENDPOINT_URL and the network, and run this again.")
    return StorageError(f"{where} cannot be used: {type(error).__name__}, {_plain(error)}.")


def _codes(error: BaseException | None) -> set[str]:
    """What the storage answered, in the error or in what it came from."""
    codes: set[str] = set()
    while error:
        answer = getattr(error, "response", None)
        if isinstance(answer, dict):
            codes.add(str(answer.get("Error", {}).get("Code", "")))
        error = error.__cause__
    return codes


def _plain(error: BaseException) -> str:
    """What it says without what a URL may hold of secrets."""
    return re.sub(r"//[^\s/@]*@|\?\S*", "…", str(error)).rstrip(".")
