"""Vases: five silhouettes, from a gourd to a pressed-glass cylinder."""

from math import pi

from studio.mesh import hollow, spline, tube
from studio.product import Family, Kind, Part, Parts
from studio.surface import Finish, rgb
from studio.warp import facets, flutes, wobble


def bottle_neck(finish: Finish) -> Parts:
    """A full belly under a narrow neck, dipped in glaze."""
    body = hollow(
        [
            (0, 0),
            (0.2, 0),
            (0.24, 0.01),
            (0.36, 0.2),
            (0.35, 0.42),
            (0.2, 0.58),
            (0.085, 0.7),
            (0.075, 0.88),
            (0.12, 1.0),
        ],
        0.022,
    )
    return (Part(body.bent(wobble(0.006)), finish.surface.with_pattern("dip", rgb("b48a63"))),)


def fluted(finish: Finish) -> Parts:
    """A tall shoulder vase with twisted flutes."""
    body = hollow(
        [(0, 0), (0.17, 0), (0.2, 0.01), (0.25, 0.3), (0.32, 0.7), (0.28, 0.88), (0.19, 0.94), (0.2, 1.0)], 0.025, 14
    )
    return (Part(body.bent(flutes(18, 0.07, 1.6, 0.03, 0.86)), finish.surface),)


def moon(finish: Finish) -> Parts:
    """A flat round moon vase with a small collar."""
    ball = [(0.4 * (1 - ((z - 0.42) / 0.42) ** 2) ** 0.5 + 0.02, z) for z in (0.02, 0.1, 0.25, 0.42, 0.6, 0.74)]
    body = hollow([(0, 0), (0.12, 0), *ball, (0.1, 0.82), (0.1, 0.9), (0.13, 0.93)], 0.025)
    return (Part(body.scaled(y=0.55), finish.surface),)


def amphora(finish: Finish) -> Parts:
    """An amphora with two loop handles."""
    body = hollow(
        [
            (0, 0),
            (0.13, 0),
            (0.15, 0.02),
            (0.27, 0.3),
            (0.29, 0.5),
            (0.2, 0.68),
            (0.11, 0.78),
            (0.12, 0.95),
            (0.16, 1.0),
        ],
        0.024,
    )
    curve = spline([(0.1, 0, 0.92), (0.2, 0, 0.94), (0.29, 0, 0.84), (0.29, 0, 0.68), (0.25, 0, 0.58)])
    loop = tube(curve, 0.026)
    return (Part(body, finish.surface), Part(loop, finish.surface), Part(loop.turned("z", pi), finish.surface))


def cut(finish: Finish) -> Parts:
    """A thick faceted tumbler vase."""
    body = hollow([(0, 0), (0.22, 0), (0.25, 0.02), (0.28, 0.3), (0.33, 0.7), (0.34, 0.9)], 0.035)
    return (Part(body.bent(facets(9, 1.0)), finish.surface),)


KIND = Kind(
    "vase",
    "Home Decor > Vases",
    (
        Family(
            "bottle-neck",
            "{colour} Dipped Bottle Vase",
            "A thrown bottle vase, half dipped in {colour} glaze, for a single branch or a few stems.",
            "Hollin Studio",
            1890,
            bottle_neck,
            ("glaze sage", "glaze snow", "glaze ink", "glaze rose"),
        ),
        Family(
            "fluted",
            "{colour} Twisted Flute Vase",
            "Flutes climb the body of this tall vase in a slow twist; the glaze thins at every ridge.",
            "Hollin Studio",
            2490,
            fluted,
            ("glaze oat", "matte coal", "matte clay", "glaze sea"),
        ),
        Family(
            "moon",
            "{colour} Moon Vase",
            "A flattened round vase that stands like a full moon on a shelf.",
            "Tarn & Co",
            2190,
            moon,
            ("speckle oat", "matte stone", "speckle sky", "raw clay"),
        ),
        Family(
            "amphora",
            "{colour} Two-Handled Amphora",
            "An amphora with two small handles, glazed inside and waterproof.",
            "Casa Verano",
            2790,
            amphora,
            ("matte snow", "raw umber", "matte olive", "matte plum"),
        ),
        Family(
            "cut",
            "{colour} Faceted Glass Vase",
            "Thick glass with nine cut sides that catch the light.",
            "Lumenna",
            1690,
            cut,
            ("glass clear", "glass amber", "glass green", "glass blush"),
        ),
    ),
)
