"""What looks similar on a shop's own pages: the script that shows it there, and a page for a frame."""

import hashlib
from collections.abc import Callable
from functools import lru_cache

import flask
from dash import html
from markupsafe import escape

from catalogue.errors import UnknownProduct
from catalogue.product import Neighbour
from storefront.api.openapi import NEIGHBOURS, Json, read
from storefront.components import cards
from storefront.components.render import to_html
from storefront.context import ASSETS, Context
from storefront.document import STYLES
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


def register(server: flask.Flask, context: Context, assets: Callable[[str], str]) -> None:
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
        title = context.shop.product(product_id).title
        return _page(context, assets, title, _listed(context, product_id, category)[:k], theme)

    @server.get(f"{WIDGET}<anything:product_id>", merge_slashes=False)
    def widget_page(product_id: str) -> flask.Response:
        flask.g.framed = True  # `headers` lets other sites show it
        values = read(PARAMETERS, flask.request.args.to_dict(flat=False))
        try:
            return flask.Response(page(product_id, **values), mimetype="text/html")
        except UnknownProduct:
            nothing = _page(context, assets, context.texts.not_found, [], values["theme"])
            return flask.Response(nothing, 404, mimetype="text/html")


def _listed(context: Context, product_id: str, category: str) -> list[Neighbour]:
    """Raises UnknownProduct."""
    near = context.shop.neighbours(product_id, NEIGHBOURS["k"]["maximum"])
    return [each for each, entry in context.shop.listed(near) if category in ("", entry.product.category)]


def _page(context: Context, assets: Callable[[str], str], title: str, near: list[Neighbour], theme: str) -> str:
    """The list alone; without one there is nothing to be seen."""
    heading = html.H1(context.texts.looks_similar, className="section-title")
    content = [heading, cards.similar_grid(context, near, eager=False, to_shop=True)] if near else []
    head = [f'<link rel="stylesheet" href="{assets(name)}?v={context.build}">' for name in STYLES]
    if theme == THEMES[0]:
        head.insert(0, f'<script src="{assets("theme.js")}?v={context.build}"></script>')
    return FRAMED.format(
        language=context.texts.language,
        theme="" if theme == THEMES[0] else f' data-bs-theme="{theme}"',
        title=escape(f"{context.texts.looks_similar}: {title}"),
        head="\n".join(head),
        content=to_html(html.Main(content, className="framed")),
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
