"""Photos on disk: what is found, what is dropped and why, and each photo once however many products show it."""

import hashlib
from pathlib import Path

import pytest

from catalogue.errors import UnusableImage
from model import photos
from model.photos import ahead, blocks_of, gather
from model.progress import silent
from tests.factories import encoded, make_photo, make_product


def save_photo(folder: Path, name: str = "a.png", colour: str = "#c96f4a") -> str:
    """Save a photo and return the sha256 of its file."""
    content = encoded(make_photo(colour))
    (folder / name).write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def test_photos_are_named_by_their_bytes_in_the_order_of_the_product(tmp_path: Path) -> None:
    blue, clay = save_photo(tmp_path, "blue.png", "#27406b"), save_photo(tmp_path, "clay.png")
    found = gather(tmp_path, [make_product("p1", image_files=("clay.png", "blue.png"))], silent)
    assert [(photo.sha256, photo.path) for photo in found.photos["p1"]] == [
        (clay, tmp_path / "clay.png"),
        (blue, tmp_path / "blue.png"),
    ]
    assert not found.drops


def test_a_photo_of_several_products_is_one_photo(tmp_path: Path) -> None:
    hashes = {save_photo(tmp_path, name, "#27406b") for name in ("a.png", "b.png")}
    hashes.add(save_photo(tmp_path, "c.png"))
    products = [make_product(name, image_files=(f"{name}.png",)) for name in "abc"]
    assert [photo.sha256 for photo in gather(tmp_path, products, silent).distinct()] == sorted(hashes)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nowhere.png", "missing file"),
        ("a.png/b.png", "missing file"),
        ("../secret.png", "outside the folder"),
        ("images/../../secret.png", "outside the folder"),
        ("/etc/hostname", "outside the folder"),
        ("empty.png", "empty file"),
        ("folder", "unreadable file"),
        ("a\0.png", "unreadable file"),
        ("large.png", "file too large"),
    ],
)
def test_what_cannot_be_read_is_counted_by_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, reason: str
) -> None:
    save_photo(tmp_path)
    (tmp_path / "empty.png").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "large.png").write_bytes(b"\0" * 5001)
    monkeypatch.setattr(photos, "MAX_BYTES", 5000)
    found = gather(tmp_path, [make_product("p1", image_files=(name, "a.png"))], silent)
    assert dict(found.drops) == {reason: 1}
    assert [photo.path.name for photo in found.photos["p1"]] == ["a.png"]


def test_a_product_without_image_is_counted(tmp_path: Path) -> None:
    found = gather(tmp_path, [make_product("p1"), make_product("p2")], silent)
    assert (dict(found.photos), dict(found.drops)) == ({"p1": (), "p2": ()}, {"no image": 2})


def test_an_unusable_photo_counts_for_every_product_that_shows_it(tmp_path: Path) -> None:
    broken = save_photo(tmp_path)
    save_photo(tmp_path, "b.png", "#27406b")
    products = [make_product("p1", image_files=("a.png", "b.png")), make_product("p2", image_files=("a.png",))]
    left = gather(tmp_path, products, silent).without({broken: UnusableImage("broken image")})
    assert {name: [photo.path.name for photo in each] for name, each in left.photos.items()} == {
        "p1": ["b.png"],
        "p2": [],
    }
    assert dict(left.drops) == {"broken image": 2}


def test_results_keep_the_order_of_the_items() -> None:
    blocks = list(ahead(lambda number: number * number, blocks_of(range(10), 4)))
    assert blocks == [[0, 1, 4, 9], [16, 25, 36, 49], [64, 81]]
