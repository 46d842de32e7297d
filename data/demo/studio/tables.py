"""The shop's two tables: the merchant feed and the ground truth."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from studio.pictures import difficulty, main_file, pictures
from studio.product import Product

SHOP = "https://shop.example"


def _price(rupees: int) -> str:
    return f"{rupees}.00 INR"


def _list_price(product: Product) -> int:
    step = product.family.finishes.index(f"{product.finish.surface.shader} {product.finish.colour}")
    return product.family.price + 50 * step


def feed_row(product: Product) -> dict[str, str]:
    """The product's row in Google Merchant Center's columns."""
    price = _list_price(product)
    files = [picture.file for picture in pictures(product)]
    colour = product.finish.colour
    return {
        "id": product.id,
        "title": product.family.title.format(colour=colour.capitalize()),
        "description": product.family.story.format(colour=colour),
        "link": f"{SHOP}/p/{product.id}",
        "image_link": f"{SHOP}/{main_file(product)}",
        "additional_image_link": ",".join(f"{SHOP}/{file}" for file in files[1:]),
        "price": _price(price),
        "sale_price": _price(price * 8 // 100 * 10) if product.seed % 12 == 5 else "",
        "availability": "out_of_stock" if product.seed % 20 == 3 else "in_stock",
        "brand": product.family.brand,
        "product_type": product.kind.path,
        "image_file": "|".join(files),
    }


def truth_row(product: Product) -> dict[str, str]:
    """What the product is, for judging a ranking."""
    finish = product.finish
    return {
        "id": product.id,
        "kind": product.kind.name,
        "family": f"{product.kind.name}/{product.family.name}",
        "collection": finish.collection,
        "colour": finish.colour,
        "material": finish.material,
        "finish": finish.finish,
        "difficulty": str(difficulty(product)),
    }


def _write(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    listed = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(listed[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(listed)


def _photographed(product: Product, out: Path) -> bool:
    return all((out / picture.file).exists() for picture in pictures(product))


def write_tables(products: tuple[Product, ...], out: Path) -> None:
    """Write products.csv and truth.csv, listing the products whose pictures are all there."""
    out.mkdir(parents=True, exist_ok=True)
    products = tuple(product for product in products if _photographed(product, out))
    _write(out / "products.csv", map(feed_row, products))
    _write(out / "truth.csv", map(truth_row, products))
