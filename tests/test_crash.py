"""Real builds that are killed, find damage, meet each other or run out of space: nothing that was stored is lost."""

import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from catalogue.precomputed import verify
from model.extracted import PRINT
from model.extractors import fingerprint
from model.prints import Print
from tests.factories import encoded, make_photo
from tests.serving import ROOT
from tests.test_build import built
from tests.test_precomputed import tree

BLOCK = 256  # photos in a block of the store
REST = 8  # photos in the last one, which is done in a moment
PHOTOS = 2 * BLOCK + REST
PRINTS = fingerprint(Print(), PRINT[0].version)  # the folder of small pictures beside that of features
DAMAGED = "damaged, extracted again: "
NETWORK = ("--extractor", "efficientnet-lite0", "--engine", "openvino", "--preset", "classic")  # one view of a photo


@dataclass(frozen=True)
class Shop:
    """A folder of photos with its store, the lists made of it, and the vectors; any of them may be still to come."""

    folder: Path

    @property
    def photos(self) -> Path:
        return self.folder / "photos"

    @property
    def lists(self) -> Path:
        return self.folder / "lists"

    @property
    def vectors(self) -> Path:
        return self.folder / "vectors.npz"

    @property
    def blocks(self) -> list[Path]:
        """The blocks of the network's features, the smallest first."""
        blocks = (path for path in (self.photos / "features").glob("*/*.npz") if path.parent.name != PRINTS)
        return sorted(blocks, key=lambda path: (path.stat().st_size, path.name))

    def build(self, *options: str, before: str = "") -> list[str]:
        """The command that builds the lists; `before` is what its process does first."""
        return _line(before, "build", str(self.photos), "--out", str(self.lists), *options)

    def extract(self, before: str = "") -> list[str]:
        return _line(before, "extract", str(self.photos), "--out", str(self.vectors))


def _line(before: str, *words: str) -> list[str]:
    run = f"{before}; import runpy; runpy.run_module('model', run_name='__main__')"
    program = ["-c", run] if before else ["-m", "model"]
    return [sys.executable, *program, *words, *NETWORK]


def dying(event: str, name: str) -> str:
    """Kills its own process just before `event` of Python's audit happens to a path with `name` in it.

    From outside, the moment between a whole draft and its final name could only be hit by luck.
    """
    return (
        "import os, sys; sys.addaudithook(lambda event, given: "
        f"event == {event!r} and any({name!r} in str(each) for each in given) and os.kill(os.getpid(), 9))"
    )


