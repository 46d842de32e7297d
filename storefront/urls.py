"""The URL is the state: what a visitor looks at, to an address and back."""

from dataclasses import dataclass
from urllib.parse import parse_qs, quote, unquote, urlencode

HOME = "/"
PRODUCT = "/p/"
IMAGES = "/images/"


@dataclass(frozen=True)
class Browsing:
    """A page of the catalogue, counted from 1, of one category or (empty) of all."""

    category: str = ""
    page: int = 1

    @classmethod
    def parse(cls, search: str) -> "Browsing":
        """Read `?category=…&page=…`; what makes no sense is page 1."""
        values = {name: found[0] for name, found in parse_qs(search.removeprefix("?")).items()}
        page = values.get("page", "")
        return cls(values.get("category", ""), max(1, int(page)) if page.isascii() and page[:9].isdecimal() else 1)

    def address(self) -> str:
        query = {"category": self.category} if self.category else {}
        if self.page > 1:
            query["page"] = str(self.page)
        return f"{HOME}?{urlencode(query)}" if query else HOME


def product_address(product_id: str) -> str:
    return PRODUCT + quote(product_id, safe="")


def product_id_of(path: str, *, encoded: bool) -> str | None:
    """The id in `/p/ID`, or nothing for other paths; browsers send paths percent-encoded, WSGI decoded."""
    if not path.startswith(PRODUCT):
        return None
    return unquote(path.removeprefix(PRODUCT)) if encoded else path.removeprefix(PRODUCT)
