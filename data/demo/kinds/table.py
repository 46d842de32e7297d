"""Side tables: three-legged round, slab, drum, hairpin and pedestal."""

from math import cos, pi, sin

from studio.mesh import Mesh, box, prism, rod, rounded, turned
from studio.product import Family, Kind, Part, Parts
from studio.surface import Finish, surface
from studio.warp import flutes

COAL = surface("paint coal")


def _top(radius: float, thick: float, height: float) -> Mesh:
    return turned(
        [
            (0, 0),
            (radius - 0.008, 0),
            (radius - 0.008, 0),
            (radius, 0.008),
            (radius, 0.008),
            (radius, thick - 0.008),
            (radius, thick - 0.008),
            (radius - 0.008, thick),
            (radius - 0.008, thick),
            (0, thick),
        ],
        6,
    ).moved(z=height)


def round_table(finish: Finish) -> Parts:
    """A round top on three turned legs."""
    legs = [
        rod((0.36 * cos(a), 0.36 * sin(a), 0), (0.2 * cos(a), 0.2 * sin(a), 0.78), 0.034, 0.02)
        for a in (0.3 + i * 2 * pi / 3 for i in range(3))
    ]
    return (Part(_top(0.46, 0.04, 0.77), finish.surface), *(Part(leg, finish.surface.upright()) for leg in legs))


def slab(finish: Finish) -> Parts:
    """Two boards and a shelf."""
    top = box(0.9, 0.5, 0.04).moved(z=0.68)
    sides = [box(0.04, 0.5, 0.68).moved(x=x) for x in (-0.42, 0.42)]
    shelf = box(0.8, 0.46, 0.03).moved(z=0.26)
    return tuple(Part(mesh, finish.surface, 0.008) for mesh in (top, *sides, shelf))


def drum(finish: Finish) -> Parts:
    """A fluted drum with a flat top."""
    corners = [(0.34, 0), (0.34, 0), (0.35, 0.02), (0.35, 0.02), (0.35, 0.64), (0.35, 0.64)]
    body = turned([(0, 0), *corners, (0, 0.66)], 24)
    return (Part(body.bent(flutes(36, 0.05)), finish.surface.upright()), Part(_top(0.39, 0.05, 0.66), finish.surface))


def hairpin(finish: Finish) -> Parts:
    """A soft-cornered top on black hairpin legs."""
    top = prism(rounded(0.92, 0.7, 5), 0.045).moved(z=0.7)
    legs = [
        rod((x * 1.1, y * 1.1, 0), (x + dx, y + dy, 0.7), 0.011)
        for x in (-0.34, 0.34)
        for y in (-0.24, 0.24)
        for dx, dy in ((0.06, 0), (-0.06, 0))
    ]
    return (Part(top, finish.surface, 0.01), *(Part(leg, COAL) for leg in legs))


def pedestal(finish: Finish) -> Parts:
    """A bistro table: a round top on one column."""
    column = turned([(0, 0), (0.3, 0), (0.31, 0.02), (0.08, 0.05), (0.04, 0.14), (0.035, 0.7), (0.1, 0.78), (0, 0.79)])
    return (Part(_top(0.42, 0.035, 0.78), finish.surface), Part(column, COAL))


KIND = Kind(
    "table",
    "Furniture > Side Tables",
    (
        Family(
            "round",
            "{colour} Round Side Table",
            "Three tapering legs under a soft-edged top.",
            "Fernway",
            3990,
            round_table,
            ("wood oak", "wood walnut", "wood ebony", "wood beech"),
        ),
        Family(
            "slab",
            "{colour} Slab Side Table",
            "Plain boards and one shelf for books.",
            "Fernway",
            4490,
            slab,
            ("wood walnut", "wood cherry", "paint sage", "paint snow"),
        ),
        Family(
            "drum",
            "{colour} Fluted Drum Table",
            "A fluted drum with a lipped top.",
            "Casa Verano",
            5290,
            drum,
            ("paint clay", "wood oak", "paint coal", "matte snow"),
        ),
        Family(
            "hairpin",
            "{colour} Hairpin Table",
            "A soft-cornered top on slim black steel.",
            "Fernway",
            3490,
            hairpin,
            ("wood beech", "wood walnut", "marble snow", "paint ink"),
        ),
        Family(
            "pedestal",
            "{colour} Bistro Table",
            "A round top on one cast column.",
            "Casa Verano",
            4790,
            pedestal,
            ("marble snow", "wood oak", "metal brass", "paint moss"),
        ),
    ),
    elevation=0.3,
)
