"""Plates: coupe, rimmed, fluted, square and a wooden platter."""

from studio.mesh import hollow
from studio.product import Family, Kind, Part, Parts
from studio.surface import Finish, rgb
from studio.warp import facets, flutes, wobble


def coupe(finish: Finish) -> Parts:
    """A rimless plate that curves up at its edge."""
    body = hollow([(0, 0), (0.3, 0), (0.4, 0.01), (0.48, 0.05), (0.5, 0.075)], 0.022)
    return (Part(body.bent(wobble(0.004)), finish.surface),)


def rimmed(finish: Finish) -> Parts:
    """A plate with a wide flat rim."""
    body = hollow([(0, 0), (0.26, 0), (0.31, 0.01), (0.34, 0.05), (0.34, 0.05), (0.5, 0.07)], 0.02)
    return (Part(body, finish.surface),)


def scalloped(finish: Finish) -> Parts:
    """A plate with a fluted rim."""
    body = hollow([(0, 0), (0.28, 0), (0.34, 0.012), (0.42, 0.05), (0.5, 0.07)], 0.022)
    return (Part(body.bent(flutes(18, 0.05, 0, 0.02)), finish.surface),)


def octagon(finish: Finish) -> Parts:
    """An eight-sided plate with a raised edge."""
    body = hollow([(0, 0), (0.38, 0), (0.44, 0.01), (0.48, 0.05), (0.49, 0.09)], 0.024)
    return (Part(body.bent(facets(8, 1.0)), finish.surface),)


def dotted(finish: Finish) -> Parts:
    """A small plate scattered with painted dots."""
    body = hollow([(0, 0), (0.32, 0), (0.42, 0.02), (0.5, 0.09)], 0.024)
    return (Part(body, finish.surface.with_pattern("dots", rgb("efe9dd"), 0.8)),)


KIND = Kind(
    "plate",
    "Kitchen & Dining > Plates",
    (
        Family(
            "coupe",
            "{colour} Coupe Plate",
            "A rimless dinner plate with a hand-drawn edge.",
            "Tarn & Co",
            690,
            coupe,
            ("speckle oat", "speckle sage", "speckle stone", "speckle rose"),
        ),
        Family(
            "rimmed",
            "{colour} Rimmed Dinner Plate",
            "A classic plate with a wide rim, fired twice.",
            "Hollin Studio",
            750,
            rimmed,
            ("glaze snow", "glaze ink", "glaze clay", "glaze sage"),
        ),
        Family(
            "scalloped",
            "{colour} Scalloped Plate",
            "A dessert plate with a fluted edge.",
            "Casa Verano",
            590,
            scalloped,
            ("glaze ochre", "glaze sea", "matte snow", "glaze plum"),
        ),
        Family(
            "octagon",
            "{colour} Octagonal Plate",
            "Eight straight sides and a low raised edge.",
            "Casa Verano",
            820,
            octagon,
            ("matte coal", "matte sky", "raw clay", "matte olive"),
        ),
        Family(
            "dotted",
            "{colour} Dotted Side Plate",
            "A side plate with dots of white slip, painted by hand.",
            "Fernway",
            450,
            dotted,
            ("glaze ink", "glaze moss", "glaze rose", "glaze umber"),
        ),
    ),
    elevation=0.85,
    turn=0.3,
    sizes=(1.0,),
)
