"""The features of a photo's views, as one: pure arrays."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain

import numpy as np

from model.extractors import Features
from model.images import View
from model.neighbours.normalize import unit


def joined(views: Sequence[View], features: Callable[[View], Features]) -> Features:
    """(n, D) float32 of the (n, D') features of each view, which are asked for one after the other.

    Those of one view are left as the network gives them. Of several, a mirrored view is averaged with its plain one,
    and what remains is scaled to unit length and set side by side: then all views count alike.
    """
    if len(views) == 1:
        return features(views[0])
    sides: dict[View, list[View]] = {}
    for view in views:
        sides.setdefault(replace(view, mirrored=False), []).append(view)
    parts = (unit(np.mean([features(view) for view in side], axis=0, dtype=np.float32)) for side in sides.values())
    first = next(parts)
    width = first.shape[1]
    made = np.empty((len(first), len(sides) * width), dtype=np.float32)
    for number, part in enumerate(chain([first], parts)):
        made[:, number * width : (number + 1) * width] = part / np.float32(len(sides) ** 0.5)
    return made
