"""A precomputed folder of any size for measuring what serves it: drawn photos, random lists, everything a build has.

Each product has files of its own for its photo, as in a shop, though they are links to two dozen. In WebP they have
about 3 and 6.5 kB, as many as photos of products on white.
"""

import hashlib
import os
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw

from catalogue import encoding
from catalogue.encoding import LISTS, MAP, SHARD, Build, Entry, Manifest, Pair, Place
from catalogue.encoding import SIDE as SIDE_OF_MAP
from catalogue.precomputed import IMAGES, MANIFEST, SIZES
from catalogue.product import Price, Product, Thumbnail
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


def make(folder: Path, count: int, *, pictures: bool = True) -> list[str]:
    """Write the folder of `count` products, at least 49 of them, alike every time; their ids.

    Shard after shard, so that a million take no more memory than a thousand; without `pictures` their files are left
    to another server.
    """
    drawn = thumbnails_of(random.Random(count), folder / IMAGES, min(count, PICTURES), write=pictures)
    (folder / LISTS).mkdir(parents=True, exist_ok=True)
    files: dict[str, str] = {}
    ids: list[str] = []
    for name, content in _files(count, drawn, ids):
        files[name] = hashlib.sha256(content).hexdigest()
        (folder / encoding.path_of(name, files[name])).write_bytes(content)
    version = encoding.version_of(BUILD, files)
    manifest = Manifest(version, BUILD, products=count, listed=count, photos=count, drops={}, files=files)
    (folder / MANIFEST).write_bytes(encoding.manifest_bytes(manifest))
    if pictures:
        _link(folder / IMAGES, drawn, count)
    return ids


def _files(count: int, drawn: Sequence[Thumbnail], ids: list[str]) -> Iterator[tuple[str, bytes]]:
    """The files of the version's folder; `ids` is filled meanwhile."""
    for shard, start in enumerate(range(0, count, SHARD)):
        rng = random.Random(f"{count} {shard}")
        numbers = range(start, min(start + SHARD, count))
        entries = [Entry(product(rng, number, rng.choice(KINDS)), (thumbnail(drawn, number),)) for number in numbers]
        ids += [entry.product.id for entry in entries]
        yield f"catalogue-{shard:04}.json", encoding.catalogue_bytes(entries)
        for kind, k in (("neighbours", BUILD.k), ("elsewhere", ELSEWHERE)):
            lists = [_near(rng, number, count, k) for number in numbers]
            yield f"{kind}-{shard:04}.json", encoding.neighbours_bytes(lists)
    rng = random.Random(count)
    yield MAP, encoding.dump({"laid_out": count, "places": [place(rng) for _ in range(count)]})


def product(rng: random.Random, number: int, kind: str) -> Product:
    """Of one of KINDS."""
    return Product(
        id=f"{number:07}-{kind}",
        title=f"{rng.choice(LOOKS).capitalize()} {rng.choice(COLOURS)} {kind} {number}",
        description=" ".join(rng.sample(SENTENCES, 4))[:200],
        link=f"https://shop.example/{kind}/{number}",
        price=Price(Decimal(rng.randrange(99, 9999)), "INR"),
        brand=f"Workshop {number % 40}",
        product_type=f"Home > {kind.capitalize()}s",
        image_files=(f"{number}.png",),
    )


def _near(rng: random.Random, own: int, count: int, k: int) -> list[Pair]:
    """`k` others, drawn: (index, similarity × 10⁴, reasons), best first."""
    others = [each for each in rng.sample(range(count), k + 1) if each != own][:k]
    return [(each, 9500 - 100 * rank, rng.randrange(32)) for rank, each in enumerate(others)]


def place(rng: random.Random) -> Place:
    """Any on the map."""
    return rng.randrange(SIDE_OF_MAP), rng.randrange(SIDE_OF_MAP)


def thumbnails_of(rng: random.Random, images: Path, count: int, *, write: bool) -> list[Thumbnail]:
    """The thumbnails of the first products, whose pictures the others have too."""
    encoded = [thumbnails.encode(_picture(rng), _source(number)) for number in range(count)]
    return [_stored(images, each) if write else each[0] for each in encoded]


def thumbnail(drawn: Sequence[Thumbnail], number: int) -> Thumbnail:
    """Of a product's photo, which looks like one of those `drawn`."""
    return replace(drawn[number % len(drawn)], source=_source(number))


def _link(images: Path, drawn: Sequence[Thumbnail], count: int) -> None:
    """Files of their own for the thumbnails of all further products."""
    for number in range(len(drawn), count):
        like, own = drawn[number % len(drawn)], thumbnail(drawn, number)
        for size in SIZES:
            (images / own.path(size)).parent.mkdir(exist_ok=True)
            os.link(images / like.path(size), images / own.path(size))


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
