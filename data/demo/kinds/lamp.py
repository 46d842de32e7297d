"""Table lamps: a ceramic gourd, a turned post, a mushroom and a tripod."""

from math import cos, pi, sin

from studio.mesh import Mesh, lathe, rod, spline, turned
from studio.product import Family, Kind, Part, Parts
from studio.surface import Finish, Surface, rgb, surface
from studio.warp import flutes

LINEN = surface("fabric snow")
BRASS = surface("metal brass")
WARM = Surface("glow", rgb("f0cf9a"))


def _shade(low: float, high: float, base: float, height: float) -> Mesh:
    wall = [(low, base), (low, base), (high, base + height), (high, base + height)]
    inner = [(high - 0.01, base + height), (low - 0.01, base), (low, base)]
    return lathe(spline([*wall, *inner], 6))


def _neck(low: float, high: float) -> Part:
    return Part(rod((0, 0, low), (0, 0, high), 0.018), BRASS)


def gourd(finish: Finish) -> Parts:
    """A glazed gourd under an empire shade."""
    body = turned([(0, 0), (0.15, 0), (0.16, 0.02), (0.23, 0.16), (0.18, 0.32), (0.09, 0.42), (0.05, 0.5), (0, 0.5)])
    return (Part(body, finish.surface), _neck(0.48, 0.66), Part(_shade(0.32, 0.2, 0.56, 0.36), LINEN))


def post(finish: Finish) -> Parts:
    """A turned wooden post with a straight drum shade."""
    turns = [
        (0, 0),
        (0.2, 0),
        (0.2, 0.03),
        (0.06, 0.06),
        (0.05, 0.12),
        (0.08, 0.18),
        (0.045, 0.25),
        (0.07, 0.36),
        (0.04, 0.46),
        (0, 0.46),
    ]
    return (
        Part(turned(turns), finish.surface.upright()),
        _neck(0.45, 0.62),
        Part(_shade(0.26, 0.26, 0.52, 0.3), LINEN),
    )


def mushroom(finish: Finish) -> Parts:
    """A metal dome on a stem, open below."""
    dome = turned(
        [(0, 0.76), (0.12, 0.75), (0.28, 0.66), (0.36, 0.5), (0.36, 0.5), (0.34, 0.5), (0.26, 0.64), (0, 0.73)]
    )
    stem = turned([(0, 0), (0.2, 0), (0.2, 0.03), (0.07, 0.07), (0.06, 0.3), (0.09, 0.56), (0, 0.6)])
    return (Part(dome, finish.surface), Part(stem, finish.surface))


def orb(finish: Finish) -> Parts:
    """An opal globe in a fluted foot."""
    ball = turned([(0.27 * sin(i * pi / 16), 0.57 - 0.27 * cos(i * pi / 16)) for i in range(17)])
    foot = turned([(0, 0), (0.2, 0), (0.21, 0.02), (0.13, 0.2), (0.14, 0.33), (0, 0.34)], 14)
    return (Part(ball, WARM), Part(foot.bent(flutes(24, 0.08, 0, 0.03, 0.3)), finish.surface))


def tripod(finish: Finish) -> Parts:
    """Three splayed legs under a wide shade."""
    angles = [0.4 + i * 2 * pi / 3 for i in range(3)]
    legs = [rod((0.26 * cos(a), 0.26 * sin(a), 0), (0.03 * cos(a), 0.03 * sin(a), 0.6), 0.022, 0.026) for a in angles]
    shade = Part(_shade(0.34, 0.28, 0.54, 0.32), surface("fabric oat"))
    return (*(Part(leg, finish.surface.upright()) for leg in legs), _neck(0.55, 0.68), shade)


KIND = Kind(
    "lamp",
    "Lighting > Table Lamps",
    (
        Family(
            "gourd",
            "{colour} Gourd Table Lamp",
            "A glazed gourd under a linen shade; brass fittings.",
            "Lumenna",
            3490,
            gourd,
            ("glaze sage", "glaze snow", "glaze ink", "glaze ochre"),
        ),
        Family(
            "post",
            "{colour} Turned Table Lamp",
            "A post turned from {colour} with a drum shade.",
            "Fernway",
            2990,
            post,
            ("wood oak", "wood walnut", "wood ebony", "wood beech"),
        ),
        Family(
            "mushroom",
            "{colour} Mushroom Lamp",
            "A spun metal dome that throws its light down.",
            "Lumenna",
            3990,
            mushroom,
            ("paint clay", "paint snow", "metal brass", "paint moss"),
        ),
        Family(
            "orb",
            "{colour} Opal Orb Lamp",
            "A glowing opal globe in a fluted foot.",
            "Lumenna",
            2790,
            orb,
            ("matte coal", "matte rose", "matte snow", "matte sea"),
        ),
        Family(
            "tripod",
            "{colour} Tripod Lamp",
            "Three splayed legs and a wide oat-linen shade.",
            "Fernway",
            4290,
            tripod,
            ("wood walnut", "wood oak", "paint coal", "metal brass"),
        ),
    ),
    elevation=0.12,
)
