"""Exact top-k: against an oracle, and the invariants that every list must keep."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from model import neighbours
from model.extractors import Features
from model.neighbours import DIGITS, nearest, top_k, unit

# Small whole numbers, so that equal similarities are common, and their order by index is really tested.
small_features = arrays.arrays(
    np.float32, st.tuples(st.integers(1, 12), st.integers(1, 4)), elements=st.integers(-2, 2).map(float)
)


def oracle(features: Features, k: int) -> list[list[int]]:
    """Every pair compared in float64, then sorted: what the blocked search must find."""
    rows = unit(features).astype(np.float64)
    similarities = np.round(np.clip([[float(np.dot(a, b)) for b in rows] for a in rows], -1, 1), DIGITS)
    return [
        sorted((j for j in range(len(rows)) if j != i), key=lambda j: (-similarities[i][j], j))[:k]
        for i in range(len(rows))
    ]


def random_features(count: int, dimension: int = 16) -> Features:
    return np.random.default_rng(7).standard_normal((count, dimension), dtype=np.float32)


@given(small_features, st.integers(1, 15))
def test_lists_are_the_oracles(features: Features, k: int) -> None:
    assert top_k(features, k).indices.tolist() == oracle(features, k)


@given(small_features, st.integers(1, 15))
def test_no_product_is_its_own_neighbour_and_none_is_listed_twice(features: Features, k: int) -> None:
    for row, listed in enumerate(top_k(features, k).indices.tolist()):
        assert row not in listed
        assert len(set(listed)) == len(listed) == min(k, len(features) - 1)


@given(small_features, st.integers(1, 12))
def test_shorter_lists_begin_longer_ones(features: Features, k: int) -> None:
    longer = top_k(features, k + 1).indices
    assert np.array_equal(top_k(features, k).indices, longer[:, : min(k, longer.shape[1])])


@settings(deadline=None)
@given(st.integers(2, 40), st.floats(1e-3, 1e3), st.randoms())
def test_scaling_changes_nothing_and_permuting_permutes(count: int, scale: float, random: np.random.Generator) -> None:
    features = random_features(count)
    plain = top_k(features, 5)
    scaled = top_k(features * np.float32(scale), 5)
    assert np.array_equal(plain.indices, scaled.indices)
    order = list(range(count))
    random.shuffle(order)
    permuted = top_k(features[order], 5).indices
    assert np.array_equal(np.array(order)[permuted], plain.indices[order])


def test_blocks_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    features = random_features(100)
    whole = top_k(features, 9)
    monkeypatch.setattr(neighbours, "BLOCK", 7)
    monkeypatch.setattr(neighbours, "PAIRS", 11)
    blocked = top_k(features, 9)
    assert np.array_equal(whole.indices, blocked.indices)
    assert np.array_equal(whole.similarities, blocked.similarities)


def test_equal_products_are_ordered_by_index() -> None:
    features = np.repeat(random_features(1, 64), 50, axis=0)
    found = top_k(features, 3)
    assert found.indices[0].tolist() == [1, 2, 3]
    assert found.indices[49].tolist() == [0, 1, 2]
    assert (found.similarities == 1).all()


def test_similarities_are_cosines() -> None:
    found = top_k(np.array([[1, 0], [1, 1], [-2, 0]], dtype=np.float32), 2)
    assert found.indices.tolist() == [[1, 2], [0, 2], [1, 0]]
    assert found.similarities[0] == pytest.approx([2**-0.5, -1], abs=1e-6)


def test_one_product_has_no_neighbours() -> None:
    assert top_k(random_features(1), 5).indices.shape == (1, 0)


def test_rows_of_zeros_are_like_nothing() -> None:
    found = top_k(np.array([[0, 0], [1, 0], [1, 1]], dtype=np.float32), 2)
    assert found.similarities[0].tolist() == [0, 0]
    assert found.indices[1].tolist() == [2, 0]


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_not_finite_are_refused(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        top_k(np.array([[value, 1], [0, 1]], dtype=np.float32), 1)


def test_k_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="k of at least 1"):
        top_k(random_features(3), 0)


def test_nearest_finds_a_query_among_the_rows() -> None:
    features = random_features(30)
    found = nearest(features, features[12] * 3, 4)
    assert found.indices[0, 0] == 12
    assert found.indices[0, 1:].tolist() == top_k(features, 3).indices[12].tolist()
