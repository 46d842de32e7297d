"""Reasons: what is said of a pair is what a person sees, and nothing is said where that is not clear."""

import csv
import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageOps

from catalogue.product import Price, Product
from catalogue.reasons import Reason, sentence
from model.images import letterboxed
from model.prints import SIDE
from model.reasons import oklab, palettes_of, reasons, shapes_of
from tests.factories import make_photo, make_product
from tests.serving import ROOT
from tests.test_prints import odd_pictures, print_of

DEMO = ROOT / "data" / "demo"
CLAY, BLUE = "#c96f4a", "#27406b"


def seen(one: Image.Image, other: Image.Image) -> Reason:
    """What is alike in two photos."""
    prints = np.concatenate([print_of(one), print_of(other)])
    pair, products = np.array([[0, 1]]), [make_product("a"), make_product("b")]
    return Reason(int(reasons(pair, products, palettes_of(prints), shapes_of(prints))[0]))


def said(one: dict[str, Any], other: dict[str, Any]) -> Reason:
    """What is alike in two products whose photos show nothing."""
    prints = np.full((2, SIDE, SIDE, 3), 255, dtype=np.uint8)
    products = [make_product("a", **one), make_product("b", **other)]
    return Reason(int(reasons(np.array([[0, 1]]), products, palettes_of(prints), shapes_of(prints))[0]))


def test_colours_and_shape_are_told_apart() -> None:
    clay = make_photo(CLAY)
    assert seen(clay, make_photo(CLAY)) == Reason.COLOURS | Reason.SHAPE
    assert seen(clay, make_photo(CLAY, "rectangle")) == Reason.COLOURS
    assert seen(clay, make_photo(BLUE)) == Reason.SHAPE
    assert seen(clay, make_photo(BLUE, "rectangle")) == Reason(0)


def test_size_place_and_ground_do_not_matter() -> None:
    clay = make_photo(CLAY, size=(120, 160))
    small = ImageOps.expand(clay, (60, 20, 20, 60), "white")
    ground = Image.new("RGB", (120, 160), "#cfe0d4")
    ground.paste(clay, mask=ImageOps.invert(make_photo("black", size=(120, 160)).convert("L")))
    for other in (small, ground):
        assert seen(clay, other) == Reason.COLOURS | Reason.SHAPE


def test_another_aspect_is_another_shape() -> None:
    assert seen(make_photo(CLAY, size=(100, 100)), make_photo(CLAY, size=(70, 100))) == Reason.COLOURS


def test_shares_of_colours_matter() -> None:
    half, line = make_photo(CLAY, "rectangle"), make_photo(CLAY, "rectangle")
    ImageDraw.Draw(half).rectangle((16, 21, 80, 64), BLUE)
    ImageDraw.Draw(line).rectangle((16, 21, 80, 34), BLUE)
    assert seen(half, ImageOps.flip(half)) & Reason.COLOURS
    assert not seen(half, line) & Reason.COLOURS


def test_nothing_is_said_of_photos_without_a_plain_ground() -> None:
    noise = np.random.default_rng(3).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    assert seen(Image.fromarray(noise), Image.fromarray(noise)) == Reason(0)
    blank = Image.new("RGB", (64, 64), "white")
    assert seen(blank, blank) == Reason(0)
    cut = make_photo(CLAY, size=(200, 200)).crop((20, 20, 100, 100))  # three quarters of it are outside
    assert not seen(cut, cut) & Reason.SHAPE


@settings(deadline=None, max_examples=40)
@given(odd_pictures(), odd_pictures())
def test_reasons_are_mutual_and_odd_pictures_do_no_harm(one: Image.Image, other: Image.Image) -> None:
    assert seen(one, other) == seen(other, one)


def test_oklab_is_the_published_one() -> None:
    colours = np.array([[255, 255, 255], [255, 0, 0], [0, 0, 255], [0, 0, 0]], dtype=np.uint8)
    expected = [[1, 0, 0], [0.628, 0.225, 0.126], [0.452, -0.032, -0.312], [0, 0, 0]]
    assert oklab(colours) == pytest.approx(np.array(expected), abs=1e-3)


def test_the_demo_shops_colours_and_shapes_are_what_it_rendered() -> None:
    """Measured against what the photos were made of, which the reasons do not see."""
    rows = list(csv.DictReader(io.StringIO((DEMO / "truth.csv").read_text(encoding="utf-8"))))
    rows = [row for row in rows if (DEMO / "images" / f"{row['id']}.webp").is_file()][::2]
    prints = [letterboxed((DEMO / "images" / f"{row['id']}.webp").read_bytes(), SIDE) for row in rows]
    first, second = np.triu_indices(len(rows), 1)
    products = [make_product(row["id"]) for row in rows]
    flags = reasons(
        np.stack([first, second], axis=1), products, palettes_of(np.stack(prints)), shapes_of(np.stack(prints))
    )
    kinds, families, colours = (np.array([row[name] for row in rows]) for name in ("kind", "family", "colour"))
    same_family = families[first] == families[second]
    foreign = (kinds[first] != kinds[second]) & (colours[first] != colours[second])
    shape, colour = (flags & Reason.SHAPE) > 0, (flags & Reason.COLOURS) > 0
    assert shape.mean() < 0.01
    assert colour.mean() < 0.03
    assert shape[same_family].mean() > 0.08
    assert shape[foreign].mean() < 0.001
    assert colour[colours[first] == colours[second]].mean() > 10 * colour[foreign].mean() > 0


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"product_type": "Home > Mugs"}, {"product_type": "Kitchen > mugs"}, Reason.CATEGORY),
        ({"product_type": "Home > Mugs"}, {"product_type": "Home > Bowls"}, Reason(0)),
        ({"brand": "Nord"}, {"brand": " NORD"}, Reason.BRAND),
        ({}, {}, Reason(0)),
        ({"price": "100 EUR"}, {"price": "85.00 EUR"}, Reason.PRICE),
        ({"price": "100 EUR"}, {"price": "84.99 EUR"}, Reason(0)),
        ({"price": "100 EUR"}, {"price": "100 USD"}, Reason(0)),
        ({"price": "100 EUR"}, {}, Reason(0)),
        ({"price": "200 EUR", "sale_price": "100 EUR"}, {"price": "100 EUR"}, Reason.PRICE),
        ({"price": "100 EUR", "sale_price": "50 EUR"}, {"price": "100 EUR"}, Reason(0)),
    ],
)
def test_category_price_and_brand(one: dict[str, str], other: dict[str, str], expected: Reason) -> None:
    def read(row: dict[str, str]) -> dict[str, Any]:
        return {name: Price.parse(text) if name.endswith("price") else text for name, text in row.items()}

    assert said(read(one), read(other)) == said(read(other), read(one)) == expected


def test_no_pairs_have_no_reasons() -> None:
    none: list[Product] = []
    prints = np.zeros((0, SIDE, SIDE, 3), dtype=np.uint8)
    found = reasons(np.zeros((0, 2), dtype=np.int64), none, palettes_of(prints), shapes_of(prints))
    assert found.shape == (0,)
    assert found.dtype == np.int64


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (0, ""),
        (1, "Same colours"),
        (8, "Near in price"),
        (1 | 2 | 8, "Same colours and shape, near in price"),
        (31, "Same colours, shape, category and brand, near in price"),
    ],
)
def test_sentences(flags: int, expected: str) -> None:
    assert sentence(flags) == expected


@given(st.integers(0, 31), st.integers(0, 31))
def test_each_sum_of_reasons_has_a_sentence_of_its_own(one: int, other: int) -> None:
    assert (sentence(one) == sentence(other)) == (one == other)
