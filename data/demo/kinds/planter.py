"""Planters: terracotta pot, footed cylinder, ribbed tub, faceted cachepot and a pot on wooden legs."""

from math import cos, pi, sin

from studio.mesh import hollow, lathe, rod, spline, turned
from studio.product import Family, Kind, Part, Parts
from studio.surface import Finish, surface
from studio.warp import facets, flutes


def _soil(radius: float, height: float) -> Part:
    mound = [(0, height + 0.02), (radius * 0.5, height + 0.015), (radius, height)]
    return Part(lathe(spline(mound[::-1], 12)), surface("raw ebony"))


def rimmed(finish: Finish) -> Parts:
    """The garden pot with its thick collar."""
    body = hollow(
        [(0, 0), (0.27, 0), (0.28, 0.01), (0.37, 0.6), (0.37, 0.6), (0.43, 0.61), (0.43, 0.61), (0.44, 0.8)], 0.04
    )
    return (Part(body, finish.surface), _soil(0.385, 0.7))


def saucer(finish: Finish) -> Parts:
    """A straight pot in a matching saucer."""
    body = hollow([(0, 0), (0.34, 0), (0.37, 0.02), (0.38, 0.7)], 0.035).moved(z=0.04)
    dish = hollow([(0, 0), (0.4, 0), (0.46, 0.03), (0.48, 0.1)], 0.03)
    return (Part(body, finish.surface), Part(dish, finish.surface), _soil(0.34, 0.64))


def ribbed(finish: Finish) -> Parts:
    """A round tub with deep ribs."""
    body = hollow([(0, 0), (0.24, 0), (0.3, 0.02), (0.45, 0.26), (0.43, 0.48), (0.36, 0.6)], 0.035, 14)
    return (Part(body.bent(flutes(30, 0.06, 0, 0.03, 0.54)), finish.surface), _soil(0.34, 0.54))


def geometric(finish: Finish) -> Parts:
    """A six-sided cachepot that widens upwards."""
    body = hollow([(0, 0), (0.24, 0), (0.27, 0.02), (0.42, 0.5), (0.4, 0.66)], 0.04)
    return (Part(body.bent(facets(6, 1.0)), finish.surface), _soil(0.33, 0.58))


def standing(finish: Finish) -> Parts:
    """A round pot held in a wooden stand."""
    body = hollow([(0, 0), (0.26, 0), (0.32, 0.03), (0.36, 0.2), (0.36, 0.42)], 0.03).moved(z=0.36)
    ring = turned([(0.3, 0.3), (0.34, 0.3), (0.34, 0.33), (0.3, 0.33)], 2)
    legs = [
        rod((0.4 * cos(a), 0.4 * sin(a), 0.0), (0.38 * cos(a), 0.38 * sin(a), 0.66), 0.026)
        for a in (pi / 4 + i * pi / 2 for i in range(4))
    ]
    wood = surface("wood oak").upright()
    return (Part(body, finish.surface), Part(ring, wood), *(Part(leg, wood) for leg in legs), _soil(0.33, 0.72))


KIND = Kind(
    "planter",
    "Home Decor > Planters",
    (
        Family(
            "rimmed",
            "{colour} Garden Pot",
            "A frost-proof pot with a thick collar and a drain hole.",
            "Fernway",
            590,
            rimmed,
            ("raw clay", "raw oat", "raw umber", "matte moss"),
        ),
        Family(
            "saucer",
            "{colour} Pot with Saucer",
            "A straight indoor pot that comes with its saucer.",
            "Hollin Studio",
            890,
            saucer,
            ("glaze sage", "glaze snow", "matte coal", "glaze ink"),
        ),
        Family(
            "ribbed",
            "{colour} Ribbed Planter",
            "Thirty ribs run around this round planter.",
            "Casa Verano",
            990,
            ribbed,
            ("matte snow", "glaze ochre", "glaze sea", "matte rose"),
        ),
        Family(
            "geometric",
            "{colour} Hexagonal Cachepot",
            "Six sides that widen to the rim, for a small fern.",
            "Tarn & Co",
            750,
            geometric,
            ("speckle oat", "speckle stone", "matte sky", "matte olive"),
        ),
        Family(
            "standing",
            "{colour} Planter on Oak Stand",
            "A round pot lifted to window height by an oak stand.",
            "Fernway",
            2490,
            standing,
            ("matte coal", "matte clay", "matte snow", "matte sage"),
        ),
    ),
    elevation=0.34,
)
