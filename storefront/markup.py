"""Components as HTML: what does not change by itself is written out, and mounted as one component.

The cost of a click in Dash grows with the components that are mounted. A page is composed of `dash.html` as any other;
`Static` mounts what that comes to. The same HTML is the first that a browser or a search engine is sent.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from dash import html
from dash.development.base_component import Component
from markupsafe import Markup, escape

VOID = {"Br", "Hr", "Img", "Input"}
NAMES = {"className": "class", "htmlFor": "for"}  # the others differ by their capitals alone, which HTML ignores
# The attributes that hold addresses.
ADDRESSES = {"href", "src", "srcSet", "action", "data-copy", "data-map", "data-search", "data-images"}
OWN = {"children", "content", "element", "markup", "available_properties", "available_wildcard_properties"}

NOTHING = Markup()

C = TypeVar("C", bound=Component)
Place = Callable[[str], str]  # from an address as pages are composed of it to the one that a browser is told


class Static(Component):
    """A part of the page that is HTML: `assets/static.js` puts its `markup` in place.

    Until a callback gives it some, it takes over the element of its id from the first HTML, where `content` stands.
    """

    _namespace = "lookalike"
    _type = "Static"
    _children_props: list[str] = []  # noqa: RUF012 - Dash looks for lists
    _base_nodes: list[str] = []  # noqa: RUF012

    def __init__(self, id: str, element: str, content: Any, **attributes: str) -> None:
        self.id = id
        self._prop_names = ["id", "element", "attributes", "markup"]
        self.available_properties = self._prop_names
        self._valid_wildcard_attributes: list[str] = []
        self.available_wildcard_properties: list[str] = []
        self.content, self.element, self.attributes = content, element, attributes
        super().__init__(id=id, element=element, attributes=attributes)  # type: ignore[no-untyped-call]


def with_attributes(component: C, /, **attributes: object) -> C:
    """The component with attributes that Dash does not know, such as `loading` (plotly/dash #2423), for `to_html`."""
    for name, value in attributes.items():
        setattr(component, name, value)
    return component


def toned(component: C, colour: str) -> C:
    """The component with a colour that data alone can say, as the custom property `--tone` for the style sheet."""
    component.__dict__["style"] = {"--tone": colour}
    return component


def control(element: str, children: Any = None, /, **attributes: object) -> Component:
    """An element of a form that works without scripts: `Input`, `Select` or `Option`, which Dash keeps to its own."""
    made = with_attributes(html.Div(children), **attributes)
    made._type = element
    return made


def to_html(component: Any, place: Place = str) -> Markup:
    """The HTML of components of `dash.html` and `Static`, with every text escaped that is not `Markup`.

    Every address in it goes through `place`.
    """
    if component is None:
        return NOTHING
    if isinstance(component, list | tuple):
        return NOTHING.join(to_html(each, place) for each in component)
    if not isinstance(component, Component):
        return escape(component)
    if isinstance(component, Static):
        attributes = {"id": component.id, **component.attributes}
        return _element(component.element, attributes, component.content, place)
    if component._namespace != "dash_html_components":
        return NOTHING  # what Dash alone can mount has no place in the first HTML
    return _element(component._type, _attributes(component), getattr(component, "children", None), place)


def _attributes(component: Component) -> dict[str, object]:
    return {name: value for name, value in vars(component).items() if name[0] != "_" and name not in OWN}


def _element(name: str, attributes: Mapping[str, object], content: Any, place: Place) -> Markup:
    opened = f"<{name.lower()}{''.join(_attribute(*item, place) for item in sorted(attributes.items()))}>"
    return Markup(opened if name in VOID else f"{opened}{to_html(content, place)}</{name.lower()}>")


def _attribute(name: str, value: object, place: Place) -> str:
    if value is None or value is False:
        return ""
    written = NAMES.get(name, name.lower())
    if name in ADDRESSES:
        value = _sources(str(value), place) if name == "srcSet" else place(str(value))
    return f" {written}" if value is True else f' {written}="{escape(_text(value))}"'


def _sources(value: str, place: Place) -> str:
    """`/a.webp 160w, /b.webp 320w` with each address in its place."""
    sources = (source.partition(" ") for source in value.split(", "))
    return ", ".join(f"{place(address)}{blank}{width}" for address, blank, width in sources)


def _text(value: object) -> str:
    """An attribute as text; styles are custom properties, which hold what data alone can say."""
    return ";".join(f"{name}:{each}" for name, each in value.items()) if isinstance(value, dict) else str(value)
