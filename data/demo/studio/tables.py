"""The shop's two tables: the merchant feed and the ground truth."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from studio.pictures import Difficulty, difficulty, main_file, pictures
from studio.product import Product
from studio.surface import Finish

SHOP = "https://shop.example"
FEED_COLUMNS = (
    "id",
    "title",
    "description",
    "link",
    "image_link",
    "additional_image_link",
    "price",
    "sale_price",
    "availability",
    "brand",
    "product_type",
    "image_file",
)
TRUTH_COLUMNS = ("id", "kind", "family", "collection", "colour", "material", "finish", "difficulty")


def _price(rupees: int) -> str:
    return f"{rupees}.00 INR"


def _list_price(product: Product) -> int:
    step = product.family.finishes.index(f"{product.finish.surface.shader} {product.finish.colour}")
    return product.family.price + 50 * step


def _shop_colour(finish: Finish) -> str:
    return "white marble" if finish.material == "marble" else finish.colour


def _finish_sentence(finish: Finish) -> str:
    return f"{finish.material.capitalize()} in {finish.colour}, {finish.finish}."


def feed_row(product: Product, files: tuple[str, ...]) -> dict[str, str]:
    """The product's row in Google Merchant Center's columns, with its picture files."""
    price = _list_price(product)
    colour = _shop_colour(product.finish)
    return {
        "id": product.id,
        "title": product.family.title.format(colour=colour.title()),
        "description": f"{product.family.story.format(colour=colour)} {_finish_sentence(product.finish)}",
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


def _write(path: Path, columns: tuple[str, ...], rows: Iterable[Mapping[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _taken(product: Product, out: Path) -> tuple[str, ...]:
    return tuple(picture.file for picture in pictures(product) if (out / picture.file).exists())


def _listed(product: Product, files: tuple[str, ...]) -> bool:
    return main_file(product) in files or difficulty(product) is Difficulty.MISSING


def write_tables(products: tuple[Product, ...], out: Path) -> None:
    """Write products.csv and truth.csv for the products photographed so far."""
    out.mkdir(parents=True, exist_ok=True)
    taken = {product: _taken(product, out) for product in products}
    listed = [product for product in products if _listed(product, taken[product])]
    _write(out / "products.csv", FEED_COLUMNS, (feed_row(product, taken[product]) for product in listed))
    _write(out / "truth.csv", TRUTH_COLUMNS, map(truth_row, listed))
