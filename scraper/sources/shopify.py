"""`/products.json`, which every Shopify shop answers unless it has been closed. One draft a product, not a variant.

Amounts are strings in units of a currency that the page does not name: `"12.00"`.
"""

from collections import Counter
from urllib.parse import quote, urljoin, urlsplit

from catalogue.product import Availability, Price, instant
from scraper.draft import Draft
from scraper.values import TITLE_LIMIT, address, amount, entries, members, path_of, plain, read_json

PER_PAGE = 250  # the most that Shopify gives


def page_address(base: str, number: int) -> str:
    """The address of page `number`, counted from 1; a `products.json` of a collection stays within it."""
    path = urlsplit(base).path
    own = path if path.endswith("/products.json") else "/products.json"
    return urljoin(base, f"{own}?limit={PER_PAGE}&page={number}")


def is_products(content: bytes) -> bool:
    """Whether this is a page of products, an empty one included."""
    page = read_json(content)
    if not isinstance(page, dict) or not isinstance(page.get("products"), list):
        return False
    return not page["products"] or any({"handle", "variants"} & members(entry).keys() for entry in page["products"])


def drafts(content: bytes, base: str, currency: str, skips: Counter[str]) -> list[Draft]:
    """The products of the page at `base`, with prices in `currency`; none ends the shop.

    Products without an id or a title are counted as `unreadable product`; other members that are missing or of an
    unexpected type are left empty.
    """
    found = []
    for entry in entries(members(read_json(content)).get("products")):
        draft = _draft(members(entry), base, currency, skips)
        if draft.id and draft.title:
            found.append(draft)
        else:
            skips["unreadable product"] += 1
    return found


def _draft(product: dict[str, object], base: str, currency: str, skips: Counter[str]) -> Draft:
    variants = [members(entry) for entry in entries(product.get("variants"))]
    price, sale_price = _prices(variants, currency, skips)
    return Draft(
        source="shopify",
        id=plain(product.get("id"), TITLE_LIMIT),
        title=plain(product.get("title"), TITLE_LIMIT),
        description=plain(product.get("body_html")),
        link=_link(product.get("handle"), base),
        images=_images(product.get("images"), base),
        price=price,
        sale_price=sale_price,
        availability=_availability(variants),
        brand=plain(product.get("vendor"), TITLE_LIMIT),
        product_type=path_of([plain(product.get("product_type"), TITLE_LIMIT)]),
        added=_added(product.get("published_at"), skips),
    )


def _added(published: object, skips: Counter[str]) -> str:
    """When it was put in the shop: `2024-05-17T10:00:00-04:00`; empty for what is not a time."""
    text = plain(published, TITLE_LIMIT)
    if text:
        try:
            instant(text)
        except ValueError:
            skips["unreadable date"] += 1
            return ""
    return text


def _link(handle: object, base: str) -> str:
    name = quote(plain(handle, TITLE_LIMIT), safe="")
    return address(base, f"/products/{name}") if name else ""


def _images(images: object, base: str) -> tuple[str, ...]:
    ordered = sorted((members(entry) for entry in entries(images)), key=_position)
    links = (address(base, image.get("src")) for image in ordered)
    return tuple(dict.fromkeys(filter(None, links)))


def _position(image: dict[str, object]) -> float:
    position = image.get("position")
    return position if isinstance(position, int) else float("inf")


def _prices(variants: list[dict[str, object]], currency: str, skips: Counter[str]) -> tuple[Price | None, Price | None]:
    """Price and sale price of the cheapest variant that can be bought, or else of the cheapest."""
    priced = [
        (price, variant) for variant in variants if (price := amount(plain(variant.get("price")), currency, skips))
    ]
    buyable = [(price, variant) for price, variant in priced if variant.get("available") is True]
    if not priced:
        return None, None
    price, variant = min(buyable or priced, key=lambda each: each[0].amount)
    before = amount(plain(variant.get("compare_at_price")), currency, skips)
    return (before, price) if before and before.amount > price.amount else (price, None)


def _availability(variants: list[dict[str, object]]) -> Availability | None:
    """In stock when one variant is; nothing when a variant does not say."""
    stated = [variant.get("available") for variant in variants]
    if any(available is True for available in stated):
        return "in_stock"
    return "out_of_stock" if stated and all(available is False for available in stated) else None
