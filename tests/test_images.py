"""Every kind of picture that shops publish, and what a network sees of it."""

from contextlib import suppress
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from catalogue.errors import UnusableImage
from model import images
from model.images import Box, View, decode, fitted, inside, letterboxed, squashed
from tests.factories import encoded, make_photo

RED, WHITE, GREY = (200, 40, 30), (255, 255, 255), (128, 128, 128)


def plain(mode: str = "RGB", colour: Any = RED, size: tuple[int, int] = (20, 10)) -> Image.Image:
    return Image.new(mode, size, colour)


def middle(content: bytes) -> tuple[int, ...]:
    """The colour in the middle of what `decode` makes of a file."""
    picture = decode(content)
    assert picture.mode == "RGB"
    colour = picture.getpixel((picture.width // 2, picture.height // 2))
    assert isinstance(colour, tuple)
    return tuple(int(value) for value in colour)


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "AVIF", "GIF", "BMP", "TIFF"])
def test_formats_of_shops_are_read(format: str) -> None:
    assert middle(encoded(plain(), format)) == pytest.approx(RED, abs=6)


@pytest.mark.parametrize(
    ("content", "colour"),
    [
        (encoded(plain("RGBA", (*RED, 0))), WHITE),
        (encoded(plain("RGBA", (*RED, 255))), RED),
        (encoded(plain("RGBA", (0, 0, 0, 127))), GREY),
        (encoded(plain("LA", (0, 0))), WHITE),
        (encoded(plain("P", 0), transparency=0), WHITE),
        (encoded(plain("1", 1)), WHITE),
        (encoded(plain("L", 128)), GREY),
        (encoded(plain("I;16", 128 * 257)), GREY),
        (encoded(plain("F", 0.25), "TIFF"), (64, 64, 64)),
        (encoded(plain("CMYK", (0, 255, 255, 0)), "TIFF"), (255, 0, 0)),
        (encoded(plain("CMYK", (0, 0, 0, 127)), "JPEG"), GREY),
    ],
    ids=["clear", "opaque", "half", "grey-alpha", "palette", "bits", "grey", "16-bit", "float", "cmyk", "cmyk-jpeg"],
)  # fmt: skip
def test_modes_become_rgb_on_white(content: bytes, colour: tuple[int, ...]) -> None:
    assert middle(content) == pytest.approx(colour, abs=6)


def test_an_animation_is_its_first_frame() -> None:
    frames = [plain(colour=colour) for colour in (RED, WHITE, GREY)]
    assert middle(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])) == pytest.approx(RED, abs=6)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_undone(orientation: int) -> None:
    stored = plain(size=(40, 20))
    stored.paste("white", (0, 0, 20, 20))  # white at the left as stored
    exif = Image.Exif()
    exif[0x0112] = orientation
    upright = decode(encoded(stored, "PNG", exif=exif))
    assert upright.size == ((40, 20) if orientation <= 4 else (20, 40))
    corners = {1: (0, 0), 2: (39, 0), 3: (39, 19), 4: (0, 19), 5: (0, 0), 6: (19, 0), 7: (19, 39), 8: (0, 39)}
    assert upright.getpixel(corners[orientation]) == WHITE


@pytest.mark.parametrize("size", [(1, 1), (5000, 3), (3, 5000), (224, 224), (100, 300)])
def test_a_letterbox_shows_the_whole_picture_in_the_middle(size: tuple[int, int]) -> None:
    pixels = letterboxed(encoded(plain(size=size)), 224)
    assert pixels.shape == (224, 224, 3)
    assert pixels.dtype == np.uint8
    rows, columns = np.nonzero((pixels != 255).any(axis=2))
    width, height = inside(size, 224)
    assert [int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1] == [width, height]
    assert abs(columns.min() - (223 - columns.max())) <= 1
    assert abs(rows.min() - (223 - rows.max())) <= 1
    assert pixels[rows[0], columns[0]].tolist() == list(RED)


@pytest.mark.parametrize("format", ["PNG", "JPEG", "GIF"])
def test_a_squash_is_what_keras_loads(tmp_path: Path, format: str) -> None:
    from keras.utils import img_to_array, load_img

    content = encoded(make_photo(size=(173, 301)), format)
    (tmp_path / "photo").write_bytes(content)
    expected = img_to_array(load_img(tmp_path / "photo", target_size=(224, 224)))
    assert np.array_equal(squashed(content, 224), expected.astype(np.uint8))


