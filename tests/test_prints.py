"""Prints: what is the same picture in another file, and what only looks like it."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image, ImageDraw, ImageOps

from model.features import extract
from model.images import Pixels, View, decode, letterbox, letterboxed
from model.photos import Photo
from model.prints import SIDE, Print, prints_of, same_look
from model.progress import silent
from tests import drawings
from tests.factories import encoded, make_photo
from tests.serving import ROOT

DEMO = ROOT / "data" / "demo"
TRUTH = list(csv.DictReader(io.StringIO((DEMO / "truth.csv").read_text(encoding="utf-8"))))
PICTURES = [decode((DEMO / "images" / name).read_bytes()) for name in ("mug-001.webp", "basket-001.webp")]
PICTURES.append(Image.fromarray(np.pad(drawings.banana(), [(20, 0), (0, 60), (0, 0)], constant_values=90)))


def print_of(picture: Image.Image) -> Pixels:
    return np.asarray(letterbox(picture, SIDE), dtype=np.uint8)[None]


def odd_pictures() -> st.SearchStrategy[Image.Image]:
    """Blocks of few colours in any aspect: bars, rims, stripes, blank ones."""
    sides = st.tuples(st.integers(1, 6), st.integers(1, 6), st.just(3))
    blocks = arrays.arrays(np.uint8, sides, elements=st.sampled_from([0, 40, 128, 249, 255]))
    return st.builds(lambda block, by: Image.fromarray(block.repeat(by, axis=0)), blocks, st.integers(1, 40))


def same(one: Image.Image, other: Image.Image) -> bool:
    found, turned = same_look(print_of(one), print_of(other)), same_look(print_of(other), print_of(one))
    assert found.dtype == np.bool_
    assert found.tolist() == turned.tolist()
    return bool(found[0])


def cut(picture: Image.Image, left: float, top: float, right: float, bottom: float) -> Image.Image:
    width, height = picture.size
    return picture.crop(
        (round(width * left), round(height * top), round(width * (1 - right)), round(height * (1 - bottom)))
    )


@settings(deadline=None, max_examples=30)
@given(st.sampled_from(PICTURES), st.integers(30, 95))
def test_encoded_anew_is_the_same(picture: Image.Image, quality: int) -> None:
    assert same(picture, decode(encoded(picture, "JPEG", quality=quality)))


@settings(deadline=None, max_examples=30)
@given(st.sampled_from(PICTURES), st.floats(0.15, 1))
def test_resized_is_the_same(picture: Image.Image, scale: float) -> None:
    assert same(picture, picture.resize((round(picture.width * scale), round(picture.height * scale))))


@settings(deadline=None, max_examples=30)
@given(st.sampled_from(PICTURES), *[st.floats(0, 0.04)] * 4)
def test_slightly_cropped_is_the_same(
    picture: Image.Image, left: float, top: float, right: float, bottom: float
) -> None:
    assert same(picture, cut(picture, left, top, right, bottom))


@pytest.mark.parametrize("picture", PICTURES)
def test_a_small_border_is_the_same_and_a_large_cut_is_not(picture: Image.Image) -> None:
    assert same(picture, ImageOps.expand(picture, round(0.02 * picture.width), "white"))
    assert not same(picture, cut(picture, 0.2, 0.2, 0.2, 0.2))


@pytest.mark.parametrize("picture", PICTURES)
def test_turned_round_or_tinted_is_another(picture: Image.Image) -> None:
    assert not same(picture, ImageOps.mirror(picture))
    tinted = np.asarray(picture, dtype=np.float64) * [1, 0.85, 0.7]
    assert not same(picture, Image.fromarray(tinted.astype(np.uint8)))


def test_a_label_makes_another_product() -> None:
    plain, labelled = make_photo(size=(200, 200)), make_photo(size=(200, 200))
    ImageDraw.Draw(labelled).rectangle((85, 85, 115, 115), fill="#27406b")
    assert same(plain, plain)
    assert not same(plain, labelled)


def test_pale_products_on_white_are_told_apart() -> None:
    round_one, square_one = (make_photo("#f4f4f2", shape, (200, 200)) for shape in ("ellipse", "rectangle"))
    assert same(round_one, decode(encoded(round_one, "JPEG", quality=90)))
    assert not same(round_one, square_one)
    assert not same(round_one, make_photo("#eceae4", "ellipse", (200, 200)))


@given(st.integers(0, 255))
def test_blank_photos_are_the_same_as_themselves_alone(grey: int) -> None:
    blank = Image.new("RGB", (64, 48), (grey,) * 3)
    assert same(blank, blank)
    assert not same(blank, make_photo())


@settings(deadline=None, max_examples=40)
@given(odd_pictures(), odd_pictures())
def test_odd_pictures_are_the_same_as_themselves(one: Image.Image, other: Image.Image) -> None:
    assert same(one, one)
    same(one, other)  # which holds that their order does not matter


def test_no_pairs_are_no_pairs() -> None:
    none = np.zeros((0, SIDE, SIDE, 3), dtype=np.uint8)
    assert same_look(none, none).shape == (0,)


def test_the_demo_shops_duplicates_are_found_and_its_families_are_not() -> None:
    photos = {row["id"]: DEMO / "images" / f"{row['id']}.webp" for row in TRUTH}
    rows = [row for row in TRUTH if photos[row["id"]].is_file()]
    prints = np.concatenate([letterboxed(photos[row["id"]].read_bytes(), SIDE)[None] for row in rows])
    pairs = [(i, j) for j in range(len(rows)) for i in range(j) if rows[i]["family"] == rows[j]["family"]]
    first, second = np.array(pairs).T
    found = same_look(prints[first], prints[second])
    duplicates = {row["id"] for row in rows if row["difficulty"] in ("exact-duplicate", "near-duplicate")}
    assert len(duplicates) == 2
    assert len(pairs) > 400
    assert {rows[j]["id"] for (_, j), yes in zip(pairs, found, strict=True) if yes} == duplicates
    assert found.sum() == len(duplicates)


def test_prints_are_kept_in_the_feature_store(tmp_path: Path) -> None:
    photos = []
    for number, colour in enumerate(["#c96f4a", "#27406b", "#7a9e7e"]):
        path = tmp_path / f"{number}.png"
        path.write_bytes(encoded(make_photo(colour)))
        photos.append(Photo(f"{number}" * 64, path))
    found = extract(photos, Print(), (View("letterbox"),), tmp_path / "features", silent)
    keys = [photo.sha256 for photo in photos][::-1]
    prints = prints_of(found, keys)
    assert prints.dtype == np.uint8
    expected = [letterboxed(photo.path.read_bytes(), SIDE) for photo in photos[::-1]]
    assert np.array_equal(prints, np.stack(expected))
    assert extract(photos, Print(), (View("letterbox"),), tmp_path / "features", silent).reused == 3
    assert prints_of(found, []).shape == (0, SIDE, SIDE, 3)
