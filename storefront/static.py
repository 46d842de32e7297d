"""Files that do not change while the process runs, answered before Flask, which takes up to five times as long.

Styles and scripts are kept in memory and compressed once. Thumbnails are sent from the disk by WhiteNoise, looked up as
they are asked for: its index takes 23 MB and a third of a second for each 10,000 files, and names files that a build
has removed since.
"""

import gzip
import hashlib
import mimetypes
import pkgutil
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import brotli
from dash.fingerprint import check_fingerprint
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header
from werkzeug.wrappers import Response
from whitenoise import WhiteNoise
from whitenoise.responders import MissingFileError, StaticFile

from storefront.headers import Wsgi
from storefront.lasting import YEAR
from storefront.urls import ASSETS, IMAGES, SUITES

FOR_GOOD = f"public, max-age={YEAR}, immutable"
ASK_AGAIN = "public, no-cache"
CODINGS: Mapping[str, Callable[[bytes], bytes]] = {  # the smaller first
    # Both on 1.5 MB of scripts and styles: 45 ms at a start. Brotli's best takes 1.4 s and saves a tenth.
    "br": lambda content: brotli.compress(content, quality=5),
    "gzip": lambda content: gzip.compress(content, 6, mtime=0),
}
LEAST = 500  # bytes that are worth compressing
THUMBNAIL = re.compile(rf"{IMAGES}([0-9a-f]{{2}}/[0-9a-f]{{18}}-\d+\.webp)")
HEAD = [("Content-Type", "image/webp"), ("Cache-Control", FOR_GOOD)]


@dataclass(frozen=True)
class Kept:
    """A file in memory by its content codings; the empty one is the file as it is."""

    mimetype: str
    bodies: Mapping[str, bytes]
    tag: str

    @classmethod
    def of(cls, name: str, content: bytes) -> "Kept":
        packed = {coding: pack(content) for coding, pack in CODINGS.items()} if len(content) >= LEAST else {}
        smaller = {coding: body for coding, body in packed.items() if len(body) < len(content)}
        kind = mimetypes.types_map.get(Path(name).suffix, "application/octet-stream")
        return cls(kind, {**smaller, "": content}, hashlib.sha256(content).hexdigest()[:16])

    def response(self, environ: dict[str, Any]) -> Response:
        """Kept for good when the address names a version, in its path or in its query."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return Response(status=405, headers={"Allow": "GET, HEAD"})
        wanted = coding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        chosen = next((each for each in wanted if each in self.bodies), "")
        answer = Response(self.bodies[chosen], mimetype=self.mimetype)
        answer.set_etag(f"{self.tag}:{chosen}" if chosen else self.tag)
        answer.headers["Vary"] = "Accept-Encoding"
        versioned = bool(environ.get("QUERY_STRING")) or environ["PATH_INFO"].startswith(SUITES)
        answer.headers["Cache-Control"] = FOR_GOOD if versioned else ASK_AGAIN
        if chosen:
            answer.headers["Content-Encoding"] = chosen
        return answer.make_conditional(environ)


@lru_cache(256)
def coding(accepted: str) -> tuple[str, ...]:
    """Those of CODINGS that a client takes, the best first."""
    quality = parse_accept_header(accepted, Accept).quality
    return tuple(each for each in CODINGS if quality(each) > 0)


class Static:
    """A WSGI application that answers what lies in files, and leaves the rest to another one."""

    def __init__(self, application: Wsgi, kept: Mapping[str, Kept], images: Path) -> None:
        self._application, self._kept, self._images = application, kept, images

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if kept := self._kept.get(path):
            return kept.response(environ)(environ, start_response)
        if thumbnail := THUMBNAIL.fullmatch(path):
            try:
                file = StaticFile(str(self._images / thumbnail[1]), HEAD)
                answer: Iterable[bytes] = WhiteNoise.serve(file, environ, start_response)
                return answer
            except (MissingFileError, FileNotFoundError):
                pass  # a build has removed it; what is not there is for the other one to say
        return self._application(environ, start_response)


def kept(folder: Path, scripts: Iterable[str]) -> dict[str, Kept]:
    """By their paths: the files of the assets' folder, and Dash's own scripts, whose addresses `scripts` has."""
    found = {f"{ASSETS}{path.name}": path.read_bytes() for path in sorted(folder.glob("*.*"))}
    for address in scripts:
        if address.startswith(SUITES):
            package, _, file = address.removeprefix(SUITES).partition("/")
            found[address] = pkgutil.get_data(package, check_fingerprint(file)[0]) or b""
    return {path: Kept.of(path, content) for path, content in found.items()}
