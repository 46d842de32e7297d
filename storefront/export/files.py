"""The files of a site: pages, answers of the API, figures, the index of the search, robots.txt and sitemaps."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote, urlsplit

from catalogue.encoding import dump
from storefront.api import resources
from storefront.components.pagination import addresses
from storefront.context import Context
from storefront.export import search
from storefront.export.static_page import address_of, document_of, figure_of, graphs_of
from storefront.file_names import file_of
from storefront.pages import browse, page_at
from storefront.pages import map as map_page
from storefront.pages.page import missing_page
from storefront.seo import sitemap
from storefront.urls import HOME, MAP, PRODUCTS, REPORT, SEARCH, SIMILAR, WORDS, Browsing, product_address

NOT_FOUND = "404.html"
PER_FILE = 100  # products in a file of the API

File = tuple[str, bytes]  # its name below the top of the site, and its content


class Contents:
    """The files of a site, made one by one."""

    def __init__(self, context: Context) -> None:
        self._top, self._inner = replace(context, up=""), replace(context, up="../")

    def of_product(self, product_id: str) -> Iterator[File]:
        """Its page, and the API's answers about it and its similar products."""
        yield self._page(product_address(product_id), "")
        address = f"{PRODUCTS}/{quote(product_id, safe='')}"
        yield file_of(address), dump(resources.product(self._top, product_id, {}))
        yield file_of(address + SIMILAR), dump(resources.similar(self._top, product_id, {}))

    def of_site(self) -> Iterator[File]:
        """All others but assets and images."""
        for address in addresses(HOME, browse.offered(self._top)):
            yield self._page(address, HOME)
        for address in addresses(MAP, map_page.offered(self._inner)):
            yield self._page(address, MAP)
        yield self._page(REPORT, REPORT)
        yield file_of(SEARCH), document_of(self._top, search.search_page(self._top), HOME)
        # The last page is shown at any address, from which only the root of the host is known.
        rooted = replace(self._top, up=f"{urlsplit(self._top.settings.public_url).path}/")
        yield NOT_FOUND, document_of(rooted, missing_page(rooted, rooted.texts.no_such_page))
        for number, part in enumerate(search.index(self._top)):
            yield file_of(f"{WORDS}{number}.json"), part
        yield from self._figures()
        for page in range(1, max(1, -(-len(self._top.shop) // PER_FILE)) + 1):
            given = {"page": [str(page)], "per_page": [str(PER_FILE)]}
            yield file_of(f"{PRODUCTS}?page={page}"), dump(resources.products(self._top, "", given))
        yield from self._for_robots()

    def _page(self, address: str, section: str) -> File:
        name = file_of(address)
        context = self._inner if "/" in name else self._top
        path, _, search = address.partition("?")
        return name, document_of(
            context, page_at(context, path, search), section, Browsing.parse(search).query.category
        )

    def _figures(self) -> Iterator[File]:
        graphs = graphs_of(page_at(self._top, REPORT).main)
        if dots := map_page.dots_of(self._inner):
            graphs.append(map_page.chart(self._inner, dots))
        for graph in graphs:
            yield file_of(address_of(graph)), figure_of(self._inner, graph)

    def _for_robots(self) -> Iterator[File]:
        base = self._top.settings.public_url
        yield "robots.txt", sitemap.robots_of(base, urlsplit(base).path).encode()
        if base:
            for address, pieces in sitemap.sitemaps(self._top, base):
                yield file_of(address), "".join(pieces).encode()
