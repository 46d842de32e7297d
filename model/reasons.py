"""Why two products are in one list: what can be said of them that a shopper would see to be true.

Colours and shapes are measured on the prints of the photos (`model.prints`), and claimed only where the product stands
out from what is around it. One number holds the reasons of a pair.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from catalogue.product import Product
from catalogue.reasons import Reason
from model.images import Pixels

MANY = 256  # prints or pairs looked at at a time
NEAR_PRICE = 0.15  # of the higher price

# Distances in OKLab, where .02 is about the least that is seen. Found by looking at pairs: see docs/why-similar.md.
GROUND = 0.06  # around the product: no further from the middle of what is at the rim
PLAIN = 0.85  # share of the rim that is so near: then the product stands on a plain ground
FEW = 0.04  # share of the rim that has to be near to a pixel on a ground that is not plain
LEAST, MOST = 0.05, 0.85  # share of the picture that a product takes
SOLID = 0.4  # share of a product's pixels that have others of it on all four sides: less are rods, or crumbs of shadow
CUT = 0.05  # share of the rim that the product may take and still be seen whole
COLOURS_APART = 0.02  # distance of the palettes in the direction in which they differ most
LIGHTNESS = 0.5  # how much a difference in lightness counts: light falls as it likes
QUANTILES = 12

OUTLINE = 24  # sides of a silhouette
FILLED = 0.25  # share of a silhouette's square that the product covers
SHAPES_ALIKE = 0.93  # share of the area of either that both silhouettes cover

Values = npt.NDArray[np.float32]
Marks = npt.NDArray[np.bool_]
Palettes = npt.NDArray[np.float32]  # (N, 7 × QUANTILES), NaN for a product that does not stand out
Shapes = npt.NDArray[np.uint8]  # (N, OUTLINE, OUTLINE) covered by 0 to 255, zeros for a product that does not stand out
Pairs = npt.NDArray[np.int64]  # (P, 2) indices of products


def reasons(pairs: Pairs, products: Sequence[Product], palettes: Palettes, shapes: Shapes) -> npt.NDArray[np.int64]:
    """(P,) the `Reason`s of each pair, 0 to 31, of N products with (N, …) palettes and shapes in their order."""
    first, second = pairs.T
    categories = _numbered([product.category for product in products])
    brands = _numbered([product.brand.strip() for product in products])
    found = {
        Reason.COLOURS: _in_blocks(_same_colours, palettes, pairs),
        Reason.SHAPE: _in_blocks(_same_shape, shapes, pairs),
        Reason.CATEGORY: (categories[first] == categories[second]) & (categories[first] > 0),
        Reason.PRICE: _near_in_price(products, first, second),
        Reason.BRAND: (brands[first] == brands[second]) & (brands[first] > 0),
    }
    return np.asarray(sum(marks * int(reason) for reason, marks in found.items()), dtype=np.int64)


def palettes_of(prints: Pixels) -> Palettes:
    """(N, 84) float32 of (N, 32, 32, 3) uint8 prints: the colours of each product, in OKLab (Ottosson 2020).

    These are quantiles of its pixels along seven directions. The mean difference along one is how far colours must move
    to become those of the other, and the largest of these is a sliced Wasserstein distance (Rabin et al. 2012,
    Deshpande et al. 2019), in which shares of the area count. NaN where nothing stands out.
    """
    found = np.full((len(prints), len(_DIRECTIONS) * QUANTILES), np.nan, dtype=np.float32)
    levels = (np.arange(QUANTILES) + 0.5) / QUANTILES
    for start in range(0, len(prints), MANY):
        colours = oklab(prints[start : start + MANY])
        products = products_in(prints[start : start + MANY], colours)[0] > 0
        inner = _eroded(products)  # the pixels at its edge are mixed with the ground
        solid = inner.sum(axis=(1, 2)) > SOLID * products.sum(axis=(1, 2))
        for row in np.flatnonzero(solid):
            along = colours[row][inner[row]] @ _DIRECTIONS.T
            found[start + row] = np.quantile(along, levels, axis=0).T.ravel()
    return found


def shapes_of(prints: Pixels) -> Shapes:
    """(N, 24, 24) uint8 of (N, 32, 32, 3) uint8 prints: each product's silhouette, in the middle and of one area.

    Zeros where the product does not stand on a plain ground, or goes beyond the picture.
    """
    found = np.zeros((len(prints), OUTLINE, OUTLINE), dtype=np.uint8)
    for start in range(0, len(prints), MANY):
        part = prints[start : start + MANY]
        products, whole = products_in(part, oklab(part))
        rows = np.flatnonzero(whole)
        found[start + rows] = np.rint(255 * _centred(products[rows]))
    return found


def oklab(prints: Pixels) -> Values:
    """(…, 3) float32 lightness 0 to 1, green to red and blue to yellow about -.3 to .3, of (…, 3) uint8 sRGB."""
    linear = _LINEAR[prints]
    return np.asarray(np.cbrt(linear @ _TO_CONES.T) @ _TO_LAB.T)


def products_in(prints: Pixels, colours: Values) -> tuple[Values, Marks]:
    """(N, 32, 32) how much of each pixel is the product, 0 to 1, and (N,) whether it is seen whole.

    The product is what is not like the rim of the picture: zeros where that does not stand out. It is seen whole on a
    plain ground, within the picture.
    """
    picture = _without_bars(prints)
    rim = picture & ~_eroded(_eroded(picture))
    found, whole = np.zeros(picture.shape, dtype=np.float32), np.zeros(len(prints), dtype=np.bool_)
    for row, (shown, edge, lab) in enumerate(zip(picture, rim, colours, strict=True)):
        apart = np.linalg.norm(lab - np.median(lab[edge], axis=0), axis=2)
        plain = (apart[edge] <= GROUND).mean() >= PLAIN
        product = shown & (apart > GROUND if plain else ~_like_rim(lab, edge))
        if LEAST <= product.sum() / shown.sum() <= MOST:
            found[row] = _covered(product, apart)
            whole[row] = plain and product[edge].mean() <= CUT
    return found, whole


def _covered(product: Marks, apart: Values) -> Values:
    """(32, 32) 1 within the product; at its edge, where pixels mix with the ground, as much as they are unlike it."""
    inner = _eroded(product[None])[0]
    mixed = np.clip(apart / max(GROUND, float(np.median(apart[product]))), 0.1, 1)
    return np.asarray(np.where(inner, 1, product * mixed), dtype=np.float32)


def _like_rim(lab: Values, edge: Marks) -> Marks:
    """(32, 32) the pixels to which more than a few of the rim's are near: grounds of wood, or of two walls."""
    known = lab[edge][::2]
    squares = np.square(lab).sum(axis=2)[..., None] + np.square(known).sum(axis=1) - 2 * lab @ known.T
    return np.asarray((squares <= GROUND**2).mean(axis=2) >= FEW)


