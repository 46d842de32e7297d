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
    "children", "color", "size", "outline", "debounce", "options", "is_open", "expand", "sticky", "pill", "figure",
    "config", "n_clicks", "n_submit", "tag", "dark",
}  # fmt: skip
# The element and the classes of the components of dash-bootstrap-components that pages use while they are closed or
# always; a page that uses another one needs a line here.
BOOTSTRAP: Mapping[str, tuple[str, str]] = {
    "Button": ("button", "btn btn-{color}"),
    "Form": ("form", ""),
    "Input": ("input", "form-control"),
    "Navbar": ("header", "navbar navbar-expand navbar-light sticky-{sticky}"),
    "Select": ("select", "form-select"),
    "Table": ("table", "table"),
}
DEFAULTS: Mapping[str, Mapping[str, Any]] = {"Input": {"type": "text", "step": "any"}}
NOTHING = Markup()


def to_html(node: Any) -> Markup:
    """The HTML of components, with every text escaped that is not `Markup`; of others than a page uses, nothing."""
    if node is None:
        return NOTHING
    if isinstance(node, list | tuple):
        return NOTHING.join(map(to_html, node))
    if not isinstance(node, Component):
        return escape(node)
    if isinstance(node, Frozen):
        return to_html(node.tree)
    given = properties(node)
    kind, content = node._type, given.get("children")
    if node._namespace == "dash_bootstrap_components":
        return _bootstrap(kind, {**DEFAULTS.get(kind, {}), **given}, content)
    if isinstance(node, dcc.Graph):
        graph = {
            "id": given["id"],
            "className": f"dash-graph {given['className']}",
            "style": given.get("style") or None,
        }
        return _element("div", graph, None)
    if node._namespace == "dash_html_components":
        return _element(kind.lower(), given, content)
    return NOTHING


def _bootstrap(kind: str, given: Mapping[str, Any], content: Any) -> Markup:
    if kind not in BOOTSTRAP or given.get("is_open") is False:
        return NOTHING
    element, classes = BOOTSTRAP[kind]
    look = ("outline-" if given.get("outline") else "") + given.get("color", "primary")
    names = [classes.format(color=look, sticky=given.get("sticky"))]
    names += [f"{classes.split()[0]}-{given['size']}"] if "size" in given else []
    names += ["rounded-pill"] if given.get("pill") else []
    names += [given[name] for name in ("className", "class_name") if name in given]
    attributes = {name: value for name, value in given.items() if (kind, name) != ("Select", "value")}
    if kind == "Select":
        chosen = given.get("value")
        nothing = html.Option(value="", disabled=True, hidden=True)  # dbc's place for a placeholder
        content = [nothing] + [
            html.Option(each["label"], value=each["value"], selected=each["value"] == chosen)
            for each in given["options"]
        ]
    return _element(
        element, {**attributes, "class_name": None, "className": " ".join(filter(None, names)) or None}, content
    )


def _element(name: str, attributes: Mapping[str, Any], content: Any) -> Markup:
    written = "".join(_attribute(*item) for item in sorted(attributes.items()) if item[0] not in OWN)
    return Markup(f"<{name}{written}>" if name in VOID else f"<{name}{written}>{to_html(content)}</{name}>")


def _attribute(name: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    written = NAMES.get(name, name.lower())
    if isinstance(value, dict):  # a style, or the id of one of many, which Dash writes as JSON with sorted keys
        value = ";".join(f"{key}:{each}" for key, each in value.items()) if name == "style" else dump(value).decode()
    return f" {written}" if value is True else f' {written}="{escape(value)}"'
