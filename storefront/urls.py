"""The URL is the state: what a visitor looks at, to an address and back, and which file each address is."""

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qs, quote, unquote, urlencode

from catalogue.search import SORTS, Query

HOME = "/"
PRODUCT = "/p/"
MAP = "/map"
REPORT = "/report"
PHOTO = "/photo"
PHOTO_FIELD = "photo"  # of its form
GALLERY = "#photos"  # of a product's page: its photos, enlarged
SEARCH = "/search"  # where pages are files; a server searches at HOME
IMAGES = "/images/"
ASSETS = "/assets/"
WORDS = "/words/"  # where pages are files: followed by a number, the index of the search
WIDGET = "/widget/"  # followed by a product's id: its list for a frame in another site's page
HEALTH = "/healthz"
READY = "/readyz"
CALLBACKS = "/_dash-update-component"
SUITES = "/_dash-component-suites/"  # followed by a package: Dash's own scripts
PARTS = "/page/"  # followed by the build, and the address of the page in the query
ADDRESS = "at"
API = "/api/"
API_ROOT = "/api/v1"
PRODUCTS = f"{API_ROOT}/products"
SIMILAR = "/similar"  # behind the address of a product
BY_PHOTO = f"{API_ROOT}/similar"
DOCUMENT = f"{API_ROOT}/openapi.json"

LONGEST = 200  # characters of a search that are looked at
EVERYTHING = Query()
BESIDE = (MAP, REPORT, PHOTO)  # pages that a product can stand beside, as well as any page of the catalogue

# The site as files, for hosts that only have files.
LONGEST_NAME = 200  # bytes of a file's name, as most file systems take 255
API_FOLDER = PRODUCTS.rpartition("/")[0].lstrip("/")
UP_FROM_API = "../" * len(PRODUCTS.strip("/").split("/"))  # from each of its files to the top
RECENT = 1 << 16  # files whose names are kept, as every product stands in many lists


@dataclass(frozen=True)
class Browsing:
    """A page of a query's results, counted from 1; of the catalogue, or of another page that lists products."""

    query: Query = EVERYTHING
    page: int = 1

    @classmethod
    def parse(cls, search: str) -> "Browsing":
        """Read `?q=…&category=…&sort=…&page=…`; values that make no sense are left at their defaults."""
        values = {name: found[0] for name, found in parse_qs(search.removeprefix("?")[: 16 * LONGEST]).items()}
        text = " ".join(values.get("q", "")[:LONGEST].split())
        sort = next((sort for sort in SORTS if sort == values.get("sort")), Query.sort)
        query = Query(text, values.get("category", ""), sort)
        return cls(query, max(1, whole(values.get("page", ""))))

    def address(self, path: str = HOME) -> str:
        query, page = self.query, str(self.page) if self.page > 1 else ""
        sort = query.sort if query.sort != Query.sort else ""
        values = {"q": query.text, "category": query.category, "sort": sort, "page": page}
        encoded = urlencode({name: value for name, value in values.items() if value})
        return f"{path}?{encoded}" if encoded else path


def product_address(product_id: str, beside: str = HOME) -> str:
    """The address of a product that stands beside the page at another address: `/p/mug-1?from=map&category=Mugs`."""
    path, _, search = beside.partition("?")
    query = "&".join(filter(None, [f"from={path[1:]}" if path in BESIDE else "", search]))
    return PRODUCT + quote(product_id, safe="") + (f"?{query}" if query else "")


def main_address(path: str, search: str) -> str:
    """The address of the page in the main column: the one that is asked, or the one that a product stands beside."""
    search = search.removeprefix("?")
    if path.startswith(PRODUCT):
        name, _, rest = search.removeprefix("from=").partition("&") if search.startswith("from=") else ("", "", search)
        path, search = f"/{name}" if f"/{name}" in BESIDE else HOME, rest
    return f"{path}?{search}" if search else path


def shop_address(link: str) -> str:
    """The product's page in the shop, empty where `link` is none of the web: a feed may hold any other scheme."""
    return link if link.startswith(("https://", "http://")) else ""


def product_id_of(path: str) -> str | None:
    """The id in `/p/ID`, or nothing for other paths."""
    return unquote(path.removeprefix(PRODUCT)) if path.startswith(PRODUCT) else None


def whole(text: str) -> int:
    """The whole number that a text is, 0 for any other text and for numbers of more than nine digits."""
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else 0


def file_name(text: str) -> str:
    """A name for any text, which no other text has: percent-encoded, all but letters, digits and `_.-~`.

    A dot at its beginning is `%2E`, as hosts keep such files to themselves. A name above 200 bytes is `sha256=` and
    that hash of the text in hexadecimal digits.
    """
    name = re.sub(r"^\.", "%2E", quote(text, safe=""))
    return name if len(name) <= LONGEST_NAME else f"sha256={hashlib.sha256(text.encode()).hexdigest()}"


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
        return f"{API_FOLDER}/{'similar' if slash else 'products'}/{file_name(unquote(name))}.json"
    if path == PRODUCTS:
        return f"{API_FOLDER}/pages/{asked.page}.json"
    if path in (HOME, MAP) and asked.query.category:  # with a number on each page, so that no name is another's
        return f"{'c' if path == HOME else 'map'}/{file_name(asked.query.category)}-{asked.page}.html"
    if path == MAP:
        return f"map/{asked.page}.html"
    if path == HOME:
        return f"all/{asked.page}.html" if asked.page > 1 else "index.html"
    return path.lstrip("/") + (".html" if path in (REPORT, SEARCH) else "")
