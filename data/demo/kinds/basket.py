"""Baskets: round, belly, laundry, tray and a handled market basket."""

from math import pi

from studio.mesh import Mesh, Point2, hollow, spline, tube
from studio.product import Family, Kind, Part, Parts
from studio.surface import Finish, rgb
from studio.warp import weave


def _woven(points: list[Point2], stakes: int, rows: float, depth: float = 0.022) -> Mesh:
    dense = spline(points, 26)
    return hollow([(float(r), float(z)) for r, z in dense], 0.03, 1).bent(weave(stakes, rows, depth))


def _loop(width: float, low: float, high: float, thick: float) -> Mesh:
    arch = [
        (-width, 0, low),
        (-width * 0.96, 0, (low + high) / 2),
        (-width * 0.5, 0, high),
        (width * 0.5, 0, high),
        (width * 0.96, 0, (low + high) / 2),
        (width, 0, low),
    ]
    return tube(spline(arch, 12), thick)


def _ears(radius: float, height: float) -> tuple[Mesh, Mesh]:
    ear = _loop(0.1, -0.04, 0.1, 0.02).turned("z", pi / 2).moved(x=radius, z=height)
    return ear, ear.turned("z", pi)


def round_basket(finish: Finish) -> Parts:
    """A round storage basket with two ears."""
    body = _woven([(0, 0), (0.32, 0), (0.38, 0.03), (0.42, 0.3), (0.42, 0.56)], 44, 18)
    return tuple(Part(mesh, finish.surface) for mesh in (body, *_ears(0.41, 0.56)))


def belly(finish: Finish) -> Parts:
    """A belly basket, its lower half dipped in paint."""
    body = _woven([(0, 0), (0.26, 0), (0.34, 0.04), (0.46, 0.26), (0.4, 0.5), (0.32, 0.62)], 40, 16)
    surface = finish.surface.with_pattern("dip", rgb("efeae0"), 0.7)
    return tuple(Part(mesh, surface) for mesh in (body, *_ears(0.33, 0.6)))


def laundry(finish: Finish) -> Parts:
    """A tall laundry basket banded in a second colour."""
    body = _woven([(0, 0), (0.26, 0), (0.3, 0.03), (0.33, 0.4), (0.36, 0.9)], 36, 22)
    return (Part(body, finish.surface.with_pattern("bands", rgb("e3d6bd"), 0.32)),)


def tray(finish: Finish) -> Parts:
    """A shallow bread basket."""
    body = _woven([(0, 0), (0.34, 0), (0.42, 0.03), (0.5, 0.16)], 52, 26, 0.018)
    return (Part(body, finish.surface),)


def market(finish: Finish) -> Parts:
    """A market basket with one tall handle."""
    body = _woven([(0, 0), (0.28, 0), (0.34, 0.03), (0.42, 0.22), (0.46, 0.4)], 40, 16).scaled(y=0.72)
    return (Part(body, finish.surface), Part(_loop(0.45, 0.34, 0.9, 0.026), finish.surface))


KIND = Kind(
    "basket",
    "Storage > Baskets",
    (
        Family(
            "round",
            "{colour} Storage Basket",
            "A round basket with two ears for blankets and toys.",
            "Fernway",
            1290,
            round_basket,
            ("wicker natural", "wicker honey", "wicker coal", "wicker oat"),
        ),
        Family(
            "belly",
            "{colour} Belly Basket",
            "Woven seagrass with a white-dipped base.",
            "Casa Verano",
            1190,
            belly,
            ("wicker natural", "wicker umber", "wicker sage", "wicker rose"),
        ),
        Family(
            "laundry",
            "{colour} Banded Laundry Basket",
            "Tall and sturdy, with pale bands woven in.",
            "Fernway",
            1990,
            laundry,
            ("wicker ink", "wicker honey", "wicker moss", "wicker clay"),
        ),
        Family(
            "tray",
            "{colour} Bread Basket",
            "A shallow basket for bread or fruit.",
            "Tarn & Co",
            590,
            tray,
            ("wicker natural", "wicker walnut", "wicker stone", "wicker ochre"),
        ),
        Family(
            "market",
            "{colour} Market Basket",
            "An oval basket under one tall handle.",
            "Tarn & Co",
            1490,
            market,
            ("wicker honey", "wicker natural", "wicker ebony", "wicker sea"),
        ),
    ),
    elevation=0.36,
    turn=0.35,
)
