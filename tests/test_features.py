"""The feature store: each photo is extracted once, whatever happens to the files in between."""

from pathlib import Path

import numpy as np
import pytest

from catalogue.errors import FeaturesError
from model import features
from model.extractors import BATCH, Features
from model.features import extract, extract_batches
from model.images import Fit, Pixels
from model.photos import Photo
from model.progress import silent
from tests.factories import MeanColour, encoded, make_photo

COLOURS = ["#c96f4a", "#27406b", "#7a9e7e", "#d9b44a", "#8c8c8c"]


def save_photos(folder: Path, colours: list[str]) -> list[Photo]:
    photos = []
    for colour in colours:
        path = folder / f"{colour[1:]}.png"
        path.write_bytes(encoded(make_photo(colour)))
        photos.append(Photo(colour[1:].ljust(64, "0"), path))
    return photos


def run(folder: Path, photos: list[Photo], extractor: MeanColour, fit: Fit = "letterbox") -> features.Extraction:
    return extract(photos, extractor, fit, folder / "features", silent)


def test_only_new_photos_are_extracted(tmp_path: Path) -> None:
    photos, extractor = save_photos(tmp_path, COLOURS), MeanColour()
    first = run(tmp_path, photos[:3], extractor)
    second = run(tmp_path, photos, extractor)
    third = run(tmp_path, photos[1:], extractor)
    assert [(each.new, each.reused) for each in (first, second, third)] == [(3, 0), (2, 3), (0, 4)]
    keys = [photo.sha256 for photo in photos[:3]]
    assert np.array_equal(first.store.rows(keys), second.store.rows(keys))


def test_other_weights_and_other_fits_never_mix(tmp_path: Path) -> None:
    photos = save_photos(tmp_path, COLOURS[:1])
    run(tmp_path, photos, MeanColour())
    assert run(tmp_path, photos, MeanColour("2" * 64)).new == 1
    assert run(tmp_path, photos, MeanColour(), "squash").new == 1
    assert run(tmp_path, photos, MeanColour()).reused == 1


@pytest.mark.parametrize("length", [0, 10, -20])
def test_a_damaged_block_is_extracted_again(tmp_path: Path, length: int) -> None:
    photos, extractor = save_photos(tmp_path, COLOURS), MeanColour()
    whole = run(tmp_path, photos, extractor)
    (block,) = (tmp_path / "features").glob("*/*.npz")
    content = block.read_bytes()
    block.write_bytes(content[:length])
    again = run(tmp_path, photos, extractor)
    assert again.new == len(photos)
    assert again.store.damaged == [block.name]
    assert block.read_bytes() == content
    assert whole.fingerprint == block.parent.name


def test_a_flipped_bit_is_noticed(tmp_path: Path) -> None:
    photos, extractor = save_photos(tmp_path, COLOURS), MeanColour()
    run(tmp_path, photos, extractor)
    (block,) = (tmp_path / "features").glob("*/*.npz")
    content = bytearray(block.read_bytes())
    content[content.index(b"features.npy") + 200] ^= 1
    block.write_bytes(content)
    assert run(tmp_path, photos, extractor).new == len(photos)


@pytest.mark.parametrize(("offset", "value"), [(8, 1), (10, 99)], ids=["encrypted", "unknown compression"])
def test_a_block_that_claims_another_zip_is_extracted_again(tmp_path: Path, offset: int, value: int) -> None:
    photos, extractor = save_photos(tmp_path, COLOURS), MeanColour()
    run(tmp_path, photos, extractor)
    (block,) = (tmp_path / "features").glob("*/*.npz")
    content = bytearray(block.read_bytes())
    content[content.index(b"PK\1\2") + offset] = value  # in the zip's directory
    block.write_bytes(content)
    assert run(tmp_path, photos, extractor).new == len(photos)


def test_blocks_are_written_as_they_are_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "BLOCK", 2)
    found = run(tmp_path, save_photos(tmp_path, COLOURS), MeanColour())
    assert found.new == 5
    assert len(list((tmp_path / "features").glob("*/*.npz"))) == 3


def test_photos_that_cannot_be_used_are_told_apart(tmp_path: Path) -> None:
    photos = save_photos(tmp_path, COLOURS[:2])
    photos[0].path.write_bytes(b"no picture")
    found = run(tmp_path, photos, MeanColour())
    assert {key: str(error) for key, error in found.unusable.items()} == {photos[0].sha256: "not an image"}
    assert found.new == 1


def test_batches_have_one_shape_and_do_not_matter() -> None:
    extractor = MeanColour()
    pixels = np.random.default_rng(0).integers(0, 256, (BATCH + 5, 16, 16, 3), dtype=np.uint8)
    together = extract_batches(extractor, pixels)
    alone = np.concatenate([extract_batches(extractor, pixels[row : row + 1]) for row in range(len(pixels))])
    assert set(extractor.shapes) == {(BATCH, 16, 16, 3)}
    assert np.array_equal(together, alone)


def test_features_that_are_not_finite_are_refused() -> None:
    class Broken(MeanColour):
        def extract(self, photos: Pixels) -> Features:
            return super().extract(photos) * np.float32(np.nan)

    with pytest.raises(FeaturesError, match="not finite"):
        extract_batches(Broken(), np.zeros((1, 16, 16, 3), dtype=np.uint8))
