"""A page as a file: the document that needs no server, with the scripts that need none either."""

from copy import copy
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component
from markupsafe import escape

from catalogue.encoding import dump
from storefront.components.charts import TEMPLATES
from storefront.components.render import to_html
from storefront.components.shell import shell
from storefront.context import Context
from storefront.document import PLOTLY, STYLES, head_of
from storefront.pages.page import Page
from storefront.parts import as_json, window_title
from storefront.server.headers import policy
from storefront.urls import ASSETS, HOME

ALONE = "alone.css"  # for a product that nothing stands beside
SCRIPTS = ("theme.js", "keyboard.js", "find.js", "files.js")
ICON = "favicon.svg"
FRAMES = "; frame-ancestors"  # which counts in headers alone
NEEDED = (*STYLES, ALONE, PLOTLY, *SCRIPTS, ICON)
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
    main, product = (_still(context, part) for part in (page.main, page.product))
    return INDEX.format(
        language=context.texts.language,
        told=escape(dump(told).decode()),
        policy=escape(policy([], context.settings.image_base).partition(FRAMES)[0]),
        title=escape(window_title(context, page)),
        icon=asset(ICON),
        styles="\n".join(f'<link rel="stylesheet" href="{asset(name)}">' for name in STYLES),
        alone=asset(ALONE),
        theme=asset(SCRIPTS[0]),
        scripts="\n".join(f'<script src="{asset(name)}" defer></script>' for name in SCRIPTS[1:]),
        head=head_of(context, page, context.settings.public_url),
        beside=' class="with-product"' if page.entry else "",
        shell=to_html(shell(context, main, product, beside=HOME)),
    ).encode()


def graphs_of(node: Any) -> list[dcc.Graph]:
    """The graphs of a page, in their order."""
    if isinstance(node, dcc.Graph):
        return [node]
    inner = node if isinstance(node, list | tuple) else getattr(node, "children", None)
    if isinstance(inner, Component):
        inner = [inner]
    return [graph for each in inner for graph in graphs_of(each)] if isinstance(inner, list | tuple) else []


def figure_file(graph: dcc.Graph) -> tuple[str, bytes]:
    """The address of a graph's figure, and the figure with the templates of both themes."""
    content = {"figure": graph.figure, "config": graph.config, "templates": TEMPLATES}
    return f"{FIGURES}{graph.id['index']}.json", as_json(content)


def _still(context: Context, node: Any) -> Any:
    """The same components with a place for each graph, which `assets/files.js` draws from a file."""
    if isinstance(node, dcc.Graph):
        name, _ = figure_file(node)
        return html.Div(className=f"dash-graph {node.className}", **{"data-figure": context.at(name)})
    if isinstance(node, list | tuple):
        return [_still(context, each) for each in node]
    if not isinstance(node, Component) or not graphs_of(node):
        return node
    opened = copy(node)
    opened.children = _still(context, node.children)
    return opened


INDEX = """<!doctype html>
<html lang="{language}" data-lookalike="{told}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="strict-origin-when-cross-origin">
<link rel="icon" type="image/svg+xml" href="{icon}">
<script src="{theme}"></script>
{styles}
<noscript><link rel="stylesheet" href="{alone}"></noscript>
{scripts}
{head}
</head>
<body{beside}>
{shell}
</body>
</html>
"""
