"""The site as files: which file each address is, for hosts that only have files."""

import hashlib
import re
from functools import lru_cache
from urllib.parse import quote, unquote

from storefront.urls import HOME, MAP, PRODUCT, PRODUCTS, REPORT, SEARCH, Browsing

LONGEST = 200  # bytes of a name, as most file systems take 255
API = PRODUCTS.rpartition("/")[0].lstrip("/")
UP_FROM_API = "../" * len(PRODUCTS.strip("/").split("/"))  # from each of its files to the top
RECENT = 1 << 16  # files whose names are kept, as every product stands in many lists


def file_name(text: str) -> str:
    """A name for any text, which no other text has: percent-encoded, all but letters, digits and `_.-~`.

    A dot at its beginning is `%2E`, as hosts keep such files to themselves. A name above 200 bytes is `sha256=` and
    that hash of the text in hexadecimal digits.
    """
    name = re.sub(r"^\.", "%2E", quote(text, safe=""))
    return name if len(name) <= LONGEST else f"sha256={hashlib.sha256(text.encode()).hexdigest()}"


@lru_cache(RECENT)
def file_of(address: str) -> str:
    """The file of an address of the site, relative to the top of it: `p/mug-001.html` of `/p/mug-001`.

    A file has the name of its address. A name with `%` in it has `%25` there in an address.
    """
    path, _, search = address.partition("?")
    asked = Browsing.parse(search)
    if path.startswith(PRODUCT):
        return f"p/{file_name(unquote(path.removeprefix(PRODUCT)))}.html"
    if path.startswith(f"{PRODUCTS}/"):
        name, slash, _ = path.removeprefix(f"{PRODUCTS}/").partition("/")
        return f"{API}/{'similar' if slash else 'products'}/{file_name(unquote(name))}.json"
    if path == PRODUCTS:
        return f"{API}/pages/{asked.page}.json"
    if path in (HOME, MAP) and asked.query.category:  # with a number on each page, so that no name is another's
        return f"{'c' if path == HOME else 'map'}/{file_name(asked.query.category)}-{asked.page}.html"
    if path == MAP:
        return f"map/{asked.page}.html"
    if path == HOME:
        return f"all/{asked.page}.html" if asked.page > 1 else "index.html"
    return path.lstrip("/") + (".html" if path in (REPORT, SEARCH) else "")
