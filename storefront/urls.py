"""The URL is the state: what a visitor looks at, to an address and back."""

from dataclasses import dataclass
from urllib.parse import parse_qs, quote, unquote, urlencode

from catalogue.search import SORTS, Query, Sort

HOME = "/"
PRODUCT = "/p/"
MAP = "/map"
CHARTS = "/map/"  # followed by the build: what the map is drawn from
REPORT = "/report"
PHOTO = "/photo"
SEARCH = "/search"  # where pages are files; a server searches at HOME
IMAGES = "/images/"
ASSETS = "/assets/"
WORDS = "/words/"  # where pages are files: followed by numbers, what the search reads
WIDGET = "/widget/"  # followed by a product's id: its list for a frame in another site's page
HEALTH = "/healthz"
READY = "/readyz"
SUITES = "/_dash-component-suites/"  # followed by a package: Dash's own scripts
PAGES = "/page/"  # followed by the build, and the address of the page in the query
ADDRESS = "at"
LONGEST = 200  # characters of a search that are looked at
EVERYTHING = Query()


@dataclass(frozen=True)
class Browsing:
    """A page of what a query finds, counted from 1."""

    query: Query = EVERYTHING
    page: int = 1

    @classmethod
    def parse(cls, search: str) -> "Browsing":
        """Read `?q=…&category=…&sort=…&page=…`; what makes no sense is left at its default."""
        values = {name: found[0] for name, found in parse_qs(search.removeprefix("?")[: 16 * LONGEST]).items()}
        page = values.get("page", "")
        query = Query(
            text=" ".join(values.get("q", "")[:LONGEST].split()),
            category=values.get("category", ""),
            sort=_sort(values.get("sort", "")),
        )
        return cls(query, max(1, int(page)) if page.isascii() and page[:9].isdecimal() and len(page) < 10 else 1)

    def address(self) -> str:
        query = {"q": self.query.text, "category": self.query.category}
        if self.query.sort != Query.sort:
            query["sort"] = self.query.sort
        if self.page > 1:
            query["page"] = str(self.page)
        encoded = urlencode({name: value for name, value in query.items() if value})
        return f"{HOME}?{encoded}" if encoded else HOME


def product_address(product_id: str) -> str:
    return PRODUCT + quote(product_id, safe="")


def shop_address(link: str) -> str:
    """The product's page in the shop, empty where `link` is none of the web: a feed may hold any other scheme."""
    return link if link.startswith(("https://", "http://")) else ""


def chart_address(build: str) -> str:
    return f"{CHARTS}{build}.json"


def product_id_of(path: str) -> str | None:
    """The id in `/p/ID`, or nothing for other paths."""
    return unquote(path.removeprefix(PRODUCT)) if path.startswith(PRODUCT) else None


def _sort(name: str) -> Sort:
    return next((sort for sort in SORTS if sort == name), Query.sort)
