"""The first HTML: the page itself, for eyes, search engines and slow connections, before Dash takes over."""

from collections.abc import Callable
from urllib.parse import quote

import flask
from dash import html
from markupsafe import escape

from storefront import ids
from storefront.layout import layout
from storefront.markup import to_html
from storefront.page import Page
from storefront.sharing import Shared, base_of, head
from storefront.site import Site
from storefront.urls import HOME, Browsing
from storefront.written import Pages

STYLES = ("bootstrap.min.css", "lookalike.css")


def of(site: Site, pages: Pages, assets: Callable[[str], str], **parts: str) -> str:
    """The document at the address that is asked.

    `assets` gives the addresses of assets; `parts` are Dash's own, by the names of its index.
    """
    written = flask.g.get("written") or pages.at(address_of(flask.request))  # a photo's page is made for it
    flask.g.found = written.page.found
    main = pages.at(HOME).main if written.main is None else written.main  # beside a product stands the catalogue
    searched = Browsing.parse(flask.request.query_string.decode(errors="replace")).query.text
    return INDEX.format(
        language=site.texts.language,
        root=f' data-root="{site.at(HOME)}"' if site.settings.path_prefix else "",
        build=site.build,
        title=escape(written.title),
        head=head_of(site, written.page, base_of(site)),
        offline=escape(site.texts.no_connection),
        first=to_html(html.Div(layout(site, main, written.product, searched), id=ids.FIRST), site.at),
        styles="\n".join(f'<link rel="stylesheet" href="{assets(name)}?v={site.build}">' for name in STYLES),
        icon=f"{assets('favicon.svg')}?v={site.build}",
        theme=f'<script src="{assets("theme.js")}?v={site.build}"></script>',
        scripts=parts["scripts"],
        config=parts["config"],
        renderer=parts["renderer"],
    )


def head_of(site: Site, page: Page, base: str) -> str:
    """What search engines and shared links read of a page of the site that stands at `base`."""
    shared = Shared(
        title=page.title,
        description=page.description,
        path=site.path(page.address or HOME),
        image=page.photo,
        product=page.entry.product if page.entry else None,
        indexed=page.indexed,
    )
    return head(shared, base, site.settings.image_base, site.settings.name)


def address_of(request: flask.Request) -> str:
    """The address as the browser wrote it: WSGI has decoded its path."""
    query = request.query_string.decode(errors="replace")
    return quote(request.path) + (f"?{query}" if query else "")


INDEX = """<!doctype html>
<html lang="{language}" data-build="{build}" data-offline="{offline}"{root}>
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" type="image/svg+xml" href="{icon}">
{theme}
{styles}
{head}
</head>
<body>
{first}
<div id="react-entry-point"></div>
{config}
{scripts}
{renderer}
</body>
</html>
"""
