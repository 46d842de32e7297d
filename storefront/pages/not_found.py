"""The page of an address that names nothing."""

from dash import html

from storefront.context import Context
from storefront.pages.page import Page
from storefront.urls import HOME


def missing_page(context: Context, reason: str) -> Page:
    """The reason and a way out; the search stands above it."""
    texts = context.texts
    way_out = html.P([reason, " ", html.A(texts.see_all, href=context.at(HOME))])
    return Page(
        title=texts.not_found,
        description=reason,
        main=html.Div([html.H1(texts.not_found, className="page-title", tabIndex="-1"), way_out], className="missing"),
        announcement=reason,
        found=False,
        indexed=False,
    )


def page_without(context: Context, title: str, reason: str, address: str) -> Page:
    """A page of the site that these lists cannot fill, with the reason."""
    out = html.P([reason, " ", html.A(context.texts.see_all, href=context.at(HOME))], className="nothing")
    return Page(
        title=title,
        description=reason,
        main=[html.H1(title, className="page-title", tabIndex="-1"), out],
        announcement=reason,
        indexed=False,
        address=address,
    )
