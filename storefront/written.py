"""Pages as they are sent: their HTML is written once and kept, as a catalogue does not change in a process."""

from dataclasses import dataclass, replace
from functools import lru_cache

from markupsafe import Markup

from storefront.markup import to_html
from storefront.page import Page
from storefront.pages import page_at
from storefront.site import Site

KEPT = 256  # pages that stay in memory, up to 50 kB each


@dataclass(frozen=True)
class Written:
    """A page, without its components, with the title of its window and its parts as HTML; None leaves what is shown."""

    page: Page
    title: str
    main: Markup | None
    product: Markup | None


class Pages:
    """The pages of a site by their addresses, as browsers write these."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.at = lru_cache(KEPT)(self._at)

    def _at(self, address: str) -> Written:
        path, _, search = address.partition("?")
        return written(self._site, page_at(self._site, path, search))


def written(site: Site, page: Page) -> Written:
    name = site.settings.name
    return Written(
        page=replace(page, main=None, product=None),  # the components take ten times the memory of their HTML
        title=name if page.title == name else f"{page.title} – {name}",
        main=None if page.main is None else to_html(page.main, site.at),
        product=None if page.product is None else to_html(page.product, site.at),
    )
