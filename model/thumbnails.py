"""The two small WebP pictures of each photo that pages show."""

import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from PIL import Image

from catalogue import atomic
from catalogue.errors import PrecomputedError, UnusableImage
from catalogue.precomputed import IMAGES, SIZES
from catalogue.product import Thumbnail
from catalogue.shop import Shop
from model.images import decode, inside
from model.photos import Photo, ahead, blocks_of, read
from model.progress import Track

QUALITY = 82
BLOCK = 64  # photos decoded at a time


def make(
    photos: Sequence[Photo], before: Shop | None, out: Path, track: Track
) -> tuple[dict[str, Thumbnail], dict[str, UnusableImage]]:
    """Thumbnails by the sha256 of their photo, their files in `out / "images"`; and the photos that cannot be decoded.

    Thumbnails of `before`, the version that lies in `out`, are kept when they are intact. Raises PrecomputedError when
    `out` cannot be written.
    """
    made = _intact(before, out) if before else {}
    missing = [photo for photo in photos if photo.sha256 not in made]
    unusable: dict[str, UnusableImage] = {}
    for photo, result in zip(missing, track(_made(missing, out), "thumbnails", len(missing)), strict=True):
        if isinstance(result, UnusableImage):
            unusable[photo.sha256] = result
        else:
            made[photo.sha256] = result
    return made, unusable


def encode(content: bytes, source: str) -> tuple[Thumbnail, Mapping[int, bytes]]:
    """A photo's thumbnails, and their WebP files by size. Raises UnusableImage."""
    picture = decode(content)
    large = picture.resize(inside(picture.size, 320), Image.Resampling.LANCZOS)
    small = large.resize(inside(large.size, 160), Image.Resampling.LANCZOS)
    files = {160: _webp(small), 320: _webp(large)}
    digests = {size: hashlib.sha256(file).hexdigest() for size, file in files.items()}
    return Thumbnail(source, large.width, large.height, _dominant_colour(small), digests[160], digests[320]), files


def _made(photos: Sequence[Photo], out: Path) -> Iterator[Thumbnail | UnusableImage]:
    def made(photo: Photo) -> Thumbnail | UnusableImage:
        try:
            return _store(photo, out)
        except UnusableImage as error:
            return error

    for block in ahead(made, blocks_of(photos, BLOCK)):
        yield from block


def _store(photo: Photo, out: Path) -> Thumbnail:
    thumbnail, files = encode(read(photo.path), photo.sha256)
    try:
        for size in SIZES:
            atomic.write_bytes(out / IMAGES / thumbnail.path(size), files[size], durable=False)
    except OSError as error:
        raise PrecomputedError(f"{error.filename or out} cannot be written: {error.strerror}.") from error
    return thumbnail


def _intact(before: Shop, out: Path) -> dict[str, Thumbnail]:
    thumbnails = (thumbnail for entry in before for thumbnail in entry.thumbnails)
    return {thumbnail.source: thumbnail for thumbnail in thumbnails if _matches(out, thumbnail)}


def _matches(out: Path, thumbnail: Thumbnail) -> bool:
    paths = {size: out / IMAGES / thumbnail.path(size) for size in SIZES}
    return all(
        path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == thumbnail.digest(size)
        for size, path in paths.items()
    )


def _webp(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "WEBP", quality=QUALITY, method=4)
    return file.getvalue()


def _dominant_colour(picture: Image.Image) -> str:
    """The commonest of the four colours that stand for the picture best, as `#rrggbb`."""
    few = picture.quantize(4)
    commonest = max(range(4), key=few.histogram().__getitem__)
    red, green, blue = (few.getpalette() or [255] * 12)[3 * commonest : 3 * commonest + 3]
    return f"#{red:02x}{green:02x}{blue:02x}"
