"""Cutting boards: paddle, round, slab with a hole, long server and a striped end-grain board."""

from math import pi

import numpy as np
from studio.mesh import Mesh, Point2, box, prism, rounded, spline, tube
from studio.product import Family, Kind, Part, Parts
from studio.surface import Finish, surface

LEAN = pi / 2 - 0.2


def _standing(mesh: Mesh) -> Mesh:
    return mesh.turned("x", LEAN)


def _outline(half: list[Point2]) -> list[list[float]]:
    right: list[list[float]] = spline(half, 8).tolist()
    return right + [[-x, y] for x, y in reversed(right)]


def _cut(outline: list[list[float]], finish: Finish) -> Part:
    return Part(_standing(prism(outline, 0.05)), finish.surface.upright(), 0.012)


def _loop(height: float) -> Part:
    cord = tube(
        spline(
            [
                (0.0, height, 0.056),
                (-0.05, height + 0.07, 0.06),
                (0, height + 0.14, 0.06),
                (0.05, height + 0.07, 0.06),
                (0.0, height, 0.056),
            ],
            10,
        ),
        0.009,
    )
    return Part(_standing(cord), surface("fabric umber"))


def paddle(finish: Finish) -> Parts:
    """A rectangular board with a handle."""
    half = [
        (0.02, 0),
        (0.26, 0),
        (0.31, 0.05),
        (0.31, 0.05),
        (0.31, 0.6),
        (0.31, 0.6),
        (0.26, 0.68),
        (0.09, 0.72),
        (0.065, 0.8),
        (0.075, 0.98),
        (0.02, 1.03),
    ]
    return (_cut(_outline(half), finish), _loop(0.96))


def round_board(finish: Finish) -> Parts:
    """A round board with a short handle."""
    half = [
        (0.02, 0),
        (0.2, 0.04),
        (0.36, 0.2),
        (0.4, 0.4),
        (0.34, 0.6),
        (0.18, 0.74),
        (0.08, 0.82),
        (0.075, 1.0),
        (0.02, 1.04),
    ]
    return (_cut(_outline(half), finish), _loop(0.97))


def slab(finish: Finish) -> Parts:
    """A thick block with a juice groove."""
    block = Part(_standing(prism(rounded(0.72, 1.0, 14), 0.08).moved(y=0.5)), finish.surface.upright(), 0.012)
    ring = rounded(0.62, 0.9, 12)
    path = np.column_stack([ring[:, 0], ring[:, 1] + 0.5, np.full(len(ring), 0.08)])
    groove = tube(np.vstack([path, path[:2]]), 0.012)
    return (block, Part(_standing(groove), surface("wood ebony")))


def server(finish: Finish) -> Parts:
    """A long narrow serving board, leaning."""
    half = [
        (0.02, 0),
        (0.15, 0.01),
        (0.2, 0.1),
        (0.18, 0.5),
        (0.19, 0.8),
        (0.1, 0.92),
        (0.05, 1.02),
        (0.06, 1.2),
        (0.02, 1.24),
    ]
    return (_cut(_outline(half), finish),)


def inlaid(finish: Finish) -> Parts:
    """A board glued from strips of two woods."""
    pale = surface("wood beech").upright()
    strips = [box(0.1, 0.06, 0.95).moved(x=-0.35 + 0.1 * i) for i in range(8)]
    lean = [mesh.turned("x", -0.2) for mesh in strips]
    return tuple(Part(mesh, pale if i % 3 == 1 else finish.surface.upright(), 0.004) for i, mesh in enumerate(lean))


KIND = Kind(
    "board",
    "Kitchen & Dining > Cutting Boards",
    (
        Family(
            "paddle",
            "{colour} Paddle Board",
            "A board with a handle and a leather loop.",
            "Fernway",
            890,
            paddle,
            ("wood oak", "wood walnut", "wood beech", "wood ebony"),
        ),
        Family(
            "round",
            "{colour} Round Cheese Board",
            "A round board for cheese and bread.",
            "Fernway",
            790,
            round_board,
            ("wood cherry", "wood oak", "marble snow", "wood walnut"),
        ),
        Family(
            "slab",
            "{colour} Carving Board",
            "A thick carving board with a groove for the juices.",
            "Fernway",
            1590,
            slab,
            ("wood beech", "wood oak", "wood walnut", "wood cherry"),
        ),
        Family(
            "server",
            "{colour} Long Serving Board",
            "Long and narrow, for a whole row of small things.",
            "Tarn & Co",
            990,
            server,
            ("wood walnut", "wood ebony", "wood cherry", "wood beech"),
        ),
        Family(
            "inlaid",
            "{colour} Striped Board",
            "Strips of {colour} and beech, glued and oiled.",
            "Tarn & Co",
            1290,
            inlaid,
            ("wood walnut", "wood cherry", "wood ebony", "wood oak"),
        ),
    ),
    elevation=0.14,
    turn=0.3,
    sizes=(1.0,),
)
