"""Nothing shown everywhere, nothing shown nowhere."""

import numpy as np
import numpy.typing as npt
import pytest

from model.balance import OFTEN, SHOWN, balanced
from model.neighbours.exact import TopK, top_k


def neighbours(count: int, width: int) -> TopK:
    """Of random rows in many dimensions about a common middle, which have hubs and orphans."""
    random = np.random.default_rng(11)
    rows = random.standard_normal((count, 60)) * random.uniform(0.5, 1.5, (count, 1))
    return top_k((rows + 0.3).astype(np.float32), width)


def counts(lists: npt.NDArray[np.int64], shown: int = SHOWN) -> npt.NDArray[np.int64]:
    seen = lists[:, :shown]
    found: npt.NDArray[np.int64] = np.bincount(seen[seen >= 0], minlength=len(lists))
    return found


def test_every_look_is_shown_somewhere_and_none_too_often() -> None:
    near = neighbours(600, 60)
    before, after = counts(near.indices), counts(balanced(near))
    assert before.min() == 0
    assert before.max() > OFTEN * SHOWN
    assert after.min() >= 1
    assert after.max() <= OFTEN * SHOWN


def test_it_takes_few_moves() -> None:
    near = neighbours(600, 60)
    orphans = (counts(near.indices) == 0).sum()
    surplus = np.maximum(counts(near.indices) - OFTEN * SHOWN, 0).sum()
    changed = [
        set(a[:SHOWN]) != set(b[:SHOWN]) for a, b in zip(near.indices.tolist(), balanced(near).tolist(), strict=True)
    ]
    assert sum(changed) <= orphans + surplus


def test_lists_hold_what_they_held_and_nothing_twice() -> None:
    near = neighbours(300, 40)
    for before, after in zip(near.indices.tolist(), balanced(near).tolist(), strict=True):
        assert len(set(after)) == len(after) == len(before)
        assert len(set(before) - set(after)) <= 1  # the last makes room for an orphan from beyond


def test_the_order_of_the_catalogue_does_not_decide() -> None:
    near = neighbours(300, 40)
    order = np.random.default_rng(1).permutation(300)
    place = np.argsort(order)
    shuffled = TopK(place[near.indices[order]], near.similarities[order])
    assert np.array_equal(order[balanced(shuffled)], balanced(near)[order])


@pytest.mark.parametrize("count", [1, 2, 3, 8])
def test_a_small_catalogue_shows_everything(count: int) -> None:
    lists = balanced(neighbours(count, 5))
    assert lists.shape == (count, min(5, count - 1))
    if count > 1:
        assert counts(lists).min() >= 1


def test_empty_places_stay_last() -> None:
    near = TopK(np.array([[1, 2, -1], [0, -1, -1], [0, -1, -1]]), np.array([[0.9, 0.8, -np.inf]] * 3))
    lists = balanced(near)
    assert lists.tolist() == [[1, 2, -1], [0, -1, -1], [0, -1, -1]]
