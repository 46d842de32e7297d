"""The two small WebP pictures of each photo that pages show."""

import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
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
from model.seen import Seen

QUALITY = 82
BLOCK = 64  # photos decoded at a time


def make(
    photos: Sequence[Photo], before: Shop | None, out: Path, track: Track, seen: Seen | None = None
) -> tuple[dict[str, Thumbnail], dict[str, UnusableImage]]:
    """Thumbnails by the sha256 of their photo, their files in `out / "images"`; and the photos that cannot be decoded.

    Thumbnails of `before`, the version that lies in `out`, are kept when they are intact; those that were `seen` before
    are not read for that. Raises PrecomputedError when `out` cannot be written.
    """
    seen = seen or Seen()
    made = _intact(before, out, seen) if before else {}
    missing = [photo for photo in photos if photo.sha256 not in made]
    unusable: dict[str, UnusableImage] = {}
    for photo, result in zip(missing, track(_made(missing, out, seen), "thumbnails", len(missing)), strict=True):
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


def _made(photos: Sequence[Photo], out: Path, seen: Seen) -> Iterator[Thumbnail | UnusableImage]:
    def made(photo: Photo) -> Thumbnail | UnusableImage:
        try:
            return _store(photo, out, seen)
        except UnusableImage as error:
            return error

    for block in ahead(made, blocks_of(photos, BLOCK)):
        yield from block


def _store(photo: Photo, out: Path, seen: Seen) -> Thumbnail:
    thumbnail, files = encode(read(photo.path), photo.sha256)
    try:
        for size in SIZES:
            name = thumbnail.path(size)
            atomic.write_bytes(out / IMAGES / name, files[size], durable=False)
            seen.written(name, out / IMAGES / name, bytes.fromhex(thumbnail.digest(size)))
    except OSError as error:
        raise PrecomputedError(f"{error.filename or out} cannot be written: {error.strerror}.") from error
    return thumbnail


def _intact(before: Shop, out: Path, seen: Seen) -> dict[str, Thumbnail]:
    thumbnails = (thumbnail for entry in before for thumbnail in entry.thumbnails)
    return {thumbnail.source: thumbnail for thumbnail in thumbnails if _matches(out, thumbnail, seen)}


def _matches(out: Path, thumbnail: Thumbnail, seen: Seen) -> bool:
    paths = {size: out / IMAGES / thumbnail.path(size) for size in SIZES}
    try:
        digests = {size: seen.found(thumbnail.path(size), path, partial(_hashed, path)) for size, path in paths.items()}
    except OSError:
        return False  # it is not there, or is made anew
    return all(digest.hex() == thumbnail.digest(size) for size, digest in digests.items())


def _hashed(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()


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
