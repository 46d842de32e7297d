"""Bad images: the run goes on, the reason is counted, and nothing but whole images is kept."""

import gzip
import hashlib
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from catalogue import feed
from catalogue.errors import Incomplete
from scraper.run import settle
from tests.factories import encoded, make_photo
from tests.shop_server import GOOD, Answering, Raw, Reply, fetch_shop, item, listing, photo, redirect, shop

LIMIT = 200_000
KEPT = {".scrape.lock", "images", "products.csv", "report.json", "scrape.sqlite"}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99"><script>alert(1)</script></svg>'
NOISE = Image.effect_noise((500, 500), 99)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n"


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def small_png_of(width: int, height: int) -> bytes:
    """A valid one-bit PNG, whose rows of zeros take next to nothing."""
    pack = zlib.compressobj(9)
    rows = b"".join(pack.compress(bytes(1 + (width + 7) // 8)) for _ in range(height)) + pack.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def chunked(content: bytes) -> bytes:
    """A body without a declared length."""
    return b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(content), content)


def drip(content: bytes) -> list[bytes]:
    return [content[place : place + 1] for place in range(len(content))]


REFUSED: dict[str, tuple[Reply | Raw, str]] = {
    "an HTML page": (Reply("<html>sold out</html>"), "not an image"),
    "an HTML page that claims to be a PNG": (photo(b"<html>sold out</html>"), "not an image"),
    "an SVG": (photo(SVG, "image/svg+xml"), "not an image"),
    "an SVG that claims to be a JPEG": (photo(SVG, "image/jpeg"), "not an image"),
    "nothing": (photo(b""), "empty body"),
    "30,000 × 30,000 pixels": (photo(small_png_of(30_000, 30_000)), "too many pixels"),
    "8,000 × 8,000 pixels": (photo(small_png_of(8_000, 8_000)), "too many pixels"),
    "one pixel": (photo(encoded(make_photo(size=(1, 1)))), "too small"),
    "half a header": (photo(GOOD[:20]), "not an image"),
    "a declared length over the limit": (Raw([HEAD + b"Content-Length: 99999999\r\n\r\n" + GOOD]), "too large"),
    "an undeclared length over the limit": (Raw([HEAD + chunked(encoded(NOISE))]), "too large"),
    "a bomb": (photo(gzip.compress(bytes(50_000_000)), headers={"Content-Encoding": "gzip"}), "too large"),
    "a bomb in a bomb": (
        photo(gzip.compress(gzip.compress(bytes(50_000_000))), headers={"Content-Encoding": "gzip, gzip"}),
        "too large",
    ),
    "what is not gzip": (photo(headers={"Content-Encoding": "gzip"}), "broken compression"),
    "a redirect to a file": (redirect("file:///etc/passwd"), "redirect without an address"),
    "a redirect to nowhere": (Reply(status=302), "redirect without an address"),
    "a redirect to itself": (redirect("/bad.png"), "too many redirects"),
    "a redirect to another host": (redirect("http://127.0.0.9/x.png"), "host not allowed"),
    "a missing file": (Reply(status=404), "HTTP 404"),
    "a forbidden file": (Reply(status=403), "HTTP 403"),
    "noai": (photo(headers={"X-Robots-Tag": "noai"}), "noai"),
    "noimageai": (photo(headers={"X-Robots-Tag": "noindex, NoImageAI"}), "noai"),
    "noai for us": (photo(headers={"X-Robots-Tag": "lookalike: noai"}), "noai"),
}
FAILED: dict[str, tuple[Reply | Raw, str]] = {
    "a server error": (Reply(status=500), "HTTP 500"),
    "a short body": (Raw([HEAD + b"Content-Length: 99999\r\n\r\n" + GOOD]), "short body"),
    "a short body in chunks": (
        Raw([HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % (2 * len(GOOD)) + GOOD]),
        "short body",
    ),
    "chunks that stop": (
        Raw([HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(GOOD) + GOOD + b"\r\n"]),
        "short body",
    ),
    "a line that is cut at once": (Raw([]), "broken answer"),
    "no HTTP": (Raw([b"\x00\xff garbage\r\n\r\n"]), "broken answer"),
    "headers without end": (Raw([b"HTTP/1.1 200 OK\r\nX-Long: ", b"x" * 100_000]), "broken answer"),
    "dripping headers": (Raw(drip(HEAD * 50), pause=0.05), "took too long"),
    "a dripping body": (Raw([HEAD + b"Content-Length: 9999\r\n\r\n", *drip(GOOD)], pause=0.05), "took too long"),
    "a dripping body without end": (Raw([HEAD + b"\r\n" + GOOD, *drip(GOOD)], pause=0.05), "took too long"),
    "silence": (Raw([b"HTTP/1.1 200 OK\r\n"], pause=30.0), "took too long"),
}


@pytest.mark.parametrize("name", [*REFUSED, *FAILED])
def test_a_bad_image_is_counted_and_left_out(name: str, tmp_path: Path) -> None:
    answer, reason = (REFUSED | FAILED)[name]
    pages: dict[str, Answering] = {
        "/": listing(item("Good", "/good.png"), item("Bad", "/bad.png")),
        "/good.png": photo(),
        "/bad.png": answer,
    }
    with shop(pages) as server:
        limits = {"image_bytes": LIMIT, "seconds": 1.0}
        report = fetch_shop(tmp_path / "out", server.address, limits=limits)
    expected = {f"image: {reason}": 1}
    assert (report.refused, report.failed) == ((expected, {}) if name in REFUSED else ({}, expected))
    assert (report.products, report.images) == (2, 1)
    good = hashlib.sha256(GOOD).hexdigest()
    files = {product.id: product.image_files for product in feed.read(tmp_path / "out").products}
    assert files == {"Good": (f"images/{good}.png",), "Bad": ()}
    assert [path.name for path in (tmp_path / "out/images").iterdir()] == [f"{good}.png"]
    assert {path.name for path in (tmp_path / "out").iterdir()} == KEPT
    if name in FAILED:
        with pytest.raises(Incomplete, match=rf"1 × image: {reason}"):
            settle(report)
    else:
        settle(report)


@pytest.mark.parametrize(
    "link",
    [
        "file:///etc/passwd", "data:image/png;base64,iVBORw0KGgo=", "javascript:alert(1)", "ftp://127.0.0.1/x.png",
        "http://[::1", "http://127.0.0.1:99999/x.png", "blob:http://127.0.0.1/1", "   ", f"/{'n' * 2000}.png",
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_never_asked_for(link: str, tmp_path: Path) -> None:
    with shop({"/": listing(item(image=link)), "*": photo()}) as server:
        report = fetch_shop(tmp_path, server.address)
        assert server.paths == ["/robots.txt", "/"]
    assert (report.products, report.images, report.refused, report.failed) == (1, 0, {}, {})
    assert not (tmp_path / "images").exists()


@pytest.mark.parametrize(
    ("link", "path"),
    [
        ("x.png", "/deep/x.png"),
        ("../x.png", "/x.png"),
        ("/x.png?v=2#top", "/x.png?v=2"),
        ("//HOST/x.png", "/x.png"),
        ("http://HOST/x.png", "/x.png"),
        ("HTTP://HOST/x y.png", "/x%20y.png"),
        ("/Gefäß.png", "/Gef%C3%A4%C3%9F.png"),
    ],
)
def test_addresses_are_made_absolute(link: str, path: str, tmp_path: Path) -> None:
    with shop({"*": photo()}) as server:
        page = listing(item(image=link.replace("HOST", server.address.removeprefix("http://"))))
        server.answers["/deep/list"] = page
        report = fetch_shop(tmp_path, server.address, listing={"address": "/deep/list"})
        assert server.paths[2:] == [path]
    assert (report.products, report.images) == (1, 1)


EVIL = [
    "/../../../x.png", "/%2e%2e/%2e%2e/x.png", "/..%2f..%2f..%2fx.png", "/..%5c..%5cx.png", "/a%00b.png", "/a\0b.png",
    f"/{'n' * 300}.png", f"/{'n' * 300}/{'ü' * 300}", "/CON.png", "/.png", "/x.png/", "/-rf", "/~root", "/$(id).png",
    "/;id.png", "/%E2%80%AE.gnp", "/x.php?file=/etc/passwd", "//..//..//x.png",
]  # fmt: skip


def test_no_address_leaves_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "inner" / "out"
    pictures = [encoded(make_photo(f"#{number:02x}4a6f")) for number in range(2 * len(EVIL))]
    with shop({"*": lambda path: photo(pictures[hash(path) % len(pictures)])}) as server:
        items = [item(f"t{number}", f"{server.address}{evil}", link=evil) for number, evil in enumerate(EVIL)]
        server.answers["/list"] = listing(*items)
        report = fetch_shop(folder, server.address, listing={"address": "/list"})
    assert not report.failed + report.refused
    assert report.images >= len(EVIL) - 3  # some are one address
    everything = {path for path in tmp_path.rglob("*") if path.is_file()}
    images = {path for path in everything if path.parent == folder / "images"}
    assert images
    assert {path.parent for path in everything - images} == {folder}
    assert {path.name for path in folder.iterdir()} == KEPT
    assert all(path.name == f"{hashlib.sha256(path.read_bytes()).hexdigest()}.png" for path in images)
    for product in feed.read(folder).products:
        assert "/" not in product.id
        assert ".." not in product.id
        assert all((folder / file).resolve() in images for file in product.image_files)
