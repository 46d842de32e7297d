"""What looks similar on a shop's own pages: the script that shows it there, and a page for a frame."""

import hashlib
from collections.abc import Callable
from functools import lru_cache

import flask
from dash import html
from markupsafe import escape

from catalogue.errors import UnknownProduct
from catalogue.product import Neighbour
from storefront import cards
from storefront.document import STYLES
from storefront.markup import to_html
from storefront.openapi import NEIGHBOURS, Json, read
from storefront.site import ASSETS, Site
from storefront.urls import WIDGET

SCRIPT = "/lookalike.js"
FRESH = 300  # seconds; what is mended in the script reaches every shop's page soon
KEPT = 256  # pages that stay in memory, some 10 kB each
THEMES = ("auto", "light", "dark")
PARAMETERS: dict[str, Json] = {
    "k": NEIGHBOURS["k"],
    "category": NEIGHBOURS["category"],
    "theme": {"type": "string", "enum": list(THEMES), "default": THEMES[0]},
}


def register(server: flask.Flask, site: Site, assets: Callable[[str], str]) -> None:
    """Answer `/lookalike.js` and `/widget/ID`; `assets` gives the addresses of assets."""
    script = (ASSETS / "widget" / "lookalike.js").read_bytes()
    tag = hashlib.sha256(script).hexdigest()[:16]

    @server.get(SCRIPT)
    def widget_script() -> flask.Response:
        response = flask.Response(script, mimetype="text/javascript")
        response.headers["Cache-Control"] = f"public, max-age={FRESH}, must-revalidate"
        response.headers["Access-Control-Allow-Origin"] = "*"  # for pages that check it by `integrity`
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.set_etag(tag)
        response.make_conditional(flask.request)
        return response

    @lru_cache(KEPT)
    def page(product_id: str, k: int, category: str, theme: str) -> str:
        title = site.shop.product(product_id).title
        return _page(site, assets, title, _listed(site, product_id, category)[:k], theme)

    @server.get(f"{WIDGET}<anything:product_id>", merge_slashes=False)
    def widget_page(product_id: str) -> flask.Response:
        flask.g.framed = True  # `headers` lets other sites show it
        values = read(PARAMETERS, flask.request.args.to_dict(flat=False))
        try:
            return flask.Response(page(product_id, **values), mimetype="text/html")
        except UnknownProduct:
            nothing = _page(site, assets, site.texts.not_found, [], values["theme"])
            return flask.Response(nothing, 404, mimetype="text/html")


def _listed(site: Site, product_id: str, category: str) -> list[Neighbour]:
    """Raises UnknownProduct."""
    near = site.shop.neighbours(product_id, NEIGHBOURS["k"]["maximum"])
    entries = site.shop.entries(each.product_id for each in near)
    return [each for each, entry in zip(near, entries, strict=True) if category in ("", entry.product.category)]


def _page(site: Site, assets: Callable[[str], str], title: str, near: list[Neighbour], theme: str) -> str:
    """The list alone; without one there is nothing to be seen."""
    heading = html.H1(site.texts.looks_similar, className="section-title")
    content = [heading, cards.similar_grid(site, near, eager=False, to_shop=True)] if near else []
    head = [f'<link rel="stylesheet" href="{assets(name)}?v={site.build}">' for name in STYLES]
    if theme == THEMES[0]:
        head.insert(0, f'<script src="{assets("theme.js")}?v={site.build}"></script>')
    return FRAMED.format(
        language=site.texts.language,
        theme="" if theme == THEMES[0] else f' data-bs-theme="{theme}"',
        title=escape(f"{site.texts.looks_similar}: {title}"),
        head="\n".join(head),
        content=to_html(html.Main(content, className="framed"), site.at),
    )


FRAMED = """<!doctype html>
<html lang="{language}"{theme}>
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<base target="_top">
{head}
</head>
<body>
{content}
</body>
</html>
"""
