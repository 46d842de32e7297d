"""The components that Dash's own lack.

`Frozen`, whose JavaScript is `assets/components.js`, is the reason why pages are quick. The cost of a click in Dash
grows with the components that are mounted, as each runs its selectors at every step of a callback: 400 take 140 ms of
script a click, 20 take 25. So pages are composed of ordinary components, and `freeze` mounts every part that no
callback can name as one.
"""

from copy import copy
from itertools import chain, groupby
from typing import Any

from dash import html
from dash.development.base_component import Component

NAMESPACE = "storefront"  # in the window too; for each property of a component Dash imports a module of that name


class Frozen(html.Div):
    """A tree of components mounted as one. Nothing in it can be the target of a callback."""

    _namespace, _type = NAMESPACE, "Frozen"

    def __init__(self, tree: list[Any]) -> None:
        super().__init__()
        self._prop_names, self.tree = ["tree"], tree


class Element(html.Div):
    """An element, inside `Frozen` alone, with attributes that Dash does not let through (plotly/dash #2423)."""

    def __init__(self, kind: str, **attributes: Any) -> None:
        super().__init__()
        self._type, self._prop_names = kind, [*attributes]
        vars(self).update(attributes)


class Img(Element):
    """A picture that does not hold up the page."""

    def __init__(self, *, loading: str | None = None, **attributes: Any) -> None:
        # In this order, as a browser asks for the address as soon as it has one.
        super().__init__("Img", loading=loading, decoding="async", **attributes)


def properties(node: Component) -> dict[str, Any]:
    """The properties that a component was given: `to_plotly_json` takes six times as long to find them."""
    own = vars(node)
    named = {name: own[name] for name in node._prop_names if name in own}
    return named | {name: value for name, value in own.items() if "-" in name}


def freeze(content: Any) -> list[Any]:
    """Equal components, of which every largest part without an id is mounted as one.

    >>> [type(part).__name__ for part in freeze([html.P(), html.B(), html.Button(id="buy"), html.I()])]
    ['Frozen', 'Button', 'Frozen']
    """
    nodes = content if isinstance(content, list | tuple) else [content]
    runs = groupby((node for node in nodes if node is not None), is_live)
    parts = [[_opened(node) for node in run] if live else [Frozen([*run])] for live, run in runs]
    return [*chain.from_iterable(parts)]


def is_live(node: Any) -> bool:
    """Whether a callback can name the component or one inside it."""
    if isinstance(node, list | tuple):
        return any(map(is_live, node))
    if not isinstance(node, Component):
        return False
    return getattr(node, "id", None) is not None or is_live(getattr(node, "children", None))


def hyphened(**values: str | None) -> dict[str, Any]:
    """Attributes like `aria-label`, which is named `aria_label` here; those without a value are left out."""
    return {name.replace("_", "-"): value for name, value in values.items() if value is not None}


def _opened(node: Component) -> Component:
    """A live component whose children are frozen as far as they can be."""
    children = getattr(node, "children", None)
    if not isinstance(children, list | tuple | Component):
        return node
    opened = copy(node)
    opened.children = freeze(children)
    return opened
