"""The search of a site as files: the page on which `assets/find.js` shows what it finds."""

from dash import html

from catalogue.encoding import dump
from storefront import words
from storefront.aria import GRID, data, labelled
from storefront.browse import PER_PAGE
from storefront.cards import IN_GRID
from storefront.page import Page
from storefront.site import Site
from storefront.urls import SEARCH, WORDS

SAID = (
    "all_products",
    "results_for",
    "products_one",
    "products_many",
    "page_of",
    "nothing_found",
    "nothing_found_advice",
    "no_photo",
    "sold_out",
    "former_price",
    "previous",
    "next",
    "search_needs_server",
)  # the texts that the script needs


def search_page(site: Site) -> Page:
    """The page before anything is found."""
    texts = site.texts
    told = {name: getattr(texts, name) for name in SAID}
    content = [
        html.H1(texts.search, className="page-title", tabIndex="-1"),
        html.Noscript(html.P(texts.search_needs_scripts, className="nothing")),
        html.Div(html.P(className="result-count", role="status"), className="bar"),
        html.Ul(className="product-grid", **GRID),
        html.Nav(className="pagination-bar", hidden=True, **labelled(texts.pages)),
    ]
    return Page(
        title=texts.search,
        description=texts.describe_shop.format(count=site.count(len(site.shop))),
        main=html.Div(
            content,
            className="found",
            **data(
                search=WORDS,
                parts=str(words.parts(site)),
                images=site.settings.image_base,
                shown=str(PER_PAGE),
                sizes=IN_GRID,
                texts=dump(told).decode(),
            ),
        ),
        indexed=False,
        address=SEARCH,
    )
