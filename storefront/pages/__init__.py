"""Pages as functions of data: which one an address names."""

from catalogue.errors import UnknownProduct
from storefront.context import Context
from storefront.pages.browse import browse_page
from storefront.pages.map import map_page
from storefront.pages.page import Page, missing_page
from storefront.pages.photo import photo_page
from storefront.pages.product import product_page
from storefront.pages.report import report_page
from storefront.urls import HOME, MAP, PHOTO, REPORT, Browsing, main_address, product_id_of


def page_at(context: Context, path: str, search: str = "") -> Page:
    """The page at an address whose path is percent-encoded."""
    if path in ("", HOME):
        return browse_page(context, Browsing.parse(search))
    if path == MAP:
        return map_page(context, Browsing.parse(search))
    if path == REPORT:
        return report_page(context)
    if path == PHOTO:
        return photo_page(context)
    if (product_id := product_id_of(path)) is None:
        return missing_page(context, context.texts.no_such_page)
    try:
        return product_page(context, product_id, main_address(path, search))
    except UnknownProduct:
        return missing_page(context, context.texts.no_such_product)
