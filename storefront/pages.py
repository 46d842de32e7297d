"""Which page an address names."""

from dash import html

from catalogue.errors import UnknownProduct
from storefront.browse import browse_page
from storefront.map_page import map_page
from storefront.page import Page
from storefront.photo_page import photo_page
from storefront.product import product_page
from storefront.report_page import report_page
from storefront.site import Site
from storefront.urls import HOME, MAP, PHOTO, REPORT, Browsing, product_id_of


def page_at(site: Site, path: str, search: str) -> Page:
    """The page at an address whose path is percent-encoded."""
    if path in ("", HOME):
        return browse_page(site, Browsing.parse(search))
    if path == MAP:
        return map_page(site, search)
    if path == REPORT:
        return report_page(site)
    if path == PHOTO:
        return photo_page(site)
    product_id = product_id_of(path)
    if product_id is None:
        return missing_page(site, site.texts.no_such_page)
    try:
        return product_page(site, product_id)
    except UnknownProduct:
        return missing_page(site, site.texts.no_such_product)


def missing_page(site: Site, reason: str) -> Page:
    """What is said where there is nothing; the search stands above it."""
    texts = site.texts
    way_out = html.P([reason, " ", html.A(texts.see_all, href=HOME)])
    content = [html.H1(texts.not_found, className="page-title", tabIndex="-1"), way_out]
    return Page(
        title=texts.not_found,
        description=reason,
        main=html.Div(content, className="missing"),
        announcement=reason,
        found=False,
        indexed=False,
    )
