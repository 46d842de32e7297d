"""The files of a site but its images: pages, answers of the API, figures, the search, assets, and for robots."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any
from urllib.parse import quote, urlsplit

from dash import html

from catalogue.encoding import Entry, dump
from storefront.api import resources, widget
from storefront.components import cards
from storefront.components.base import hyphened
from storefront.components.pagination import PER_PAGE, addresses
from storefront.components.render import to_html
from storefront.context import ASSETS, Context
from storefront.export.static_page import NEEDED, address_of, document_of, figure_of, graphs_of
from storefront.pages import browse, page_at
from storefront.pages import map as map_page
from storefront.pages.page import Page, missing_page
from storefront.seo import sitemaps
from storefront.templates import render
from storefront.urls import HOME, MAP, PRODUCTS, REPORT, SEARCH, SIMILAR, WORDS, Browsing, file_of, product_address

NOT_FOUND = "404.html"
PER_FILE = 100  # products in a file of the API
PART = 10_000  # products in one file of the index of the search
SAID = (
    "all_products", "results_for", "products_one", "products_many", "page_of", "nothing_found", "nothing_found_advice",
    "search_needs_server",
)  # fmt: skip # the texts that the script needs

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
        """All others but images."""
        for address in addresses(HOME, browse.offered(self._top)):
            yield self._page(address, HOME)
        for address in addresses(MAP, map_page.offered(self._inner)):
            yield self._page(address, MAP)
        yield self._page(REPORT, REPORT)
        yield file_of(SEARCH), document_of(self._top, search_page(self._top), HOME)
        # The last page is shown at any address, from which only the root of the host is known.
        rooted = replace(self._top, up=f"{urlsplit(self._top.settings.public_url).path}/")
        yield NOT_FOUND, document_of(rooted, missing_page(rooted, rooted.texts.no_such_page))
        for number, part in enumerate(index(self._top)):
            yield file_of(f"{WORDS}{number}.json"), part
        yield from self._figures()
        for page in range(1, max(1, -(-len(self._top.shop) // PER_FILE)) + 1):
            given = {"page": [str(page)], "per_page": [str(PER_FILE)]}
            yield file_of(f"{PRODUCTS}?page={page}"), dump(resources.products(self._top, "", given))
        yield from self._for_robots()
        for name in NEEDED:
            yield f"{ASSETS.name}/{name}", (ASSETS / name).read_bytes()
        yield file_of(widget.SCRIPT), widget.script()

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
        yield "robots.txt", render("robots.txt", base=base, prefix=urlsplit(base).path).encode()
        if base:
            for address, pieces in sitemaps(self._top, base):
                yield file_of(address), "".join(pieces).encode()


def search_page(context: Context) -> Page:
    """The page of the search before `assets/find.js` fills it."""
    texts = context.texts
    links = [html.A(name, className="page-number", hidden=True) for name in (texts.previous, texts.next)]
    content: list[Any] = [
        html.H1(texts.search, className="page-title", tabIndex="-1"),
        html.Noscript(html.P(texts.search_needs_scripts, className="nothing")),
        html.Div(html.P(className="result-count", role="status"), className="bar"),
        html.Ul(className="product-grid", **cards.KEYS),
        html.P(className="nothing"),
        html.Nav(links, className="pagination-bar", **hyphened(aria_label=texts.pages)),
    ]
    told = hyphened(
        data_search=context.at(WORDS),
        data_parts=str(-(-len(context.shop) // PART)),
        data_shown=str(PER_PAGE),
        data_texts=dump({name: getattr(texts, name) for name in SAID}).decode(),
    )
    return Page(
        title=texts.search,
        description=texts.describe_shop.format(count=context.count(len(context.shop))),
        main=html.Div(content, className="found", **told),
        indexed=False,
        address=SEARCH,
    )


def index(context: Context) -> Iterator[bytes]:
    """Each file of the search: for every product its title, its other words, and its card as HTML."""
    entries = iter(context.shop)
    while part := list(islice(entries, PART)):
        yield dump([_row(context, entry) for entry in part])


def _row(context: Context, entry: Entry) -> tuple[str, str, str]:
    product = entry.product
    card = html.Li(cards.card(context, entry, HOME, cards.IN_GRID))
    return product.title, f"{product.brand} {product.product_type} {product.id}", to_html(card)
