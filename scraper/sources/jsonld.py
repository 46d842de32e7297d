"""schema.org in JSON-LD: the blocks of a page, each on its own, and what they say of products and lists."""

import json
import re
from collections import Counter
from collections.abc import Iterator

from w3lib.html import get_base_url

from scraper.draft import Draft
from scraper.markup import parsed
from scraper.sources import schema

_ANY = re.compile(r"ld(?:\+|&#43;|&#x2b;|&plus;)json", re.IGNORECASE)
# Strings are matched to be kept; the rest is what shops' templates leave around JSON. Each alternative ends where it
# begins or at the end of the text, so that no block takes quadratic time.
_AROUND = re.compile(
    r'"(?:\\.|[^"\\])*+"?'
    r"|(?://\s*)?<!\[CDATA\[|\]\]>|<!--[^{\[]{0,200}?-->|<!--|-->"
    r"|//[^\n]*|/\*.*?(?:\*/|\Z)"
    r"|,(?=\s{0,200}[}\]])|;\s*\Z",
    re.DOTALL,
)


def drafts(html: str, url: str, skips: Counter[str]) -> list[Draft]:
    """Products of the page `html` at `url`. A block that is no JSON is counted as `broken JSON-LD block`."""
    return schema.drafts(list(_blocks(html, skips)), _page(html, url), skips)


def links(html: str, url: str) -> list[str]:
    """Addresses of products that the page lists without describing them, in its order."""
    return schema.pointers(list(_blocks(html, Counter())), _page(html, url))


def _page(html: str, url: str) -> schema.Page:
    return schema.Page("jsonld", url, get_base_url(html, url))


def _blocks(html: str, skips: Counter[str]) -> Iterator[object]:
    if "<" not in html or not _ANY.search(html):
        return
    for script in parsed(html, only="script")("script"):
        kind = str(script.get("type") or "").partition(";")[0].strip().lower()
        words = script.get_text().strip("\ufeff \t\r\n") if kind == "application/ld+json" else ""
        if words:
            yield from _loaded(words, skips)


def _loaded(words: str, skips: Counter[str]) -> Iterator[object]:
    for spelling in (words, _AROUND.sub(_kept, words)):
        try:
            yield json.loads(spelling, strict=False)
        except (ValueError, RecursionError):
            continue
        return
    skips["broken JSON-LD block"] += 1


def _kept(match: re.Match[str]) -> str:
    return match[0] if match[0].startswith('"') else ""
