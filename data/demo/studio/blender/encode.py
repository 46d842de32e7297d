"""Turns a clean picture into an awkward one: bordered, cropped, or stored on its side."""

from pathlib import Path

import bpy
import numpy as np
from numpy.typing import NDArray

from studio.exif import with_orientation
from studio.pictures import Difficulty

Pixels = NDArray[np.float32]
STORED_ANTICLOCKWISE = 6


def _read(path: Path) -> Pixels:
    image = bpy.data.images.load(str(path), check_existing=False)
    width, height = image.size
    pixels = np.empty(width * height * 4, np.float32)
    image.pixels.foreach_get(pixels)
    bpy.data.images.remove(image)
    return pixels.reshape(height, width, 4)


def _write(pixels: Pixels, path: Path, file_format: str, quality: int) -> None:
    height, width = pixels.shape[:2]
    image = bpy.data.images.new("picture", width, height)
    image.pixels.foreach_set(np.ascontiguousarray(pixels).ravel())
    image.file_format = file_format
    image.filepath_raw = str(path)
    image.save(quality=quality)
    bpy.data.images.remove(image)


def _bordered(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    small = pixels[::2, ::2]
    canvas = np.ones_like(pixels)
    top, left = height // 4, width // 4
    canvas[top : top + small.shape[0], left : left + small.shape[1]] = small
    return canvas


def _cropped(pixels: Pixels) -> Pixels:
    edge = max(1, pixels.shape[0] // 40)
    return pixels[edge:-edge, edge + edge // 2 : -edge]


def spoil(draft: Path, difficulty: Difficulty) -> None:
    """Change the picture's file as its difficulty asks; most have none and stay as they are."""
    match difficulty:
        case Difficulty.BORDER:
            _write(_bordered(_read(draft)), draft, "WEBP", 86)
        case Difficulty.NEAR_DUPLICATE:
            _write(_cropped(_read(draft)), draft, "WEBP", 70)
        case Difficulty.ROTATED:
            # The array's rows run upwards, so a turn that looks clockwise here is anticlockwise on screen.
            _write(np.rot90(_read(draft), -1), draft, "JPEG", 90)
            draft.write_bytes(with_orientation(draft.read_bytes(), STORED_ANTICLOCKWISE))
