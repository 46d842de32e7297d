"""schema.org products → drafts, the same for JSON-LD and microdata."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from scraper.draft import Draft
from scraper.sources.objects import PRODUCTS, Found, Item, Objects, text, texts, types_of
from scraper.sources.offers import best_availability, lowest, offers_of
from scraper.values import TEXT_LIMIT, address, path_of, plain

_IDS = ("productID", "sku", "mpn", "gtin", "gtin13", "gtin14", "gtin12", "gtin8", "isbn")
_POINTING = PRODUCTS | {"listitem", "webpage", "itempage", "thing"}


@dataclass(frozen=True, slots=True)
class Page:
    """Where objects come from: the source's name, the page's address, and what its relative links relate to."""

    source: str
    url: str
    base: str


def drafts(tops: Sequence[object], page: Page, skips: Counter[str]) -> list[Draft]:
    """The products of a page; variants of one group that show the same picture are one draft.

    The only product of a page that is no list has the page's address and its breadcrumbs, unless it names its own.
    """
    objects = Objects(tops)
    alone = len({_name(found, objects) for found in objects.products if not found.listed} - {""}) <= 1
    path = _path(objects)
    made: dict[object, Draft] = {}
    for found in objects.products:
        draft = _draft(found, objects, page, skips)
        if alone and not found.listed:
            draft = replace(draft, link=draft.link or page.url, product_type=draft.product_type or path)
        if draft.title or draft.images:
            key = _key(found, draft, objects)
            made[key] = _together(made[key], draft) if key in made else draft
        elif not draft.link:
            skips["product without title"] += 1
    return list(made.values())


def pointers(tops: Sequence[object], page: Page) -> list[str]:
    """Addresses of the pages that lists point to without saying more of the products there."""
    objects = Objects(tops)
    entries = [entry for each in objects.lists for entry in objects.values(each, "itemListElement")]
    found = (address(page.base, _pointer(entry, objects)) for entry in entries)
    return list(dict.fromkeys(filter(None, found)))


def _draft(found: Found, objects: Objects, page: Page, skips: Counter[str]) -> Draft:
    item = objects.whole(found)
    offers = offers_of(item, objects)
    price, sale_price = lowest(offers, objects, skips)
    return Draft(
        source=page.source,
        id=next(filter(None, (text(item.get(name)) for name in _IDS)), ""),
        title=text(item.get("name")),
        description=text(item.get("description"), TEXT_LIMIT),
        link=next(filter(None, (_link(each, objects, page) for each in (item, *offers))), ""),
        images=_images(objects.values(item, "image"), objects, page),
        price=price,
        sale_price=sale_price,
        availability=best_availability(offers, objects),
        brand=text(objects.values(item, "brand")),
        product_type=_category(objects.values(item, "category")),
        group=_group(item, objects.group(found), objects, page),
    )


def _name(found: Found, objects: Objects) -> str:
    return text((objects.group(found) or found.item).get("name"))


def _key(found: Found, draft: Draft, objects: Objects) -> object:
    group = objects.group(found)
    return (draft.group or id(group), draft.images[:1]) if group else id(found)


def _together(first: Draft, second: Draft) -> Draft:
    """Two variants that look the same: sizes, say, of which one may be there when the other is sold out."""
    in_stock = "in_stock" in (first.availability, second.availability)
    return replace(first, availability="in_stock" if in_stock else first.availability or second.availability)


def _group(item: Item, group: Item, objects: Objects, page: Page) -> str:
    named = text(group.get("productGroupID")) or _link(group, objects, page)
    return named or text(item.get("inProductGroupWithID"))


def _link(item: Item, objects: Objects, page: Page) -> str:
    values = objects.values(item, "url")
    links = (value.get("@id") if isinstance(value, dict) else value for value in values)
    return next(filter(None, (address(page.base, link) for link in links)), "")


def _images(values: Sequence[object], objects: Objects, page: Page, depth: int = 4) -> tuple[str, ...]:
    """Addresses of strings, ImageObjects and lists of them, once each, in their order."""
    found: list[str] = []
    for value in values if depth else ():
        if isinstance(value, list):
            found += _images(value, objects, page, depth - 1)
        elif isinstance(value, dict):
            inner = objects.values(value, "contentUrl") + objects.values(value, "url")
            found += _images(inner, objects, page, depth - 1)[:1]
        else:
            found.append(address(page.base, value))
    # A picture without address, resolved against the page, is the page.
    return tuple(dict.fromkeys(link for link in found if link and link not in (page.url, page.base)))


def _category(values: Sequence[object]) -> str:
    """`Kitchen > Mugs` of that text, of `Kitchen/Mugs`, or of its parts; of several paths the first."""
    named = [name for name in texts(list(values)) if not re.match(r"https?:|\d+$", name)]
    whole = next((name for name in named if re.search(r"[>/]", name)), "")
    return path_of(re.split(r">" if ">" in whole else r"/", whole) if whole else named)


def _path(objects: Objects) -> str:
    """The page's breadcrumbs without the first, which is home, and the last, which is the product."""
    for breadcrumbs in objects.breadcrumbs:
        entries = objects.items(breadcrumbs, "itemListElement")
        entries.sort(key=_position)
        names = [text(entry.get("name")) or text(objects.values(entry, "item")) for entry in entries]
        if any(names[1:-1]):
            return path_of(names[1:-1])
    return ""


def _position(entry: Item) -> int:
    position = plain(entry.get("position"), 6).partition(".")[0]
    return int(position) if position.isdecimal() else 0


def _pointer(entry: object, objects: Objects) -> object:
    """The link of a list's entry; empty when the entry describes its product, or is something else than a page."""
    if not isinstance(entry, dict):
        return entry
    item = next(iter(objects.values(entry, "item")), entry)
    if not isinstance(item, dict):
        return item
    kinds = types_of(entry) | types_of(item)
    if kinds - _POINTING or (kinds & PRODUCTS and (item.get("name") or item.get("image"))):
        return ""
    return text(entry.get("url")) or text(item.get("url")) or item.get("@id")
