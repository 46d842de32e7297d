"""Candles: jar, pillar, ribbed pillar, candlestick and a stack of spheres."""

from studio.mesh import Mesh, hollow, rod, spline, tube, turned
from studio.product import Family, Kind, Part, Parts
from studio.surface import Finish, surface
from studio.warp import flutes

WICK = surface("paper coal")


def _wick(height: float) -> Part:
    return Part(tube(spline([(0, 0, height - 0.02), (0, 0, height + 0.04), (0.012, 0, height + 0.075)]), 0.009), WICK)


def _pillar(radius: float, height: float, steps: int = 8) -> Mesh:
    return turned(
        [
            (0, 0),
            (radius, 0),
            (radius, 0),
            (radius, height * 0.5),
            (radius, height - 0.03),
            (radius - 0.03, height),
            (radius * 0.5, height - 0.02),
            (0, height - 0.025),
        ],
        steps,
    )


def jar(finish: Finish) -> Parts:
    """A glass jar of pale wax with a paper label."""
    glass = hollow([(0, 0), (0.3, 0), (0.34, 0.02), (0.35, 0.1), (0.35, 0.8)], 0.022)
    wax = turned([(0, 0.04), (0.31, 0.04), (0.324, 0.08), (0.324, 0.56), (0.3, 0.57), (0, 0.56)])
    label = turned([(0.352, 0.2), (0.354, 0.2), (0.354, 0.46), (0.352, 0.46)], 4)
    return (Part(glass, finish.surface), Part(wax, surface("wax snow")), Part(label, surface("paper oat")), _wick(0.56))


def pillar(finish: Finish) -> Parts:
    """A plain pillar in a shallow dish."""
    dish = hollow([(0, 0), (0.3, 0), (0.38, 0.02), (0.4, 0.07)], 0.024)
    return (Part(_pillar(0.24, 0.8).moved(z=0.03), finish.surface), Part(dish, surface("matte coal")), _wick(0.81))


def ribbed(finish: Finish) -> Parts:
    """A pillar pressed with a twisted flute."""
    body = _pillar(0.24, 0.95, 20).bent(flutes(16, 0.12, 3.0, 0.02, 0.93))
    return (Part(body, finish.surface), _wick(0.93))


def stick(finish: Finish) -> Parts:
    """A tapered candle in a candlestick."""
    foot = turned(
        [
            (0, 0),
            (0.2, 0),
            (0.2, 0.03),
            (0.05, 0.07),
            (0.035, 0.2),
            (0.06, 0.24),
            (0.03, 0.28),
            (0.035, 0.42),
            (0.08, 0.46),
            (0.07, 0.5),
            (0, 0.5),
        ]
    )
    return (
        Part(foot, finish.surface.upright()),
        Part(rod((0, 0, 0.46), (0, 0, 1.1), 0.05, 0.034), surface("wax oat")),
        _wick(1.1),
    )


def bubbles(finish: Finish) -> Parts:
    """Three wax balls, one upon the other."""
    balls = [
        (0, 0),
        (0.14, 0.0),
        (0.25, 0.16),
        (0.15, 0.31),
        (0.22, 0.44),
        (0.13, 0.56),
        (0.17, 0.66),
        (0.1, 0.76),
        (0, 0.79),
    ]
    return (Part(turned(balls), finish.surface), _wick(0.79))


KIND = Kind(
    "candle",
    "Home Decor > Candles",
    (
        Family(
            "jar",
            "{colour} Glass Jar Candle",
            "Forty hours of fig and cedar in a reusable glass.",
            "Lumenna",
            790,
            jar,
            ("glass amber", "glass smoke", "glass clear", "glass blush"),
        ),
        Family(
            "pillar",
            "{colour} Pillar Candle on Dish",
            "A slow-burning pillar with its own dish.",
            "Lumenna",
            590,
            pillar,
            ("wax snow", "wax clay", "wax sage", "wax ink"),
        ),
        Family(
            "twist",
            "{colour} Twisted Candle",
            "A sculptural candle with a deep twisted flute.",
            "Tarn & Co",
            490,
            ribbed,
            ("wax rose", "wax ochre", "wax sky", "wax plum"),
        ),
        Family(
            "stick",
            "{colour} Candlestick",
            "A turned candlestick, with one tapered candle.",
            "Casa Verano",
            1090,
            stick,
            ("metal brass", "wood walnut", "paint coal", "metal copper"),
        ),
        Family(
            "bubbles",
            "{colour} Bubble Candle",
            "Three soft spheres of soy wax.",
            "Tarn & Co",
            450,
            bubbles,
            ("wax oat", "wax moss", "wax lilac", "wax umber"),
        ),
    ),
    elevation=0.24,
)
