"""Bottles: swing-top, apothecary, ribbed flask, oil cruet and ceramic sake bottle."""

from studio.mesh import hollow, rod, turned
from studio.product import Family, Kind, Part, Parts
from studio.surface import Finish, rgb, surface
from studio.warp import facets, flutes

CORK = surface("raw natural")


def _stopper(height: float, radius: float) -> Part:
    cork = [(0, 0), (radius * 0.9, 0), (radius * 0.9, 0), (radius * 1.1, 0.1), (radius * 1.1, 0.1), (0, 0.1)]
    return Part(turned(cork, 4).moved(z=height), CORK)


def straight(finish: Finish) -> Parts:
    """A straight-shouldered water bottle with a cork."""
    body = hollow([(0, 0), (0.15, 0), (0.17, 0.02), (0.17, 0.5), (0.165, 0.6), (0.07, 0.72), (0.06, 0.9)], 0.014)
    return (Part(body, finish.surface), _stopper(0.86, 0.055))


def apothecary(finish: Finish) -> Parts:
    """A squat bottle with a glass ball stopper."""
    body = hollow(
        [(0, 0), (0.24, 0), (0.27, 0.02), (0.28, 0.3), (0.24, 0.44), (0.1, 0.5), (0.09, 0.6), (0.13, 0.63)], 0.018
    )
    ball = turned([(0, 0), (0.07, 0.0), (0.075, 0.06), (0.11, 0.12), (0.12, 0.18), (0.07, 0.26), (0, 0.28)])
    return (Part(body, finish.surface), Part(ball.moved(z=0.58), finish.surface))


def flask(finish: Finish) -> Parts:
    """A ribbed ceramic flask with a cork."""
    body = hollow(
        [(0, 0), (0.2, 0), (0.23, 0.02), (0.25, 0.25), (0.22, 0.42), (0.1, 0.56), (0.075, 0.64), (0.09, 0.72)], 0.02, 12
    )
    return (Part(body.bent(flutes(26, 0.05, 0, 0.03, 0.46)), finish.surface), _stopper(0.68, 0.065))


def cruet(finish: Finish) -> Parts:
    """A conical oil bottle with a steel pourer."""
    body = hollow([(0, 0), (0.2, 0), (0.22, 0.02), (0.21, 0.08), (0.1, 0.55), (0.07, 0.72), (0.08, 0.76)], 0.016)
    spout = rod((0, 0, 0.72), (0.06, 0, 0.95), 0.035, 0.018)
    collar = turned([(0, 0), (0.085, 0), (0.085, 0), (0.085, 0.04), (0.085, 0.04), (0, 0.05)], 4)
    return (
        Part(body.bent(facets(6, 0.8)), finish.surface),
        Part(spout, surface("metal steel")),
        Part(collar.moved(z=0.75), surface("metal steel")),
    )


def gourd(finish: Finish) -> Parts:
    """A double-gourd bottle with a dipped foot."""
    body = hollow(
        [
            (0, 0),
            (0.16, 0),
            (0.2, 0.02),
            (0.28, 0.2),
            (0.22, 0.38),
            (0.13, 0.46),
            (0.17, 0.56),
            (0.14, 0.68),
            (0.06, 0.76),
            (0.07, 0.86),
        ],
        0.02,
    )
    return (Part(body, finish.surface.with_pattern("dip", rgb("7c5a43"), 0.55)),)


KIND = Kind(
    "bottle",
    "Kitchen & Dining > Bottles",
    (
        Family(
            "straight",
            "{colour} Glass Water Bottle",
            "A table bottle with a natural cork.",
            "Lumenna",
            790,
            straight,
            ("glass clear", "glass amber", "glass green", "glass smoke"),
        ),
        Family(
            "apothecary",
            "{colour} Apothecary Bottle",
            "A squat bottle with a ground ball stopper, for salts and oils.",
            "Lumenna",
            990,
            apothecary,
            ("glass blue", "glass blush", "glass amber", "glass clear"),
        ),
        Family(
            "flask",
            "{colour} Ribbed Flask",
            "A stoneware flask with a cork, for oil, vinegar or a late brandy.",
            "Hollin Studio",
            1090,
            flask,
            ("glaze sage", "glaze snow", "matte coal", "glaze ochre"),
        ),
        Family(
            "cruet",
            "{colour} Oil Cruet",
            "A six-sided oil bottle with a steel pourer.",
            "Casa Verano",
            850,
            cruet,
            ("glaze clay", "glaze olive", "matte snow", "glaze ink"),
        ),
        Family(
            "gourd",
            "{colour} Gourd Bottle",
            "A double-gourd serving bottle, dipped twice.",
            "Tarn & Co",
            1190,
            gourd,
            ("glaze sea", "glaze rose", "speckle oat", "glaze plum"),
        ),
    ),
    elevation=0.2,
)
