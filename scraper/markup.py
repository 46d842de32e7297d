"""HTML as shops serve it → a tree."""

import re

from bs4 import BeautifulSoup
from bs4.filter import SoupStrainer

_DECLARATION = re.compile(r"<\?xml\b[^>]{0,200}>", re.IGNORECASE)


def parsed(html: str, only: str = "") -> BeautifulSoup:
    """The tree of a page, or of its `only` elements alone; whatever the page is, there is one."""
    # lxml refuses lone surrogates, and Beautiful Soup warns of XHTML.
    readable = _DECLARATION.sub("", html.encode("utf-8", "replace").decode())
    return BeautifulSoup(readable, "lxml", parse_only=SoupStrainer(only) if only else None)
