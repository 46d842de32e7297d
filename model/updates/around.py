"""Some rows compared with all, exactly: what lies around each of them, and whose lists they belong to.

The cost is that of one matrix product of the few with the many, so it grows with how many are asked for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock

import numpy as np

from model.candidates import Candidates, Integers, floor, reaching, take_in
from model.extractors import Features
from model.lengths import Doubles, row_lengths
from model.neighbours import SPARE, TOLERANCE, TopK, cosines_of, settled
from model.progress import Track, silent
from model.threads import each

FEW, MANY = 1024, 8192  # asked rows and others of one matrix product
LEAST = np.float32(-2)  # below every cosine, above what is not compared


@dataclass(frozen=True)
class Around:
    """The nearest rows of each of the R `asked`, and the P pairs of them with rows that they come near enough to.

    `near` (R, k); `asked` (P,) are places among those asked for, `found` (P,) rows, with their `similarities` (P,).
    """

    near: TopK
    asked: Integers
    found: Integers
    similarities: Doubles


def around(
    rows: Features,
    asked: Integers,
    k: int,
    owners: Integers,
    least: Features | None = None,
    track: Track = silent,
) -> Around:
    """The `min(k, N - 1)` best of all unit `rows` (N, D) float32 for those `asked` (R,), as of `neighbours.top_k`.

    Rows of equal `owners` (N,) are not compared, and those of -1 are with none. Pairs are those whose similarity
    reaches the `least` (N,) float32 of the row that was not asked for, or nearly; infinity asks for none.
    """
    k = min(k, max(0, len(rows) - 1))
    if not k or not len(asked):
        nothing = TopK(np.zeros((len(asked), k), np.int64), np.zeros((len(asked), k)))
        return Around(nothing, np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    candidates = Candidates.none(len(asked), min(k + SPARE, len(rows) - 1))
    reach = np.full(len(rows), np.inf, dtype=np.float32) if least is None else np.maximum(least - TOLERANCE, LEAST)
    alone = owners < 0
    one_at_a_time = Lock()

    def compare(part: tuple[slice, slice]) -> tuple[Integers, Integers]:
        few, many = part
        rough = rows[asked[few]] @ rows[many].T
        rough[(owners[asked[few], None] == owners[None, many]) | alone[None, many]] = -np.inf
        best = candidates.rough[few, k - 1] - np.float32(TOLERANCE)  # others may raise it meanwhile
        if np.isneginf(best).any():
            best = np.maximum(best, floor(rough, candidates.rough.shape[1]))
        queries, places = reaching(rough, np.maximum(best, LEAST))
        with one_at_a_time:
            take_in(candidates, few, queries, places + many.start, rough[queries, places])
        queries, places = np.divmod(np.flatnonzero(rough >= reach[many]), rough.shape[1])
        return queries + few.start, places + many.start

    parts = [(few, many) for few in _parts(len(asked), FEW) for many in _parts(len(rows), MANY)]
    pairs = list(each(compare, parts, "around what is new", track))
    near = settled(rows, row_lengths(rows), owners, asked, candidates, k)
    queries, found = (np.concatenate(each_of) for each_of in zip(*pairs, strict=True))
    return Around(near, queries, found, _cosines(rows, asked[queries], found))


def _cosines(rows: Features, left: Integers, right: Integers) -> Doubles:
    some = np.unique(np.concatenate([left, right]))
    return cosines_of(rows[some], np.searchsorted(some, left), np.searchsorted(some, right))


def _parts(count: int, size: int) -> Iterator[slice]:
    return (slice(start, min(start + size, count)) for start in range(0, count, size))
