"""Shaders for every surface a product may have, all procedural."""

from collections.abc import Callable
from functools import cache
from typing import Any

import bpy

from studio.blender.nodes import Graph, Socket
from studio.surface import Rgb, Surface


def _rgba(colour: Rgb, gain: float = 1.0) -> tuple[float, float, float, float]:
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
    inputs: dict[str | int, Any] = {"Vector": graph.coordinates, "Scale": 9.0 * surface.scale, "Randomness": 0.25}
    return graph.step(graph.node("ShaderNodeTexVoronoi", inputs).outputs[0], 0.26, 0.3)


def _brush(graph: Graph, surface: Surface) -> Socket:
    wide = graph.stretched(1.5, 1.5, 9.0 * surface.scale)
    return graph.step(graph.noise(1.6, 4.0, wide), 0.44, 0.5)


def _stripes(graph: Graph, surface: Surface) -> Socket:
    x = graph.node("ShaderNodeSeparateXYZ", {0: graph.coordinates}).outputs[0]
    return graph.step(graph.math("SINE", graph.math("MULTIPLY", x, 50.0 * surface.scale)), -0.2, 0.0)


_PATTERNS: dict[str, Callable[[Graph, Surface], Socket]] = {
    "dip": _dip, "bands": _bands, "dots": _dots, "brush": _brush, "stripes": _stripes,
}  # fmt: skip


def _ground(graph: Graph, surface: Surface) -> Any:
    cloud = graph.step(graph.noise(3.2, 4.0), 0.3, 0.7)
    colour = graph.mix(cloud, _rgba(surface.colour, 0.93), _rgba(surface.colour, 1.04))
    if surface.pattern == "plain":
        return colour
    return graph.mix(_PATTERNS[surface.pattern](graph, surface), _rgba(surface.second), colour)


def _ceramic(surface: Surface) -> bpy.types.Material:
    graph = Graph("ceramic")
    colour = _ground(graph, surface)
    if surface.shader == "speckle":
        fleck = graph.step(graph.noise(95.0, 1.0), 0.70, 0.74)
        colour = graph.mix(fleck, colour, _rgba((0.09, 0.06, 0.04)))
    uneven = graph.math("ADD", graph.noise(7.0, 2.0), graph.math("MULTIPLY", graph.noise(120.0), 0.06))
    strength = 0.9 if surface.shader == "raw" else 0.35
    return graph.finish(graph.principled(
        Base_Color=colour, Roughness=surface.roughness, Normal=graph.bump(uneven, strength, 0.012),
        Coat_Weight=0.4 if surface.shader == "glaze" else 0.0, Coat_Roughness=0.06,
    ))  # fmt: skip


def _wood(surface: Surface) -> bpy.types.Material:
    graph = Graph("wood")
    along = graph.stretched(0.9, 7.0, 7.0)
    rings = graph.noise(2.2, 2.0, along)
    grain = graph.math("FRACT", graph.math("MULTIPLY", rings, 7.0))
    pores = graph.noise(16.0, 5.0, graph.stretched(1.2, 22.0, 22.0))
    shade = graph.math("ADD", graph.math("MULTIPLY", grain, 0.55), graph.math("MULTIPLY", pores, 0.6))
    colour = graph.mix(graph.step(shade, 0.15, 0.95), _rgba(surface.colour, 0.62), _rgba(surface.colour, 1.12))
    return graph.finish(graph.principled(
        Base_Color=colour, Roughness=surface.roughness, Normal=graph.bump(pores, 0.25, 0.004),
    ))  # fmt: skip


def _metal(surface: Surface) -> bpy.types.Material:
    graph = Graph("metal")
    streaks = graph.noise(30.0, 4.0, graph.stretched(1.0, 1.0, 12.0))
    rough = graph.math("ADD", graph.math("MULTIPLY", streaks, 0.16), surface.roughness - 0.08)
    return graph.finish(graph.principled(Base_Color=_rgba(surface.colour), Metallic=1.0, Roughness=rough))


def _paint(surface: Surface) -> bpy.types.Material:
    graph = Graph("paint")
    grain = graph.bump(graph.noise(260.0, 1.0), 0.12, 0.003)
    return graph.finish(graph.principled(
        Base_Color=_rgba(surface.colour), Roughness=surface.roughness, Normal=grain,
    ))  # fmt: skip


def _glass(surface: Surface) -> bpy.types.Material:
    graph = Graph("glass")
    body = graph.principled(
        Base_Color=_rgba(surface.colour), Transmission_Weight=1.0, Roughness=surface.roughness, IOR=1.46,
        Normal=graph.bump(graph.noise(4.0, 1.0), 0.05),
    )  # fmt: skip
    # Refracted light paths are switched off for speed, so a shadow ray sees tinted film instead.
    film = graph.node("ShaderNodeBsdfTransparent", {"Color": _rgba(surface.colour)}).outputs[0]
    shadow = graph.node("ShaderNodeLightPath").outputs["Is Shadow Ray"]
    return graph.finish(graph.node("ShaderNodeMixShader", {0: shadow, 1: body, 2: film}).outputs[0])


