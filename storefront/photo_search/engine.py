"""The photo search of a catalogue: the one module that imports `model.query`, with the first photo."""

from werkzeug.exceptions import HTTPException, UnprocessableEntity, UnsupportedMediaType

from catalogue.errors import UnusableImage
from catalogue.product import Neighbour
from model.images import measured
from model.query import Box, PhotoSearch
from storefront.api.openapi import Part

# Pixels that a photo may have, by the memory that decoding takes: a JPEG is decoded at a fraction of its sides.
OF_JPEG = 50_000_000
OF_OTHERS = 16_000_000
OF_LAYERED = 8_000_000  # which may be transparent, and are laid on white
OF_DEEP = 4_000_000  # with more than eight bits to a pixel's colour
LAYERED = {"RGBA", "LA", "PA", "P", "RGBa", "La"}  # Pillow's modes


class Engine(PhotoSearch):
    """Within the limits of a site."""

    def similar(self, photo: bytes, part: Part | None, k: int) -> list[Neighbour]:
        """Up to `k` products, the most similar first. Raises UnsupportedMediaType and UnprocessableEntity."""
        try:
            kind, mode, (width, height) = measured(photo)
            if width * height > (most := _most(kind, mode)):
                raise UnusableImage("too many pixels", f"{width} × {height}, and {most:,} are allowed")
            return self.nearest(photo, Box(*part) if part else None, k)
        except UnusableImage as error:
            raise _refused(error) from error


def _most(kind: str, mode: str) -> int:
    if kind == "JPEG":
        return OF_JPEG
    return OF_DEEP if mode.startswith(("I", "F")) else OF_LAYERED if mode in LAYERED else OF_OTHERS


def _refused(error: UnusableImage) -> HTTPException:
    """The error as an answer, without any text of the file."""
    if error.reason == "not an image":
        return UnsupportedMediaType("This is no picture in a known format: JPEG, PNG, WebP, AVIF, GIF, BMP, TIFF.")
    if error.reason == "too many pixels":
        return UnprocessableEntity(f"The photo has {error}. Send a smaller one.")
    return UnprocessableEntity("The photo is damaged and cannot be decoded.")
