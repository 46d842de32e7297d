"""Which products are one look."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model import duplicates
from model.duplicates import Pairs, candidates, equal_files, groups, joined
from model.neighbours.exact import TopK
from model.policy import Mask


def never(pairs: Pairs) -> Mask:
    return np.zeros(len(pairs), dtype=np.bool_)


def always(pairs: Pairs) -> Mask:
    return np.ones(len(pairs), dtype=np.bool_)


def test_equal_files_are_one_look() -> None:
    equal = equal_files(["a", "b", "a", "c", "b"])
    assert equal.tolist() == [0, 1, 0, 3, 1]
    assert groups(joined(equal, np.zeros((0, 2), dtype=np.int64), never)) == [[0, 2], [1, 4]]


def test_of_few_products_all_pairs_are_compared() -> None:
    near = TopK(np.array([[1, 2], [0, 2], [0, -1]]), np.array([[-0.9, -1], [-0.9, -1], [-1, -np.inf]]))
    assert candidates(near).tolist() == [[0, 1], [0, 2], [1, 2]]


def test_only_near_ones_are_compared_and_each_pair_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicates, "FEW", 2)
    near = TopK(np.array([[1, 2], [0, 2], [0, -1]]), np.array([[0.95, 0.5], [0.95, 0.9], [0.5, -np.inf]]))
    assert candidates(near).tolist() == [[0, 1], [1, 2]]


def test_products_that_show_the_same_are_joined_with_all_their_files() -> None:
    looks = joined(equal_files(["a", "b", "a", "b", "c"]), np.array([[2, 3]]), always)
    assert looks.tolist() == [0, 0, 0, 0, 4]


def test_a_chain_of_small_differences_does_not_join_its_ends() -> None:
    looks = joined(equal_files(["a", "b", "c"]), np.array([[0, 1], [1, 2]]), always)
    assert looks.tolist() == [0, 0, 2]


@given(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=9), st.data())
def test_a_look_is_named_by_its_first_product(files: list[str], data: st.DataObject) -> None:
    index = st.integers(0, len(files) - 1)
    drawn = data.draw(st.lists(st.tuples(index, index), max_size=8))
    pairs = np.array(drawn, dtype=np.int64).reshape(-1, 2)
    looks = joined(equal_files(files), pairs, always)
    assert all(looks[look] == look <= product for product, look in enumerate(looks.tolist()))
    assert all(looks[a] == looks[b] for a in range(len(files)) for b in range(len(files)) if files[a] == files[b])
