"""The first HTML: the page itself, for eyes, search engines and slow connections, before Dash takes over."""

import re
from collections.abc import Callable

import flask
from markupsafe import Markup, escape

from catalogue.encoding import dump
from storefront import ids
from storefront.context import Context
from storefront.pages.page import Page
from storefront.parts import Pages, address_of
from storefront.seo.head import Shared, base_of, head
from storefront.urls import HOME, PARTS

STYLES = ("bootstrap.min.css", "lookalike.css")
PLOTLY = "plotly-strict.min.js"
UNUSED = re.compile(r'<script src="[^"]*(?:polyfill|dash_table/)[^"]*"></script>')  # by browsers of today, and by us


def of(context: Context, pages: Pages, assets: Callable[[str], str], **parts: str) -> str:
    """The document at the address that is asked.

    `assets` gives the addresses of assets; `parts` are Dash's own, by the names of its index.
    """
    written = flask.g.get("written") or pages.html(address_of(flask.request))  # a photo's page is made for it
    flask.g.found = written.page.found

    def asset(name: str) -> str:
        return f"{assets(name)}?v={context.build}"

    told = {
        "build": context.build,
        "home": context.at(HOME),
        "parts": context.at(f"{PARTS}{context.build}"),
        "plotly": asset(PLOTLY),
        "ids": {name.lower(): value for name, value in vars(ids).items() if name.isupper()},
        "texts": {name: getattr(context.texts, name) for name in ("copied", "no_connection", "renewed", "failed")},
    }
    return INDEX.format(
        language=context.texts.language,
        told=escape(dump(told).decode()),
        title=escape(written.title),
        head=head_of(context, written.page, base_of(context)),
        first=written.html,
        beside=' class="with-product"' if written.page.entry else "",
        preloads="".join(map(_preload, ("_dash-layout", "_dash-dependencies"))).replace("@", context.at(HOME)),
        styles="\n".join(f'<link rel="stylesheet" href="{asset(name)}">' for name in STYLES),
        icon=asset("favicon.svg"),
        theme=f'<script src="{asset("theme.js")}"></script>',
        config=parts["config"],
        scripts=UNUSED.sub("", parts["scripts"]),
        renderer=parts["renderer"],
    )


def head_of(context: Context, page: Page, base: str) -> str:
    """The words of a page of the site that stands at `base` for search engines and shared links."""
    shared = Shared(
        title=page.title,
        description=page.description,
        path=context.path(page.address or HOME),
        image=page.photo,
        product=page.entry.product if page.entry else None,
        indexed=page.indexed,
    )
    return head(shared, base, context.settings.image_base, context.settings.name)


def _preload(name: str) -> Markup:
    return Markup(f'<link rel="preload" as="fetch" crossorigin="anonymous" href="@{name}">\n')


INDEX = """<!doctype html>
<html lang="{language}" data-lookalike="{told}">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" type="image/svg+xml" href="{icon}">
{theme}
{styles}
{preloads}{head}
</head>
<body>
<div id="first"{beside}>{first}</div>
<div id="react-entry-point"></div>
{config}
{scripts}
{renderer}
</body>
</html>
"""
