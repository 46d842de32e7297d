"""A page as data: its components, and its words for the window, for engines, and for a screen reader."""

from dataclasses import dataclass, replace
from typing import Any

from dash import html

from catalogue.encoding import Entry
from catalogue.product import Thumbnail
from storefront.context import Context
from storefront.urls import HOME


@dataclass(frozen=True)
class Page:
    """One address as it is shown.

    `main` stands in the main column; `product` is set on a product's page alone, and stands beside the main column (on
    a phone in its place). `announcement` is read out by a screen reader. `entry` is the product of a product's page.
    `found` is false where the address names nothing, `indexed` where search engines shall not list it. `address` is
    the one by which they shall know it, `photo` the picture of a shared link.
    """

    title: str
    description: str
    main: Any = None
    product: Any = None
    announcement: str = ""
    entry: Entry | None = None
    address: str = ""
    photo: Thumbnail | None = None
    found: bool = True
    indexed: bool = True


def page_without(context: Context, title: str, reason: str, address: str = "") -> Page:
    """A page of the site that these lists cannot fill, with the reason and a way out."""
    out = html.P([reason, " ", html.A(context.texts.see_all, href=context.at(HOME))], className="nothing")
    main = [html.H1(title, className="page-title", tabIndex="-1"), out]
    return Page(title, reason, main, announcement=reason, indexed=False, address=address)


def missing_page(context: Context, reason: str) -> Page:
    """The page of an address that names nothing; the search stands above it."""
    return replace(page_without(context, context.texts.not_found, reason), found=False)
