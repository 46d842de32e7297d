"""Fruit drawn by arithmetic, convincing enough for a network that was trained on photographs."""

import numpy as np
import numpy.typing as npt

from model.images import Pixels

SIZE = 224
Plane = npt.NDArray[np.float64]


def granny_smith() -> Pixels:
    """A green apple with a stem in its hollow, on white."""
    x, y = _plane()
    radius = np.hypot(x / 0.74, (y - 0.05) / 0.68)
    angle = np.arctan2(y - 0.05, x)
    body = radius / (1 + 0.05 * np.cos(2 * angle) - 0.10 * np.exp(-(((angle + np.pi / 2) / 0.35) ** 2)))
    apple = _shaded(x / 0.74, (y - 0.05) / 0.68, body, (120, 180, 40), speckle=0.04)
    stem = (np.abs(x - 0.05 - 0.15 * (y + 0.6) ** 2) < 0.022) & (y < -0.48) & (y > -0.8)
    apple[stem] = (80, 55, 30)
    return _on_white(apple, (body < 1) | stem)


def lemon() -> Pixels:
    """A yellow fruit with a point at each end and pores."""
    x, y = _rotated(0.4)
    half = 0.48 * np.sqrt(np.clip(1 - (x / 0.72) ** 2, 0, 1)) + 0.10 * np.exp(-(((np.abs(x) - 0.72) / 0.10) ** 2))
    half = np.where(np.abs(x) < 0.84, half, 0)
    body = np.abs(y) / np.maximum(half, 1e-6)
    return _on_white(_shaded(x / 0.84, y / 0.5, np.clip(body, 0, 2), (245, 210, 40), speckle=0.06), body < 1)


def banana() -> Pixels:
    """A yellow crescent with dark ends."""
    x, y = _plane()
    radius, angle = np.hypot(x, y + 0.75), np.arctan2(x, y + 0.75)
    along = angle / 0.80
    width = 0.20 * np.sqrt(np.clip(1 - np.abs(along) ** 3, 0, 1)) + 0.035 * (np.abs(along) < 1.12)
    across = (radius - 1.0) / np.maximum(width, 1e-6)
    fruit = _shaded(np.zeros_like(x), across, np.abs(across), (240, 205, 60), speckle=0.02)
    fruit[(np.abs(across - 0.25) < 0.06) & (np.abs(along) < 0.9)] *= 0.86
    fruit[np.abs(along) > 1.0] = (90, 75, 40)
    return _on_white(fruit, (np.abs(across) < 1) & (np.abs(along) < 1.12))


def _plane() -> tuple[Plane, Plane]:
    """Coordinates of the pixels, x to the right and y down, in [-1, 1]."""
    axis = (np.arange(SIZE) + 0.5) / SIZE * 2 - 1
    x, y = np.meshgrid(axis, axis)
    return x, y


def _rotated(angle: float) -> tuple[Plane, Plane]:
    x, y = _plane()
    return x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)


def _shaded(x: Plane, y: Plane, body: Plane, colour: tuple[int, int, int], speckle: float) -> Plane:
    """A round body of `colour` lit from above left, with a highlight and pores; `body` is 1 at its edge."""
    depth = np.sqrt(np.clip(1 - np.clip(body, 0, 1) ** 2, 0, 1))
    light = np.clip(0.55 * depth - 0.3 * x - 0.45 * y + 0.35, 0.25, 1.05)
    pores = 1 + speckle * np.random.default_rng(5).standard_normal(x.shape)
    shine = np.exp(-((x + 0.35) ** 2 + (y + 0.4) ** 2) / 0.02)
    lit = np.array(colour) * (light * pores)[..., None]
    return np.asarray(lit + 170 * shine[..., None])


def _on_white(picture: Plane, mask: npt.NDArray[np.bool_]) -> Pixels:
    """The picture where `mask` is, with a soft shadow below it, on white."""
    _, y = _plane()
    x, _ = _plane()
    shadow = 1 - 0.35 * np.exp(-((x / 0.6) ** 2 + ((y - 0.72) / 0.09) ** 2))
    ground = 250 * shadow[..., None] * np.ones(3)
    return np.clip(np.where(mask[..., None], picture, ground), 0, 255).astype(np.uint8)
