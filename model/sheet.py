"""A contact sheet: what was asked for and what looks like it, in one picture to look at or to share."""

import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from catalogue import atomic
from catalogue.errors import LookalikeError
from model.images import decode, letterbox
from model.photos import read

CELL = 224
MARGIN = 16
CAPTION = 44  # pixels below a picture: two lines of text
COLUMNS = 6
INK, GROUND, QUIET = "#1b1c1d", "#f7f7f5", "#5c6064"


@dataclass(frozen=True)
class Picture:
    """One cell of a sheet."""

    photo: Path
    title: str
    note: str


def draw(pictures: list[Picture]) -> Image.Image:
    """The pictures in rows of six, each on white above its title and note. Raises UnusableImage."""
    rows = -(-len(pictures) // COLUMNS)
    columns = min(COLUMNS, len(pictures))
    width, height = MARGIN + columns * (CELL + MARGIN), MARGIN + rows * (CELL + CAPTION + MARGIN)
    sheet = Image.new("RGB", (width, height), GROUND)
    for number, picture in enumerate(pictures):
        row, column = divmod(number, COLUMNS)
        _draw_cell(sheet, picture, MARGIN + column * (CELL + MARGIN), MARGIN + row * (CELL + CAPTION + MARGIN))
    return sheet


def save(sheet: Image.Image, path: Path) -> None:
    """Write the sheet in the format of the path's suffix, in one step. Raises LookalikeError."""
    file = io.BytesIO()
    try:
        sheet.save(file, Image.registered_extensions()[path.suffix.lower()])
        atomic.write_bytes(path, file.getvalue())
    except KeyError:
        raise LookalikeError(f"{path} has no suffix of an image format. Name it such as sheet.png.") from None
    except OSError as error:
        raise LookalikeError(f"{path} cannot be written: {error}.") from error


def _draw_cell(sheet: Image.Image, picture: Picture, left: int, top: int) -> None:
    sheet.paste(letterbox(decode(read(picture.photo)), CELL), (left, top))
    pen = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(15)
    pen.text((left, top + CELL + 6), _shortened(picture.title, pen, font), INK, font)
    pen.text((left, top + CELL + 25), _shortened(picture.note, pen, font), QUIET, font)


def _shortened(text: str, pen: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> str:
    if pen.textlength(text, font) <= CELL:
        return text
    while text and pen.textlength(f"{text}…", font) > CELL:
        text = text[:-1]
    return f"{text}…"
