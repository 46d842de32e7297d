"""What is remembered of files: nothing that changed is missed, and a record that is of no use does no harm."""

import hashlib
import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from catalogue.errors import FeaturesError
from model import seen
from model.seen import Seen


class Shelf:
    """A folder of files that are hashed by way of a record; `read` names those that were looked into the last time."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.record = folder / "files", folder / "features" / ".record"
        self.folder.mkdir()
        self.read: list[str] = []

    def hashes(self, *names: str) -> list[str]:
        """Of the files, checked against their bytes."""
        self.read = []
        record = Seen(self.record)
        found = [record.found(name, self.folder / name, partial(self._look, name)).hex() for name in names]
        record.keep()
        assert found == [hashlib.sha256((self.folder / name).read_bytes()).hexdigest() for name in names]
        return found

    def _look(self, name: str) -> bytes:
        self.read.append(name)
        return hashlib.sha256((self.folder / name).read_bytes()).digest()


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    made = Shelf(tmp_path)
    for name in "abc":
        (made.folder / name).write_text(f"file {name}")
    return made


@pytest.fixture
def fine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that shows every change, so that tests need not wait."""
    monkeypatch.setattr(seen, "GRAIN", 0)


@pytest.mark.usefixtures("fine")
def test_a_file_is_read_once(shelf: Shelf) -> None:
    first = shelf.hashes(*"abc")
    assert shelf.read == ["a", "b", "c"]
    assert shelf.hashes(*"abc") == first
    assert shelf.read == []


def keeping_times(path: Path, change: Callable[[], object]) -> None:
    """Size and date are what they were: the time of the last change alone tells."""
    before = path.stat()
    change()
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)


def replaced(path: Path) -> None:
    other = path.with_name("other")
    other.write_text("gile a")
    shutil.copystat(path, other)
    other.replace(path)


CHANGES: dict[str, Callable[[Path], object]] = {
    "longer": lambda path: path.write_text("file a and more"),
    "other bytes": lambda path: keeping_times(path, lambda: path.write_text("gile a")),
    "another file in its place": replaced,
    "touched": lambda path: path.touch(),
    "moved here": lambda path: path.with_name("b").replace(path),
}


@pytest.mark.usefixtures("fine")
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_file_that_changed_is_read_again(shelf: Shelf, change: Callable[[Path], object]) -> None:
    shelf.hashes(*"abc")
    change(shelf.folder / "a")
    shelf.hashes(*"ac")
    assert shelf.read == ["a"]
    shelf.hashes(*"ac")
    assert shelf.read == []


@pytest.mark.usefixtures("fine")
def test_files_come_and_go(shelf: Shelf) -> None:
    shelf.hashes(*"ab")
    shelf.hashes(*"abc")
    assert shelf.read == ["c"]
    size = shelf.record.stat().st_size
    (shelf.folder / "b").unlink()
    shelf.hashes(*"ac")
    assert shelf.read == []
    assert shelf.record.stat().st_size < size  # what is gone is forgotten


def test_what_was_written_just_before_is_read_again(shelf: Shelf) -> None:
    """Of two changes in one tick of the clock the second may not show."""
    for number in range(100):
        (shelf.folder / "a").write_text(f"fil{number % 10} a")
        for _ in range(2):
            shelf.hashes("a")
            assert shelf.read == ["a"]


@pytest.mark.usefixtures("fine")
@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content[:0],
        lambda content: content[:-1],
        lambda content: content[:40] + bytes([content[40] ^ 1]) + content[41:],
        lambda content: content[:-48],
        lambda content: b"\x89PNG" + content,
    ],
    ids=["empty", "torn", "flipped", "shorter", "foreign"],
)
def test_a_record_that_is_of_no_use_is_made_anew(shelf: Shelf, spoil: Callable[[bytes], bytes]) -> None:
    first = shelf.hashes(*"abc")
    record = shelf.record.read_bytes()
    shelf.record.write_bytes(spoil(record))
    assert shelf.hashes(*"abc") == first
    assert shelf.read == ["a", "b", "c"]
    assert shelf.record.read_bytes() == record


@pytest.mark.usefixtures("fine")
def test_what_a_process_wrote_itself_need_not_be_read(shelf: Shelf) -> None:
    record = Seen(shelf.record)
    record.written("a", shelf.folder / "a", hashlib.sha256(b"file a").digest())
    record.keep()
    shelf.hashes(*"ab")
    assert shelf.read == ["b"]


def test_what_is_not_there_is_left_to_who_looks(shelf: Shelf) -> None:
    for name in ("nowhere", "a/b", "nul\0"):
        with pytest.raises((OSError, ValueError)):
            shelf.hashes(name)


@pytest.mark.usefixtures("fine")
def test_a_record_that_cannot_be_kept_is_told(shelf: Shelf) -> None:
    shelf.record.parent.write_text("in the way")
    with pytest.raises(FeaturesError, match="cannot be written"):
        shelf.hashes("a")


def test_without_a_place_nothing_is_remembered(shelf: Shelf) -> None:
    record = Seen()
    assert record.found("a", shelf.folder / "a", lambda: b"x" * 32) == b"x" * 32
    record.keep()
    assert not shelf.record.exists()
