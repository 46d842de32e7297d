"""The layout around every page: header, main column, the product beside it, and the parts that callbacks fill."""

from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from storefront import ids
from storefront.components.base import HIDDEN, data, freeze, labelled
from storefront.components.charts import TEMPLATES
from storefront.context import Context
from storefront.urls import HOME, MAP, PHOTO, REPORT, SEARCH

LIVE: dict[str, Any] = {"aria-live": "polite"}  # read out when it changes


def shell(context: Context, main: Any = None, product: Any = None, text: str = "", beside: str = HOME) -> Component:
    """The layout of the app; with content, of one page: the text that is searched for, and the address behind it."""
    texts = context.texts
    close = html.A(
        "×", id=ids.CLOSE, href=context.at(beside), className="close", title=texts.close, **labelled(texts.close)
    )
    trail = html.Nav(id=ids.TRAIL, className="trail", **labelled(texts.trail))
    copy = html.Button(id=ids.COPY, type="button", className="copy", title=texts.copy_link, **labelled(texts.copy_link))
    aside = [html.Div([trail, copy, close], className="product-top"), html.Div(product, id=ids.PRODUCT_PAGE)]
    return html.Div(
        [
            *freeze(html.A(texts.skip, href=f"#{ids.CONTENT}", className="skip-link")),
            navbar(context, text),
            html.Main(
                [
                    html.Div(html.Div(main, id=ids.MAIN, tabIndex="-1"), className="site-main"),
                    html.Section(aside, id=ids.PRODUCT, className="site-aside", **labelled(texts.product)),
                ],
                id=ids.CONTENT,
                tabIndex="-1",
                className="columns with-product" if product else "columns",
            ),
            html.Div(id=ids.ANNOUNCEMENT, className="visually-hidden", **LIVE),
            *([] if context.is_files else _of_callbacks(context)),
        ],
        className="shell",
    )


def navbar(context: Context, text: str = "") -> Component:
    """The header of every page."""
    texts = context.texts
    pages = [(HOME, texts.browse), (MAP, texts.map), (REPORT, texts.report)]
    brand: list[Any] = [html.Span(className="brand-mark", **HIDDEN), context.settings.name]
    theme = html.Button(
        id=ids.THEME,
        type="button",
        className="theme-switch",
        **labelled(texts.to_dark),
        **data(to_dark=texts.to_dark, to_light=texts.to_light),
    )
    links = [html.A(name, href=context.at(address)) for address, name in pages]
    header: Component = dbc.Navbar(
        [
            *freeze(html.A(brand, href=context.at(HOME), className="brand-name")),
            _search(context, text),
            *freeze(html.Nav(links, className="site-nav", **labelled(texts.pages_of_site))),
            theme,
        ],
        tag="header",
        role="banner",
        dark=False,
        color="body",
        sticky="top",
        expand=True,
        class_name="site-header",
    )
    return header


def _search(context: Context, text: str) -> Component:
    """A form that works without scripts; with them, a callback looks for the text while it is typed."""
    texts = context.texts
    box = dbc.Input(
        id=ids.SEARCH, type="search", name="q", value=text, debounce=180, autocomplete="off", maxlength=200,
        placeholder=texts.search_placeholder.format(count=context.count(len(context.shop))),
    )  # fmt: skip
    link = texts.of_photo.link
    by_photo = html.A(href=context.at(PHOTO), className="photo-link", title=link, **labelled(link))
    form = dbc.Form(
        [
            *freeze(html.Label(texts.search, htmlFor=ids.SEARCH, className="visually-hidden")),
            box,
            *(freeze(by_photo) if context.photo_search else []),
        ],
        id=ids.SEARCH_FORM,
        action=context.at(SEARCH if context.is_files else HOME),
        method="GET",
        class_name="search",
    )
    return html.Div(form, role="search", className="search-place")


def _of_callbacks(context: Context) -> list[Component]:
    """The address, and the parts that appear when something is to be said or shown over the page."""
    texts = context.texts
    retry = html.A(texts.retry, id=ids.RETRY, href="#", className="btn btn-sm btn-outline-secondary")
    told = [html.Span(id=ids.ALERT_TEXT), retry]
    return [
        dcc.Location(id=ids.URL, refresh="callback-nav"),
        dcc.Store(id=ids.TEMPLATES, data=TEMPLATES),
        dcc.Store(id=ids.PHOTO),
        dcc.Store(id=ids.GALLERY_OF),
        dbc.Modal([dbc.ModalHeader(), dbc.ModalBody(id=ids.GALLERY_BODY)], id=ids.GALLERY, centered=True, size="lg"),
        dbc.Toast(told, id=ids.ALERT, is_open=False, dismissable=False, class_name="alert-bar"),
    ]