def _fabric(surface: Surface) -> bpy.types.Material:
    graph = Graph("fabric")
    fine = 210.0
    x, y, z = graph.node("ShaderNodeSeparateXYZ", {0: graph.coordinates}).outputs
    warp = graph.math("SINE", graph.math("MULTIPLY", graph.math("ADD", x, graph.math("MULTIPLY", y, 0.7)), fine))
    weft = graph.math("SINE", graph.math("MULTIPLY", z, fine))
    slub = graph.noise(40.0, 3.0, graph.stretched(1.0, 1.0, 9.0))
    height = graph.math("ADD", graph.math("MULTIPLY", warp, weft), graph.math("MULTIPLY", slub, 2.0))
    colour = graph.mix(graph.math("MULTIPLY", slub, 0.5), _ground(graph, surface), _rgba(surface.colour, 0.7))
    return graph.finish(graph.principled(
        Base_Color=colour, Roughness=0.95, Sheen_Weight=0.25, Normal=graph.bump(height, 0.5, 0.004),
    ))  # fmt: skip


def _boucle(surface: Surface) -> bpy.types.Material:
    graph = Graph("boucle")
    curls: dict[str | int, Any] = {"Vector": graph.coordinates, "Scale": 46.0}
    loop = graph.node("ShaderNodeTexVoronoi", curls).outputs[0]
    colour = graph.mix(graph.step(loop, 0.2, 0.8), _ground(graph, surface), _rgba(surface.colour, 0.82))
    height = graph.math("MULTIPLY", loop, -1.0)
    return graph.finish(graph.principled(
        Base_Color=colour, Roughness=1.0, Sheen_Weight=0.3, Normal=graph.bump(height, 0.9, 0.02),
    ))  # fmt: skip


def _wicker(surface: Surface) -> bpy.types.Material:
    graph = Graph("wicker")
    strand = graph.noise(14.0, 5.0, graph.stretched(1.0, 1.0, 14.0))
    fine = graph.noise(90.0, 3.0, graph.stretched(1.0, 1.0, 6.0))
    colour = graph.mix(graph.step(strand, 0.3, 0.7), _rgba(surface.colour, 0.6), _rgba(surface.colour, 1.15))
    if surface.pattern != "plain":
        colour = graph.mix(_PATTERNS[surface.pattern](graph, surface), _rgba(surface.second), colour)
    return graph.finish(graph.principled(
        Base_Color=colour, Roughness=surface.roughness, Normal=graph.bump(fine, 0.5, 0.006),
    ))  # fmt: skip


def _wax(surface: Surface) -> bpy.types.Material:
    graph = Graph("wax")
    return graph.finish(graph.principled(
        Base_Color=_ground(graph, surface), Roughness=surface.roughness, Subsurface_Weight=0.35, Subsurface_Scale=0.04,
        Normal=graph.bump(graph.noise(6.0, 2.0), 0.15),
    ))  # fmt: skip


def _marble(surface: Surface) -> bpy.types.Material:
    graph = Graph("marble")
    vein = graph.math("ABSOLUTE", graph.math("SUBTRACT", graph.noise(2.4, 6.0), 0.5))
    colour = graph.mix(graph.step(vein, 0.0, 0.05), _rgba(surface.colour, 0.45), _rgba(surface.colour))
    return graph.finish(graph.principled(Base_Color=colour, Roughness=surface.roughness, Coat_Weight=0.2))


def _glow(surface: Surface) -> bpy.types.Material:
    graph = Graph("glow")
    return graph.finish(graph.principled(
        Base_Color=_rgba(surface.colour), Emission_Color=_rgba(surface.colour), Emission_Strength=0.45,
    ))  # fmt: skip


def _sweep(surface: Surface) -> bpy.types.Material:
    graph = Graph("sweep")
    # A little light of its own keeps the paper white without washing out the product.
    return graph.finish(graph.principled(
        Base_Color=_rgba(surface.colour), Roughness=0.9, Specular_IOR_Level=0.1,
        Emission_Color=_rgba(surface.colour), Emission_Strength=0.27,
    ))  # fmt: skip


_SHADERS: dict[str, Callable[[Surface], bpy.types.Material]] = {
    "glaze": _ceramic, "matte": _ceramic, "speckle": _ceramic, "raw": _ceramic, "wood": _wood, "metal": _metal,
    "paint": _paint, "paper": _ceramic, "glass": _glass, "fabric": _fabric, "bouclé": _boucle, "wicker": _wicker,
    "wax": _wax, "marble": _marble, "glow": _glow, "sweep": _sweep,
}  # fmt: skip


@cache
def material(surface: Surface) -> bpy.types.Material:
    """The material of a surface, made once."""
    return _SHADERS[surface.shader](surface)
