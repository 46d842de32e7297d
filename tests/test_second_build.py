"""Building again: what did not change is not read, whatever changed is noticed, and the lists are the same bytes."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from catalogue.errors import FeaturesError
from catalogue.precomputed import load, verify
from model import features, palettes, seen
from model.baseline import remembering
from model.blocks import keys_in
from model.build import Built, build
from model.extracted import Extracted, extract
from model.extractors import Features
from model.features import FeatureStore
from model.lists import PRESETS, plain
from model.neighbours.exact import Integers, TopK
from model.plan import plan
from model.progress import Track, silent
from model.reasons import palettes_of, shapes_of
from model.seen import RECORDS, Seen
from tests.factories import MeanColour, encoded, make_photo
from tests.test_precomputed import tree

SHOP = PRESETS["shop"]
COLOURS = ("#c96f4a", "#27406b", "#7a9e7e", "#d9b44a", "#8c8c8c", "#0b57d0", "#6b3fa0")
OPENED: list[str] | None = None


def _hook(event: str, given: tuple[object, ...]) -> None:
    if OPENED is not None and event == "open":
        OPENED.append(str(given[0]))


sys.addaudithook(_hook)  # which stays for good, and does nothing between two uses


@contextmanager
def opened() -> Iterator[list[str]]:
    """The paths of all files that this process opens."""
    global OPENED
    OPENED = paths = list[str]()
    try:
        yield paths
    finally:
        OPENED = None


@pytest.fixture(autouse=True)
def fine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that shows every change, so that tests need not wait; and blocks of two, so that there are some."""
    monkeypatch.setattr(seen, "GRAIN", 0)
    monkeypatch.setattr(features, "BLOCK", 2)
    monkeypatch.setattr(palettes, "BLOCK", 2)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A folder of seven photos, built once into `out` beside it."""
    folder = tmp_path / "shop"
    folder.mkdir()
    for number, colour in enumerate(COLOURS):
        (folder / f"{number}.png").write_bytes(photo(colour, ("ellipse", "rectangle")[number % 2]))
    assert run(folder).new == len(COLOURS)
    return folder


def photo(colour: str, shape: str = "ellipse") -> bytes:
    """All of one size."""
    return encoded(make_photo(colour, shape)).ljust(2000, b"\0")


def run(folder: Path, out: str = "out") -> Built:
    return build(folder, folder.parent / out, MeanColour(), SHOP, silent)


def extracted(folder: Path) -> Extracted:
    return extract(folder, MeanColour(), SHOP, silent)


def of_kind(paths: list[str], suffix: str) -> list[str]:
    return sorted(Path(path).name for path in paths if path.endswith(suffix))


def spoil(path: Path) -> bytes:
    """Flip a bit, in a block one of its features, and leave size and date as they were; the bytes before that."""
    content, before = path.read_bytes(), path.stat()
    flipped = bytearray(content)
    flipped[content.rfind(b"\x93NUMPY") + 130] ^= 1
    path.write_bytes(flipped)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    return content


def test_a_second_build_reads_neither_photos_nor_thumbnails(shop: Path) -> None:
    before = tree(shop.parent / "out")
    with opened() as paths:
        built = run(shop)
    assert (of_kind(paths, ".png"), of_kind(paths, ".webp")) == ([], [])
    assert of_kind(paths, "manifest.json")  # it is noticed what is opened
    assert (built.new, built.reused, built.changes.lists) == (0, len(COLOURS), 0)
    assert tree(shop.parent / "out") == before


def test_only_what_changed_is_read(shop: Path) -> None:
    (shop / "0.png").unlink()
    (shop / "1.png").write_bytes(photo("#123456"))
    (shop / "2.png").touch()
    (shop / "new.png").write_bytes(photo("#654321"))
    with opened() as paths:
        built = run(shop)
    assert set(of_kind(paths, ".png")) == {"1.png", "2.png", "new.png"}
    assert (built.new, built.changes.added, built.changes.removed) == (2, 1, 1)
    assert {product.id for product in load(shop.parent / "out").products} == {*"123456", "new"}


def test_a_photo_of_the_same_size_and_date_is_noticed(shop: Path) -> None:
    path = shop / "3.png"
    before = path.stat()
    path.write_bytes(photo("#123456"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    assert run(shop).new == 1


def test_the_lists_are_those_of_a_build_that_remembers_nothing(shop: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare" / "shop"
    shutil.copytree(shop, bare, ignore=shutil.ignore_patterns(".*"))
    shutil.copytree(shop.parent / "out", bare.parent / "out")
    for folder in (shop, bare):
        (folder / "0.png").unlink()
        (folder / "3.png").write_bytes(photo("#123456"))
    with opened() as paths:
        run(bare)
    assert len(set(of_kind(paths, ".png"))) == len(COLOURS) - 1
    run(shop)
    assert tree(shop.parent / "out") == tree(bare.parent / "out")


@pytest.mark.parametrize(
    "record", [".seen/.photos", ".seen/.thumbnails-*", ".seen/.blocks-*", "features/.plain-*", "features/*/*/.*.npz"]
)
def test_a_damaged_record_only_means_reading_again(shop: Path, record: str) -> None:
    before = tree(shop.parent / "out")
    found = list(shop.glob(record))
    assert found
    for path in found:
        path.write_bytes(path.read_bytes()[:-5])
    run(shop)
    assert tree(shop.parent / "out") == before
    with opened() as paths:
        run(shop)
    assert (of_kind(paths, ".png"), of_kind(paths, ".webp")) == ([], [])


def test_a_damaged_thumbnail_is_made_again(shop: Path) -> None:
    damaged, gone, *_ = sorted((shop.parent / "out" / "images").glob("*/*.webp"))
    content = damaged.read_bytes()
    spoil(damaged)
    gone.unlink()
    run(shop)
    assert damaged.read_bytes() == content
    verify(shop.parent / "out")


def test_another_place_for_the_lists_has_thumbnails_of_its_own(shop: Path) -> None:
    run(shop, "other")
    assert tree(shop.parent / "other") == tree(shop.parent / "out")
    assert len(list((shop / RECORDS).glob(".thumbnails-*"))) == 2


def test_a_dry_run_remembers_nothing(shop: Path) -> None:
    before = tree(shop)
    (shop / "1.png").touch()
    plan(shop, MeanColour(), SHOP.views, silent)
    assert tree(shop) == before


def forge(block: Path) -> None:
    """Let the record say that a block is as it was when it was sound: a disk that rots tells nobody."""
    record = Seen(block.parents[2] / RECORDS / f".blocks-{block.parent.name}")
    for path in block.parent.glob("*.npz"):
        record.written(path.name, path, b"x" * 32)
    record.keep()


def test_a_block_that_rotted_is_noticed_when_it_is_read(shop: Path) -> None:
    whole = extracted(shop)
    store = next(iter(whole.extraction.stores.values()))
    block = sorted(store.folder.glob("*.npz"))[0]
    content = spoil(block)
    forge(block)
    assert plan(shop, MeanColour(), SHOP.views, silent).missing == dict.fromkeys(SHOP.views, 0)  # as nobody read it
    again = extracted(shop)
    assert again.extraction.damaged == [block.name]
    assert block.read_bytes() == content
    assert np.array_equal(again.vectors, whole.vectors)
    assert extracted(shop).extraction.damaged == []


def test_prints_that_rotted_are_made_again(shop: Path) -> None:
    prints = extracted(shop).prints
    block = sorted(next(iter(prints.stores.values())).folder.glob("*.npz"))[0]
    content = spoil(block)
    forge(block)
    for path in (shop / "features").glob("*/*/.*.npz"):
        path.unlink()  # so that palettes are measured on prints
    before = tree(shop.parent / "out")
    assert run(shop).damaged == [block.name]
    assert block.read_bytes() == content
    assert tree(shop.parent / "out") == before


def test_a_block_that_cannot_be_extracted_again_is_told(shop: Path) -> None:
    store = next(iter(extracted(shop).extraction.stores.values()))
    found = FeatureStore(store.folder)
    block = sorted(store.folder.glob("*.npz"))[0]
    spoil(block)
    with pytest.raises(FeaturesError, match=f"{block.name} is damaged"):
        found.rows(keys_in(block))


def test_palettes_and_silhouettes_are_measured_once(shop: Path) -> None:
    made = extracted(shop)
    keys = list(reversed(made.photos.hashes))
    colours, shapes = palettes.of_prints(made.prints, keys, silent)
    pixels = made.main_prints(np.arange(len(keys)))[::-1]
    assert np.array_equal(colours, palettes_of(pixels), equal_nan=True)
    assert np.array_equal(shapes, shapes_of(pixels))
    with opened() as paths:
        palettes.of_prints(made.prints, keys, silent)
    prints = next(iter(made.prints.stores.values())).folder
    assert not [path for path in paths if Path(path).parent == prints]


def test_plain_cosine_is_searched_for_once(shop: Path) -> None:
    searched: list[int] = []
    made = extracted(shop)

    def search(vectors: Features, k: int, owners: Integers | None, track: Track) -> TopK:
        searched.append(k)
        return made.search(vectors, k, owners, track)

    counting = replace(made, search=search)
    expected = plain(made.ids, made.vectors, 3)
    for _ in range(2):
        assert plain(made.ids, made.vectors, 3, silent, remembering(counting)) == expected
    assert searched == [3]
    plain(made.ids, made.vectors, 4, silent, remembering(counting))
    assert searched == [3, 4]
    (shop / "1.png").write_bytes(photo("#123456"))
    other = replace(extracted(shop), search=search)
    assert plain(other.ids, other.vectors, 4, silent, remembering(other)) == plain(other.ids, other.vectors, 4)
    assert searched == [3, 4, 4]
