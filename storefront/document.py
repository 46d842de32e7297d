"""The first HTML: the page itself, for eyes, search engines and slow connections, before Dash takes over."""

import re

import flask

from storefront import ids
from storefront.context import Context
from storefront.parts import Pages, address_of
from storefront.seo import Head, base_of
from storefront.templates import render
from storefront.urls import HOME, PARTS

STYLES = ("bootstrap.min.css", "lookalike.css")
PLOTLY = "plotly-strict.min.js"
UNUSED = re.compile(r'<script src="[^"]*(?:polyfill|dash_table/)[^"]*"></script>')  # by browsers of today, and by us


def of(context: Context, pages: Pages, **parts: str) -> str:
    """The document at the address that is asked; `parts` are Dash's own, by the names of its index."""
    written = flask.g.get("written") or pages.html(address_of(flask.request))  # a photo's page is made for it
    flask.g.found = written.page.found
    told = {
        "build": context.build,
        "home": context.at(HOME),
        "parts": context.at(f"{PARTS}{context.build}"),
        "plotly": context.asset(PLOTLY),
        "ids": {name.lower(): value for name, value in vars(ids).items() if name.isupper()},
        "texts": {name: getattr(context.texts, name) for name in ("copied", "no_connection", "renewed", "failed")},
    }
    return render(
        "page.html",
        context=context,
        told=told,
        written=written,
        head=Head.of(context, written.page, base_of(context)),
        asset=context.asset,
        styles=STYLES,
        dash=parts,
        scripts=UNUSED.sub("", parts["scripts"]),
    )