def ran(words: list[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


def finished(words: list[str]) -> str:
    """What the command says when it ends well."""
    answer = ran(words)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


@contextmanager
def at_work(words: list[str], until: Callable[[], bool]) -> Iterator["subprocess.Popen[bytes]"]:
    """The command's process, from when `until` holds; whatever happens, it is not left behind."""
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            end = time.monotonic() + 60
            while not until() and process.poll() is None and time.monotonic() < end:
                time.sleep(0.001)
            assert until()
            yield process
            process.wait(timeout=120)
        except BaseException:
            process.kill()
            raise


def kill(words: list[str], when: Callable[[], bool]) -> None:
    with at_work(words, when) as process:
        process.kill()
    assert process.returncode == -signal.SIGKILL


def errors(answer: "subprocess.CompletedProcess[str]") -> list[str]:
    """The lines on stderr beside the progress bars."""
    assert "Traceback" not in answer.stderr
    return [line for line in answer.stderr.splitlines() if line.startswith("error: ")]


def whole(folder: Path) -> dict[str, bytes]:
    """The files under their final names: neither drafts nor locks, nor what was noted on engines."""
    return {name: content for name, content in tree(folder).items() if not _aside(Path(name).name)}


def _aside(name: str) -> bool:
    return name.startswith((".", "engines-"))


def photos_in(block: Path) -> int:
    """How many photos a block holds; reading its arrays to the end checks them against the zip's checksums."""
    with np.load(block, allow_pickle=False) as arrays:
        keys, features = arrays["keys"], arrays["features"]
    assert features.shape == (len(keys), 1280)
    return len(keys)


def stored(shop: Shop) -> dict[Path, tuple[bytes, int]]:
    """Each block's bytes and when it was written; all can be read."""
    assert all(photos_in(block) for block in shop.blocks)
    return {block: (block.read_bytes(), block.stat().st_mtime_ns) for block in shop.blocks}


def drafts(folder: Path) -> list[Path]:
    return list(folder.rglob("*.tmp"))


def save_photos(folder: Path) -> None:
    """Small pictures, each of another colour; wide ones, of which thumbnails are made in no time."""
    folder.mkdir()
    for number in range(PHOTOS):
        colour = f"#{number * 97 % 256:02x}{number * 31 % 256:02x}{number // 4:02x}"
        picture = make_photo(colour, ("ellipse", "rectangle")[number % 2], (64, 9 + number % 7))
        (folder / f"{number:03}.png").write_bytes(encoded(picture))


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """What comes of it when nothing goes wrong."""
    shop = Shop(tmp_path_factory.mktemp("reference"))
    save_photos(shop.photos)
    assert built(finished(shop.build()))["features new"] == PHOTOS
    finished(shop.extract())
    assert [photos_in(block) for block in shop.blocks] == [REST, BLOCK, BLOCK]
    return shop


def copied(shop: Shop, folder: Path, *lacking: Path) -> Shop:
    """A copy with the lists and without the vectors; and without the blocks `lacking`."""
    copy = Shop(folder / "shop")
    names = [path.name for path in lacking]
    shutil.copytree(shop.folder, copy.folder, ignore=shutil.ignore_patterns(".lock", shop.vectors.name, *names))
    return copy


def check_nothing_is_lost(shop: Shop, before: dict[Path, tuple[bytes, int]], reference: Shop, said: str) -> None:
    """Blocks that were stored are as they were, only the others were done again, and all is as in `reference`."""
    after = stored(shop)
    assert {block: after[block] for block in before} == before
    assert built(said)["features new"] == PHOTOS - sum(photos_in(block) for block in before)
    assert whole(shop.photos) == whole(reference.photos)
    assert whole(shop.lists) == whole(reference.lists)
    verify(shop.lists)


def test_a_build_killed_at_its_start_keeps_the_store(reference: Shop, tmp_path: Path) -> None:
    shop = copied(reference, tmp_path, reference.blocks[0])
    before = stored(shop)
    kill(shop.build(), (shop.photos / "features" / ".lock").exists)
    assert stored(shop) == before
    check_nothing_is_lost(shop, before, reference, finished(shop.build()))


def test_a_first_build_killed_twice_loses_only_the_block_in_work(reference: Shop, tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    save_photos(shop.photos)
    assert ran(shop.build(before=dying("os.rename", ".webp"))).returncode == -signal.SIGKILL
    assert drafts(shop.lists)
    kill(shop.build(), lambda: bool(shop.blocks))
    before = stored(shop)
    assert 0 < len(before) < 3
    check_nothing_is_lost(shop, before, reference, finished(shop.build()))
    assert not drafts(shop.lists)


@pytest.mark.parametrize("part", ["block", "vectors"])
def test_an_extraction_killed_as_a_file_is_done_leaves_no_half_of_it(
    reference: Shop, tmp_path: Path, part: str
) -> None:
    block = reference.blocks[0]
    shop = copied(reference, tmp_path, block)
    name = {"block": block.name, "vectors": shop.vectors.name}[part]
    before = stored(shop)
    assert ran(shop.extract(before=dying("os.rename", name))).returncode == -signal.SIGKILL
    (left,) = drafts(shop.folder)
    assert left.name.startswith(f".{name}-")
    assert name not in {path.name for path in shop.folder.rglob("*")}
    assert len(stored(shop)) == len(before) + (part == "vectors")
    finished(shop.extract())
    assert {path: stored(shop)[path] for path in before} == before
    assert whole(shop.folder) == whole(reference.folder)
    assert set(drafts(shop.folder)) <= {left}  # it does no harm, and no more come of it


@pytest.mark.parametrize("moment", ["neighbours", "manifest", "removal of what is superseded"])
def test_a_build_killed_in_its_lists_leaves_some_that_are_whole(
    reference: Shop, shorter: Shop, tmp_path: Path, moment: str
) -> None:
    shop = copied(reference, tmp_path)
    before, old = stored(shop), verify(shop.lists).manifest.version
    event, name = {
        "neighbours": ("os.rename", "neighbours-0000-"),
        "manifest": ("os.rename", "manifest.json"),
        "removal of what is superseded": ("os.remove", "neighbours-0000-"),
    }[moment]
    words = shop.build("--k", "3", before=dying(event, name))
    assert ran(words).returncode == -signal.SIGKILL
    served = old if event == "os.rename" else verify(shorter.lists).manifest.version
    assert verify(shop.lists).manifest.version == served
    check_nothing_is_lost(shop, before, shorter, finished(shop.build("--k", "3")))


@pytest.fixture(scope="module")
def shorter(reference: Shop, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """The reference with lists of three."""
    shop = copied(reference, tmp_path_factory.mktemp("shorter"))
    finished(shop.build("--k", "3"))
    assert whole(shop.lists) != whole(reference.lists)
    return shop


def test_damaged_blocks_are_named_and_done_again(reference: Shop, tmp_path: Path) -> None:
    shop = copied(reference, tmp_path)
    short, flipped, sound = shop.blocks
    before = {sound: stored(shop)[sound]}
    content = bytearray(flipped.read_bytes())
    content[len(content) // 2] ^= 1
    flipped.write_bytes(content)
    short.write_bytes(short.read_bytes()[: -short.stat().st_size // 3])
    said = finished(shop.build())
    assert set(re.findall(rf"{DAMAGED}(\S+)", said)) == {short.name, flipped.name}
    check_nothing_is_lost(shop, before, reference, said)


def test_of_two_builds_at_once_the_second_leaves(reference: Shop, tmp_path: Path) -> None:
    shop = copied(reference, tmp_path, reference.blocks[0])
    before = stored(shop)
    shutil.rmtree(shop.lists)
    other = str(tmp_path / "other")
    with at_work(shop.build(), lambda: any(shop.lists.glob("images/*/*.webp"))) as first:
        first.send_signal(signal.SIGSTOP)  # it holds the folder for as long as the second takes to start
        try:
            second = ran(shop.build("--out", other))
        finally:
            first.send_signal(signal.SIGCONT)
    assert (first.returncode, second.returncode) == (0, 15)
    assert errors(second) == [f"error: another build is at work on {shop.photos}. Run this again after it."]
    assert not Path(other).exists()
    assert {path: stored(shop)[path] for path in before} == before
    assert whole(shop.folder) == whole(copied(reference, tmp_path / "expected").folder)


def test_a_full_disk_stops_the_build_which_then_goes_on(reference: Shop, tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk: the system refuses the bytes in the same place."""
    block = reference.blocks[0]
    shop = copied(reference, tmp_path, block)
    before, most = stored(shop), block.stat().st_size - 1
    limit = (  # once the lists that are there have been read, into a temporary file
        "import resource; from model import build; before = build._before; build._before = lambda out:"
        f" (before(out), resource.setrlimit(resource.RLIMIT_FSIZE, ({most}, {most})))[0]"
    )
    answer = ran(shop.build(before=limit))
    assert answer.returncode == 6
    (line,) = errors(answer)
    assert line.startswith("error: no space left to write ")
    assert block.name in line
    assert stored(shop) == before
    assert whole(shop.lists) == whole(reference.lists)
    assert not drafts(shop.folder)
    check_nothing_is_lost(shop, before, reference, finished(shop.build()))
