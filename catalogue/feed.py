"""`products.csv` in Google Merchant Center's attribute names, and folders of photos without one.

Source of the names: https://support.google.com/merchants/answer/7052112. Ours beside them, unknown to
Merchant Center: `image_file`, paths of photos relative to the folder, with `|` between several; and `added`, the day
or time in ISO 8601 since when the shop has had the product.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from catalogue import atomic
from catalogue.errors import CatalogueError
from catalogue.formats import IMAGE_SUFFIXES
from catalogue.product import AVAILABILITIES, Availability, Price, Product, instant

COLUMNS = (
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
    "added",
)


@dataclass(frozen=True)
class Feed:
    """A catalogue as it was read: products in the file's order, and what was dropped, counted by reason."""

    products: tuple[Product, ...]
    drops: Mapping[str, int] = field(default_factory=dict)


def read(folder: Path) -> Feed:
    """The catalogue in `folder`: its `products.csv`, or else its photos.

    Raises CatalogueError when there is no product in it.
    """
    if not folder.is_dir():
        raise CatalogueError(f"no folder at {folder}. Give the folder that holds products.csv or the photos.")
    table = folder / "products.csv"
    feed = parse_table(_read_text(table), str(table)) if table.is_file() else from_photos(_photos(folder))
    if not feed.products:
        raise CatalogueError(f"no products in {folder}. It needs a products.csv with rows, or photos ({_suffixes()}).")
    return feed


def parse_table(text: str, name: str = "products.csv") -> Feed:
    """Products of a CSV (or tab-separated) table. Rows without an id, and all but the first of one id, are dropped.

    Raises CatalogueError when the columns `id` and one of `image_file`, `image_link` are missing.
    """
    header = text.split("\n", 1)[0]
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter="\t" if "\t" in header else ",")
    products: dict[str, Product] = {}
    drops: Counter[str] = Counter()
    try:
        _check_columns(rows.fieldnames or (), name)
        for row in rows:
            cells = {
                key: _as_meant((value or "").replace("\0", "").strip()) for key, value in row.items() if key in COLUMNS
            }
            product = _product(cells, drops)
            if not product.id:
                drops["row without id"] += 1
            elif product.id in products:
                drops["duplicate id"] += 1
            else:
                products[product.id] = product
    except csv.Error as error:
        raise CatalogueError(f"{name}, line {rows.line_num}: {error}. Save it again as a plain CSV.") from error
    return Feed(tuple(products.values()), dict(drops))


def from_photos(paths: Iterable[PurePosixPath]) -> Feed:
    """One product a photo: the file's name becomes id and title, its folders the category.

    A name that occurs twice takes its folders into the id, then its suffix too, so that ids are unique.
    """
    ordered = sorted(paths)
    spellings = [_spellings(path) for path in ordered]
    counts = Counter(spelling for each in spellings for spelling in set(each))
    products = [
        Product(
            id=next((spelling for spelling in each if counts[spelling] == 1), path.as_posix()),
            title=_title(path.stem),
            product_type=" > ".join(_title(part) for part in path.parent.parts),
            image_files=(path.as_posix(),),
        )
        for path, each in zip(ordered, spellings, strict=True)
    ]
    return Feed(tuple(products))


def write_table(path: Path, products: Iterable[Product]) -> None:
    """Write `products.csv` in one step, product by product; reading it gives equal products."""
    with atomic.replacing(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        # RFC 4180 ends lines so; the writer then quotes cells that hold either character.
        rows = csv.DictWriter(text, COLUMNS, lineterminator="\r\n")
        rows.writeheader()
        rows.writerows({key: _inert(cell) for key, cell in _row(product).items()} for product in products)
        text.detach()


def _inert(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: what looks like one is kept behind an apostrophe."""
    return f"'{cell}" if re.match(r"'*[=+\-@]", cell) else cell


def _as_meant(cell: str) -> str:
    """The reverse of `_inert`."""
    return cell[1:] if re.match(r"'+[=+\-@]", cell) else cell


def _read_text(table: Path) -> str:
    try:
        return table.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CatalogueError(f"{table} is not UTF-8 (byte {error.start}). Save it again as UTF-8.") from error


def _check_columns(columns: Iterable[str], name: str) -> None:
    found = set(columns)
    if "id" not in found or not found & {"image_file", "image_link"}:
        listed = ", ".join(sorted(found)) or "none"
        raise CatalogueError(f"{name} needs the columns id and image_file or image_link; it has {listed}.")


def _product(row: Mapping[str, str], drops: Counter[str]) -> Product:
    image_link = row.get("image_link", "")
    files = _split(row.get("image_file", ""), "|")
    if not files and image_link and "://" not in image_link:
        files = (image_link,)
    return Product(
        id=row.get("id", ""),
        title=row.get("title", "") or row.get("id", ""),
        description=row.get("description", ""),
        link=row.get("link", ""),
        image_link=image_link,
        additional_image_links=_split(row.get("additional_image_link", ""), ","),
        price=_price(row.get("price", ""), drops),
        sale_price=_price(row.get("sale_price", ""), drops),
        availability=_availability(row.get("availability", ""), drops),
        brand=row.get("brand", ""),
        product_type=row.get("product_type", ""),
        image_files=files,
        added=_added(row.get("added", ""), drops),
    )


def _price(text: str, drops: Counter[str]) -> Price | None:
    if not text:
        return None
    try:
        return Price.parse(text)
    except ValueError:
        drops["unreadable price"] += 1
        return None


def _availability(text: str, drops: Counter[str]) -> Availability:
    wanted = text.lower().replace(" ", "_")
    for availability in AVAILABILITIES:
        if wanted == availability:
            return availability
    if wanted:
        drops["unknown availability"] += 1
    return "in_stock"


def _added(text: str, drops: Counter[str]) -> str:
    if text:
        try:
            instant(text)
        except ValueError:
            drops["unreadable date"] += 1
            return ""
    return text


def _row(product: Product) -> dict[str, str]:
    return {
        "id": product.id,
        "title": product.title,
        "description": product.description,
        "link": product.link,
        "image_link": product.image_link,
        "additional_image_link": ",".join(product.additional_image_links),
        "price": str(product.price or ""),
        "sale_price": str(product.sale_price or ""),
        "availability": product.availability,
        "brand": product.brand,
        "product_type": product.product_type,
        "image_file": "|".join(product.image_files),
        "added": product.added,
    }


def _split(text: str, separator: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(separator) if part.strip())


def _photos(folder: Path) -> list[PurePosixPath]:
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.suffix.lower() in IMAGE_SUFFIXES)
    return [PurePosixPath(path.as_posix()) for path in found if not any(part.startswith(".") for part in path.parts)]


def _spellings(path: PurePosixPath) -> tuple[str, str, str]:
    return path.stem, "-".join((*path.parent.parts, path.stem)), "-".join(path.parts)


def _title(name: str) -> str:
    words = " ".join(name.replace("_", " ").replace("-", " ").split()) or name
    return words[:1].upper() + words[1:]


def _suffixes() -> str:
    return " ".join(sorted(IMAGE_SUFFIXES))
