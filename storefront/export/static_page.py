"""A page as a file: the document that needs no server, with the scripts that need none either."""

from collections.abc import Iterable
from typing import Any

from dash import dcc, html

from catalogue.encoding import Entry
from storefront.components import cards
from storefront.components.charts import TEMPLATES
from storefront.components.render import to_html
from storefront.components.shell import shell
from storefront.context import Context
from storefront.document import PLOTLY, STYLES
from storefront.pages.page import Page
from storefront.parts import as_json, window_title
from storefront.seo import Head
from storefront.server.headers import policy
from storefront.templates import render
from storefront.urls import ASSETS, HOME, SEARCH, product_address

ALONE = "alone.css"
SCRIPTS = ("keyboard.js", "files.js")
FIND = "find.js"  # of the page of the search
FRAMES = "; frame-ancestors"  # which counts in headers alone
NEEDED = (*STYLES, ALONE, PLOTLY, "theme.js", *SCRIPTS, FIND, "favicon.svg")
FIGURES = "/figures/"


def document_of(context: Context, page: Page, section: str = "", chosen: str = "") -> bytes:
    """The page of a site as files.

    `section` is the address of the link in the header that led to it, `chosen` the category that its graphs set off.
    """

    def asset(name: str) -> str:
        return f"{context.at(ASSETS + name)}?v={context.build}"

    told = {
        "home": context.up or "./",
        "section": context.at(section) if section else "",
        "chosen": chosen,
        "copied": context.texts.copied,
        "step": to_html(cards.step(context, page.entry, HOME)) if page.entry else "",
    }
    return render(
        "file.html",
        context=context,
        told=told,
        policy=policy([], context.settings.image_base).partition(FRAMES)[0],
        title=window_title(context, page),
        head=Head.of(context, page, context.settings.public_url),
        asset=asset,
        styles=(*STYLES, ALONE),
        scripts=(*([PLOTLY] if graphs_of(page.main) else []), *([FIND] if page.address == SEARCH else []), *SCRIPTS),
        layout=to_html(shell(context, page.main, page.product, beside=HOME)),
    ).encode()


def graphs_of(node: Any) -> list[Any]:
    """The graphs of a page, in their order."""
    nodes: Iterable[Any] = html.Div(node)._traverse()  # type: ignore[no-untyped-call]
    return [each for each in nodes if isinstance(each, dcc.Graph)]


def address_of(graph: Any) -> str:
    """The address of a graph's figure."""
    return f"{FIGURES}{graph.id['index']}.json"


def figure_of(context: Context, graph: Any) -> bytes:
    """A figure with the templates of both themes; its dots know address, title, photo and category."""
    for trace in graph.figure["data"]:
        if "customdata" in trace:
            trace["customdata"] = [_dot(context, entry) for entry in context.shop.entries(trace["customdata"])]
    return as_json({"figure": graph.figure, "config": graph.config, "templates": TEMPLATES})


def _dot(context: Context, entry: Entry) -> tuple[str, ...]:
    product = entry.product
    photo = context.image(entry.thumbnails[0], 160) if entry.thumbnails else ""
    return context.at(product_address(product.id)), product.title, photo, product.category
