"""Clocks: wall discs, an arch, a square and a block for the mantel."""

from math import cos, pi, sin

import numpy as np
from studio.mesh import Array, Mesh, box, prism, rounded
from studio.product import Family, Kind, Part, Parts
from studio.surface import Finish, Surface, surface

DARK, PALE = surface("paper coal"), surface("paper snow")
STAND = pi / 2 - 0.1


def _hand(angle: float, length: float, width: float, lift: float) -> Mesh:
    return box(width, length, 0.008).moved(y=length * 0.4, z=lift).turned("z", angle)


def _hands(size: float, lift: float, ink: Surface, hour: float = 0.95, minute: float = -1.1) -> Parts:
    pin = prism(rounded(0.06 * size, 0.06 * size, 2, 32), 0.03).moved(z=lift)
    meshes = (_hand(hour, size * 0.24, size * 0.028, lift), _hand(minute, size * 0.36, size * 0.02, lift + 0.01), pin)
    return tuple(Part(mesh, ink) for mesh in meshes)


def _marks(radius: float, count: int, lift: float, ink: Surface, long: float = 0.07) -> Parts:
    mark = box(0.016, long, 0.006).moved(y=radius, z=lift)
    return tuple(Part(mark.turned("z", i * 2 * pi / count), ink) for i in range(count))


def _stood(parts: Parts) -> Parts:
    return tuple(Part(part.mesh.turned("x", STAND), part.surface, part.bevel) for part in parts)


def _face(outline: Array, depth: float, finish: Finish, dial: Array, ground: Surface) -> Parts:
    return (Part(prism(outline, depth), finish.surface, 0.015), Part(prism(dial, depth + 0.004), ground))


def disc(finish: Finish) -> Parts:
    """A thick round case around a pale dial."""
    case = _face(rounded(1, 1, 2), 0.1, finish, rounded(0.88, 0.88, 2), PALE)
    return _stood((*case, *_marks(0.37, 12, 0.1, DARK), *_hands(1.0, 0.11, DARK)))


def solid(finish: Finish) -> Parts:
    """A disc of one material with four brass marks."""
    brass = surface("metal brass")
    plate = (Part(prism(rounded(1, 1, 2), 0.06), finish.surface, 0.02),)
    return _stood((*plate, *_marks(0.4, 4, 0.06, brass, 0.12), *_hands(1.05, 0.07, brass, 0.6, -2.2)))


def arch(finish: Finish) -> Parts:
    """A mantel clock shaped like a doorway."""
    top = [(0.36 * cos(a), 0.2 + 0.36 * sin(a)) for a in np.linspace(0, pi, 48)]
    outline = np.array([(0.36, -0.45), *top, (-0.36, -0.45)])
    dial = rounded(0.54, 0.54, 2) + np.array([0.0, 0.18])
    case = _face(outline, 0.24, finish, dial, PALE)
    face = (*_marks(0.22, 12, 0.24, DARK, 0.04), *_hands(0.6, 0.25, DARK))
    return _stood((*case, *(Part(part.mesh.moved(y=0.18), part.surface) for part in face)))


def square(finish: Finish) -> Parts:
    """A square with soft corners and a dark round dial."""
    case = _face(rounded(0.9, 0.9, 7), 0.14, finish, rounded(0.7, 0.7, 2), surface("paper ink"))
    return _stood((*case, *_marks(0.29, 12, 0.14, PALE, 0.05), *_hands(0.8, 0.15, PALE, 2.2, 0.5)))


def sunburst(finish: Finish) -> Parts:
    """Rays around a small dial."""
    ray = box(0.035, 0.26, 0.03).moved(y=0.38, z=0.02)
    rays = tuple(
        Part(ray.scaled(y=1.15 if i % 2 else 1.0).turned("z", i * pi / 14), finish.surface, 0.006) for i in range(28)
    )
    case = _face(rounded(0.5, 0.5, 2), 0.08, finish, rounded(0.42, 0.42, 2), PALE)
    return _stood((*rays, *case, *_marks(0.17, 12, 0.08, DARK, 0.03), *_hands(0.48, 0.09, DARK)))


KIND = Kind(
    "clock",
    "Home Decor > Clocks",
    (
        Family(
            "disc",
            "{colour} Wall Clock",
            "A quiet sweep movement in a deep round case.",
            "Fernway",
            1790,
            disc,
            ("wood oak", "wood walnut", "paint coal", "paint sage"),
        ),
        Family(
            "solid",
            "{colour} Minimal Clock",
            "A plain disc with four brass marks.",
            "Lumenna",
            1990,
            solid,
            ("matte clay", "marble snow", "matte coal", "matte sage"),
        ),
        Family(
            "arch",
            "{colour} Arch Mantel Clock",
            "A mantel clock in the shape of a doorway.",
            "Casa Verano",
            1590,
            arch,
            ("wood beech", "wood cherry", "paint ink", "paint rose"),
        ),
        Family(
            "square",
            "{colour} Soft Square Clock",
            "Rounded corners around a midnight dial.",
            "Tarn & Co",
            1390,
            square,
            ("paint snow", "paint ochre", "wood oak", "metal steel"),
        ),
        Family(
            "sunburst",
            "{colour} Sunburst Clock",
            "Twenty-eight rays around a small white dial.",
            "Casa Verano",
            2290,
            sunburst,
            ("metal brass", "wood walnut", "metal copper", "paint coal"),
        ),
    ),
    elevation=0.1,
    turn=0.25,
    sizes=(1.0,),
)
