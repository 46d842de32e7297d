"""Teapots: round, tall, low, faceted, and one with a cane bail handle."""

from studio.mesh import Mesh, Point3, hollow, spline, tube, turned
from studio.product import Family, Kind, Part, Parts
from studio.surface import Finish, rgb, surface
from studio.warp import facets, flutes


def _lid(radius: float, height: float, rise: float = 0.06) -> Mesh:
    knob = [(0.03, rise), (0.03, rise + 0.02), (0.06, rise + 0.06), (0.05, rise + 0.1), (0, rise + 0.11)]
    return turned([(0, -0.01), (radius, -0.01), (radius, 0.01), (radius * 0.6, rise * 0.8), *knob]).moved(z=height)


def _spout(points: list[Point3], wide: float, narrow: float) -> Mesh:
    path = spline(points, 10)
    widths = [[wide], [wide * 0.66], [narrow * 1.08], [narrow]]
    return tube(path, spline(widths, 10)[:, 0][: len(path)], 24)


def _ear(reach: float, top: float, low: float, start: float) -> Mesh:
    curve = [(-start, 0, top), (-reach, 0, top + 0.02), (-reach - 0.05, 0, (top + low) / 2), (-start, 0, low)]
    return tube(spline(curve, 12), 0.034, 24, 0.7)


def globe(finish: Finish) -> Parts:
    """A round pot with an ear handle."""
    body = hollow([(0, 0), (0.2, 0), (0.22, 0.02), (0.37, 0.22), (0.33, 0.42), (0.2, 0.52), (0.16, 0.53)], 0.03)
    spout = _spout([(0.3, 0, 0.16), (0.43, 0, 0.24), (0.48, 0, 0.38), (0.56, 0, 0.49)], 0.085, 0.036)
    return tuple(Part(m, finish.surface) for m in (body, spout, _lid(0.165, 0.53), _ear(0.54, 0.42, 0.14, 0.31)))


def tall(finish: Finish) -> Parts:
    """A tall coffee-pot shape, dipped in glaze."""
    body = hollow([(0, 0), (0.24, 0), (0.27, 0.02), (0.26, 0.2), (0.2, 0.55), (0.17, 0.68), (0.16, 0.7)], 0.026)
    spout = _spout([(0.22, 0, 0.2), (0.34, 0, 0.34), (0.37, 0, 0.52), (0.45, 0, 0.66)], 0.06, 0.028)
    glaze = finish.surface.with_pattern("dip", rgb("b48a63"), 0.7)
    return tuple(Part(m, glaze) for m in (body, spout, _lid(0.16, 0.7), _ear(0.44, 0.58, 0.16, 0.21)))


def bail(finish: Finish) -> Parts:
    """A low ribbed pot with a cane handle over the top."""
    body = hollow([(0, 0), (0.26, 0), (0.3, 0.02), (0.4, 0.16), (0.37, 0.3), (0.2, 0.38), (0.17, 0.385)], 0.03, 12)
    spout = _spout([(0.34, 0, 0.14), (0.46, 0, 0.2), (0.5, 0, 0.28), (0.57, 0, 0.37)], 0.075, 0.036)
    arch = spline([(-0.3, 0, 0.32), (-0.32, 0, 0.56), (0, 0, 0.72), (0.32, 0, 0.56), (0.3, 0, 0.32)], 12)
    body = body.bent(flutes(32, 0.04, 0, 0.04, 0.34))
    pot = tuple(Part(m, finish.surface) for m in (body, spout, _lid(0.175, 0.385, 0.04)))
    return (*pot, Part(tube(arch, 0.026), surface("wicker natural")))


def cut(finish: Finish) -> Parts:
    """An eight-sided pot with a short straight spout."""
    body = hollow([(0, 0), (0.28, 0), (0.32, 0.02), (0.36, 0.3), (0.3, 0.44), (0.19, 0.47)], 0.03).bent(facets(8, 1.0))
    spout = _spout([(0.26, 0, 0.2), (0.38, 0, 0.3), (0.45, 0, 0.37), (0.53, 0, 0.45)], 0.07, 0.034)
    return tuple(Part(m, finish.surface) for m in (body, spout, _lid(0.18, 0.48), _ear(0.52, 0.38, 0.12, 0.31)))


def kettle(finish: Finish) -> Parts:
    """A stove kettle with a wooden grip."""
    body = hollow([(0, 0), (0.38, 0), (0.41, 0.02), (0.36, 0.22), (0.22, 0.38), (0.15, 0.41)], 0.02)
    spout = _spout([(0.3, 0, 0.16), (0.42, 0, 0.24), (0.5, 0, 0.32), (0.58, 0, 0.42)], 0.07, 0.034)
    grip = spline([(-0.16, 0, 0.68), (-0.08, 0, 0.71), (0.08, 0, 0.71), (0.16, 0, 0.68)], 8)
    bow = spline([(-0.3, 0, 0.28), (-0.28, 0, 0.56), (0, 0, 0.71), (0.28, 0, 0.56), (0.3, 0, 0.28)], 12)
    pot = tuple(Part(m, finish.surface) for m in (body, spout, _lid(0.155, 0.41), tube(bow, 0.014)))
    return (*pot, Part(tube(grip, 0.032), surface("wood walnut")))


KIND = Kind(
    "teapot",
    "Kitchen & Dining > Teapots",
    (
        Family(
            "globe",
            "{colour} Globe Teapot",
            "A round pot for four cups, with a spout that does not drip.",
            "Hollin Studio",
            1790,
            globe,
            ("glaze sage", "glaze snow", "glaze ink", "glaze clay"),
        ),
        Family(
            "tall",
            "{colour} Tall Dipped Teapot",
            "A tall pot, dipped to show the clay beneath.",
            "Tarn & Co",
            1990,
            tall,
            ("glaze oat", "matte sky", "glaze rose", "matte coal"),
        ),
        Family(
            "bail",
            "{colour} Cane-Handled Teapot",
            "A low ribbed pot under a cane handle.",
            "Casa Verano",
            2290,
            bail,
            ("matte snow", "glaze sea", "matte coal", "glaze ochre"),
        ),
        Family(
            "cut",
            "{colour} Faceted Teapot",
            "Eight cut sides in a speckled glaze.",
            "Tarn & Co",
            2090,
            cut,
            ("speckle oat", "speckle sage", "speckle stone", "raw clay"),
        ),
        Family(
            "kettle",
            "{colour} Stove Kettle",
            "A kettle for gas and induction with a walnut grip.",
            "Fernway",
            2690,
            kettle,
            ("metal steel", "metal copper", "paint coal", "paint moss"),
        ),
    ),
    elevation=0.3,
    turn=0.3,
)
