"""Meshes as plain arrays, made without the renderer.

Lengths are in product units: a product is about one unit tall or wide, and the studio
scales it to one metre before it is photographed. Angles are in radians.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import pi

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Point2 = tuple[float, float]
Point3 = tuple[float, float, float]


@dataclass(frozen=True)
class Mesh:
    """Vertices (n, 3) and faces as tuples of vertex indices."""

    vertices: Array
    faces: tuple[tuple[int, ...], ...]

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> "Mesh":
        """This mesh, shifted."""
        return Mesh(self.vertices + np.array([x, y, z]), self.faces)

    def scaled(self, x: float = 1.0, y: float = 1.0, z: float = 1.0) -> "Mesh":
        """This mesh, stretched along its axes."""
        return Mesh(self.vertices * np.array([x, y, z]), self.faces)

    def turned(self, axis: str, angle: float) -> "Mesh":
        """This mesh, turned about the axis "x", "y" or "z" by an angle in radians."""
        first, second = {"x": (1, 2), "y": (2, 0), "z": (0, 1)}[axis]
        turn = np.eye(3)
        turn[first, first] = turn[second, second] = np.cos(angle)
        turn[first, second], turn[second, first] = -np.sin(angle), np.sin(angle)
        return Mesh(self.vertices @ turn.T, self.faces)

    def bent(self, warp: Callable[[Array], Array]) -> "Mesh":
        """This mesh with every vertex passed through a function of (n, 3) arrays."""
        return Mesh(warp(self.vertices), self.faces)


def grid_faces(rows: int, columns: int, closed: bool) -> tuple[tuple[int, ...], ...]:
    """Quads of a grid stored row by row; a closed grid joins its last column to its first."""
    width = columns if closed else columns - 1
    return tuple(
        (
            row * columns + c,
            row * columns + (c + 1) % columns,
            (row + 1) * columns + (c + 1) % columns,
            (row + 1) * columns + c,
        )
        for row in range(rows - 1)
        for c in range(width)
    )


def spline(points: Sequence[Sequence[float]], steps: int = 8) -> Array:
    """A Catmull-Rom curve through points of any dimension; a repeated point makes a corner."""
    knots = np.asarray(points, dtype=float)
    padded = np.vstack([knots[:1], knots, knots[-1:]])
    t = np.linspace(0.0, 1.0, steps, endpoint=False)[:, None]
    pieces = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        if np.allclose(b, c):
            continue
        pieces.append(b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a))))
    return np.vstack([*pieces, knots[-1:]])


def lathe(profile: Array, segments: int = 168) -> Mesh:
    """Turn a profile of (radius, height) rows about the z axis."""
    angle = np.linspace(0.0, 2 * pi, segments, endpoint=False)
    radius, height = np.maximum(profile[:, :1], 1e-4), profile[:, 1:]
    around = np.stack(
        [radius * np.cos(angle), radius * np.sin(angle), np.broadcast_to(height, (len(profile), segments))], -1
    )
    return Mesh(around.reshape(-1, 3), grid_faces(len(profile), segments, closed=True))


def turned(points: Sequence[Point2], steps: int = 8) -> Mesh:
    """A solid turned from a smooth profile of (radius, height) points."""
    return lathe(spline(points, steps))


def hollow(points: Sequence[Point2], wall: float = 0.03, steps: int = 8) -> Mesh:
    """A vessel with a wall and a rounded rim; the outer profile starts on the axis."""
    outer = spline(points, steps)
    along = np.gradient(outer, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    inner = outer + wall * np.stack([-along[:, 1], along[:, 0]], -1)
    inner = inner[(inner[:, 0] > wall / 3) & (inner[:, 1] > outer[0, 1] + wall * 0.8)]
    middle, half = (outer[-1] + inner[-1]) / 2, (outer[-1] - inner[-1]) / 2
    bend = np.linspace(0.0, pi, 7)[1:-1, None]
    rim = middle + half * np.cos(bend) + along[-1] * np.linalg.norm(half) * np.sin(bend)
    floor = np.array([[0.0, inner[0, 1]]])
    return lathe(np.vstack([outer, rim, inner[::-1], floor]))


def tube(path: Array, radius: float | Array, sides: int = 20, flat: float = 1.0) -> Mesh:
    """A closed tube swept along a path (n, 3); flat < 1 squeezes it to a strap."""
    tangent = np.gradient(path, axis=0)
    tangent /= np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-9)
    side = np.cross(tangent[0], [0.31, 0.87, 0.11])
    sides_along = []
    for direction in tangent:
        side = side - direction * (side @ direction)
        side = side / np.linalg.norm(side)
        sides_along.append(side)
    across = np.array(sides_along)
    up = np.cross(tangent, across)
    angle = np.linspace(0.0, 2 * pi, sides, endpoint=False)[None, :, None]
    size = np.broadcast_to(np.asarray(radius, dtype=float), (len(path),))[:, None, None]
    rings = path[:, None] + size * (np.cos(angle) * across[:, None] + flat * np.sin(angle) * up[:, None])
    count = len(path) * sides
    caps = (tuple(range(sides))[::-1], tuple(range(count - sides, count)))
    return Mesh(rings.reshape(-1, 3), grid_faces(len(path), sides, closed=True) + caps)


def rod(start: Point3, end: Point3, thick: float, thin: float | None = None) -> Mesh:
    """A straight, perhaps tapering leg between two points."""
    path = np.linspace(start, end, 12)
    return tube(path, np.linspace(thick, thick if thin is None else thin, 12))


def prism(outline: Sequence[Sequence[float]] | Array, height: float) -> Mesh:
    """An outline in the xy plane, raised by a height."""
    flat = np.asarray(outline, dtype=float)
    count = len(flat)
    low = np.column_stack([flat, np.zeros(count)])
    high = np.column_stack([flat, np.full(count, height)])
    walls = tuple((i, (i + 1) % count, count + (i + 1) % count, count + i) for i in range(count))
    caps = (tuple(range(count))[::-1], tuple(range(count, 2 * count)))
    return Mesh(np.vstack([low, high]), walls + caps)


def box(width: float, depth: float, height: float) -> Mesh:
    """A box centred on the z axis, standing on the floor."""
    x, y = width / 2, depth / 2
    return prism([(-x, -y), (x, -y), (x, y), (-x, y)], height)


def rounded(width: float, depth: float, power: float = 5.0, count: int = 96) -> Array:
    """A superellipse outline: power 2 is an ellipse, larger powers near a rectangle."""
    angle = np.linspace(0.0, 2 * pi, count, endpoint=False)
    c, s = np.cos(angle), np.sin(angle)
    curve = [np.sign(c) * np.abs(c) ** (2 / power) * width / 2, np.sign(s) * np.abs(s) ** (2 / power) * depth / 2]
    return np.stack(curve, -1)
