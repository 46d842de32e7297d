"""A page as a file: the document that needs no server, with the scripts that need none either."""

from collections.abc import Iterable
from copy import copy
from typing import Any

from dash import dcc, html

from storefront.components.base import data
from storefront.components.charts import TEMPLATES
from storefront.components.render import to_html
from storefront.components.shell import shell
from storefront.context import Context
from storefront.document import PLOTLY, STYLES
from storefront.pages.page import Page
from storefront.parts import as_json, window_title
from storefront.seo.head import Head
from storefront.server.headers import policy
from storefront.templates import render
from storefront.urls import ASSETS, HOME

ALONE = "alone.css"  # for a product that nothing stands beside
SCRIPTS = ("keyboard.js", "find.js", "files.js")
FRAMES = "; frame-ancestors"  # which counts in headers alone
NEEDED = (*STYLES, ALONE, PLOTLY, "theme.js", *SCRIPTS, "favicon.svg")
FIGURES = "/figures/"
TEXTS = ("copied", "no_connection")


def document_of(context: Context, page: Page, section: str = "", chosen: str = "") -> bytes:
    """The page of a site as files.

    `section` is the address of the link in the header that led to it, `chosen` the category that its graphs set off.
    """

    def asset(name: str) -> str:
        return f"{context.at(ASSETS + name)}?v={context.build}"

    told = {
        "home": context.up or "./",
        "section": context.at(section) if section else "",
        "plotly": asset(PLOTLY),
        "alone": asset(ALONE),
        "chosen": chosen,
        "texts": {name: getattr(context.texts, name) for name in TEXTS},
    }
    return render(
        "file.html",
        context=context,
        told=told,
        policy=policy([], context.settings.image_base).partition(FRAMES)[0],
        title=window_title(context, page),
        head=Head.of(context, page, context.settings.public_url),
        asset=asset,
        styles=STYLES,
        scripts=SCRIPTS,
        layout=to_html(shell(context, _still(context, page.main), _still(context, page.product), beside=HOME)),
    ).encode()


def graphs_of(node: Any) -> list[Any]:
    """The graphs of a page, in their order."""
    nodes: Iterable[Any] = html.Div(node)._traverse()  # type: ignore[no-untyped-call]
    return [each for each in nodes if isinstance(each, dcc.Graph)]


def figure_file(graph: Any) -> tuple[str, bytes]:
    """The address of a graph's figure, and the figure with the templates of both themes."""
    content = {"figure": graph.figure, "config": graph.config, "templates": TEMPLATES}
    return f"{FIGURES}{graph.id['index']}.json", as_json(content)


def _still(context: Context, node: Any) -> Any:
    """The same components with a place for each graph, which `assets/files.js` draws from a file."""
    graphs = graphs_of(node)
    if isinstance(node, list | tuple):
        return [_still(context, each) for each in node]
    if not graphs:
        return node
    if graphs[0] is node:
        name, _ = figure_file(node)
        return html.Div(className=f"dash-graph {node.className}", **data(figure=context.at(name)))
    opened = copy(node)
    opened.children = _still(context, node.children)
    return opened
