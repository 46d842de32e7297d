"""Decoration laid over a surface: dips, bands, dots, brushwork and stripes."""

from collections.abc import Callable
from typing import Any

from studio.blender.nodes import Graph, Socket
from studio.surface import Rgb, Surface


def rgba(colour: Rgb, gain: float = 1.0) -> tuple[float, float, float, float]:
    """An opaque colour for a socket, brightened or darkened by a gain."""
    red, green, blue = (min(1.0, channel * gain) for channel in colour)
    return (red, green, blue, 1.0)


def _height(graph: Graph) -> Socket:
    return graph.node("ShaderNodeSeparateXYZ", {0: graph.coordinates}).outputs[2]


def _dip(graph: Graph, surface: Surface) -> Socket:
    edge = graph.math("ADD", _height(graph), graph.math("MULTIPLY", graph.noise(5.0, 1.0), 0.05))
    return graph.step(edge, 0.36 * surface.scale, 0.368 * surface.scale)


def _bands(graph: Graph, surface: Surface) -> Socket:
    wave = graph.math("SINE", graph.math("MULTIPLY", _height(graph), 60.0 * surface.scale))
    return graph.step(wave, -0.3, -0.1)


def _dots(graph: Graph, surface: Surface) -> Socket:
    inputs: dict[str, Any] = {"Vector": graph.coordinates, "Scale": 9.0 * surface.scale, "Randomness": 0.25}
    return graph.step(graph.node("ShaderNodeTexVoronoi", inputs).outputs[0], 0.26, 0.3)


def _brush(graph: Graph, surface: Surface) -> Socket:
    wide = graph.stretched(1.5, 1.5, 9.0 * surface.scale)
    return graph.step(graph.noise(1.6, 4.0, wide), 0.44, 0.5)


def _stripes(graph: Graph, surface: Surface) -> Socket:
    x = graph.node("ShaderNodeSeparateXYZ", {0: graph.coordinates}).outputs[0]
    return graph.step(graph.math("SINE", graph.math("MULTIPLY", x, 50.0 * surface.scale)), -0.2, 0.0)


PATTERNS: dict[str, Callable[[Graph, Surface], Socket]] = {
    "dip": _dip,
    "bands": _bands,
    "dots": _dots,
    "brush": _brush,
    "stripes": _stripes,
}


def ground(graph: Graph, surface: Surface) -> Socket:
    """A surface's slightly clouded colour under its pattern."""
    cloud = graph.step(graph.noise(3.2, 4.0), 0.3, 0.7)
    colour = graph.mix(cloud, rgba(surface.colour, 0.93), rgba(surface.colour, 1.04))
    if surface.pattern == "plain":
        return colour
    return graph.mix(PATTERNS[surface.pattern](graph, surface), rgba(surface.second), colour)
