"""The data of every page: a shop, its settings, and the texts of its language."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from catalogue.product import Thumbnail
from catalogue.report import Report, parse_report
from catalogue.shop import Shop
from storefront.components import formatting
from storefront.settings import Settings
from storefront.texts import LANGUAGES, Texts
from storefront.urls import UP_FROM_API, file_of

ASSETS = Path(__file__).parent.parent / "assets"
CODE = (".py", ".toml", ".json", ".html", ".xml", ".txt")  # endings of the files that pages are made by


@dataclass(frozen=True)
class Context:
    """A shop as it is shown; `photo_search` where it can be searched by photo.

    `up` leads from a page to the top of the site when its pages are files: nothing, `../`, or the path there.
    """

    shop: Shop
    settings: Settings
    photo_search: bool = False
    up: str | None = None

    @property
    def is_files(self) -> bool:
        """Whether its pages are files, so that nobody answers a form."""
        return self.up is not None

    @property
    def texts(self) -> Texts:
        return LANGUAGES[self.settings.language]

    @cached_property
    def build(self) -> str:
        """12 hexadecimal digits that stand for the catalogue, the settings, and the code and styles of the pages."""
        digest = hashlib.sha256(f"{self.shop.manifest.version} {self.settings} {self.photo_search}".encode())
        code = Path(__file__).parent
        own = (path for path in code.rglob("*.*") if path.suffix in CODE)
        for path in sorted([*own, *ASSETS.glob("*.*s")]):
            digest.update(path.read_bytes())
        return digest.hexdigest()[:12]

    @cached_property
    def report(self) -> Report | None:
        """The quality report of the lists, where the build has one."""
        return parse_report(self.shop.report) if self.shop.report else None

    @cached_property
    def least(self) -> tuple[float, ...]:
        """The least similarity of each band, the most similar first; none without a report."""
        bands = self.report.bands if self.report else None
        return tuple(band.least.value for band in bands.bands) if bands else ()

    def band(self, similarity: float, names: Sequence[str] = ()) -> str:
        """`Very similar`, or one of `names`, by the bands of this catalogue, empty below all and without a report."""
        bands = zip(self.least, names or self.texts.bands, strict=False)
        return next((name for least, name in bands if similarity >= least), "")

    def count(self, number: int) -> str:
        return formatting.count(number, self.texts.locale)

    def counted(self, number: int) -> str:
        """`1 product`, `1,299 products`."""
        text = self.texts.products_one if number == 1 else self.texts.products_many
        return text.format(count=self.count(number))

    def image(self, thumbnail: Thumbnail, size: Literal[160, 320]) -> str:
        """The address of a photo, as a browser is told it."""
        return self.at(self.settings.image_base + thumbnail.path(size))

    # Pages are composed as if the site stood at the root of its host. Each address that leaves it goes through one of
    # these.

    def path(self, address: str) -> str:
        """Where an address of the site lies below its top, from a slash on."""
        return address if self.up is None else f"/{quote(file_of(address))}"

    def at(self, address: str) -> str:
        """An address as a browser is told it; those of other sites stay as they are."""
        if not address.startswith("/"):
            return address
        return self.settings.path_prefix + address if self.up is None else self.up + self.path(address)[1:]

    def known(self, address: str) -> str:
        """An address as other programs are told it: absolute, where the site knows its public address.

        Of files without one it is relative to the file that tells it, which is one of the API's.
        """
        if not address.startswith("/"):
            return address
        return self.base + self.path(address) if self.base or self.up is None else UP_FROM_API + self.path(address)[1:]

    def asset(self, name: str) -> str:
        """The address of an asset in this build."""
        return f"{self.at(f'/{ASSETS.name}/{name}')}?v={self.build}"

    @property
    def base(self) -> str:
        """The text before each path of the site's own for other programs, without a slash at its end."""
        return self.settings.public_url or self.settings.path_prefix
