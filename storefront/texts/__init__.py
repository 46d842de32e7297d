"""Every text that a visitor reads: a TOML file for each language, so that a shop translates one file and no code."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class Texts:
    """The texts of one language by their names, as attributes; braces in them hold what is filled in.

    `locale` is how the language writes numbers and prices. A name that the file does not have is an AttributeError.

    >>> LANGUAGES["de"].looks_similar
    'Sieht ähnlich aus'
    """

    def __init__(self, entries: Mapping[str, Any]) -> None:
        self.entries = entries

    def __getattr__(self, name: str) -> str:
        try:
            return str(self.entries[name])
        except KeyError:
            raise AttributeError(f"no text is named {name!r}") from None

    @property
    def bands(self) -> tuple[str, ...]:
        """The words for similarities, the most similar first."""
        return tuple(self.entries["bands"])

    @property
    def of_report(self) -> "Texts":
        """The texts of the quality report."""
        return Texts(self.entries["report_page"])

    @property
    def of_photo(self) -> "Texts":
        """The texts of the search by photo."""
        return Texts(self.entries["photo_page"])

    def refused(self, status: int) -> str:
        """Why a photo could not be searched with, by the HTTP status of the answer."""
        refusals = self.entries["photo_page"]["refused"]
        return str(refusals.get(str(status), refusals["500"]))


_FILES = (tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(Path(__file__).parent.glob("*.toml")))
LANGUAGES = {entries["language"]: Texts(entries) for entries in _FILES}
