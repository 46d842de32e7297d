"""OpenGraph's product tags and microdata, found by extruct."""

from collections import Counter
from typing import Any

import extruct
import lxml.etree
import lxml.html
from w3lib.html import get_base_url

from catalogue.product import Price
from scraper.draft import Draft
from scraper.sources import schema
from scraper.sources.objects import Item
from scraper.sources.offers import price
from scraper.values import TEXT_LIMIT, TITLE_LIMIT, address, availability, path_of, plain

_PRODUCT_TYPES = ("product", "og:product", "product.item", "product.group")
_DEPTH = 24


def opengraph(html: str, url: str, skips: Counter[str]) -> list[Draft]:
    """The product that a page's tags name; none when they name no price and another type of thing.

    What extruct cannot read is counted as `broken OpenGraph`.
    """
    tags: dict[str, list[str]] = {}
    for found in _extracted(html, url, "opengraph", "broken OpenGraph", skips):
        for name, content in found["properties"]:
            tags.setdefault(name.strip().lower(), []).append(content)
    kind = _first(tags, "og:type").lower()
    priced = _first(tags, "product:price:amount", "og:price:amount")
    return [_tagged(tags, url, get_base_url(html, url), skips)] if kind in _PRODUCT_TYPES or priced else []


def microdata(html: str, url: str, skips: Counter[str]) -> list[Draft]:
    """Products of a page's microdata. What extruct cannot read is counted as `broken microdata`."""
    items = _extracted(html, url, "microdata", "broken microdata", skips)
    page = schema.Page("microdata", url, get_base_url(html, url))
    return schema.drafts([_object(item) for item in items], page, skips)


def _extracted(html: str, url: str, syntax: str, broken: str, skips: Counter[str]) -> list[dict[str, Any]]:
    if not html.strip():
        return []
    # lxml refuses text with an XML declaration, but reads bytes that have one.
    page = html.encode("utf-8", "replace")
    if syntax == "microdata" and _too_deep(page):
        skips[broken] += 1
        return []
    try:
        return list(extruct.extract(page, base_url=get_base_url(html, url), syntaxes=[syntax], uniform=False)[syntax])
    except Exception:  # extruct documents none, and raises lxml's, ValueError of addresses, AttributeError …
        skips[broken] += 1
        return []


def _too_deep(page: bytes) -> bool:
    """Whether items nest so deeply that extruct, which recurses, would run into Python's limit.

    It would do so within an XPath expression, whose lock is then never released: the next page would wait for ever.
    """
    lower = page.lower()
    if lower.count(b"itemref") > _DEPTH:
        return True
    if lower.count(b"itemscope") <= _DEPTH:
        return False
    depth = 0
    for event, element in lxml.etree.iterwalk(lxml.html.document_fromstring(page), events=("start", "end")):
        if "itemscope" in element.attrib:
            depth += 1 if event == "start" else -1
        if depth > _DEPTH:
            return True
    return False


def _tagged(tags: dict[str, list[str]], url: str, base: str, skips: Counter[str]) -> Draft:
    asked = _price(tags, ("product:price", "og:price"), skips)
    sale = _price(tags, ("product:sale_price", "og:sale_price"), skips) or asked
    regular = _price(tags, ("product:original_price", "og:original_price"), skips) or asked or sale
    pictures = tags.get("og:image", []) + tags.get("og:image:url", []) or tags.get("og:image:secure_url", [])
    return Draft(
        source="opengraph",
        id=_first(tags, "product:retailer_item_id", "product:mfr_part_no", "product:ean", "product:upc"),
        title=_first(tags, "og:title"),
        description=_first(tags, "og:description", limit=TEXT_LIMIT),
        link=address(base, _first(tags, "og:url")) or url,
        images=tuple(dict.fromkeys(filter(None, (address(base, picture) for picture in pictures)))),
        price=regular,
        sale_price=sale if sale and regular and sale.amount < regular.amount else None,
        availability=availability(_first(tags, "product:availability", "og:availability")),
        brand=_first(tags, "product:brand", "og:brand"),
        product_type=path_of(_first(tags, "product:category").split(">")),
        group=_first(tags, "product:item_group_id", "product:retailer_group_id"),
    )


def _price(tags: dict[str, list[str]], names: tuple[str, str], skips: Counter[str]) -> Price | None:
    amounts, currencies = ([f"{name}:{part}" for name in names] for part in ("amount", "currency"))
    return price(_first(tags, *amounts), _first(tags, *currencies), skips)


def _first(tags: dict[str, list[str]], *names: str, limit: int = TITLE_LIMIT) -> str:
    """The first tag with any content, in the order of `names`."""
    return next(filter(None, (plain(content, limit) for name in names for content in tags.get(name, ()))), "")


def _object(value: object, depth: int = _DEPTH) -> Any:
    """An item in the shape of JSON-LD: `{"type": …, "properties": {…}}` → `{"@type": …, **properties}`."""
    if isinstance(value, list) and depth:
        return [_object(part, depth - 1) for part in value]
    if not isinstance(value, dict) or not depth:
        return value if isinstance(value, str) else ""
    properties: Item = value.get("properties", {})
    inner = {name: _object(each, depth - 1) for name, each in properties.items()}
    return {"@type": value.get("type"), "@id": value.get("id"), "@value": value.get("value")} | inner
