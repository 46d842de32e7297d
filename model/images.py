"""Photos as networks see them: bytes → upright RGB on white → a square of fixed size. Nothing here touches a disk."""

import io
import re
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Literal, TypeVar, cast, get_args

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from catalogue.errors import UnusableImage
from catalogue.formats import FORMATS, MAX_PIXELS

Pixels = npt.NDArray[np.uint8]
Fit = Literal["letterbox", "crop", "squash"]
Sides = tuple[int, int]  # width and height in pixels
T = TypeVar("T")

_METHOD = {"letterbox": "letterbox-bicubic-2", "crop": "crop-bicubic-1", "squash": "squash-nearest-1"}
_LYING = (5, 6, 7, 8)  # orientations in EXIF by which width and height change places
_LARGE = 16_000_000  # pixels above which a part of a JPEG is taken from half its sides: all of them take 3 bytes each
_VIEW = re.compile(rf"({'|'.join(get_args(Fit))})(@[1-9][0-9]{{1,3}})?(-mirrored)?")


@dataclass(frozen=True)
class View:
    """One way to show a photo to a network: fitted to a square of `size` pixels, or of the network's own size."""

    fit: Fit
    size: int | None = None
    mirrored: bool = False

    @classmethod
    def parse(cls, text: str) -> "View":
        """Of a name such as `letterbox`, `crop-mirrored` or `letterbox@320`. Raises ValueError."""
        if not (found := _VIEW.fullmatch(text)):
            raise ValueError(f"expected a view such as letterbox, crop or letterbox@320, received {text!r}")
        fit, size, mirrored = found.groups()
        return cls(cast("Fit", fit), int(size[1:]) if size else None, mirrored=bool(mirrored))

    def __str__(self) -> str:
        return f"{self.fit}{f'@{self.size}' if self.size else ''}{'-mirrored' if self.mirrored else ''}"

    @property
    def version(self) -> str:
        """Differs whenever the same photo could get other pixels."""
        return f"{self} {_METHOD[self.fit]}"


@dataclass(frozen=True)
class Box:
    """A part of an upright photo: where it begins and how large it is, in shares of the photo's sides, in [0, 1]."""

    left: float
    top: float
    width: float
    height: float

    def pixels(self, sides: Sides) -> tuple[int, int, int, int]:
        """The left, top, right and bottom of it in a photo of `sides`; never less than one pixel."""
        left, right = _span(self.left, self.width, sides[0])
        top, bottom = _span(self.top, self.height, sides[1])
        return left, top, right, bottom


# What Pillow's decoders raise on broken bytes, found by mutating files of every format it reads.
_DECODER_ERRORS = (
    OSError, SyntaxError, ValueError, TypeError, EOFError, LookupError, OverflowError, RuntimeError, AttributeError,
    struct.error, zlib.error,
)  # fmt: skip


def decode(content: bytes, needed: Callable[[Sides], Sides] | None = None) -> Image.Image:
    """The first frame of an image file as an upright RGB picture, transparency on white.

    A JPEG comes at a half, a quarter or an eighth of its sides where those are still what is `needed` of its upright
    sides, which takes a fraction of the time. Raises UnusableImage with the reasons `empty file`, `not an image`,
    `too many pixels`, `broken image`.
    """

    def use(image: Image.Image) -> Image.Image:
        if needed:
            lying = image.getexif().get(ExifTags.Base.Orientation) in _LYING
            image.draft(None, _turned(needed(_turned(image.size, lying)), lying))
        return _flatten(ImageOps.exif_transpose(image))

    return _opened(content, use)


def measured(content: bytes) -> tuple[str, str, Sides]:
    """Pillow's names for the format and mode of an image file, and its sides as they are stored, without decoding it.

    Raises UnusableImage as `decode` does, but for what shows in decoding alone.
    """
    return _opened(content, lambda image: (str(image.format), image.mode, image.size))


def squashed(content: bytes, size: int, box: Box | None = None) -> Pixels:
    """(size, size, 3) uint8 RGB, exactly as Keras's `load_img(target_size=…)` gives it: the `classic` preset.

    That is nearest-neighbour sampling without regard to aspect, EXIF orientation or transparency. A `box` is of the
    upright picture, with transparency on white. Raises UnusableImage.
    """
    if box:
        return _squash(_part(content, box, lambda sides: sides), size)
    return _opened(content, lambda image: _squash(image, size))


