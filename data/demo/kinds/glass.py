"""Glasses: tumbler, wine, highball, coupe and a ribbed water glass."""

from studio.mesh import hollow
from studio.product import Family, Kind, Part, Parts
from studio.surface import Finish
from studio.warp import facets, flutes


def tumbler(finish: Finish) -> Parts:
    """A heavy faceted tumbler."""
    body = hollow([(0, 0), (0.28, 0), (0.31, 0.02), (0.34, 0.3), (0.37, 0.7)], 0.035)
    return (Part(body.bent(facets(10, 1.0)), finish.surface),)


def wine(finish: Finish) -> Parts:
    """A stemmed wine glass."""
    body = hollow(
        [
            (0, 0),
            (0.24, 0),
            (0.25, 0.012),
            (0.06, 0.03),
            (0.028, 0.1),
            (0.026, 0.42),
            (0.05, 0.46),
            (0.22, 0.56),
            (0.26, 0.72),
            (0.23, 0.92),
            (0.19, 1.08),
        ],
        0.012,
    )
    return (Part(body, finish.surface),)


def coupe(finish: Finish) -> Parts:
    """A shallow champagne coupe."""
    body = hollow(
        [
            (0, 0),
            (0.22, 0),
            (0.23, 0.012),
            (0.05, 0.03),
            (0.028, 0.1),
            (0.026, 0.4),
            (0.08, 0.45),
            (0.3, 0.52),
            (0.36, 0.66),
        ],
        0.012,
    )
    return (Part(body, finish.surface),)


def ribbed(finish: Finish) -> Parts:
    """A ribbed water glass with a plain rim."""
    body = hollow([(0, 0), (0.24, 0), (0.28, 0.03), (0.29, 0.3), (0.31, 0.74)], 0.026, 12)
    return (Part(body.bent(flutes(28, 0.05, 0, 0.03, 0.62)), finish.surface),)


def footed(finish: Finish) -> Parts:
    """A low goblet on a thick foot."""
    body = hollow(
        [(0, 0), (0.22, 0), (0.24, 0.02), (0.1, 0.1), (0.1, 0.15), (0.28, 0.24), (0.33, 0.44), (0.3, 0.68)], 0.02
    )
    return (Part(body, finish.surface),)


KIND = Kind(
    "glass",
    "Kitchen & Dining > Glasses",
    (
        Family(
            "tumbler",
            "{colour} Cut Tumbler",
            "A heavy tumbler with ten cut sides.",
            "Lumenna",
            390,
            tumbler,
            ("glass clear", "glass amber", "glass smoke", "glass blue"),
        ),
        Family(
            "wine",
            "{colour} Wine Glass",
            "A fine stem and a bowl that closes gently.",
            "Lumenna",
            490,
            wine,
            ("glass clear", "glass blush", "glass green", "glass amber"),
        ),
        Family(
            "coupe",
            "{colour} Champagne Coupe",
            "A shallow coupe for sparkling wine and sherbet.",
            "Lumenna",
            520,
            coupe,
            ("glass blush", "glass clear", "glass smoke", "glass blue"),
        ),
        Family(
            "ribbed",
            "{colour} Ribbed Water Glass",
            "Ribs that end below a plain rim; stacks well.",
            "Tarn & Co",
            290,
            ribbed,
            ("glass green", "glass clear", "glass blue", "glass amber"),
        ),
        Family(
            "footed",
            "{colour} Footed Goblet",
            "A low goblet on a thick pressed foot.",
            "Casa Verano",
            350,
            footed,
            ("glass amber", "glass green", "glass blush", "glass smoke"),
        ),
    ),
    elevation=0.22,
)
