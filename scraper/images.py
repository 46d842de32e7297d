"""Image answers → files named by the hash of their bytes. Nothing that a shop says becomes part of a path."""

import hashlib
import io
import threading
import warnings
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from catalogue import atomic
from catalogue.errors import Unfetched
from catalogue.formats import FORMATS, MAX_PIXELS, SUFFIX

FOLDER = "images"
_LEAST_SIDE = 16  # below it: a pixel that counts visitors, or a spacer
_QUIET = threading.Lock()  # what is ignored belongs to the process: two threads would restore it over each other


def suffix_of(content: bytes) -> str:
    """The suffix for an image's format, by its first bytes and its header; its pixels are not decoded.

    Raises Unfetched: `empty body`, `not an image`, `too many pixels`, `too small`.
    """
    if not content:
        raise Unfetched("empty body")
    try:
        with (
            _QUIET,
            warnings.catch_warnings(action="ignore"),
            Image.open(io.BytesIO(content), formats=FORMATS) as image,
        ):
            size, kind = image.size, image.format or ""
    except (UnidentifiedImageError, Image.DecompressionBombError) as error:
        bomb = isinstance(error, Image.DecompressionBombError)
        raise Unfetched("too many pixels" if bomb else "not an image") from error
    except (OSError, SyntaxError, ValueError, RuntimeError) as error:  # what decoders raise on broken headers
        raise Unfetched("not an image", str(error)[:100]) from error
    if size[0] * size[1] > MAX_PIXELS:
        raise Unfetched("too many pixels", f"{size[0]} × {size[1]}")
    if min(size) < _LEAST_SIDE:
        raise Unfetched("too small", f"{size[0]} × {size[1]}")
    return SUFFIX[kind]


def save(folder: Path, content: bytes) -> tuple[str, str]:
    """Keep an image in `folder`: its sha256, and its file relative to the folder. Raises Unfetched and DiskError."""
    suffix = suffix_of(content)
    sha256 = hashlib.sha256(content).hexdigest()
    file = f"{FOLDER}/{sha256}.{suffix}"
    if not (folder / file).exists():
        # A file that a power cut leaves empty is fetched again: its size is looked at when a run begins.
        atomic.write_bytes(folder / file, content, durable=False)
    return sha256, file
