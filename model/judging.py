"""How good a catalogue's lists are: from its features to the quality report."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from catalogue.report import Report
from model.baseline import remembering
from model.evaluation import Judged, evaluate
from model.extracted import Extracted, extract
from model.lists import plain
from model.making import Lists
from model.neighbours.exact import cosines_of
from model.options import Chosen
from model.progress import Track

PLAIN = "raw cosine"
PLACES = 12  # of the lists of plain cosine
RANDOM = 20_000  # pairs of products drawn at random
SEED = 0


def judge(extracted: Extracted, ways: Mapping[str, Lists], track: Track) -> Report:
    """The report of the lists that are served, which come first in `ways`, beside plain cosine and the other ways."""
    (served, lists), *others = ways.items()
    raw = plain(extracted.ids, extracted.vectors, PLACES, track, remembering(extracted))
    judged = [Judged(served, lists.similar), Judged(PLAIN, raw)]
    judged += [Judged(name, other.similar) for name, other in others]

    def report() -> Iterator[Report]:
        yield evaluate(
            judged,
            {product.id: product.category for product in extracted.products},
            lists.groups,
            extracted.products,
            extracted.ids,
            random_pairs=random_similarities(extracted).tolist(),
        )

    (found,) = track(report(), "report", 1)
    return found


def random_similarities(extracted: Extracted) -> npt.NDArray[np.float64]:
    """(P,) cosines of the main photos of pairs of products drawn at random, none with itself."""
    count = len(extracted.ids)
    if count < 2:
        return np.zeros(0)
    random = np.random.default_rng(SEED)
    left = random.integers(0, count, RANDOM)
    right = (left + random.integers(1, count, RANDOM)) % count
    first = extracted.photos.first
    found: npt.NDArray[np.float64] = cosines_of(extracted.photos.vectors, first[left], first[right])
    return found


def judge_all(folder: Path, given: Mapping[str, Chosen], track: Track) -> Report:
    """The report of the lists that each network gives the catalogue in `folder`; the first is served."""
    extracted = {name: extract(folder, one.extractor, one.preset, track) for name, one in given.items()}
    ways = {name: each.lists(given[name].preset, track) for name, each in extracted.items()}
    return judge(next(iter(extracted.values())), ways, track)