@pytest.mark.parametrize("view", ["letterbox", "crop", "squash", "crop-mirrored"])
@pytest.mark.parametrize("orientation", [1, 3, 6])
@pytest.mark.parametrize("format", ["PNG", "JPEG"])
def test_a_box_is_a_part_of_the_upright_photo(view: str, orientation: int, format: str) -> None:
    stored = make_photo(size=(1200, 1000))
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = encoded(stored, format, exif=exif)
    upright = decode(content)
    width, height = upright.size
    part = upright.crop((round(0.2 * width), round(0.1 * height), round(0.7 * width), round(0.9 * height)))
    expected = fitted(encoded(part), View.parse(view), 64)
    found = fitted(content, View.parse(view), 64, Box(0.2, 0.1, 0.5, 0.8))
    assert np.abs(found.astype(int) - expected).mean() < (2 if format == "JPEG" else 0.01)


@pytest.mark.parametrize("box", [Box(0, 0, 1, 1), Box(0.999, 0.999, 0.001, 0.001), Box(0, 0.5, 0, 0), Box(1, 1, 0, 0)])
def test_the_smallest_box_is_a_pixel_and_none_leaves_the_photo(box: Box) -> None:
    for sides in ((1, 1), (7, 300), (4000, 3000)):
        left, top, right, bottom = box.pixels(sides)
        assert 0 <= left < right <= sides[0]
        assert 0 <= top < bottom <= sides[1]


@pytest.mark.parametrize(("share", "sides"), [(0.8, (750, 625)), (0.1, (3000, 2500)), (0.01, (3000, 2500))])
def test_a_part_of_a_large_photo_is_decoded_as_small_as_it_can_be(
    monkeypatch: pytest.MonkeyPatch, share: float, sides: tuple[int, int]
) -> None:
    decoded = []

    def watched(*arguments: Any) -> Image.Image:
        decoded.append(decode(*arguments))
        return decoded[-1]

    monkeypatch.setattr(images, "decode", watched)
    content = encoded(plain(size=(6000, 5000)), "JPEG")
    assert fitted(content, View("letterbox"), 224, Box(0.1, 0.1, share, share)).shape == (224, 224, 3)
    assert [each.size for each in decoded] == [sides]


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    content = bytearray(encoded(plain("1", 0)))
    content[16:24] = (60_000).to_bytes(4, "big") * 2  # width and height in the PNG's header
    content[29:33] = crc32(content[12:29]).to_bytes(4, "big")
    with pytest.raises(UnusableImage, match="too many pixels"):
        decode(bytes(content))


def test_a_picture_just_over_the_limit_is_refused() -> None:
    with pytest.raises(UnusableImage, match="too many pixels"):
        decode(encoded(plain("1", 0, (10_000, 6_001))))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty file"),
        (b"<html>404 not found</html>", "not an image"),
        (b"\x89PNG\r\n\x1a\n", "not an image"),
        (encoded(make_photo(size=(400, 400)), "JPEG")[:3000], "broken image"),
        (encoded(make_photo(size=(400, 400)), "PNG")[:900], "broken image"),
        (encoded(make_photo(), "AVIF").replace(b"av01", b"av00"), "broken image"),
        (encoded(make_photo(), "AVIF").partition(b"mdat")[0] + b"mdat" + b"\xff" * 500, "broken image"),
        (encoded(make_photo(), "EPS"), "not an image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not an image"),
    ],
)
def test_what_cannot_be_used_has_a_reason(content: bytes, reason: str) -> None:
    with pytest.raises(UnusableImage) as error:
        decode(content)
    assert error.value.reason == reason


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(["PNG", "JPEG", "GIF", "WEBP", "AVIF", "TIFF", "BMP"]),
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=12),
    st.integers(1, 10_000),
)
def test_broken_bytes_are_never_more_than_unusable(format: str, changes: list[tuple[int, int]], length: int) -> None:
    broken = bytearray(encoded(make_photo(size=(40, 30)), format))
    for position, value in changes:
        broken[position % len(broken)] = value
    with suppress(UnusableImage):
        assert decode(bytes(broken[:length])).mode == "RGB"
