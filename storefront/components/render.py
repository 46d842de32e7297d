"""Components as HTML: the markup that Dash mounts, for the first answer, for engines, and for sites as files.

A test in a browser holds both alike, page by page.
"""

from collections.abc import Mapping
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component
from markupsafe import Markup, escape

from storefront.components.base import FileInput, Frozen

VOID = {"br", "hr", "img", "input"}
NAMES = {"className": "class", "class_name": "class", "htmlFor": "for", "encType": "enctype", "srcSet": "srcset"}
# Properties that no element has: they are Dash's, or choose the classes below.
OWN = {
    "children", "color", "size", "outline", "debounce", "n_submit", "prevent_default_on_submit", "options", "is_open",
    "dismissable", "fade", "expand", "dark", "fluid", "responsive", "hover", "pill", "tree", "figure", "config",
    "n_clicks", "autofocus",
}  # fmt: skip
# The element and the classes of the components of dash-bootstrap-components that pages use.
BOOTSTRAP: Mapping[str, tuple[str, str]] = {
    "Alert": ("div", "fade alert alert-{color} show"),
    "Badge": ("span", "badge bg-{color}"),
    "Button": ("button", "btn btn-{look}"),
    "CardBody": ("div", "card-body"),
    "Form": ("form", ""),
    "Input": ("input", "form-control"),
    "Label": ("label", "form-label"),
    "Navbar": ("nav", "navbar navbar-expand-md navbar-light bg-{color}"),
    "Select": ("select", "form-select"),
    "Table": ("table", "table"),
}
DEFAULTS: Mapping[str, Mapping[str, Any]] = {"Input": {"type": "text"}, "Button": {"type": "button"}}
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
    given = {name: value for name, value in vars(node).items() if name in node._prop_names or name[:5] in _WILD}
    if isinstance(node, dcc.Graph):
        return _element(
            "div", {"id": given.get("id"), "class": f"dash-graph {given.get('className', '')}".strip()}, None
        )
    if node._namespace == "dash_bootstrap_components":
        return _bootstrap(node._type, given)
    if isinstance(node, html.A | html.Img | FileInput) or node._namespace == "dash_html_components":
        element = {"Link": "a", "FileInput": "input"}.get(node._type, node._type.lower())
        more = {"type": "file"} if element == "input" else {}
        return _element(element, {**more, **given}, given.get("children"))
    return NOTHING


_WILD = ("data-", "aria-")


def _bootstrap(kind: str, given: Mapping[str, Any]) -> Markup:
    if kind not in BOOTSTRAP or given.get("is_open") is False:
        return NOTHING
    element, classes = BOOTSTRAP[kind]
    color = given.get("color") or ("secondary" if kind == "Badge" else "primary")
    classes = classes.format(color=color, look=f"outline-{color}" if given.get("outline") else color)
    if given.get("size"):
        classes += f" {classes.split()[0].replace('form-label', 'form')}-{given['size']}"
    if given.get("pill"):
        classes += " rounded-pill"
    content = given.get("children")
    if kind == "Select":
        content = [
            Markup('<option{} value="{}">{}</option>').format(
                Markup(" selected") if each["value"] == given.get("value") else NOTHING, each["value"], each["label"]
            )
            for each in given["options"]
        ]
    attributes = {name: value for name, value in given.items() if not (kind == "Select" and name == "value")}
    own = attributes.pop("className", None) or attributes.pop("class_name", None) or ""
    attributes["class"] = f"{classes} {own}".strip() or None
    return _element(element, {**DEFAULTS.get(kind, {}), **attributes}, content)


def _element(name: str, attributes: Mapping[str, Any], content: Any) -> Markup:
    written = "".join(_attribute(*item) for item in sorted(attributes.items()) if item[0] not in OWN)
    return Markup(f"<{name}{written}>" if name in VOID else f"<{name}{written}>{to_html(content)}</{name}>")


def _attribute(name: str, value: Any) -> str:
    if value is None or value is False:
        return ""
    written = NAMES.get(name, name.lower())
    if isinstance(value, dict):  # a style, or the id of one of many; Dash writes the latter as JSON with sorted keys
        value = _style(value) if name == "style" else _id(value)
    return f" {written}" if value is True else f' {written}="{escape(value)}"'


def _style(properties: Mapping[str, str]) -> str:
    return ";".join(f"{name}:{value}" for name, value in properties.items())


def _id(parts: Mapping[str, str]) -> str:
    return "{" + ",".join(f'"{name}":"{value}"' for name, value in sorted(parts.items())) + "}"
