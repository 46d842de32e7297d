"""What every page is made of: a shop, its settings, and the texts of its language."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from catalogue.product import Thumbnail
from catalogue.report import Report, parse_report
from catalogue.shop import Shop
from storefront import money
from storefront.languages import LANGUAGES
from storefront.settings import Settings
from storefront.texts import Texts

ASSETS = Path(__file__).parent.parent / "assets"


@dataclass(frozen=True)
class Site:
    """A shop as it is shown; `photo_search` where it can be searched by photo."""

    shop: Shop
    settings: Settings
    photo_search: bool = False

    @property
    def texts(self) -> Texts:
        return LANGUAGES[self.settings.language]

    @cached_property
    def build(self) -> str:
        """12 hexadecimal digits that stand for the catalogue, the settings, and the code and styles of the pages."""
        digest = hashlib.sha256(f"{self.shop.manifest.version} {self.settings} {self.photo_search}".encode())
        for path in sorted([*Path(__file__).parent.glob("*.py"), *ASSETS.rglob("*.*s")]):
            digest.update(path.read_bytes())
        return digest.hexdigest()[:12]

    @cached_property
    def report(self) -> Report | None:
        """How good the lists are, where the build says so."""
        return parse_report(self.shop.report) if self.shop.report else None

    @cached_property
    def least(self) -> tuple[float, ...]:
        """The least similarity of each band, the most similar first; none without a report."""
        bands = self.report.bands if self.report else None
        return tuple(band.least.value for band in bands.bands) if bands else ()

    def band(self, similarity: float) -> str:
        """`Very similar` by what this catalogue's similarities mean, empty below all bands."""
        names = zip(self.least, self.texts.bands, strict=False)
        return next((name for least, name in names if similarity >= least), "")

    def count(self, number: int) -> str:
        return money.count(number, self.texts.locale)

    def image(self, thumbnail: Thumbnail, size: Literal[160, 320]) -> str:
        """The address of a photo."""
        return self.settings.image_base + thumbnail.path(size)

    # Pages are composed as if the site stood at the root of its host. Whatever leaves it goes through one of these.

    def path(self, address: str) -> str:
        """Where an address of the site lies below its home page, from a slash on."""
        return address

    def at(self, address: str) -> str:
        """An address as a browser is told it; what is not the site's own stays as it is."""
        return self.settings.path_prefix + self.path(address) if address.startswith("/") else address

    def known(self, address: str) -> str:
        """An address as other programs are told it: absolute, where the site knows its public address."""
        return self.base + self.path(address) if address.startswith("/") else address

    @property
    def base(self) -> str:
        """What stands before each path of the site's own for other programs, without a slash at its end."""
        return self.settings.public_url or self.settings.path_prefix
