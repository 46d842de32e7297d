"""Products, prices and pictures for tests: real ones in one line each."""

import io
from decimal import Decimal
from typing import Any

import numpy as np
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from catalogue.product import AVAILABILITIES, Price, Product
from model.extractors import REFERENCE, Features
from model.images import Pixels


def make_product(id: str = "p1", title: str = "", **rest: Any) -> Product:
    return Product(id=id, title=title or id, **rest)


def make_photo(colour: str = "#c96f4a", shape: str = "ellipse", size: tuple[int, int] = (96, 128)) -> Image.Image:
    """A shape of one colour on white; `shape` is a method of ImageDraw, such as `rectangle`."""
    picture = Image.new("RGB", size, "white")
    getattr(ImageDraw.Draw(picture), shape)(
        (size[0] // 6, size[1] // 6, size[0] * 5 // 6, size[1] * 5 // 6), fill=colour
    )
    return picture


def make_waves(size: int, count: int = 32) -> Pixels:
    """(count, size, size, 3) uint8 drawn pictures: waves of many scales and directions, the same everywhere."""
    row, column = np.mgrid[0:size, 0:size] / size
    drawn = np.empty((count, size, size, 3))
    for number, channel in np.ndindex(count, 3):
        along = row * np.cos(number + channel) + column * np.sin(number + channel)
        drawn[number, ..., channel] = np.sin(np.pi * (number + 1) * along + channel)
    return np.asarray(np.rint((drawn + 1) * 127.5), dtype=np.uint8)


def encoded(picture: Image.Image, format: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, format, **options)
    return file.getvalue()


class MeanColour:
    """The mean colour as a feature; counts what it is asked. The network is not what these tests are about."""

    name = "mean-colour"
    size = 16

    def __init__(self, weights_sha256: str = "1" * 64, engine: str = REFERENCE) -> None:
        self.weights_sha256, self.engine = weights_sha256, engine
        self.shapes: list[tuple[int, ...]] = []

    def extract(self, photos: Pixels) -> Features:
        self.shapes.append(photos.shape)
        return np.asarray(photos.mean(axis=(1, 2)), dtype=np.float32)


def texts(least: int = 0) -> st.SearchStrategy[str]:
    """Text as a table can hold it: any script, no surrogates, no blanks around it."""
    letters = st.characters(codec="utf-8", exclude_characters="\0")
    return st.text(letters, max_size=12).map(str.strip).filter(lambda text: len(text) >= least)


def prices() -> st.SearchStrategy[Price]:
    amounts = st.decimals(0, 10**9, places=2, allow_nan=False).map(lambda amount: Decimal(str(amount)))
    return st.builds(Price, amounts, st.sampled_from(["INR", "EUR", "XYZ"]))


def products() -> st.SearchStrategy[Product]:
    """Any product that a table can hold."""
    parts = st.text(st.characters(codec="utf-8", exclude_characters="\0,|"), max_size=8).map(str.strip).filter(bool)
    several = st.lists(parts, max_size=3).map(tuple)
    return st.builds(
        Product,
        id=texts(least=1),
        title=texts(least=1),
        description=texts(),
        link=texts(),
        image_link=parts.map("https://shop.example/{}".format),
        additional_image_links=several,
        price=st.none() | prices(),
        sale_price=st.none() | prices(),
        availability=st.sampled_from(AVAILABILITIES),
        brand=texts(),
        product_type=texts(),
        image_files=several,
        added=st.sampled_from(["", "2024-05-17", "2024-05-17T10:00:00-04:00"]),
    )


ODD_TEXTS = [
    "<b>\ud800</b>",
    "&#xD800;<p>",
    "<?xml?><br>",
    "https://[",
    "//a.example/1",
    "12.00",
    "-0",
    "1e999",
    "Free",
]
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.sampled_from(ODD_TEXTS)
)


def json_values(names: list[str]) -> st.SearchStrategy[object]:
    """Any JSON, with objects that have some of the names, and texts of the kind that breaks parsers."""
    keys = st.sampled_from(names) | st.text(max_size=3)
    return st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(keys, inner), max_leaves=10)
