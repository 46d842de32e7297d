"""Mugs: straight, tulip, ridged, camp and globe shapes, each with its own handle."""

from math import cos, pi, sin

from studio.mesh import Mesh, hollow, spline, tube
from studio.product import Family, Kind, Part, Parts
from studio.surface import Finish, rgb, surface
from studio.warp import facets, flutes


def _handle(top: float, low: float, out: float, radius: float, thick: float = 0.045, flat: float = 0.7) -> Mesh:
    middle = (top + low) / 2
    curve = [
        (radius - 0.03, 0, top),
        (radius + out * 0.6, 0, top + 0.01),
        (radius + out, 0, middle + 0.1),
        (radius + out * 0.92, 0, middle - 0.1),
        (radius + out * 0.45, 0, low),
        (radius - 0.03, 0, low - 0.02),
    ]
    return tube(spline(curve, 10), thick, 24, flat)


def straight(finish: Finish) -> Parts:
    """A straight cylinder, dipped, with an ear handle."""
    body = hollow([(0, 0), (0.33, 0), (0.37, 0.02), (0.39, 0.08), (0.39, 0.5), (0.39, 0.9)], 0.032)
    glaze = finish.surface.with_pattern("dip", rgb("a87d58"), 0.75)
    return (Part(body, glaze), Part(_handle(0.74, 0.3, 0.24, 0.38), glaze))


def tulip(finish: Finish) -> Parts:
    """A waisted tulip that opens at the lip."""
    body = hollow([(0, 0), (0.22, 0), (0.25, 0.02), (0.36, 0.16), (0.38, 0.36), (0.34, 0.6), (0.4, 0.88)], 0.026)
    return (Part(body, finish.surface), Part(_handle(0.72, 0.26, 0.2, 0.36, 0.035), finish.surface))


def ridged(finish: Finish) -> Parts:
    """A cup with upright ribs and a squared handle."""
    body = hollow([(0, 0), (0.3, 0), (0.36, 0.03), (0.4, 0.2), (0.4, 0.5), (0.4, 0.82)], 0.034, 12)
    bar = spline([(0.36, 0, 0.7), (0.6, 0, 0.7), (0.63, 0, 0.66), (0.63, 0, 0.28), (0.6, 0, 0.24), (0.36, 0, 0.24)])
    body = body.bent(flutes(36, 0.035, 0, 0.04, 0.72))
    return (Part(body, finish.surface), Part(tube(bar, 0.05, 24, 0.6), finish.surface))


def camp(finish: Finish) -> Parts:
    """An enamel camp mug with a dark rolled rim."""
    body = hollow([(0, 0), (0.4, 0), (0.43, 0.02), (0.43, 0.4), (0.43, 0.78)], 0.016)
    angles = [(0.43 * c, 0.43 * s, 0.785) for c, s in _circle()]
    rim = tube(spline(angles, 2), 0.017)
    return (
        Part(body, finish.surface),
        Part(_handle(0.64, 0.24, 0.25, 0.42, 0.045, 0.3), finish.surface),
        Part(rim, surface("paint coal")),
    )


def _circle() -> list[tuple[float, float]]:
    return [(cos(i * pi / 24), sin(i * pi / 24)) for i in range(49)]


def globe(finish: Finish) -> Parts:
    """A round hug-mug without a foot and with a small ring handle."""
    body = hollow([(0, 0), (0.2, 0), (0.26, 0.02), (0.42, 0.22), (0.45, 0.42), (0.38, 0.62), (0.33, 0.72)], 0.03)
    return (Part(body.bent(facets(12, 0.5)), finish.surface), Part(_handle(0.56, 0.28, 0.2, 0.42), finish.surface))


KIND = Kind(
    "mug",
    "Kitchen & Dining > Mugs",
    (
        Family(
            "straight",
            "{colour} Dipped Mug",
            "A generous straight mug with a band of bare clay at the foot.",
            "Hollin Studio",
            590,
            straight,
            ("glaze sage", "glaze snow", "glaze snow", "glaze ink"),
        ),
        Family(
            "tulip",
            "{colour} Tulip Mug",
            "Thin walls and an opening lip make this cup good to drink from.",
            "Tarn & Co",
            490,
            tulip,
            ("matte rose", "matte sky", "glaze oat", "matte coal"),
        ),
        Family(
            "ridged",
            "{colour} Ribbed Mug",
            "Upright ribs give a firm grip; dishwasher and microwave safe.",
            "Casa Verano",
            540,
            ridged,
            ("glaze ochre", "glaze sea", "matte snow", "glaze plum"),
        ),
        Family(
            "camp",
            "{colour} Enamel Camp Mug",
            "A light enamel mug with a dark rim, for the garden and the hills.",
            "Fernway",
            390,
            camp,
            ("paint snow", "paint moss", "paint ink", "paint ochre"),
        ),
        Family(
            "globe",
            "{colour} Globe Mug",
            "A round, lightly faceted mug made to be held in both hands.",
            "Tarn & Co",
            640,
            globe,
            ("speckle oat", "speckle sage", "speckle stone", "speckle rose"),
        ),
    ),
    elevation=0.36,
    turn=-0.5,
)
