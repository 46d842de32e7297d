"""WooCommerce's Store API, `/wp-json/wc/store/v1/products`, which shops leave open for their own baskets.

Amounts are strings of whole minor units: `"129900"` with `currency_minor_unit` 2 is 1299.00. Categories come without
their parents, so the path of a product is the name of its first one.
"""

import re
from collections import Counter
from collections.abc import Mapping
from urllib.parse import urljoin, urlsplit

from catalogue.product import Availability, Price
from scraper.draft import Draft
from scraper.values import TITLE_LIMIT, address, amount, entries, members, path_of, plain, read_json

_PATH = "/wp-json/wc/store/v1/products"


def page_address(base: str, number: int, per_page: int = 100) -> str:
    """The address of page `number`, counted from 1; the API of a WordPress in a folder stays within it."""
    path = urlsplit(base).path.rstrip("/")
    own = path if path.endswith(_PATH) else _PATH
    return urljoin(base, f"{own}?per_page={per_page}&page={number}")


def pages(headers: Mapping[str, str]) -> int:
    """How many pages `X-WP-TotalPages` announces; 1 when it is missing or no number."""
    stated = next((value for name, value in headers.items() if name.lower() == "x-wp-totalpages"), "")
    return max(int(stated), 1) if re.fullmatch(r"\s*[0-9]{1,7}\s*", stated) else 1


def is_products(content: bytes) -> bool:
    """Whether this is a page of products, an empty one included."""
    page = read_json(content)
    return isinstance(page, list) and (not page or any({"permalink", "prices"} <= members(e).keys() for e in page))


def drafts(content: bytes, base: str, skips: Counter[str]) -> list[Draft]:
    """The products of the page at `base`.

    Products without an id or a title are counted as `unreadable product`; other members that are missing or of an
    unexpected type are left empty.
    """
    found = []
    for entry in entries(read_json(content)):
        draft = _draft(members(entry), base, skips)
        if draft.id and draft.title:
            found.append(draft)
        else:
            skips["unreadable product"] += 1
    return found


def _draft(product: dict[str, object], base: str, skips: Counter[str]) -> Draft:
    price, sale_price = _prices(members(product.get("prices")), product.get("on_sale") is True, skips)
    return Draft(
        source="woocommerce",
        id=plain(product.get("id"), TITLE_LIMIT),
        title=plain(product.get("name"), TITLE_LIMIT),
        description=plain(product.get("description")) or plain(product.get("short_description")),
        link=address(base, product.get("permalink")),
        images=_images(product.get("images"), base),
        price=price,
        sale_price=sale_price,
        availability=_availability(product),
        brand=_first_name(product.get("brands")),
        product_type=path_of([_first_name(product.get("categories"))]),
    )


def _images(images: object, base: str) -> tuple[str, ...]:
    links = (address(base, members(entry).get("src")) for entry in entries(images))
    return tuple(dict.fromkeys(filter(None, links)))


def _first_name(terms: object) -> str:
    return next((plain(members(term).get("name"), TITLE_LIMIT) for term in entries(terms)), "")


def _prices(prices: dict[str, object], on_sale: bool, skips: Counter[str]) -> tuple[Price | None, Price | None]:
    """Price and sale price; of a product whose variants differ in price, the lower end."""
    ends = members(prices.get("price_range"))
    if ends:
        if ends.get("min_amount") != ends.get("max_amount"):
            skips["range of prices"] += 1
        return _amount(ends.get("min_amount"), prices, skips), None
    price = _amount(prices.get("price"), prices, skips)
    if not on_sale:
        return price, None
    regular, sale = (_amount(prices.get(name), prices, skips) for name in ("regular_price", "sale_price"))
    return (regular, sale) if regular and sale and sale.amount < regular.amount else (price, None)


def _amount(minor: object, prices: dict[str, object], skips: Counter[str]) -> Price | None:
    text, unit = plain(minor), plain(prices.get("currency_minor_unit"))
    if not text:
        return None
    if not re.fullmatch(r"-?[0-9]+", text) or not re.fullmatch(r"[0-9]", unit):
        skips["unreadable price"] += 1
        return None
    return amount(f"{text}e-{unit}", plain(prices.get("currency_code")), skips)


def _availability(product: dict[str, object]) -> Availability | None:
    """What is on backorder also counts as in stock there."""
    if product.get("is_on_backorder") is True:
        return "backorder"
    stated = product.get("is_in_stock")
    return ("in_stock" if stated else "out_of_stock") if isinstance(stated, bool) else None
