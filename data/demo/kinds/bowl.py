"""Bowls: low, footed, ribbed, square and turned from wood."""

from studio.mesh import hollow
from studio.product import Family, Kind, Part, Parts
from studio.surface import Finish, rgb
from studio.warp import facets, flutes, wobble


def ramen(finish: Finish) -> Parts:
    """A deep noodle bowl on a ring foot, with brushed bands."""
    body = hollow([(0, 0), (0.18, 0), (0.19, 0.06), (0.34, 0.14), (0.46, 0.3), (0.5, 0.44)], 0.026)
    return (Part(body, finish.surface.with_pattern("brush", rgb("8a6a4e"))),)


def low(finish: Finish) -> Parts:
    """A low pasta bowl with upright walls."""
    body = hollow([(0, 0), (0.36, 0), (0.46, 0.02), (0.5, 0.08), (0.51, 0.24)], 0.028)
    return (Part(body.bent(wobble(0.004)), finish.surface),)


def petal(finish: Finish) -> Parts:
    """A scalloped bowl whose wall opens like petals."""
    body = hollow([(0, 0), (0.2, 0), (0.24, 0.02), (0.4, 0.16), (0.47, 0.3), (0.52, 0.36)], 0.024)
    return (Part(body.bent(flutes(14, 0.1, 0, 0.04)), finish.surface),)


def pedestal(finish: Finish) -> Parts:
    """A fruit bowl on a tall foot."""
    body = hollow(
        [(0, 0), (0.2, 0), (0.21, 0.02), (0.11, 0.1), (0.09, 0.2), (0.2, 0.27), (0.42, 0.36), (0.5, 0.46)], 0.024
    )
    return (Part(body, finish.surface),)


def carved(finish: Finish) -> Parts:
    """A hewn wooden bowl with a thick faceted wall."""
    body = hollow([(0, 0), (0.26, 0), (0.32, 0.03), (0.44, 0.18), (0.48, 0.34)], 0.055)
    return (Part(body.bent(facets(16, 0.9)), finish.surface),)


KIND = Kind(
    "bowl",
    "Kitchen & Dining > Bowls",
    (
        Family(
            "ramen",
            "{colour} Noodle Bowl",
            "A deep bowl on a ring foot with brushed bands of bare slip.",
            "Hollin Studio",
            790,
            ramen,
            ("glaze snow", "glaze snow", "glaze ink", "glaze sage"),
        ),
        Family(
            "low",
            "{colour} Pasta Bowl",
            "Low and wide with an upright wall; stacks neatly.",
            "Tarn & Co",
            690,
            low,
            ("speckle oat", "speckle sky", "speckle stone", "matte rose"),
        ),
        Family(
            "petal",
            "{colour} Scalloped Bowl",
            "The wall opens in fourteen soft petals, for fruit or sweets.",
            "Casa Verano",
            890,
            petal,
            ("glaze ochre", "glaze sea", "matte snow", "glaze plum"),
        ),
        Family(
            "pedestal",
            "{colour} Pedestal Bowl",
            "A fruit bowl lifted on a turned foot.",
            "Casa Verano",
            1490,
            pedestal,
            ("matte coal", "raw clay", "matte olive", "marble snow"),
        ),
        Family(
            "carved",
            "{colour} Carved Wooden Bowl",
            "Cut from one block of {colour}, oiled and safe for food.",
            "Fernway",
            1290,
            carved,
            ("wood oak", "wood walnut", "wood cherry", "wood ebony"),
        ),
    ),
    elevation=0.46,
    sizes=(1.0, 1.1, 0.92, 1.05),
)
