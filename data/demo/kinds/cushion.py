"""Cushions: square, lumbar, round, striped and dotted."""

from math import pi

import numpy as np
from studio.mesh import Mesh, grid_faces, spline, tube, turned
from studio.product import Family, Kind, Part, Parts
from studio.surface import Finish, rgb

COUNT = 96
PINCH = 0.1


def _half(width: float, height: float, depth: float, side: float) -> Mesh:
    u, v = np.meshgrid(np.linspace(-1, 1, COUNT), np.linspace(-1, 1, COUNT))
    puff = np.maximum((1 - u**2) * (1 - v**2), 0) ** 0.62
    corner = np.minimum(np.abs(u), np.abs(v)) ** 3
    folds = 0.07 * corner * np.sin(16 * (np.abs(u) - np.abs(v))) * (1 - np.maximum(np.abs(u), np.abs(v)) ** 8)
    slack = 0.05 * np.sin(3.1 * u + 1.7 * v) * np.cos(2.3 * v - 0.9 * u)
    pinch = 1 - PINCH * (1 - (u * v) ** 2)
    points = [u * pinch * width / 2, side * puff * (depth / 2 + folds + slack), v * pinch * height / 2 + height / 2]
    return Mesh(np.stack(points, -1).reshape(-1, 3), grid_faces(COUNT, COUNT, closed=False))


def _seam(width: float, height: float) -> Mesh:
    side, edge = np.linspace(-1, 1, 40), np.ones(40)
    u = np.concatenate([side, edge, -side, -edge])
    v = np.concatenate([-edge, side, edge, -side])
    pinch = 1 - PINCH * (1 - (u * v) ** 2)
    path = np.column_stack([u * pinch * width / 2, np.zeros(160), v * pinch * height / 2 + height / 2])
    return tube(path, 0.011, 12)


def _pillow(finish: Finish, width: float, height: float, depth: float) -> Parts:
    halves = (_half(width, height, depth, side).turned("x", -0.2) for side in (-1.0, 1.0))
    welt = _seam(width, height).turned("x", -0.2)
    return tuple(Part(mesh, finish.surface) for mesh in (*halves, welt))


def square(finish: Finish) -> Parts:
    """A plump square cushion."""
    return _pillow(finish, 1.0, 1.0, 0.62)


def lumbar(finish: Finish) -> Parts:
    """A long low cushion."""
    return _pillow(finish, 1.3, 0.7, 0.52)


def round_cushion(finish: Finish) -> Parts:
    """A round cushion with a button in the middle."""
    disc = turned(
        [(0, 0.1), (0.04, 0.1), (0.2, 0.18), (0.4, 0.15), (0.5, 0.02), (0.5, -0.02), (0.4, -0.15), (0, -0.17)]
    )
    button = turned([(0, 0.14), (0.04, 0.13), (0.05, 0.11), (0, 0.1)])
    welt = [(0.505 * np.cos(i * pi / 24), 0.505 * np.sin(i * pi / 24), 0.0) for i in range(49)]
    meshes = (disc, button, tube(spline(welt, 2), 0.014))
    return tuple(Part(mesh.turned("x", 1.3), finish.surface) for mesh in meshes)


def striped(finish: Finish) -> Parts:
    """A square cushion in ticking stripes."""
    surface = finish.surface.with_pattern("stripes", rgb("ece5d6"), 0.9)
    return tuple(Part(part.mesh, surface) for part in _pillow(finish, 1.0, 1.0, 0.6))


def dotted(finish: Finish) -> Parts:
    """A rectangular cushion printed with dots."""
    surface = finish.surface.with_pattern("dots", rgb("ece5d6"), 0.75)
    return tuple(Part(part.mesh, surface) for part in _pillow(finish, 1.15, 0.82, 0.54))


KIND = Kind(
    "cushion",
    "Textiles > Cushions",
    (
        Family(
            "square",
            "{colour} Linen Cushion",
            "A feather-filled cushion in washed linen.",
            "Casa Verano",
            990,
            square,
            ("fabric sage", "fabric oat", "fabric ink", "fabric clay"),
        ),
        Family(
            "lumbar",
            "{colour} Bouclé Lumbar Cushion",
            "A long cushion in looped wool for the small of the back.",
            "Casa Verano",
            1190,
            lumbar,
            ("bouclé snow", "bouclé stone", "bouclé rose", "bouclé ochre"),
        ),
        Family(
            "round",
            "{colour} Button Cushion",
            "Round, firm and drawn in with one covered button.",
            "Tarn & Co",
            1090,
            round_cushion,
            ("fabric plum", "fabric sea", "fabric ochre", "fabric moss"),
        ),
        Family(
            "striped",
            "{colour} Ticking Stripe Cushion",
            "Woven ticking stripes on an undyed ground.",
            "Tarn & Co",
            890,
            striped,
            ("fabric ink", "fabric clay", "fabric olive", "fabric coal"),
        ),
        Family(
            "dotted",
            "{colour} Dotted Cushion",
            "Printed by hand with loose dots.",
            "Fernway",
            950,
            dotted,
            ("fabric sky", "fabric umber", "fabric lilac", "fabric rose"),
        ),
    ),
    elevation=0.14,
    turn=0.3,
    sizes=(1.0,),
)
