"""Shaders for every surface a product may have, all procedural."""

from collections.abc import Callable
from functools import cache

import bpy

from studio.blender.nodes import Graph
from studio.blender.patterns import PATTERNS, ground, rgba
from studio.surface import Surface


def _ceramic(surface: Surface) -> bpy.types.Material:
    graph = Graph("ceramic")
    colour = ground(graph, surface)
    if surface.shader == "speckle":
        fleck = graph.step(graph.noise(95.0, 1.0), 0.70, 0.74)
        colour = graph.mix(fleck, colour, rgba((0.09, 0.06, 0.04)))
    uneven = graph.math("ADD", graph.noise(7.0, 2.0), graph.math("MULTIPLY", graph.noise(120.0), 0.06))
    strength = 0.9 if surface.shader == "raw" else 0.35
    return graph.finish(
        graph.principled(
            Base_Color=colour,
            Roughness=surface.roughness,
            Normal=graph.bump(uneven, strength, 0.012),
            Coat_Weight=0.4 if surface.shader == "glaze" else 0.0,
            Coat_Roughness=0.06,
        )
    )


def _wood(surface: Surface) -> bpy.types.Material:
    graph = Graph("wood")
    upright = surface.pattern == "upright"
    along = graph.stretched(2.6, 2.6, 0.3) if upright else graph.stretched(0.3, 2.6, 2.6)
    fibres = graph.stretched(70.0, 70.0, 2.0) if upright else graph.stretched(2.0, 70.0, 70.0)
    # Contour lines of slow noise run and close like the rings of a flat-sawn plank.
    rings = graph.math("SINE", graph.math("MULTIPLY", graph.noise(1.3, 0.6, along), 150.0))
    pores = graph.noise(1.0, 4.0, fibres)
    shade = graph.math("ADD", graph.math("MULTIPLY", rings, 0.2), pores)
    colour = graph.mix(graph.step(shade, 0.15, 0.85), rgba(surface.colour, 0.74), rgba(surface.colour, 1.1))
    return graph.finish(
        graph.principled(
            Base_Color=colour,
            Roughness=surface.roughness,
            Normal=graph.bump(pores, 0.2, 0.003),
        )
    )


def _metal(surface: Surface) -> bpy.types.Material:
    graph = Graph("metal")
    streaks = graph.noise(30.0, 4.0, graph.stretched(1.0, 1.0, 12.0))
    rough = graph.math("ADD", graph.math("MULTIPLY", streaks, 0.16), surface.roughness - 0.08)
    return graph.finish(graph.principled(Base_Color=rgba(surface.colour), Metallic=1.0, Roughness=rough))


def _paint(surface: Surface) -> bpy.types.Material:
    graph = Graph("paint")
    grain = graph.bump(graph.noise(260.0, 1.0), 0.12, 0.003)
    return graph.finish(
        graph.principled(
            Base_Color=rgba(surface.colour),
            Roughness=surface.roughness,
            Normal=grain,
        )
    )


def _glass(surface: Surface) -> bpy.types.Material:
    graph = Graph("glass")
    red, green, blue = surface.colour
    # Light crosses a wall several times, so each crossing takes only part of the tint.
    tint = rgba((red**0.6, green**0.6, blue**0.6))
    body = graph.principled(
        Base_Color=tint,
        Transmission_Weight=1.0,
        Roughness=surface.roughness,
        IOR=1.46,
        Normal=graph.bump(graph.noise(4.0, 1.0), 0.05),
    )
    # Refracted light paths are switched off for speed, so a shadow ray sees tinted film instead.
    film = graph.node("ShaderNodeBsdfTransparent", {"Color": tint}).outputs[0]
    shadow = graph.node("ShaderNodeLightPath").outputs["Is Shadow Ray"]
    # Some film everywhere: cut edges would be black where the refracted light is lost.
    share = graph.math("MAXIMUM", shadow, 0.18)
    return graph.finish(graph.node("ShaderNodeMixShader", {0: share, 1: body, 2: film}).outputs[0])


def _fabric(surface: Surface) -> bpy.types.Material:
    graph = Graph("fabric")
    fine = 210.0
    x, y, z = graph.node("ShaderNodeSeparateXYZ", {0: graph.coordinates}).outputs
    warp = graph.math("SINE", graph.math("MULTIPLY", graph.math("ADD", x, graph.math("MULTIPLY", y, 0.7)), fine))
    weft = graph.math("SINE", graph.math("MULTIPLY", z, fine))
    slub = graph.noise(40.0, 3.0, graph.stretched(1.0, 1.0, 9.0))
    weave = graph.math("ADD", graph.math("MULTIPLY", warp, weft), graph.math("MULTIPLY", slub, 3.0))
    height = graph.math("ADD", weave, graph.math("MULTIPLY", graph.noise(5.0, 2.0), 9.0))
    colour = graph.mix(graph.math("MULTIPLY", slub, 0.5), ground(graph, surface), rgba(surface.colour, 0.7))
    return graph.finish(
        graph.principled(
            Base_Color=colour,
            Roughness=0.95,
            Sheen_Weight=0.25,
            Normal=graph.bump(height, 0.32, 0.006),
        )
    )


