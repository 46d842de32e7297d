"""Exact top-k: against an oracle, and the invariants that every list must keep."""

from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from model.extractors import Features
from model.neighbours import approximate, exact, normalize
from model.neighbours import search as searching
from model.neighbours.exact import DIGITS, Integers, cosines_of, nearest, top_k
from model.neighbours.normalize import unit
from model.neighbours.search import search
from model.progress import T

# Small whole numbers, so that equal similarities are common, and their order by index is really tested.
small_features = arrays.arrays(
    np.float32, st.tuples(st.integers(1, 12), st.integers(1, 4)), elements=st.integers(-2, 2).map(float)
)


def oracle(features: Features, k: int) -> list[list[int]]:
    """Every pair compared in float64, then sorted: what the blocked search must find."""
    return [[index for index, _ in row] for row in oracle_of(features, k, np.arange(len(features)))]


def oracle_of(features: Features, k: int, owners: Integers) -> list[list[tuple[int, float]]]:
    """The same with similarities, and without the rows of the same owner."""
    rows = features.astype(np.float64)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-300)
    similarities = np.round(np.clip([[float(np.dot(a, b)) for b in rows] for a in rows], -1, 1), DIGITS)
    return [
        sorted(((j, similarities[i][j]) for j in range(len(rows)) if owners[j] != owners[i]), key=lambda p: (-p[1], p))[
            : min(k, len(rows) - 1)
        ]
        for i in range(len(rows))
    ]


def random_features(count: int, dimension: int = 16) -> Features:
    return np.random.default_rng(7).standard_normal((count, dimension), dtype=np.float32)


@settings(deadline=None)
@given(small_features, st.integers(1, 15))
def test_lists_are_the_oracles(features: Features, k: int) -> None:
    assert top_k(features, k).indices.tolist() == oracle(features, k)


@settings(deadline=None)
@given(small_features, st.integers(1, 15))
def test_no_product_is_its_own_neighbour_and_none_is_listed_twice(features: Features, k: int) -> None:
    for row, listed in enumerate(top_k(features, k).indices.tolist()):
        assert row not in listed
        assert len(set(listed)) == len(listed) == min(k, len(features) - 1)


@settings(deadline=None)
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
    monkeypatch.setattr(exact, "BLOCK", 7)
    monkeypatch.setattr(normalize, "VALUES", 11)
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


@settings(deadline=None)
@given(small_features, st.integers(1, 15), st.lists(st.integers(0, 4), min_size=12, max_size=12))
def test_rows_of_one_owner_are_never_neighbours(features: Features, k: int, owner: list[int]) -> None:
    owners = np.array(owner[: len(features)])
    found = top_k(features, k, owners)
    for row, wanted in enumerate(oracle_of(features, k, owners)):
        rest = found.indices.shape[1] - len(wanted)
        assert found.indices[row].tolist() == [index for index, _ in wanted] + [-1] * rest
        assert found.similarities[row].tolist() == pytest.approx([value for _, value in wanted] + [-np.inf] * rest)


@pytest.mark.parametrize("block", [7, 64, 2048])
def test_more_equals_than_there_is_room_for_are_ordered_by_index(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exact, "BLOCK", block)
    monkeypatch.setattr(exact, "WIDE", 1000)
    features = random_features(300, 8)
    features[50:250] = features[50]
    found = top_k(features, 5, np.arange(300) // 2)
    assert found.indices[50].tolist() == [52, 53, 54, 55, 56]
    assert found.indices[249].tolist() == [50, 51, 52, 53, 54]
    assert [
        [index for index, _ in row] for row in oracle_of(features, 5, np.arange(300) // 2)
    ] == found.indices.tolist()


def test_a_large_catalogue_is_searched_as_the_oracle_does() -> None:
    features = np.maximum(random_features(2500, 24), 0)
    rough = unit(features).astype(np.float64) @ unit(features).T.astype(np.float64)
    np.fill_diagonal(rough, -1)
    assert np.array_equal(
        top_k(features, 7).indices, np.argsort(-np.round(rough, DIGITS), axis=1, kind="stable")[:, :7]
    )


@pytest.mark.parametrize("scale", [1e-40, 1e-20, 1e20, 1e37])
def test_tiny_and_huge_values_have_the_neighbours_of_usual_ones(scale: float) -> None:
    features = np.round(random_features(40) * 8)
    assert np.array_equal(top_k((features * scale).astype(np.float32), 5).indices, top_k(features, 5).indices)


def test_features_are_left_as_they_were() -> None:
    features = random_features(50)
    before = features.copy()
    top_k(features, 5)
    assert np.array_equal(features, before)


def test_the_shape_decides_which_search_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    features = random_features(200)
    assert np.array_equal(search(features, 5).indices, top_k(features, 5).indices)
    monkeypatch.setattr(approximate, "top_k", lambda *_: nearest(features, features[0], 1))
    monkeypatch.setattr(searching, "EXACT", 200 * 200 * 528)
    assert len(search(features, 5).indices) == 200
    monkeypatch.setattr(searching, "EXACT", 200 * 200 * 528 - 1)
    assert len(search(features, 5).indices) == 1


def test_progress_is_told_of_each_pair_of_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exact, "BLOCK", 10)
    told: list[tuple[str, int]] = []

    def track(items: Iterable[T], description: str, total: int) -> Iterable[T]:
        told.append((description, total))
        return items

    top_k(random_features(40), 3, track=track)
    assert told == [("neighbours", 10)]


@given(st.integers(1, 5), st.integers(1, 400))
def test_the_highest_values_are_found_in_their_groups(width: int, columns: int) -> None:
    values = random_features(3, columns)
    for each in (values, np.asfortranarray(values)):
        found = np.take_along_axis(each, exact._highest(each, width), axis=1)
        assert np.array_equal(np.sort(found), np.sort(values)[:, -width:])


def test_cosines_of_pairs_are_those_of_the_lists() -> None:
    features = random_features(20)
    found = top_k(features, 3)
    assert np.array_equal(cosines_of(features, np.repeat(np.arange(20), 3), found.indices.ravel()).reshape(20, 3),
                          found.similarities)  # fmt: skip
    assert cosines_of(features, np.zeros(0, np.int64), np.zeros(0, np.int64)).shape == (0,)
