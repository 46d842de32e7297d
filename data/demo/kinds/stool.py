"""Stools: round three-legged, square, drum pouffe, bar and a wire stool."""

from math import cos, pi, sin

from studio.mesh import Mesh, prism, rod, rounded, spline, tube, turned
from studio.product import Family, Kind, Part, Parts
from studio.surface import Finish, surface


def _ring(radius: float, height: float, thick: float) -> Mesh:
    points = [(radius * cos(i * pi / 24), radius * sin(i * pi / 24), height) for i in range(49)]
    return tube(spline(points, 2), thick)


def _legs(count: int, foot: float, top: float, height: float, thick: float, thin: float) -> list[Mesh]:
    angles = [pi / count + 0.2 + i * 2 * pi / count for i in range(count)]
    return [rod((foot * cos(a), foot * sin(a), 0), (top * cos(a), top * sin(a), height), thin, thick) for a in angles]


def round_seat(finish: Finish) -> Parts:
    """A thick dished seat on three tapering legs."""
    seat = turned([(0, 0), (0.26, 0), (0.33, 0.03), (0.33, 0.06), (0.28, 0.075), (0, 0.06)]).moved(z=0.78)
    return (
        Part(seat, finish.surface),
        *(Part(m, finish.surface.upright()) for m in _legs(3, 0.36, 0.2, 0.8, 0.036, 0.022)),
    )


def square(finish: Finish) -> Parts:
    """An upholstered square seat on a wooden frame."""
    seat = prism(rounded(0.62, 0.62, 6), 0.14).moved(z=0.62)
    posts = [rod((x, y, 0), (x, y, 0.62), 0.03) for x in (-0.25, 0.25) for y in (-0.25, 0.25)]
    rails = [rod((-0.25, y, 0.2), (0.25, y, 0.2), 0.018) for y in (-0.25, 0.25)]
    wood = surface("wood oak").upright()
    return (Part(seat, finish.surface, 0.04), *(Part(m, wood) for m in (*posts, *rails)))


def pouffe(finish: Finish) -> Parts:
    """A low round pouffe with a welted seam."""
    drum = turned([(0, 0.0), (0.4, 0), (0.46, 0.05), (0.48, 0.25), (0.46, 0.45), (0.38, 0.52), (0, 0.54)])
    return (Part(drum, finish.surface), Part(_ring(0.455, 0.45, 0.012), finish.surface))


def bar(finish: Finish) -> Parts:
    """A tall bar stool with a metal foot ring."""
    seat = turned([(0, 0), (0.2, 0), (0.23, 0.02), (0.23, 0.05), (0.2, 0.065), (0, 0.06)]).moved(z=1.0)
    legs = _legs(4, 0.27, 0.14, 1.02, 0.02, 0.016)
    metal = surface("paint coal")
    return (Part(seat, finish.surface), *(Part(m, metal) for m in (*legs, _ring(0.23, 0.34, 0.013))))


def drum(finish: Finish) -> Parts:
    """A garden stool: a glazed drum with bands."""
    body = turned(
        [
            (0, 0),
            (0.24, 0),
            (0.27, 0.02),
            (0.27, 0.08),
            (0.34, 0.3),
            (0.34, 0.5),
            (0.27, 0.74),
            (0.27, 0.8),
            (0.24, 0.83),
            (0, 0.84),
        ]
    )
    bands = tuple(Part(_ring(r, z, 0.014), finish.surface) for r, z in ((0.3, 0.16), (0.3, 0.66)))
    return (Part(body, finish.surface), *bands)


KIND = Kind(
    "stool",
    "Furniture > Stools",
    (
        Family(
            "round",
            "{colour} Milking Stool",
            "Three tapering legs and a dished seat, in solid {colour}.",
            "Fernway",
            2490,
            round_seat,
            ("wood oak", "wood walnut", "wood ebony", "wood beech"),
        ),
        Family(
            "square",
            "{colour} Upholstered Stool",
            "A deep square cushion on an oak frame.",
            "Casa Verano",
            3290,
            square,
            ("bouclé snow", "fabric sage", "fabric ink", "bouclé rose"),
        ),
        Family(
            "pouffe",
            "{colour} Round Pouffe",
            "A firm pouffe with a welted seam, for feet or a tray.",
            "Casa Verano",
            2890,
            pouffe,
            ("fabric ochre", "bouclé oat", "fabric clay", "bouclé stone"),
        ),
        Family(
            "bar",
            "{colour} Bar Stool",
            "A slim bar stool with a foot ring of black steel.",
            "Fernway",
            3590,
            bar,
            ("wood oak", "wood walnut", "wood cherry", "metal brass"),
        ),
        Family(
            "drum",
            "{colour} Ceramic Garden Stool",
            "A glazed drum that is a seat, a table or a plant stand.",
            "Hollin Studio",
            3890,
            drum,
            ("glaze sea", "glaze snow", "glaze moss", "glaze ink"),
        ),
    ),
    elevation=0.28,
)
