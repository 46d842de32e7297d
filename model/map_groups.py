"""Names of the neighbourhoods of a map: the category, or the word of titles, that stands out there.

Squares of several sizes lie on every step of a grid, and each takes the term that marks it best. The score of a term is
the number of the square's products that have the term, times Dice's coefficient: twice that number, divided by the sum
of the square's products and all products with the term. So a term wins that most of the square has and little else.

Squares get labels in the order of their scores. A square is passed over if its term has a label already, if half of the
products that have the term there are labelled already, or if the label would lie on another one.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from catalogue.encoding import SIDE, Place
from catalogue.product import MapGroup, Product
from model.ranking import Indices

MOST = 24  # labels
GRID = 32  # steps along each side of the map
SQUARES = (2, 3, 4, 6, 8, 11, 16)  # steps along the side of a square, at most half of the map's side
FEWEST = 3  # products that a label stands for
CATEGORY, WORD = 1 / 200, 1 / 50  # share of all products that the label of a category, or of a word, stands for
INSIDE = 0.5  # share of a square's products that have its term
LIFT = 1.5  # by which that share exceeds the term's share of all products
WEAK = 0.3  # Dice's coefficient below which a term marks no square
LETTER, LINE = 130, 500  # the room of a label on the map: for each letter, and its height
WORDS = 32  # of a title that are read
LETTERS, LONGEST = 3, 40  # the fewest letters of a word, and the most characters of a name
ENGLISH = "all and any are but for from has its new not our out per set the this with your"
GERMAN = (
    "als auch auf aus bei das dem den der des die ein eine einem einen einer für ihr ihre mit neu nicht oder ohne und"
)
FRENCH = "aux avec dans des est les nos par plus pour sans ses sur une vos"
SPANISH = "con del las los más para por sin sus una"
STOP = frozenset(f"{ENGLISH} {GERMAN} {FRENCH} {SPANISH} von zum zur".split())  # words that name no neighbourhood
_SPLIT = re.compile(r"[^\s/,;|()]+")

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Term:
    """A category's name, or a word of titles in small letters, and the rows of the products that have the term.

    `rows` ascend. A label of the term stands for at least `least` products.
    """

    name: str
    rows: Indices
    least: float
    is_word: bool


@dataclass(frozen=True)
class Square:
    """A square of `side` steps, from step (x, y) on, with the number of its best term and the score of that."""

    score: float
    side: int
    x: int
    y: int
    term: int


@dataclass(frozen=True)
class Chart:
    """N products, their (N, 2) `places` on the map, and the (N, 2) `steps` of the grid in which the places lie."""

    products: Sequence[Product]
    places: Numbers
    steps: Numbers

    @classmethod
    def of(cls, products: Sequence[Product], places: Sequence[Place]) -> "Chart":
        points = np.array(places, dtype=np.int64).reshape(-1, 2)
        return cls(products, points, points * GRID // SIDE)


def named(products: Sequence[Product], places: Sequence[Place]) -> tuple[MapGroup, ...]:
    """The labels of a map on which the N `products` have the N `places`: the largest count first, then by name."""
    terms = _terms(products)
    if not terms:
        return ()
    chart = Chart.of(products, places)
    whole, each = _sums(chart.steps), np.stack([_sums(chart.steps[term.rows]) for term in terms])
    squares = [square for side in SQUARES for square in _marked(whole, each, terms, side)]
    squares.sort(key=lambda square: (-square.score, square.side, square.y, square.x))
    return tuple(sorted(_labels(chart, terms, squares), key=lambda group: (-group.count, group.name)))


def _terms(products: Sequence[Product]) -> list[Term]:
    """The categories and words that enough products have, without words that begin a category's: `mug` of `Mugs`."""
    categories = _having(([product.category] for product in products), CATEGORY, is_word=False)
    words = _having(({word.casefold() for word in _words(each.title)} for each in products), WORD, is_word=True)
    begun = " ".join(f" {word.casefold()}" for category in categories for word in _SPLIT.findall(category.name))
    return categories + [word for word in words if f" {word.name}" not in begun]


def _having(names: Iterable[Iterable[str]], share: float, *, is_word: bool) -> list[Term]:
    """The terms of `names`, given by product, that at least a `share` of all products have; sorted by name."""
    rows: defaultdict[str, list[int]] = defaultdict(list)
    count = 0
    for row, each in enumerate(names):
        count = row + 1
        for name in each:
            rows[name].append(row)
    least = max(FEWEST, share * count)
    kept = sorted((name, found) for name, found in rows.items() if 0 < len(name) <= LONGEST and len(found) >= least)
    return [Term(name, np.array(found), least, is_word) for name, found in kept]


