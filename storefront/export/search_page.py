"""The search of a site as files: the page on which `assets/find.js` shows the products that it finds."""

from dash import html

from catalogue.encoding import dump
from storefront.components.base import labelled
from storefront.components.cards import IN_GRID, KEYS
from storefront.components.pagination import PER_PAGE
from storefront.context import Context
from storefront.export import search_index
from storefront.pages.page import Page
from storefront.urls import SEARCH, WORDS

SAID = (
    "all_products", "results_for", "products_one", "products_many", "page_of", "nothing_found", "nothing_found_advice",
    "no_photo", "sold_out", "former_price", "previous", "next", "search_needs_server",
)  # fmt: skip # the texts that the script needs


def search_page(context: Context) -> Page:
    """The page before anything is found."""
    texts = context.texts
    content = [
        html.H1(texts.search, className="page-title", tabIndex="-1"),
        html.Noscript(html.P(texts.search_needs_scripts, className="nothing")),
        html.Div(html.P(className="result-count", role="status"), className="bar"),
        html.Ul(className="product-grid", **KEYS),
        html.Nav(className="pagination-bar", hidden=True, **labelled(texts.pages)),
    ]
    told = {
        "data-search": context.at(WORDS),
        "data-parts": str(search_index.parts(context)),
        "data-images": context.at(context.settings.image_base),
        "data-shown": str(PER_PAGE),
        "data-sizes": IN_GRID,
        "data-texts": dump({name: getattr(texts, name) for name in SAID}).decode(),
    }
    return Page(
        title=texts.search,
        description=texts.describe_shop.format(count=context.count(len(context.shop))),
        main=html.Div(content, className="found", **told),
        indexed=False,
        address=SEARCH,
    )