def _without_bars(prints: Pixels) -> Marks:
    """(N, 32, 32) less the white bars that a letterbox put above and below, or on both sides.

    White all around is no letterbox's, but the photo's own ground.
    """
    ink = ~(prints == 255).all(axis=3)
    rows, columns = ink.any(axis=2), ink.any(axis=1)
    high, wide = (np.minimum(side.argmax(axis=1), side[:, ::-1].argmax(axis=1)) for side in (rows, columns))
    places = np.minimum(np.arange(ink.shape[1]), np.arange(ink.shape[1])[::-1])
    tall = (places >= np.where(wide == 0, high, 0)[:, None])[:, :, None]
    return np.asarray(tall & (places >= np.where(high == 0, wide, 0)[:, None])[:, None])


def _eroded(marks: Marks) -> Marks:
    wide = np.pad(marks, [(0, 0), (1, 1), (1, 1)])
    return wide[:, :-2, 1:-1] & wide[:, 2:, 1:-1] & wide[:, 1:-1, :-2] & wide[:, 1:-1, 2:]


def _centred(masks: Values) -> Values:
    """(N, 24, 24) of (N, 32, 32): moved to the middle and scaled, both axes alike, until FILLED is covered."""
    area = masks.sum(axis=(1, 2))
    step = np.sqrt(area / (FILLED * OUTLINE**2))  # pixels of the print to one of the silhouette
    offsets = np.arange(OUTLINE) - (OUTLINE - 1) / 2
    between = []
    for axis in (2, 1):
        weights = masks.sum(axis=axis)
        middle = weights @ np.arange(masks.shape[1]) / area
        places = middle[:, None] + step[:, None] * offsets
        apart = np.abs(places[:, :, None] - np.arange(masks.shape[1]))
        spread = np.maximum(1, step)[:, None, None]
        between.append(np.maximum(0, 1 - apart / spread) / spread)
    covered = between[0] @ masks @ between[1].swapaxes(1, 2)
    return np.asarray(np.clip(covered, 0, 1), dtype=np.float32)


def _in_blocks(
    same: Callable[[npt.NDArray[Any], npt.NDArray[Any]], Marks], values: npt.NDArray[Any], pairs: Pairs
) -> Marks:
    found = np.zeros(len(pairs), dtype=np.bool_)
    for start in range(0, len(pairs), MANY):
        first, second = pairs[start : start + MANY].T
        found[start : start + MANY] = same(values[first], values[second])
    return found


def _same_colours(a: Palettes, b: Palettes) -> Marks:
    apart = np.abs(a - b).reshape(len(a), len(_DIRECTIONS), QUANTILES).mean(axis=2)
    return np.asarray(apart.max(axis=1) <= COLOURS_APART)  # False for NaN


def _same_shape(a: Shapes, b: Shapes) -> Marks:
    both, either = (each(a, b).sum(axis=(1, 2), dtype=np.int64) for each in (np.minimum, np.maximum))
    return np.asarray((both > SHAPES_ALIKE * either) & (both > 0))


def _numbered(names: Sequence[str]) -> npt.NDArray[np.int64]:
    """(N,) equal numbers for equal names whatever their case, 0 for none."""
    numbers = {"": 0}
    return np.array([numbers.setdefault(name.casefold(), len(numbers)) for name in names], dtype=np.int64)


def _near_in_price(products: Sequence[Product], first: npt.NDArray[np.int64], second: npt.NDArray[np.int64]) -> Marks:
    prices = [product.sale_price or product.price for product in products]
    amounts = np.array([float(price.amount) if price else np.nan for price in prices])
    currencies = _numbered([price.currency if price else "" for price in prices])
    a, b = amounts[first], amounts[second]
    near = np.abs(a - b) <= NEAR_PRICE * np.maximum(a, b)  # False for NaN
    return np.asarray(near & (currencies[first] == currencies[second]))


_LINEAR = np.where(
    np.arange(256) <= 10, np.arange(256) / 255 / 12.92, ((np.arange(256) / 255 + 0.055) / 1.055) ** 2.4
).astype(np.float32)
_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    dtype=np.float32,
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ],
    dtype=np.float32,
)
_DIRECTIONS = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 1], [0, 1, -1], [1, 1, 0], [1, 0, 1]], dtype=np.float32)
_DIRECTIONS /= np.linalg.norm(_DIRECTIONS, axis=1, keepdims=True)
_DIRECTIONS[:, 0] *= LIGHTNESS
