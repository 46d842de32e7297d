"""Where the camera stands: one plan per picture, fixed by the product."""

from dataclasses import dataclass, replace
from random import Random

import numpy as np

from studio.mesh import Array
from studio.product import Product
from studio.surface import Rgb, rgb

WHITE: Rgb = (0.95, 0.95, 0.94)
SET_COLOURS = tuple(rgb(code) for code in ("d8cbb8", "c5ccc0", "d9c3b8", "c4ccd3"))


@dataclass(frozen=True)
class Shot:
    """Angles in radians, fill as a share of the frame, exposure in stops."""

    turn: float
    elevation: float
    fill: float
    roll: float = 0.0
    backdrop: Rgb = WHITE
    exposure: float = 0.0


def main_shot(product: Product) -> Shot:
    """The product's main picture: nearly frontal, a little different each time."""
    chance = Random(product.seed)
    return Shot(
        turn=product.kind.turn + chance.uniform(-0.16, 0.16),
        elevation=product.kind.elevation + chance.uniform(-0.05, 0.06),
        fill=chance.uniform(0.74, 0.84),
        exposure=chance.uniform(-0.06, 0.06),
    )


def second_shot(product: Product) -> Shot:
    """Another view, before a softly coloured set."""
    chance = Random(product.seed + 1)
    first = main_shot(product)
    return replace(
        first,
        turn=first.turn - chance.uniform(0.45, 0.75),
        elevation=first.elevation + chance.uniform(0.12, 0.25),
        fill=chance.uniform(0.62, 0.8),
        backdrop=chance.choice(SET_COLOURS),
    )


@dataclass(frozen=True)
class Camera:
    """A camera's place in metres and its axes as columns (right, up, backward)."""

    place: Array
    axes: Array


def framed(points: Array, shot: Shot, half_angle: float) -> Camera:
    """Stand where the points (n, 3) fill the shot's share of a square frame, and are centred in it."""
    sin_e, cos_e = np.sin(shot.elevation), np.cos(shot.elevation)
    backward, up = np.array([0.0, -cos_e, sin_e]), np.array([0.0, sin_e, cos_e])
    axes = np.stack([np.array([1.0, 0.0, 0.0]), up, backward], -1)
    place = points.mean(0) + backward * 4.0
    for _ in range(12):
        seen = (points - place) @ axes
        flat = seen[:, :2] / -seen[:, 2:]
        low, high = flat.min(0), flat.max(0)
        depth = -float(seen[:, 2].mean())
        place = place + axes[:, :2] @ ((low + high) / 2) * depth
        share = float((high - low).max()) / (2 * np.tan(half_angle))
        place = place + backward * depth * (share / shot.fill - 1)
    return Camera(place, axes)
