"""CSS selectors from a site file: for shops that publish nothing for machines.

A selector is CSS with an optional attribute: `h3 a@title`. Without one, links give `href`, images the best of `srcset`
and lazy attributes, everything else its text.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import soupsieve
from bs4 import Tag
from w3lib.html import get_base_url

from catalogue.product import Availability, Price
from scraper.draft import Draft
from scraper.markup import parsed
from scraper.values import TITLE_LIMIT, Separators, address, amount, path_of, plain, visible_price

SOLD_OUT = re.compile(
    r"sold.?out|out.of.stock|unavailable|not available|ausverkauft|nicht verfügbar|agotado|épuisé|rupture|esaurito",
    re.IGNORECASE,
)
# Lazy loaders put a grey pixel into `src` and the picture into one of these.
_LAZY = ("data-srcset", "data-src", "data-lazy-src", "data-original", "data-lazy", "data-image")


@dataclass(frozen=True, slots=True)
class Selector:
    """CSS, and the attribute to read of what it finds; empty for what the kind of field suggests."""

    css: str
    attribute: str = ""

    @classmethod
    def parse(cls, text: str) -> "Selector":
        """Read `css@attribute`. Raises ValueError when the CSS is broken."""
        css, _, attribute = text.partition("@") if re.search(r"@[\w:-]+$", text) else (text, "", "")
        try:
            soupsieve.compile(css.strip())
        except (soupsieve.SelectorSyntaxError, ValueError) as error:
            raise ValueError(f"{text!r} is not a CSS selector: {str(error).splitlines()[0]}") from error
        return cls(css.strip(), attribute.strip())

    def found(self, node: Tag) -> list[Tag]:
        """The elements inside `node`."""
        return list(soupsieve.select(self.css, node))

    def texts(self, node: Tag) -> list[str]:
        """The attribute, or else the text, of each element inside `node` that has one."""
        read = (_attribute(tag, self.attribute) if self.attribute else tag.get_text(" ") for tag in self.found(node))
        return [text for text in read if text.strip()]

    def __str__(self) -> str:
        return f"{self.css}@{self.attribute}" if self.attribute else self.css


@dataclass(frozen=True)
class Rules:
    """How to read one product from an element or a page; a name that is absent is not read."""

    selectors: dict[str, Selector]
    currency: str = ""
    separators: Separators = field(default_factory=Separators)

    def text(self, node: Tag, name: str, limit: int = TITLE_LIMIT) -> str:
        """The first text of a field."""
        found = self.selectors[name].texts(node) if name in self.selectors else []
        return plain(found[0], limit) if found else ""


@dataclass(frozen=True)
class Listing:
    """What one page of a listing shows: products, their pages in its order, and the next page."""

    drafts: tuple[Draft, ...]
    links: tuple[str, ...]
    next: str


def listing(html: str, url: str, item: Selector | None, rules: Rules, skips: Counter[str]) -> Listing:
    """Products of a listing page: each `item`, or without one what holds each `link`, is one."""
    page = parsed(html)
    base = get_base_url(html, url)
    nodes = item.found(page) if item else _parents(rules.selectors["link"], page)
    drafts, links = [], []
    for node in nodes:
        link = next(iter(_links(node, base, rules.selectors.get("link"))), "")
        if not link:
            skips["item without link"] += 1
            continue
        links.append(link)
        drafts.append(_draft(node, base, link, rules, "listing", skips))
    return Listing(tuple(drafts), tuple(dict.fromkeys(links)), next_page(html, url, rules))


def next_page(html: str, url: str, rules: Rules) -> str:
    """The address of the page after a listing's page; empty on the last."""
    found = _links(parsed(html), get_base_url(html, url), rules.selectors.get("next"))
    return next(found, "")


def product(html: str, url: str, rules: Rules, skips: Counter[str]) -> list[Draft]:
    """The product of a product page; none when nothing that its selectors name is there."""
    draft = _draft(parsed(html), get_base_url(html, url), url, rules, "selectors", skips)
    return [draft] if draft != Draft("selectors", link=url) else []


def _draft(node: Tag, base: str, link: str, rules: Rules, source: str, skips: Counter[str]) -> Draft:
    return Draft(
        source=source,
        id=rules.text(node, "id"),
        title=rules.text(node, "title"),
        description=rules.text(node, "description", 5_000),
        link=link,
        images=tuple(_images(node, base, rules.selectors.get("image"))),
        price=_price(node, "price", rules, skips),
        sale_price=_price(node, "sale_price", rules, skips),
        availability=_availability(node, rules),
        brand=rules.text(node, "brand"),
        product_type=_category(node, rules),
    )


def _price(node: Tag, name: str, rules: Rules, skips: Counter[str]) -> Price | None:
    selector = rules.selectors.get(name)
    if not selector:
        return None
    for text in selector.texts(node):
        if selector.attribute and re.fullmatch(r"\s*\d+([.,]\d+)?\s*", text):
            return amount(text, rules.currency, skips)
        return visible_price(plain(text, TITLE_LIMIT), rules.currency, rules.separators, skips)
    return None


def _availability(node: Tag, rules: Rules) -> Availability | None:
    words = rules.text(node, "availability")
    if not words:
        return None
    return "out_of_stock" if SOLD_OUT.search(words) else "in_stock"


def _category(node: Tag, rules: Rules) -> str:
    selector = rules.selectors.get("category")
    return path_of(selector.texts(node)) if selector else ""


def _links(node: Tag, base: str, selector: Selector | None) -> Iterator[str]:
    for tag in selector.found(node) if selector else ():
        link = address(base, _attribute(tag, selector.attribute if selector and selector.attribute else "href"))
        if link:
            yield link


def _images(node: Tag, base: str, selector: Selector | None) -> Iterator[str]:
    seen = set()
    for tag in selector.found(node) if selector else ():
        candidates = [_attribute(tag, selector.attribute)] if selector and selector.attribute else _pictures(tag)
        picture = next(filter(None, (address(base, candidate) for candidate in candidates)), "")
        if picture and picture not in seen:
            seen.add(picture)
            yield picture


def _pictures(tag: Tag) -> Iterator[str]:
    """Addresses of a picture, the best first; an element that is no image stands for the image in it."""
    image = tag if tag.name in ("img", "source", "a", "meta", "link") else tag.find("img") or tag
    for name in ("data-srcset", "srcset"):
        yield from _largest(_attribute(image, name))
    yield from (_attribute(image, name) for name in _LAZY)
    yield from (_attribute(image, name) for name in ("src", "content", "href"))


def _largest(srcset: str) -> list[str]:
    """The address with the largest width or density of a `srcset`."""
    parts = [part.split() for part in re.split(r",\s+|,(?=https?://|//|/)", srcset) if part.strip()]
    sized = [
        (float(part[1][:-1]) if part[1:] and re.fullmatch(r"[\d.]+[wx]", part[1]) else 1.0, part[0]) for part in parts
    ]
    return [max(sized, key=lambda entry: entry[0])[1].rstrip(",")] if sized else []


def _attribute(tag: Tag, name: str) -> str:
    value = tag.get(name, "")
    return " ".join(value) if isinstance(value, list) else str(value or "")


def _parents(selector: Selector, page: Tag) -> list[Tag]:
    """Without `item`, each element that the link's selector finds stands alone, inside its parent."""
    return [tag.parent for tag in selector.found(page) if tag.parent]
