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


class Frozen(Component):
    """A tree of components mounted as one. Nothing in it can be the target of a callback."""

    _namespace = NAMESPACE
    _type = "Frozen"
    _children_props: list[str] = []  # noqa: RUF012 - Dash looks for lists
    _base_nodes: list[str] = []  # noqa: RUF012
    _prop_names = ["tree"]  # noqa: RUF012
    _valid_wildcard_attributes: list[str] = []  # noqa: RUF012
    available_properties = _prop_names
    available_wildcard_properties = _valid_wildcard_attributes

    def __init__(self, tree: list[Any]) -> None:
        self.tree = tree
        super().__init__(tree=tree)  # type: ignore[no-untyped-call]


class Img(html.Img):
    """`html.Img` with the attributes that Dash does not let through (plotly/dash #2423); its JavaScript does."""

    def __init__(self, *, loading: str | None = None, decoding: str = "async", **attributes: Any) -> None:
        super().__init__(**attributes)
        self._prop_names = ["loading", "decoding", *self._prop_names]  # before the address, which is asked for at once
        self.loading, self.decoding = loading, decoding


class FileInput(html.Div):
    """`<input type="file">`, as `dcc.Upload` tells nothing of a file that is too large and sends the others as text."""

    _type = "Input"

    def __init__(self, *, name: str, accept: str, capture: str | None = None) -> None:
        super().__init__()
        self._prop_names = [*self._prop_names, "type", "name", "accept", "capture"]
        self.type, self.name, self.accept, self.capture = "file", name, accept, capture


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


def labelled(text: str) -> dict[str, Any]:
    """The name by which a screen reader calls a part of the page."""
    return {"aria-label": text}


def data(**values: str) -> dict[str, Any]:
    """`data-…` attributes, which scripts read."""
    return {f"data-{name.replace('_', '-')}": value for name, value in values.items()}


def current(*, present: bool) -> dict[str, Any]:
    """Of a link that leads where the visitor is."""
    return {"aria-current": "page"} if present else {}


HIDDEN: dict[str, Any] = {"aria-hidden": "true"}


def _opened(node: Component) -> Component:
    """A live component whose children are frozen as far as they can be."""
    children = getattr(node, "children", None)
    if not isinstance(children, list | tuple | Component):
        return node
    opened = copy(node)
    opened.children = freeze(children)
    return opened
