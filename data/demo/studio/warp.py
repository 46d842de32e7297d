"""Ways to press flutes, facets and weave into a turned mesh."""

from collections.abc import Callable
from math import pi

import numpy as np

from studio.mesh import Array

Warp = Callable[[Array], Array]


def _rescaled(vertices: Array, factor: Array) -> Array:
    return np.column_stack([vertices[:, 0] * factor, vertices[:, 1] * factor, vertices[:, 2]])


def flutes(count: int, depth: float, twist: float = 0.0, low: float = -9.0, high: float = 9.0) -> Warp:
    """Vertical grooves between two heights, turning by twist radians per unit of height."""

    def warp(vertices: Array) -> Array:
        angle = np.arctan2(vertices[:, 1], vertices[:, 0]) + twist * vertices[:, 2]
        height = vertices[:, 2]
        window = np.clip((height - low) / 0.06, 0, 1) * np.clip((high - height) / 0.06, 0, 1)
        return _rescaled(vertices, 1 - depth * window * np.abs(np.sin(count * angle / 2)))

    return warp


def facets(count: int, soft: float = 0.85) -> Warp:
    """Flat sides, as cut with a knife; soft 1 gives the full polygon."""

    def warp(vertices: Array) -> Array:
        angle = np.arctan2(vertices[:, 1], vertices[:, 0])
        sector = np.mod(angle, 2 * pi / count) - pi / count
        flat = np.cos(pi / count) / np.cos(sector)
        return _rescaled(vertices, 1 + soft * (flat - 1))

    return warp


def weave(stakes: int, rows: float, depth: float) -> Warp:
    """Strands that pass in front of and behind upright stakes, row by row."""

    def warp(vertices: Array) -> Array:
        angle = np.arctan2(vertices[:, 1], vertices[:, 0])
        row = np.floor(vertices[:, 2] * rows)
        strand = np.sqrt(np.abs(np.sin(pi * vertices[:, 2] * rows)))
        over = np.sin(stakes * angle / 2 + pi * np.mod(row, 2))
        return _rescaled(vertices, 1 + depth * (over * 0.7 + strand * 1.3))

    return warp


def wobble(amount: float, seed: float = 0.0) -> Warp:
    """The slow unevenness of a hand-thrown pot."""

    def warp(vertices: Array) -> Array:
        angle = np.arctan2(vertices[:, 1], vertices[:, 0])
        wave = np.sin(2 * angle + seed + 3 * vertices[:, 2]) + 0.6 * np.sin(3 * angle + 2 * seed)
        return _rescaled(vertices, 1 + amount * wave)

    return warp
