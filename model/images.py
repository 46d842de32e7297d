"""Photos as networks see them: bytes → upright RGB on white → a square of fixed size. Nothing here touches a disk."""

import io
import struct
import zlib
from collections.abc import Callable
from typing import Literal, TypeVar

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from catalogue.errors import UnusableImage
from catalogue.formats import FORMATS, MAX_PIXELS

Pixels = npt.NDArray[np.uint8]
Fit = Literal["letterbox", "squash"]
T = TypeVar("T")

VERSION = {"letterbox": "letterbox-bicubic-1", "squash": "squash-nearest-1"}

# What Pillow's decoders raise on broken bytes, found by mutating files of every format it reads.
_DECODER_ERRORS = (
    OSError, SyntaxError, ValueError, TypeError, EOFError, LookupError, OverflowError, RuntimeError, AttributeError,
    struct.error, zlib.error,
)  # fmt: skip


def decode(content: bytes) -> Image.Image:
    """The first frame of an image file as an upright RGB picture, transparency on white.

    Raises UnusableImage with the reasons `empty file`, `not an image`, `too many pixels`, `broken image`.
    """
    return _opened(content, lambda image: _flatten(ImageOps.exif_transpose(image)))


def squashed(content: bytes, size: int) -> Pixels:
    """(size, size, 3) uint8 RGB, exactly as Keras's `load_img(target_size=…)` gives it: the `classic` preset.

    That is nearest-neighbour sampling without regard to aspect, EXIF orientation or transparency. Raises UnusableImage.
    """
    return _opened(content, lambda image: _squash(image, size))


def letterboxed(content: bytes, size: int) -> Pixels:
    """(size, size, 3) uint8 RGB: the whole upright picture, centred on white. Raises UnusableImage."""
    return np.asarray(letterbox(decode(content), size), dtype=np.uint8)


def letterbox(picture: Image.Image, size: int) -> Image.Image:
    """The whole picture in the middle of a white square of `size` pixels."""
    square = Image.new("RGB", (size, size), "white")
    inner = picture.resize(inside(picture.size, size), Image.Resampling.BICUBIC)
    square.paste(inner, ((size - inner.width) // 2, (size - inner.height) // 2))
    return square


def inside(dimensions: tuple[int, int], size: int) -> tuple[int, int]:
    """Width and height in pixels, aspect kept, that fill a square of `size`; never less than one pixel."""
    scale = size / max(dimensions)
    return max(1, round(dimensions[0] * scale)), max(1, round(dimensions[1] * scale))


def fitted(content: bytes, fit: Fit, size: int) -> Pixels:
    """(size, size, 3) uint8 RGB of an image file, as `fit` says. Raises UnusableImage."""
    return squashed(content, size) if fit == "squash" else letterboxed(content, size)


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
        return image.convert("RGB")
    layered = image.convert("RGBA")
    ground = Image.new("RGBA", layered.size, "white")
    return Image.alpha_composite(ground, layered).convert("RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    """Sixteen-bit greys scaled to eight: Pillow's own conversion clips everything above 255 to white."""
    values = np.asarray(image, dtype=np.float64)
    top = 65535.0 if image.mode.startswith("I") else max(1.0, float(values.max()))
    return Image.fromarray(np.clip(np.rint(values * 255 / top), 0, 255).astype(np.uint8))
