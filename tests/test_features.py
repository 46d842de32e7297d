"""The feature store: each photo is extracted once, whatever happens to the files in between."""

from pathlib import Path

import numpy as np
import pytest

from catalogue.errors import FeaturesError
from model import features
from model.extractors import Features, batches
from model.features import describe, extract, features_of
from model.images import Pixels, View
from model.photos import Photo
from model.progress import silent
from model.views import joined
from tests.factories import MeanColour, encoded, make_photo

COLOURS = ["#c96f4a", "#27406b", "#7a9e7e", "#d9b44a", "#8c8c8c"]


def save_photos(folder: Path, colours: list[str]) -> list[Photo]:
    photos = []
    for colour in colours:
        path = folder / f"{colour[1:]}.png"
        path.write_bytes(encoded(make_photo(colour)))
        photos.append(Photo(colour[1:].ljust(64, "0"), path))
    return photos


def run(folder: Path, photos: list[Photo], extractor: MeanColour, view: str = "letterbox") -> features.Extraction:
    return extract(photos, extractor, [View.parse(view)], folder / "features", silent)


def test_only_new_photos_are_extracted(tmp_path: Path) -> None:
    photos, extractor = save_photos(tmp_path, COLOURS), MeanColour()
    first = run(tmp_path, photos[:3], extractor)
    second = run(tmp_path, photos, extractor)
    third = run(tmp_path, photos[1:], extractor)
    assert [(each.new, each.reused) for each in (first, second, third)] == [(3, 0), (2, 3), (0, 4)]
    keys = [photo.sha256 for photo in photos[:3]]
    assert np.array_equal(first.vectors(keys), second.vectors(keys))


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
    assert again.damaged == [block.name]
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


def test_a_flipped_bit_anywhere_is_noticed(tmp_path: Path) -> None:
    """Also where it makes NumPy read less, or another type, than was written."""
    photos, extractor = save_photos(tmp_path, COLOURS), MeanColour()
    run(tmp_path, photos, extractor)
    (block,) = (tmp_path / "features").glob("*/*.npz")
    content = block.read_bytes()
    header = content.rindex(b"\x93NUMPY")
    for place in range(header, header + 128 + 4 * 3 * len(photos)):  # what NumPy wrote: its header and the values
        flipped = bytearray(content)
        flipped[place] ^= 1 << place % 8
        block.write_bytes(flipped)
        found = run(tmp_path, photos, extractor)
        assert found.damaged == [block.name], place
        assert block.read_bytes() == content


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


def test_batches_have_one_shape() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (7, 16, 16, 3), dtype=np.uint8)
    parts = list(batches(pixels, 4))
    assert {part.shape for part in parts} == {(4, 16, 16, 3)}
    assert np.array_equal(np.concatenate(parts)[:7], pixels)
    assert not parts[1][3].any()


def test_features_that_are_not_finite_are_refused() -> None:
    class Broken(MeanColour):
        def extract(self, photos: Pixels) -> Features:
            return super().extract(photos) * np.float32(np.nan)

    with pytest.raises(FeaturesError, match="not finite"):
        features_of(Broken(), np.zeros((1, 16, 16, 3), dtype=np.uint8))


def test_views_are_extracted_apart_and_joined(tmp_path: Path) -> None:
    photos, extractor = save_photos(tmp_path, COLOURS), MeanColour()
    run(tmp_path, photos, extractor, "letterbox")
    views = [View.parse(name) for name in ("letterbox", "letterbox-mirrored", "crop")]
    found = extract(photos, extractor, views, tmp_path / "features", silent)
    assert (found.new, found.reused) == (len(photos), 0)
    keys = [photo.sha256 for photo in photos]
    vectors = found.vectors(keys)
    assert vectors.shape == (len(photos), 2 * 3)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0)
    plain, mirrored, crop = (found.stores[view].rows(keys) for view in views)
    by_view = {views[0]: plain, views[1]: mirrored, views[2]: crop}
    assert np.array_equal(vectors, joined(views, by_view.__getitem__))
    mean = (plain + mirrored) / 2
    assert np.allclose(vectors[:, :3], mean / np.linalg.norm(mean, axis=1, keepdims=True) / 2**0.5, atol=1e-6)
    again = extract(photos, extractor, views, tmp_path / "features", silent)
    assert (again.new, again.reused, again.fingerprint) == (0, len(photos), found.fingerprint)
    described = describe(photos[0].path.read_bytes(), extractor, views)
    assert np.allclose(described, vectors[0], atol=1e-6)


def test_one_view_is_what_the_network_gives(tmp_path: Path) -> None:
    photos = save_photos(tmp_path, COLOURS)
    found = run(tmp_path, photos, MeanColour())
    (store,) = found.stores.values()
    keys = [photo.sha256 for photo in photos]
    assert np.array_equal(found.vectors(keys), store.rows(keys))
    with pytest.raises(KeyError):
        found.vectors(["0" * 64])


def test_rows_come_in_the_order_that_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "BLOCK", 2)
    photos = save_photos(tmp_path, COLOURS)
    found = run(tmp_path, photos, MeanColour())
    keys = [photo.sha256 for photo in photos]
    assert np.array_equal(found.vectors(keys[::-1]), found.vectors(keys)[::-1])


def test_a_block_of_another_shape_is_damaged(tmp_path: Path) -> None:
    photos = save_photos(tmp_path, COLOURS)
    run(tmp_path, photos, MeanColour())
    (block,) = (tmp_path / "features").glob("*/*.npz")
    features.write_arrays(block, keys=np.array(["a", "b"]), features=np.zeros((3, 3), np.float32))
    assert run(tmp_path, photos, MeanColour()).damaged == [block.name]
