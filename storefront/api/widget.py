"""A product's list on a shop's own pages: the script that shows it there, and a page for a frame."""

from functools import lru_cache

import flask

from catalogue.encoding import dump
from catalogue.errors import UnknownProduct
from storefront.api.openapi import NEIGHBOURS, Json, read
from storefront.components import cards
from storefront.components.render import to_html
from storefront.context import ASSETS, Context
from storefront.document import STYLES
from storefront.server.headers import renewable
from storefront.templates import render
from storefront.urls import WIDGET

SCRIPT = "/lookalike.js"
KEPT = 256  # pages that stay in memory, some 10 kB each
THEMES = ("auto", "light", "dark")
PARAMETERS: dict[str, Json] = {
    "k": NEIGHBOURS["k"],
    "category": NEIGHBOURS["category"],
    "theme": {"type": "string", "enum": list(THEMES), "default": THEMES[0]},
}


def script() -> bytes:
    """The script for pages of other sites, with its style sheet in it."""
    code, style = ((ASSETS / "widget" / f"lookalike.{kind}").read_text(encoding="utf-8") for kind in ("js", "css"))
    return code.encode().replace(b'"STYLE"', dump(" ".join(style.split())))


def register(server: flask.Flask, context: Context) -> None:
    """Answer `/lookalike.js` and `/widget/ID`."""
    content = script()

    @server.get(SCRIPT)
    def widget_script() -> flask.Response:
        response = renewable(content, "text/javascript")
        response.headers["Access-Control-Allow-Origin"] = "*"  # for pages that check it by `integrity`
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    @lru_cache(KEPT)
    def page(product_id: str, k: int, category: str, theme: str) -> tuple[str, int]:
        try:
            title, status = context.shop.product(product_id).title, 200
            listed = context.shop.listed(context.shop.neighbours(product_id, NEIGHBOURS["k"]["maximum"]))
        except UnknownProduct:
            title, status, listed = context.texts.not_found, 404, []
        near = [each for each, entry in listed if category in ("", entry.product.category)][:k]
        grid = to_html(cards.similar_grid(context, near, eager=False, to_shop=True)) if near else ""
        shown = {"title": title, "grid": grid, "theme": theme}
        return render("widget.html", **shown, texts=context.texts, styles=STYLES, asset=context.asset), status

    @server.get(f"{WIDGET}<anything:product_id>", merge_slashes=False)
    def widget_page(product_id: str) -> tuple[str, int]:
        flask.g.framed = True  # `headers` lets other sites show it
        return page(product_id, **read(PARAMETERS, flask.request.args.to_dict(flat=False)))
