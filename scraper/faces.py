"""Which pictures stand for no picture: one grey image on products that have nothing to do with each other."""

import re
import sqlite3
from os.path import commonprefix

from scraper.site import Site

_NAMED = re.compile(
    r"placeholder|no[-_]?(image|photo|picture)|not[-_]found|missing|coming[-_]?soon|dummy|default[-_]?(image|product)",
    re.IGNORECASE,
)
_COMMON = 4  # variants of one product have longer beginnings of their titles in common


class Faces:
    """The main pictures of all products, in a temporary database on disk."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute("CREATE TABLE faces (sha256 TEXT, url TEXT, title TEXT)")
        self._db.execute("BEGIN")

    def __enter__(self) -> "Faces":
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def add(self, sha256: str, url: str, title: str) -> None:
        """Note the main picture of a product."""
        self._db.execute("INSERT INTO faces VALUES (?, ?, ?)", (sha256, url, title))

    def placeholders(self) -> dict[str, tuple[str, int]]:
        """The sha256 of each placeholder, with one of its addresses and on how many products it is."""
        shared = self._db.execute(
            "SELECT sha256, min(url), count(*) FROM faces GROUP BY sha256 HAVING count(DISTINCT title) > 1 OR ?",
            (bool(self._site.placeholders),),
        ).fetchall()
        return {sha256: (url, count) for sha256, url, count in shared if self._is_placeholder(sha256, url)}

    def _is_placeholder(self, sha256: str, url: str) -> bool:
        if any(re.search(pattern, url) for pattern in self._site.placeholders):
            return True
        rows = self._db.execute("SELECT DISTINCT title FROM faces WHERE sha256 = ? LIMIT 1000", (sha256,)).fetchall()
        titles = [str(title) for (title,) in rows]
        if len(titles) > 1 and _NAMED.search(url.rsplit("/", 1)[-1]):
            return True
        return len(titles) >= self._site.placeholder_share and len(commonprefix(titles)) < _COMMON  # noqa: RUF071 - of letters
