"""A precomputed folder of any size for measuring what serves it: drawn photos, random lists, everything a build has.

Each product has files of its own for its photo, as in a shop, though they are links to two dozen. In WebP they have
about 3 and 6.5 kB, as many as photos of products on white.
"""

import hashlib
import os
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw

from catalogue import writer
from catalogue.encoding import Build, Entry
from catalogue.precomputed import IMAGES, SIZES
from catalogue.product import Layout, Neighbour, Price, Product, Thumbnail
from model import thumbnails

BUILD = Build(extractor="drawn", fingerprint="0" * 16, dimension=3, preset="shop", k=24)
ELSEWHERE = 12
PICTURES = 24
SIDE = 480  # pixels of a drawn photo
KINDS = ("mug", "bowl", "vase", "lamp", "chair", "table", "shirt", "scarf", "boot", "clock", "basket", "cushion")
LOOKS = ("plain", "glazed", "striped", "woven", "dotted", "ribbed", "brushed", "carved")
COLOURS = ("white", "grey", "black", "red", "blue", "green", "amber", "sand", "rose", "teal")
SENTENCES = (
    "Made by hand in a small workshop, so that no two are quite alike.",
    "Wipe it with a damp cloth and keep it out of the sun.",
    "It comes in a box of recycled card with a note about its maker.",
    "The material is sturdy, the edges are soft, and it ages well.",
    "A quiet companion for every day of the year.",
)


def make(folder: Path, count: int) -> list[str]:
    """Write the folder of `count` products, at least 49 of them, alike every time; their ids."""
    rng = random.Random(count)
    products = [_product(rng, number) for number in range(count)]
    ids = [product.id for product in products]
    entries = [
        Entry(product, (thumbnail,))
        for product, thumbnail in zip(products, _thumbnails(rng, folder / IMAGES, count), strict=True)
    ]
    extras = writer.Extras(
        elsewhere=_lists(rng, ids, ELSEWHERE),
        layout=Layout({each: (rng.randrange(10_000), rng.randrange(10_000)) for each in ids}, count),
    )
    writer.write(folder, BUILD, entries, _lists(rng, ids, BUILD.k), extras=extras)
    return ids


def _product(rng: random.Random, number: int) -> Product:
    kind = rng.choice(KINDS)
    return Product(
        id=f"{kind}-{number:06}",
        title=f"{rng.choice(LOOKS).capitalize()} {rng.choice(COLOURS)} {kind} {number}",
        description=" ".join(rng.sample(SENTENCES, 4))[:200],
        link=f"https://shop.example/{kind}/{number}",
        price=Price(Decimal(rng.randrange(99, 9999)), "INR"),
        brand=f"Workshop {number % 40}",
        product_type=f"Home > {kind.capitalize()}s",
        image_files=(f"{number}.png",),
    )


def _lists(rng: random.Random, ids: Sequence[str], k: int) -> Mapping[str, Sequence[Neighbour]]:
    return {
        own: [
            Neighbour(near, round(0.95 - 0.01 * rank, 4), rng.randrange(32))
            for rank, near in enumerate(each for each in rng.sample(ids, k + 1) if each != own)
            if rank < k
        ]
        for own in ids
    }


def _thumbnails(rng: random.Random, images: Path, count: int) -> list[Thumbnail]:
    """A thumbnail for each product, its files linked to those of one of the pictures."""
    drawn = [
        _stored(images, thumbnails.encode(_picture(rng), _source(number))) for number in range(min(count, PICTURES))
    ]
    made = drawn.copy()
    for number in range(len(drawn), count):
        like = drawn[number % len(drawn)]
        thumbnail = replace(like, source=_source(number))
        for size in SIZES:
            (images / thumbnail.path(size)).parent.mkdir(exist_ok=True)
            os.link(images / like.path(size), images / thumbnail.path(size))
        made.append(thumbnail)
    return made


def _stored(images: Path, encoded: tuple[Thumbnail, Mapping[int, bytes]]) -> Thumbnail:
    thumbnail, files = encoded
    for size in SIZES:
        path = images / thumbnail.path(size)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(files[size])
    return thumbnail


def _source(number: int) -> str:
    return hashlib.sha256(f"photo {number}".encode()).hexdigest()


def _picture(rng: random.Random) -> bytes:
    """A PNG of a shape of coarse fabric on white."""
    grains = SIDE // 3
    fabric = Image.frombytes("L", (grains, grains), rng.randbytes(grains * grains)).resize((SIDE, SIDE))
    tone = Image.new("RGB", (SIDE, SIDE), tuple(rng.randbytes(3)))
    shape = Image.new("L", (SIDE, SIDE))
    draw = getattr(ImageDraw.Draw(shape), rng.choice(("ellipse", "rectangle")))
    draw((rng.randrange(40, 100), rng.randrange(40, 100), rng.randrange(380, 440), rng.randrange(380, 440)), fill=255)
    file = BytesIO()
    picture = Image.blend(fabric.convert("RGB"), tone, 0.85)
    Image.composite(picture, Image.new("RGB", (SIDE, SIDE), "white"), shape).save(file, "PNG", compress_level=1)
    return file.getvalue()