def _words(title: str) -> Iterator[str]:
    """The words of a title as they are spelt there, without numbers and stop words."""
    return filter(None, map(_bare, _SPLIT.findall(title)[:WORDS]))


@lru_cache(1 << 16)
def _bare(part: str) -> str:
    """A word without the signs around it; empty for a number, a stop word or a word of few letters."""
    part = part[: LONGEST + 1]
    kinds = "".join(unicodedata.category(character)[0] for character in part)
    found = re.search("[LMN].*[LMN]", kinds)  # from the first letter, mark or number to the last one
    if not found or kinds.count("L") < LETTERS:
        return ""
    word = part[slice(*found.span())]
    return "" if word.casefold() in STOP else word


def _sums(steps: Numbers) -> Numbers:
    """(GRID + 1, GRID + 1): how many points at `steps` lie below each y and left of each x."""
    counts = np.bincount(steps @ (1, GRID), minlength=GRID**2).reshape(GRID, GRID)
    return np.pad(counts.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))


def _in_squares(sums: Numbers, side: int) -> Numbers:
    """How many points lie in the square from each step on, by y and x."""
    rows = sums[..., side:, :] - sums[..., :-side, :]
    return np.asarray(rows[..., side:] - rows[..., :-side])


def _marked(whole: Numbers, each: Numbers, terms: Sequence[Term], side: int) -> Iterator[Square]:
    """The squares of one size that a term marks, by the sums of all products and the sums of each term."""
    inside, having = _in_squares(whole, side), _in_squares(each, side)
    sizes = np.array([len(term.rows) for term in terms])[:, None, None]
    least = np.array([term.least for term in terms])[:, None, None]
    dice = 2 * having / (inside + sizes)
    more = (having >= INSIDE * inside) & (having * whole[-1, -1] >= LIFT * sizes * inside)
    scores = np.where(more & (having >= least) & (dice >= WEAK), dice * having, 0)
    best, score = scores.argmax(axis=0), scores.max(axis=0)
    for y, x in np.argwhere(score > 0).tolist():
        yield Square(float(score[y, x]), side, x, y, int(best[y, x]))


def _labels(chart: Chart, terms: Sequence[Term], squares: Iterable[Square]) -> list[MapGroup]:
    """The labels that `squares` get in their order: one for a term, and at most MOST."""
    groups: dict[int, MapGroup] = {}
    labelled = np.zeros(len(chart.products), dtype=np.bool_)
    for square in squares:
        if square.term in groups:
            continue
        rows = _inside(chart, terms[square.term], square)
        if 2 * labelled[rows].sum() >= len(rows):
            continue
        group = _group(chart, terms[square.term], rows)
        if not any(_collide(group, other) for other in groups.values()):
            groups[square.term] = group
            labelled[rows] = True
        if len(groups) == MOST:
            break
    return [*groups.values()]


def _inside(chart: Chart, term: Term, square: Square) -> Indices:
    """The rows of the products in the square that have the term."""
    from_corner = chart.steps[term.rows] - (square.x, square.y)
    return term.rows[((from_corner >= 0) & (from_corner < square.side)).all(axis=1)]


def _group(chart: Chart, term: Term, rows: Indices) -> MapGroup:
    """The label of a term for some products, in the middle of them."""
    x, y = np.median(chart.places[rows], axis=0).astype(int).tolist()
    name = _spelt(term.name, (chart.products[row].title for row in rows)) if term.is_word else term.name
    return MapGroup(name, (x, y), len(rows))


def _spelt(word: str, titles: Iterable[str]) -> str:
    """The word as most of the titles spell it, with a capital letter."""
    spellings = Counter(each for title in titles for each in _words(title) if each.casefold() == word)
    most = min(spellings, key=lambda each: (-spellings[each], each))
    return most[:1].upper() + most[1:]


def _collide(one: MapGroup, other: MapGroup) -> bool:
    """Whether one label would lie on the other."""
    right, up = (abs(a - b) for a, b in zip(one.place, other.place, strict=True))
    return right < LETTER * (len(one.name) + len(other.name) + 1) / 2 and up < LINE
