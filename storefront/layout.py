"""What stands on every page: header, main column, the product beside it, and what is read out."""

from typing import Any

from dash import html
from dash.development.base_component import Component

from storefront import ids
from storefront.aria import HIDDEN, announced, data, labelled
from storefront.markup import Static, control, with_attributes
from storefront.site import Site
from storefront.urls import HOME, MAP, PHOTO, REPORT, SEARCH


def layout(site: Site, main: Any = None, product: Any = None, text: str = "") -> Component:
    """The page for Dash to mount; with content and the text that is searched for, for `markup.to_html`."""
    return html.Div(
        [
            html.A(site.texts.skip, href=f"#{ids.CONTENT}", className="skip-link"),
            Static(ids.HEADER, "header", _header(site, text), **{"class": "site-header"}),
            html.Main(
                [
                    html.Div(Static(ids.MAIN, "div", main, tabindex="-1"), className="site-main"),
                    Static(ids.PRODUCT, "section", product, **{"class": "site-aside", **labelled(site.texts.product)}),
                ],
                id=ids.CONTENT,
                tabIndex="-1",
                className="columns with-product" if product else "columns",
            ),
            html.Div(id=ids.ANNOUNCEMENT, className="visually-hidden", **announced()),
        ],
        id=ids.SHELL,
    )


def _header(site: Site, text: str) -> list[Any]:
    texts = site.texts
    box = control(
        "Input",
        type="search",
        name="q",
        value=text,
        className="form-control",
        placeholder=texts.search_placeholder.format(count=site.count(len(site.shop))),
        autocomplete="off",
        maxlength="200",
        enterkeyhint="search",
        **labelled(texts.search),
        **{"aria-keyshortcuts": "/"},
    )
    link = texts.photo_texts.link
    by_photo = html.A(href=PHOTO, className="photo-link", title=link, **labelled(link)) if site.photo_search else None
    search = with_attributes(
        html.Form([box, by_photo], role="search", className="search"), action=SEARCH if site.is_files else HOME
    )
    pages = [(HOME, texts.browse), (MAP, texts.map), (REPORT, texts.report)]
    theme = html.Button(
        type="button",
        className="theme-switch",
        **labelled(texts.to_dark),
        **data(to_dark=texts.to_dark, to_light=texts.to_light),
    )
    return [
        html.A([html.Span(className="brand-mark", **HIDDEN), site.settings.name], href=HOME, className="brand-name"),
        search,
        html.Nav(
            [html.A(name, href=address) for address, name in pages],
            className="site-nav",
            **labelled(texts.pages_of_site),
        ),
        theme,
    ]
