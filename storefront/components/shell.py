"""The layout around every page: header, main column, the product beside it, and the parts that callbacks fill."""

from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from storefront import ids
from storefront.components.base import freeze, hyphened
from storefront.components.charts import TEMPLATES
from storefront.context import Context
from storefront.urls import HOME, MAP, PHOTO, REPORT, SEARCH


def shell(context: Context, main: Any = None, product: Any = None, text: str = "", beside: str = HOME) -> Component:
    """The layout of the app; with content, of one page: the text that is searched for, and the address behind it."""
    texts, closing = context.texts, hyphened(aria_label=context.texts.close)
    close = html.A("×", id=ids.CLOSE, href=context.at(beside), className="close", title=texts.close, **closing)
    trail = html.Nav(id=ids.TRAIL, className="trail", **hyphened(aria_label=texts.trail))
    copying = hyphened(aria_label=texts.copy_link)
    copy = html.Button(id=ids.COPY, type="button", className="copy", title=texts.copy_link, **copying)
    aside = [html.Div([trail, copy, close], className="product-top"), html.Div(product, id=ids.PRODUCT_PAGE)]
    columns = [
        html.Div(html.Div(main, id=ids.MAIN, tabIndex="-1"), className="site-main"),
        html.Section(aside, id=ids.PRODUCT, className="site-aside", **hyphened(aria_label=texts.product)),
    ]
    content = [
        *freeze([html.A(texts.skip, href=f"#{ids.CONTENT}", className="skip-link"), navbar(context, text)]),
        html.Main(columns, id=ids.CONTENT, tabIndex="-1", className="columns with-product" if product else "columns"),
        html.Div(id=ids.ANNOUNCEMENT, className="visually-hidden", **hyphened(aria_live="polite")),
        *([] if context.is_files else _of_callbacks(context)),
    ]
    return html.Div(content, className="shell")


def navbar(context: Context, text: str = "") -> Component:
    """The header of every page."""
    texts = context.texts
    pages = [(HOME, texts.browse), (MAP, texts.map), (REPORT, texts.report)]
    brand: list[Any] = [html.Span(className="brand-mark", **hyphened(aria_hidden="true")), context.settings.name]
    links = [html.A(name, href=context.at(address)) for address, name in pages]
    themes = hyphened(aria_label=texts.to_dark, data_to_dark=texts.to_dark, data_to_light=texts.to_light)
    content = [
        html.A(brand, href=context.at(HOME), className="brand-name"),
        html.Div(_search(context, text), role="search", className="search-place"),
        html.Nav(links, className="site-nav", **hyphened(aria_label=texts.pages_of_site)),
        html.Button(id=ids.THEME, type="button", className="theme-switch", **themes),
    ]
    look: dict[str, Any] = {
        "tag": "header",
        "role": "banner",
        "dark": False,
        "color": "body",
        "class_name": "site-header",
    }
    header: Component = dbc.Navbar(content, sticky="top", expand=True, **look)
    return header


def _search(context: Context, text: str) -> Component:
    """A form that works without scripts; with them, a callback looks for the text while it is typed."""
    texts, link = context.texts, context.texts.of_photo.link
    box = dbc.Input(
        id=ids.SEARCH, type="search", name="q", value=text, debounce=180, autocomplete="off", maxlength=200,
        placeholder=texts.search_placeholder.format(count=context.count(len(context.shop))),
    )  # fmt: skip
    content = [html.Label(texts.search, htmlFor=ids.SEARCH, className="visually-hidden"), box]
    if context.photo_search:
        content.append(html.A(href=context.at(PHOTO), className="photo-link", title=link, **hyphened(aria_label=link)))
    action = context.at(SEARCH if context.is_files else HOME)
    form: Component = dbc.Form(content, id=ids.SEARCH_FORM, action=action, method="GET", class_name="search")
    return form


def _of_callbacks(context: Context) -> list[Component]:
    """The address, and the parts that appear when something is to be said or shown over the page."""
    retry = html.A(context.texts.retry, id=ids.RETRY, href="#", className="btn btn-sm btn-outline-secondary")
    told = [html.Span(id=ids.ALERT_TEXT), retry]
    return [
        dcc.Location(id=ids.URL, refresh="callback-nav"),
        dcc.Store(id=ids.TEMPLATES, data=TEMPLATES),
        dcc.Store(id=ids.PHOTO),
        dcc.Store(id=ids.GALLERY_OF),
        dbc.Modal([dbc.ModalHeader(), dbc.ModalBody(id=ids.GALLERY_BODY)], id=ids.GALLERY, centered=True, size="lg"),
        dbc.Toast(told, id=ids.ALERT, is_open=False, dismissable=False, class_name="alert-bar"),
    ]