def _boucle(surface: Surface) -> bpy.types.Material:
    graph = Graph("boucle")
    # Ridges of noise wind about like looped yarn; cells would look like grained leather.
    ridge = graph.math("ABSOLUTE", graph.math("SUBTRACT", graph.noise(64.0, 2.0), 0.5))
    yarn = graph.math("SUBTRACT", 1.0, graph.step(ridge, 0.0, 0.16))
    colour = graph.mix(yarn, rgba(surface.colour, 0.9), rgba(surface.colour, 1.06))
    height = graph.math("ADD", yarn, graph.math("MULTIPLY", graph.noise(24.0, 1.0), 1.2))
    return graph.finish(
        graph.principled(
            Base_Color=colour,
            Roughness=1.0,
            Sheen_Weight=0.5,
            Normal=graph.bump(height, 0.65, 0.012),
        )
    )


def _wicker(surface: Surface) -> bpy.types.Material:
    graph = Graph("wicker")
    strand = graph.noise(14.0, 5.0, graph.stretched(1.0, 1.0, 14.0))
    fine = graph.noise(90.0, 3.0, graph.stretched(1.0, 1.0, 6.0))
    colour = graph.mix(graph.step(strand, 0.3, 0.7), rgba(surface.colour, 0.6), rgba(surface.colour, 1.15))
    if surface.pattern != "plain":
        colour = graph.mix(PATTERNS[surface.pattern](graph, surface), rgba(surface.second), colour)
    return graph.finish(
        graph.principled(
            Base_Color=colour,
            Roughness=surface.roughness,
            Normal=graph.bump(fine, 0.5, 0.006),
        )
    )


def _wax(surface: Surface) -> bpy.types.Material:
    graph = Graph("wax")
    return graph.finish(
        graph.principled(
            Base_Color=ground(graph, surface),
            Roughness=surface.roughness,
            Subsurface_Weight=0.35,
            Subsurface_Scale=0.04,
            Normal=graph.bump(graph.noise(6.0, 2.0), 0.15),
        )
    )


def _marble(surface: Surface) -> bpy.types.Material:
    graph = Graph("marble")
    vein = graph.math("ABSOLUTE", graph.math("SUBTRACT", graph.noise(2.4, 6.0), 0.5))
    colour = graph.mix(graph.step(vein, 0.0, 0.05), rgba(surface.colour, 0.45), rgba(surface.colour))
    return graph.finish(graph.principled(Base_Color=colour, Roughness=surface.roughness, Coat_Weight=0.2))


def _glow(surface: Surface) -> bpy.types.Material:
    graph = Graph("glow")
    # Opal glass is brightest where one looks straight at the bulb behind it.
    facing = graph.node("ShaderNodeLayerWeight", {0: 0.5}).outputs[1]
    light = graph.mix(facing, rgba((1.0, 0.95, 0.86)), rgba(surface.colour))
    return graph.finish(
        graph.principled(
            Base_Color=rgba((0.42, 0.4, 0.37)),
            Roughness=0.12,
            Emission_Color=light,
            Emission_Strength=graph.math("SUBTRACT", 0.6, graph.math("MULTIPLY", facing, 0.3)),
        )
    )


def _sweep(surface: Surface) -> bpy.types.Material:
    graph = Graph("sweep")
    paper = graph.node("ShaderNodeBsdfDiffuse", {"Color": rgba(surface.colour)}).outputs[0]
    # A little light of its own keeps the paper white without washing out the product.
    light = graph.node("ShaderNodeEmission", {"Color": rgba(surface.colour), "Strength": 0.33}).outputs[0]
    return graph.finish(graph.node("ShaderNodeAddShader", {0: paper, 1: light}).outputs[0])


_SHADERS: dict[str, Callable[[Surface], bpy.types.Material]] = {
    "glaze": _ceramic,
    "matte": _ceramic,
    "speckle": _ceramic,
    "raw": _ceramic,
    "wood": _wood,
    "metal": _metal,
    "paint": _paint,
    "paper": _ceramic,
    "glass": _glass,
    "fabric": _fabric,
    "bouclé": _boucle,
    "wicker": _wicker,
    "wax": _wax,
    "marble": _marble,
    "glow": _glow,
    "sweep": _sweep,
}


@cache
def material(surface: Surface) -> bpy.types.Material:
    """The material of a surface, made once."""
    return _SHADERS[surface.shader](surface)
