"""Components as HTML: the markup that Dash mounts, for the first answer, for engines, and for sites as files.

A test in a browser holds both alike, page by page.
"""

from collections.abc import Mapping
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component
from markupsafe import Markup, escape

from catalogue.encoding import dump
from storefront.components.base import Frozen, properties

VOID = {"br", "hr", "img", "input"}
NAMES = {"className": "class", "class_name": "class", "htmlFor": "for"}  # the others differ by their capitals alone
# Properties that no element has: they are Dash's, or choose the classes below.
OWN = {
    "children", "color", "size", "outline", "debounce", "options", "figure", "config", "clear_on_unhover", "n_clicks",
    "n_submit", "tag", "dark", "sticky", "expand",
}  # fmt: skip
# The element and the classes of the components of dash-bootstrap-components that pages show at once; a page that uses
# another one needs a line here.
BOOTSTRAP: Mapping[str, tuple[str, str]] = {
    "Button": ("button", "btn btn-{color}"),
    "Form": ("form", ""),
    "Input": ("input", "form-control"),
    "Navbar": ("header", "navbar navbar-expand navbar-light sticky-{sticky}"),
    "Select": ("select", "form-select"),
    "Table": ("table", "table"),
}
NOTHING = Markup()


def to_html(node: Any) -> Markup:
    """The HTML of components, with every text escaped that is not `Markup`; of others than a page uses, nothing."""
    if node is None or isinstance(node, list | tuple):
        return NOTHING.join(map(to_html, node or ()))
    if not isinstance(node, Component):
        return escape(node)
    if isinstance(node, Frozen):
        return to_html(node.tree)
    given = properties(node)
    kind, content = node._type, given.get("children")
    if node._namespace == "dash_bootstrap_components":
        return _bootstrap(kind, given, content)
    if isinstance(node, dcc.Graph):
        given["className"] = f"dash-graph {given['className']}"
    if isinstance(node, dcc.Graph) or node._namespace == "dash_html_components":
        return _element("div" if kind == "Graph" else kind.lower(), given, content)
    return NOTHING


def _bootstrap(kind: str, given: dict[str, Any], content: Any) -> Markup:
    if kind not in BOOTSTRAP:
        return NOTHING
    element, classes = BOOTSTRAP[kind]
    look = ("outline-" if given.get("outline") else "") + given.get("color", "primary")
    names = [
        classes.format(color=look, sticky=given.get("sticky")),
        f"{classes.split()[0]}-{given['size']}" if "size" in given else "",
    ]
    names += [given.pop(name, "") for name in ("className", "class_name")]
    if kind == "Input":
        given = {"type": "text", "step": "any", **given}
    if kind == "Select":
        chosen = given.pop("value", None)
        nothing = html.Option(value="", disabled=True, hidden=True)  # dbc's place for a placeholder
        named = [(each["label"], each["value"]) for each in given["options"]]
        content = [nothing, *(html.Option(label, value=value, selected=value == chosen) for label, value in named)]
    return _element(element, {**given, "className": " ".join(filter(None, names)) or None}, content)


def _element(name: str, attributes: Mapping[str, Any], content: Any) -> Markup:
    written = "".join(_attribute(*item) for item in sorted(attributes.items()) if item[0] not in OWN)
    return Markup(f"<{name}{written}>" if name in VOID else f"<{name}{written}>{to_html(content)}</{name}>")


def _attribute(name: str, value: Any) -> str:
    if value is None or value is False or value == {}:
        return ""
    written = NAMES.get(name, name.lower())
    if isinstance(value, dict):  # a style, or the id of one of many, which Dash writes as JSON with sorted keys
        value = ";".join(f"{key}:{each}" for key, each in value.items()) if name == "style" else dump(value).decode()
    return f" {written}" if value is True else f' {written}="{escape(value)}"'
