"""What a slug is asked while its memory is measured: pages, parts of pages, lists, images, and photos."""

import io
import json
import random
import re
from collections.abc import Callable, Iterator
from itertools import cycle, islice

from PIL import Image

from benchmarks.web_process import WebProcess, page_part
from storefront.urls import HOME, IMAGES, MAP, PRODUCTS, REPORT, SIMILAR, product_address

PER_PAGE = 100  # products of an answer of the API
SIDES = (4032, 3024)  # width and height of a telephone's photo, in pixels
COARSE = 8  # pixels of a drawn photo that are one colour; its JPEG has 3.6 MB


def addresses(web: WebProcess, count: int) -> list[str]:
    """What visitors and programs ask for, alike every time."""
    rng = random.Random(0)
    ids, build = list(_ids(web)), web.build()
    images = sorted({name for page in (HOME, product_address(ids[0])) for name in _images(web.get(page).decode())})
    kinds: list[Callable[[], str]] = [
        lambda: page_part(build, product_address(rng.choice(ids))),
        lambda: rng.choice(images),
        lambda: product_address(rng.choice(ids)),
        lambda: f"{PRODUCTS}/{rng.choice(ids)}{SIMILAR}",
        lambda: rng.choice(images),
        lambda: page_part(build, f"{HOME}?page={rng.randrange(1, 2 + len(ids) // 48)}"),
        lambda: f"{HOME}?sort=price&page={rng.randrange(1, 2 + len(ids) // 48)}",
        lambda: rng.choice([MAP, REPORT, f"{HOME}?q=m", f"{PRODUCTS}?q=t"]),
    ]
    return [kind() for kind in islice(cycle(kinds), count)]


def photos(count: int) -> Iterator[tuple[bytes, str]]:
    """Photos as telephones take them, with their types: JPEGs, and each fifth a PNG, which takes more to decode."""
    kinds = {kind: _drawn(kind) for kind in ("JPEG", "PNG")}
    for kind in islice(cycle(["PNG", *4 * ["JPEG"]]), count):
        yield kinds[kind], f"image/{kind.lower()}"


def _drawn(kind: str) -> bytes:
    width, height = SIDES[0] // COARSE, SIDES[1] // COARSE
    coarse = Image.frombytes("RGB", (width, height), random.Random(0).randbytes(width * height * 3))
    file = io.BytesIO()
    if kind == "PNG":
        coarse.resize(SIDES, Image.Resampling.NEAREST).save(file, kind, compress_level=1)
    else:
        coarse.resize(SIDES, Image.Resampling.BICUBIC).save(file, kind, quality=88)
    return file.getvalue()


def _ids(web: WebProcess) -> Iterator[str]:
    number, pages = 1, 1
    while number <= pages:
        answer = json.loads(web.get(f"{PRODUCTS}?per_page={PER_PAGE}&page={number}"))
        yield from (product["id"] for product in answer["products"])
        number, pages = number + 1, answer["pages"]


def _images(html: str) -> list[str]:
    return re.findall(rf'src="({IMAGES}[^"]+)"', html)
