"""A small picture of each photo, kept as a feature, and whether two of them show the same picture.

A print is the whole photo in a white square of 32 pixels. One is laid over the other by the stretch and shift of each
axis that fit best (Lucas and Kanade 1981, by the inverse composition of Baker and Matthews 2004); what still differs
then decides. Cropping, resizing and a border are such stretches and shifts, and nothing else is.

Measured on 1,498 photos of clothes and of the demo shop, each changed at random. Found are all that were encoded anew
(JPEG of quality 30 to 95), all that were resized (to 15 to 80 %), 99.7 % with a white border (1 to 4 %), 96.9 % of
those cropped (by up to 5 % of each side), and 95.3 % of those that were cropped, resized and encoded. Of the 29,478
pairs that are nearest by EfficientNet-Lite0 three are the same look, and all three are; of 100,000 random pairs none.
A pair takes about 0.1 ms, and 0.8 ms when its two photos are nearly the same.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from model.extractors import Features
from model.features import Extraction
from model.images import Pixels

SIDE = 32
MANY = 256  # pairs or prints in memory at a time
WHITE = 250  # a bar of a letterbox is brighter than that, also after JPEG

# All in steps of 0 to 255, found on the photos of the docstring: the nearest pair of two products, a stool with another
# seat, differs by 20 in TINT.
MIDDLE = 16.0  # the means of the middles differ by no more, before anything is laid over anything
ROUGH = 10.0  # root of the mean square, when grey pictures of half the size are laid over each other
DIFFERENCE = 4.0  # root of the mean square of all values where they overlap
CONTRAST = 0.15  # the same, relative to the contrast of the picture: pale pictures must fit better
SPOT = 8.0  # one pixel in a hundred may differ by more, in any channel
TINT = 8.0  # four pixels may differ by more in red less green or blue less green: JPEG changes these less
EDGES = 0.25  # of a pixel, by which edges may lie apart: a difference that this explains does not count
OVERLAP = 0.7  # share of each picture that is within the other
REACH = 0.15  # the most that is stretched or shifted, of half a side
MARGIN = 2  # pixels at the rim that are not compared: they mix with what was cut off or added

Values = npt.NDArray[np.float32]
Marks = npt.NDArray[np.bool_]


class Print:
    """An Extractor whose features are the pixels of a photo of 32 × 32: (N, 3072) float32 of whole numbers."""

    name = "print"
    engine = "pixels"
    weights_sha256 = hashlib.sha256(b"pixels as they are").hexdigest()
    size = SIDE

    def extract(self, photos: Pixels) -> Features:
        """(N, 3072) float32, the values of (N, 32, 32, 3) uint8 photos."""
        return photos.reshape(len(photos), -1).astype(np.float32)


def prints_of(extraction: Extraction, keys: Sequence[str]) -> Pixels:
    """(n, 32, 32, 3) uint8 prints of the photos `keys`. Raises KeyError for one that is not stored."""
    prints = np.empty((len(keys), SIDE, SIDE, 3), dtype=np.uint8)
    order = np.argsort(np.array(keys, dtype=np.str_), kind="stable")  # as they are stored, so that blocks are read once
    for start in range(0, len(keys), MANY):
        part = order[start : start + MANY]
        prints[part] = extraction.vectors([keys[index] for index in part]).reshape(-1, SIDE, SIDE, 3)
    return prints


def same_look(a: Pixels, b: Pixels) -> Marks:
    """(P,) whether both of P pairs, each (P, 32, 32, 3) uint8, show the same picture.

    They do when one was encoded anew, resized, given a white border of up to 4 %, or cropped by up to about 5 % of each
    side. The same product in another colour, with another print or from another side is another picture. The order of
    `a` and `b` does not matter.
    """
    same = np.zeros(len(a), dtype=np.bool_)
    near = np.flatnonzero(np.abs(_middle(a) - _middle(b)).max(axis=1, initial=0) <= MIDDLE)
    for start in range(0, len(near), MANY):
        part = near[start : start + MANY]
        same[part] = _same(a[part], b[part])
    return same


def _middle(prints: Pixels) -> Values:
    """(P, 3) the mean of the middle half of both sides."""
    middle = slice(SIDE // 4, -SIDE // 4)
    values = prints[:, middle, middle].reshape(len(prints), (SIDE // 2) ** 2, 3)
    return np.asarray(values.mean(axis=1, dtype=np.float32))


def _same(a: Pixels, b: Pixels) -> Marks:
    """Both without the white around them and as they are: JPEG may leave white that is there in one and not in both."""
    same = np.zeros(len(a), dtype=np.bool_)
    for shown in (_without_bars, _as_planes):
        one, other = _softened(shown(a)), _softened(shown(b))
        for first, second in ((one, other), (other, one)):
            left = np.flatnonzero(~same)
            if len(left):
                same[left] = _laid_over(first[left], second[left])
    return same


def _as_planes(prints: Pixels) -> Values:
    """(P, 3, 32, 32) float32: channels first, which matrix products want."""
    return np.ascontiguousarray(prints.transpose(0, 3, 1, 2), dtype=np.float32)


def _without_bars(prints: Pixels) -> Values:
    """(P, 3, 32, 32) of what stands between white bars of one width on both sides, stretched to the whole square."""
    red, green, blue = (prints[..., channel] for channel in range(3))
    ink = np.minimum(np.minimum(red, green), blue) < WHITE
    extents = [(SIDE - 1 - 2 * _bar(np.asarray(ink.any(axis=axis)))) / np.float32(SIDE - 1) for axis in (2, 1)]
    params = np.zeros((len(prints), 4), dtype=np.float32)
    params[:, 0], params[:, 2] = extents[0] - 1, extents[1] - 1
    return _resampled(_as_planes(prints), params)


def _bar(ink: Marks) -> npt.NDArray[np.int64]:
    """(P,) how many of a side's rows have no ink at both ends; none when there is no ink at all."""
    ends = np.minimum(ink.argmax(axis=1), ink[:, ::-1].argmax(axis=1))
    return np.where(ink.any(axis=1), np.minimum(ends, SIDE // 2 - 2), 0)


def _softened(x: Values) -> Values:
    """By (1, 2, 1) / 4 along both axes: what resampling does to single pixels then counts little."""
    for _ in range(2):
        wide = np.concatenate([x[..., :1], x, x[..., -1:]], axis=-1)
        x = (wide[..., :-2] + 2 * wide[..., 1:-1] + wide[..., 2:]).swapaxes(-1, -2) / 4
    return x


def _laid_over(a: Values, b: Values) -> Marks:
    """(P,) whether `b` can be laid over `a`, both (P, 3, 32, 32)."""
    same = np.zeros(len(a), dtype=np.bool_)
    grey, other = a.mean(axis=1), b.mean(axis=1)
    small, smaller = _halved(grey), _halved(other)
    params = _aligned(small, smaller, np.zeros((len(a), 4), dtype=np.float32), steps=6)
    rough = np.where(_shared(params, SIDE // 2, 1), _resampled(smaller, params) - small, 0)
    left = np.flatnonzero(np.sqrt(np.square(rough).mean(axis=(1, 2))) <= ROUGH)
    if len(left):
        params = _aligned(grey[left], other[left], params[left], steps=2)
        same[left] = _fits(a[left], _resampled(b[left], params), _shared(params, SIDE, MARGIN))
        same[left] &= _overlap(params) >= OVERLAP
    return same


def _halved(grey: Values) -> Values:
    return np.asarray(grey.reshape(len(grey), SIDE // 2, 2, SIDE // 2, 2).mean(axis=(2, 4)), dtype=np.float32)


def _aligned(a: Values, b: Values, params: Values, steps: int) -> Values:
    """(P, 4) stretch and shift of rows, then of columns, which lay `b` over `a`, both (P, S, S).

    Stretches are relative, shifts in half sides. The middle counts most, and what lies outside of `b` not at all.
    """
    side = a.shape[1]
    axis = np.linspace(-1, 1, side, dtype=np.float32)
    rows, columns = (np.gradient(a, axis=each) * np.float32((side - 1) / 2) for each in (1, 2))
    slopes = np.stack([rows * axis[:, None], rows, columns * axis, columns], axis=1).reshape(len(a), 4, -1)
    window = np.clip(1.25 * (1 - axis**2), 0, 1)
    weighted = slopes * (window[:, None] * window).ravel()
    square = weighted @ slopes.transpose(0, 2, 1)
    damped = 1e-3 * (np.trace(square, axis1=1, axis2=2) / 4 + 1)  # a picture of stripes does not say how far along
    solved = np.linalg.solve(square + damped[:, None, None] * np.eye(4, dtype=np.float32), weighted)
    for _ in range(steps):
        apart = np.where(_shared(params, side, 0), _resampled(b, params) - a, 0).reshape(len(a), -1, 1)
        params = np.clip(params - (solved @ apart)[:, :, 0], -REACH, REACH)
    return params


def _sources(params: Values, side: int) -> tuple[Values, Values]:
    """(P, side) for rows and for columns: where in [-1, 1] each one comes from."""
    axis = np.linspace(-1, 1, side, dtype=np.float32)
    return axis * (1 + params[:, :1]) + params[:, 1:2], axis * (1 + params[:, 2:3]) + params[:, 3:]


def _resampled(x: Values, params: Values) -> Values:
    """`x` (P, S, S) or (P, 3, S, S) stretched and shifted: linear between pixels, the rim goes on outside."""
    side = x.shape[-1]
    places = np.arange(side, dtype=np.float32)
    between = []
    for source in _sources(params, side):
        place = np.clip((source + 1) * np.float32((side - 1) / 2), 0, side - 1)
        between.append(np.maximum(0, 1 - np.abs(place[:, :, None] - places)))
    rows, columns = (each if x.ndim == 3 else each[:, None] for each in between)
    return np.asarray(rows @ x @ columns.swapaxes(-1, -2))


def _shared(params: Values, side: int, margin: int) -> Marks:
    """(P, side, side) which pixels are within both pictures, `margin` pixels from the rim of either."""
    within = 1 - 2 * margin / (side - 1) + 1e-6
    axis = np.abs(np.linspace(-1, 1, side)) <= within
    rows, columns = ((np.abs(source) <= within) & axis for source in _sources(params, side))
    return np.asarray(rows[:, :, None] & columns[:, None])


def _overlap(params: Values) -> Values:
    """(P,) the share of each picture that lies within the other, the smaller of both."""
    share = np.ones(len(params), dtype=np.float32)
    size = np.ones(len(params), dtype=np.float32)
    for stretch, shift in ((1 + params[:, 0], params[:, 1]), (1 + params[:, 2], params[:, 3])):
        share *= sum(np.clip((1 + sign * shift) / stretch, 0, 1) for sign in (1, -1)) / 2
        size *= stretch
    return np.asarray(np.minimum(share, share * size))


def _fits(a: Values, b: Values, shared: Marks) -> Marks:
    """(P,) whether `b` is `a`, both (P, 3, 32, 32), at the pixels that are shared."""
    count = np.maximum(1, shared.sum(axis=(1, 2)))
    mean = (a * shared[:, None]).sum(axis=(2, 3)) / count[:, None]
    contrast = _root(a - mean[:, :, None, None], shared, count)
    difference = _root(a - b, shared, count)
    tints = [x[:, [0, 2]] - x[:, 1:2] for x in (a, b)]
    return (
        (difference <= DIFFERENCE)
        & (difference <= CONTRAST * contrast)
        & (_largest(a, b, shared, 10) <= SPOT)
        & (_largest(tints[0], tints[1], shared, 4) <= TINT)
    )


def _root(x: Values, shared: Marks, count: npt.NDArray[np.int64]) -> Values:
    return np.asarray(np.sqrt((np.square(x).mean(axis=1) * shared).sum(axis=(1, 2)) / count))


def _largest(a: Values, b: Values, shared: Marks, rank: int) -> Values:
    """(P,) the difference at the pixel where it is `rank`-th largest, less what edges explain."""
    slope = np.maximum(*(np.abs(np.gradient(a, axis=axis)).max(axis=1) for axis in (2, 3)))
    beyond = np.where(shared, np.abs(a - b).max(axis=1) - EDGES * slope, 0).reshape(len(a), -1)
    return np.asarray(np.partition(beyond, -rank, axis=1)[:, -rank])
