"""A small precomputed folder with real thumbnails, for tests of what serves it."""

import hashlib
import io
from decimal import Decimal
from pathlib import Path

from PIL import Image

from catalogue import writer
from catalogue.encoding import Build, Entry
from catalogue.precomputed import IMAGES, SIZES
from catalogue.product import Neighbour, Price, Product, Thumbnail
from model.thumbnails import encode

BUILD = Build(extractor="drawn", fingerprint="0" * 16, dimension=3, preset="shop", k=12)
COLOURS = ("#7a9e7e", "#27406b", "#c96f4a", "#d9b44a", "#8c8c8c")


def make_shop_folder(folder: Path, products: list[Product]) -> Path:
    """Precomputed lists in which each product's neighbours are the others, in order, ever less similar.

    The product `no-photo` has neither thumbnail nor list.
    """
    shown = [product for product in products if product.id != "no-photo"]
    entries = [
        Entry(product, () if product.id == "no-photo" else (_thumbnail(folder, number),))
        for number, product in enumerate(products)
    ]
    lists = {product.id: _others(product, shown) for product in shown}
    writer.write(folder, BUILD, entries, lists)
    return folder


def make_products(count: int) -> list[Product]:
    """`mug-000`, `bowl-001`, `mug-002`, …: two categories, with prices."""
    return [
        Product(
            id=f"{kind.lower()}-{number:03}",
            title=f"{kind} number {number}",
            description="Stoneware, thrown by hand.",
            link=f"https://shop.example/{number}",
            price=Price(Decimal(f"{100 + number}.00"), "INR"),
            product_type=f"Kitchen & Dining > {kind}s",
            image_files=(f"{number}.png",),
        )
        for number in range(count)
        for kind in (("Mug", "Bowl")[number % 2],)
    ]


def _others(product: Product, shown: list[Product]) -> list[Neighbour]:
    others = [other for other in shown if other.id != product.id][:12]
    return [Neighbour(other.id, round(0.95 - 0.01 * rank, 4)) for rank, other in enumerate(others)]


def _thumbnail(folder: Path, number: int) -> Thumbnail:
    file = io.BytesIO()
    Image.new("RGB", (40 + number % 7, 60), COLOURS[number % len(COLOURS)]).save(file, "PNG")
    thumbnail, files = encode(file.getvalue(), hashlib.sha256(f"photo {number}".encode()).hexdigest())
    for size in SIZES:
        path = folder / IMAGES / thumbnail.path(size)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(files[size])
    return thumbnail
