"""The search of a site as files: its page, and the index from which `assets/find.js` fills it."""

from collections.abc import Iterator
from itertools import islice

from dash import html

from catalogue.encoding import Entry, dump
from storefront.components import cards
from storefront.components.base import hyphened
from storefront.components.pagination import PER_PAGE
from storefront.components.render import to_html
from storefront.context import Context
from storefront.pages.page import Page
from storefront.urls import HOME, SEARCH, WORDS

PART = 10_000  # products in one file of the index
SAID = (
    "all_products", "results_for", "products_one", "products_many", "page_of", "nothing_found", "nothing_found_advice",
    "previous", "next", "search_needs_server",
)  # fmt: skip # the texts that the script needs


def search_page(context: Context) -> Page:
    """The page before anything is found."""
    texts = context.texts
    content = [
        html.H1(texts.search, className="page-title", tabIndex="-1"),
        html.Noscript(html.P(texts.search_needs_scripts, className="nothing")),
        html.Div(html.P(className="result-count", role="status"), className="bar"),
        html.Ul(className="product-grid", **cards.KEYS),
        html.Nav(className="pagination-bar", hidden=True, **hyphened(aria_label=texts.pages)),
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
    """Each file: for every product its title, its other words, and its card as HTML."""
    entries = iter(context.shop)
    while part := list(islice(entries, PART)):
        yield dump([_row(context, entry) for entry in part])


def _row(context: Context, entry: Entry) -> tuple[str, str, str]:
    product = entry.product
    card = html.Li(cards.card(context, entry, HOME, cards.IN_GRID))
    return product.title, f"{product.brand} {product.product_type} {product.id}", to_html(card)