def letterboxed(content: bytes, size: int, box: Box | None = None) -> Pixels:
    """(size, size, 3) uint8 RGB: the whole upright picture, or its part in `box`, on white. Raises UnusableImage."""
    picture = _part(content, box, lambda sides: inside(sides, size))
    return np.asarray(letterbox(picture, size), dtype=np.uint8)


def letterbox(picture: Image.Image, size: int) -> Image.Image:
    """The whole picture in the middle of a white square of `size` pixels."""
    square = Image.new("RGB", (size, size), "white")
    inner = picture.resize(inside(picture.size, size), Image.Resampling.BICUBIC)
    square.paste(inner, ((size - inner.width) // 2, (size - inner.height) // 2))
    return square


def inside(sides: Sides, size: int) -> Sides:
    """Width and height in pixels, aspect kept, that fill a square of `size`; never less than one pixel."""
    scale = size / max(sides)
    return max(1, round(sides[0] * scale)), max(1, round(sides[1] * scale))


def cropped(content: bytes, size: int, box: Box | None = None) -> Pixels:
    """(size, size, 3) uint8 RGB: the square in the middle of the upright picture, or of its part in `box`.

    Raises UnusableImage.
    """
    picture = _part(content, box, lambda _: (size, size))
    return np.asarray(ImageOps.fit(picture, (size, size), Image.Resampling.BICUBIC), dtype=np.uint8)


def fitted(content: bytes, view: View, size: int, box: Box | None = None) -> Pixels:
    """(S, S, 3) uint8 RGB of an image file, S being the view's size or else `size`, or of its part in `box`.

    Raises UnusableImage.
    """
    pixels = _FITTED[view.fit](content, view.size or size, box)
    return np.ascontiguousarray(pixels[:, ::-1]) if view.mirrored else pixels


def _part(content: bytes, box: Box | None, needed: Callable[[Sides], Sides]) -> Image.Image:
    """The upright picture, or the part of it in `box`: with what is `needed` of the sides of what it gives."""
    if box is None:
        return decode(content, needed)

    def of_whole(sides: Sides) -> Sides:
        left, top, right, bottom = box.pixels(sides)
        width, height = needed((right - left, bottom - top))
        whole = ceil(width * sides[0] / (right - left)), ceil(height * sides[1] / (bottom - top))
        most = 2 if sides[0] * sides[1] > _LARGE else 1
        return max(1, min(whole[0], sides[0] // most)), max(1, min(whole[1], sides[1] // most))

    picture = decode(content, of_whole)
    return picture.crop(box.pixels(picture.size))


def _turned(sides: Sides, lying: bool) -> Sides:
    return (sides[1], sides[0]) if lying else sides


def _span(begin: float, length: float, side: int) -> tuple[int, int]:
    first = min(max(0, round(begin * side)), side - 1)
    return first, min(max(first + 1, round((begin + length) * side)), side)


def _opened(content: bytes, use: Callable[[Image.Image], T]) -> T:
    if not content:
        raise UnusableImage("empty file")
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise UnusableImage("too many pixels", f"{image.width} × {image.height}")
            return use(image)
    except UnidentifiedImageError as error:
        raise UnusableImage("not an image") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnusableImage("too many pixels") from error
    except _DECODER_ERRORS as error:
        raise UnusableImage("broken image", str(error)) from error


def _squash(image: Image.Image, size: int) -> Pixels:
    return np.asarray(image.convert("RGB").resize((size, size), Image.Resampling.NEAREST), dtype=np.uint8)


def _flatten(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I") or image.mode == "F":
        image = _eight_bits(image)
    if not image.has_transparency_data:
        return image if image.mode == "RGB" else image.convert("RGB")  # which would be a copy
    layered = image.convert("RGBA")
    ground = Image.new("RGBA", layered.size, "white")
    return Image.alpha_composite(ground, layered).convert("RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    """Sixteen-bit greys scaled to eight: Pillow's own conversion clips everything above 255 to white."""
    values = np.asarray(image, dtype=np.float64)
    top = 65535.0 if image.mode.startswith("I") else max(1.0, float(values.max()))
    return Image.fromarray(np.clip(np.rint(values * 255 / top), 0, 255).astype(np.uint8))


_FITTED: dict[Fit, Callable[[bytes, int, Box | None], Pixels]] = {
    "letterbox": letterboxed,
    "crop": cropped,
    "squash": squashed,
}
