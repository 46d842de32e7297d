"""Plotly figures as plain dicts, which take less memory than `go.Figure`, and the graphs that show them."""

from collections.abc import Sequence
from typing import Any

from dash import dcc
from dash.development.base_component import Component

from storefront import ids

Json = dict[str, Any]

COLOURED = 10  # categories that have a colour; the others are grey
FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'
ZOOM = {"displayModeBar": True, "displaylogo": False, "modeBarButtons": [["zoomIn2d", "zoomOut2d", "resetScale2d"]]}


def _template(ink: str, quiet: str, line: str, surface: str, colours: Sequence[str]) -> Json:
    lines = dict.fromkeys(("gridcolor", "zerolinecolor", "linecolor", "tickcolor"), line)
    axis = {**lines, "tickfont": {"color": quiet}, "automargin": True}
    return {
        "layout": {
            "colorway": [*colours],
            "font": {"color": ink, "family": FONT, "size": 13},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "xaxis": axis,
            "yaxis": axis,
            "hoverlabel": {"bgcolor": surface, "bordercolor": line, "font": {"color": ink}},
            "annotationdefaults": {"font": {"color": ink}, "bgcolor": surface, "opacity": 0.82, "showarrow": False},
            "shapedefaults": {"line": {"color": ink, "width": 1.5, "dash": "dot"}},
            "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": quiet, "activecolor": ink},
        },
        "data": {"bar": [{"error_x": {"color": ink}, "marker": {"line": {"width": 0}}}]},
    }


# The first colours of both are those of the style sheet's accent; a callback changes templates with the theme.
TEMPLATES: dict[str, Json] = {
    "light": _template(
        "#1b1c1d", "#5c6064", "#e6e6e2", "#ffffff",
        ["#2f6fde", "#e07b16", "#2b9a57", "#d63d55", "#8755cf", "#0e9aa7", "#d657a8", "#8a6440", "#9aa011", "#27406b"],
    ),
    "dark": _template(
        "#e8eaed", "#a3a9b0", "#2c3136", "#1b1e21",
        ["#6ea2ff", "#ffab57", "#5fcf8a", "#ff7385", "#b794f6", "#45d0dc", "#ff92d0", "#c79b6f", "#d5da57", "#9db6dd"],
    ),
}  # fmt: skip
GREY = "#8b9096"  # seen on both grounds


def graph(name: str, data: Sequence[Json], layout: Json, config: Json | None = None) -> Component:
    """A graph in the light template, as high as its layout says, else as the style sheet does."""
    common = {
        "template": TEMPLATES["light"], "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    }  # fmt: skip
    figure = {"data": [*data], "layout": {**common, **layout}}
    chosen: Any = {"displayModeBar": False, "responsive": True, "doubleClick": False, **(config or {})}
    height: Any = {"--height": f"{layout['height']}px"} if "height" in layout else {}
    return dcc.Graph(
        id=ids.figure(name), figure=figure, config=chosen, className=f"chart chart-{name}", style=height,
        clear_on_unhover=True,
    )  # fmt: skip
