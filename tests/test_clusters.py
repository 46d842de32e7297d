"""The approximate search keeps the exact one's contract, and finds nearly all that it finds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.neighbours import drawn
from model import clusters, neighbours
from model.extractors import Features
from model.neighbours import cosines_of


@pytest.fixture(scope="module")
def catalogue() -> Features:
    return drawn(3000, 64)


def shared(found: neighbours.TopK, wanted: neighbours.TopK) -> float:
    pairs = zip(found.indices, wanted.indices, strict=True)
    return float(np.mean([np.isin(one, other).mean() for one, other in pairs]))


def small(monkeypatch: pytest.MonkeyPatch, size: int = 16, pool: int = 64) -> None:
    """Many clusters and narrow pools, so that small catalogues take every path."""
    monkeypatch.setattr(clusters, "SIZE", size)
    monkeypatch.setattr(clusters, "POOL", pool)


def test_nearly_all_neighbours_are_found_with_their_exact_similarities(
    catalogue: Features, monkeypatch: pytest.MonkeyPatch
) -> None:
    small(monkeypatch, 64, 1024)
    found = clusters.top_k(catalogue, 12)
    assert shared(found, neighbours.top_k(catalogue, 12)) > 0.97
    rows = np.repeat(np.arange(len(catalogue)), 12)
    assert np.array_equal(found.similarities.ravel(), cosines_of(catalogue, rows, found.indices.ravel()))


def test_the_neighbours_of_neighbours_are_worth_their_time(
    catalogue: Features, monkeypatch: pytest.MonkeyPatch
) -> None:
    small(monkeypatch, 32, 256)
    exact = neighbours.top_k(catalogue, 12)
    joined = shared(clusters.top_k(catalogue, 12), exact)
    monkeypatch.setattr(clusters, "JOINS", 0)
    assert joined > shared(clusters.top_k(catalogue, 12), exact) + 0.01


def test_equal_input_gives_equal_output(catalogue: Features) -> None:
    one, other = clusters.top_k(catalogue[:1000], 5), clusters.top_k(catalogue[:1000].copy(), 5)
    assert np.array_equal(one.indices, other.indices)
    assert np.array_equal(one.similarities, other.similarities)


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 300), st.integers(1, 8), st.integers(1, 20), st.integers(1, 40))
def test_lists_are_in_order_without_the_rows_of_their_owner(count: int, dimension: int, k: int, shops: int) -> None:
    random = np.random.default_rng(count)
    features = random.integers(-2, 3, (count, dimension)).astype(np.float32)
    owners = random.integers(0, shops, count)
    with pytest.MonkeyPatch.context() as patch:
        small(patch)
        found = clusters.top_k(features, k, owners)
    assert found.indices.shape == found.similarities.shape == (count, min(k, count - 1))
    for row, (indices, similarities) in enumerate(zip(found.indices, found.similarities, strict=True)):
        listed = indices[indices >= 0]
        assert owners[row] not in owners[listed]
        assert len(set(listed)) == len(listed)
        assert (similarities[len(listed) :] == -np.inf).all()
        pairs = list(zip(-similarities, indices, strict=True))[: len(listed)]
        assert pairs == sorted(pairs)


def test_rows_that_are_all_alike_are_split_into_clusters(monkeypatch: pytest.MonkeyPatch) -> None:
    small(monkeypatch)
    found = clusters.top_k(np.ones((500, 8), dtype=np.float32), 6)
    assert (found.similarities == 1).all()
    assert all(row not in listed for row, listed in enumerate(found.indices.tolist()))


def test_no_cluster_is_giant_and_every_row_is_in_one(catalogue: Features, monkeypatch: pytest.MonkeyPatch) -> None:
    small(monkeypatch)
    crowd = np.concatenate([catalogue[:200], np.repeat(catalogue[:1], 300, axis=0)])
    found = clusters.grouped(crowd)
    assert max(map(len, found)) <= 32
    assert np.array_equal(np.sort(np.concatenate(found)), np.arange(500))


def test_rows_of_zeros_are_like_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    small(monkeypatch)
    found = clusters.top_k(np.zeros((70, 4), dtype=np.float32), 3)
    assert (found.similarities == 0).all()


@pytest.mark.parametrize("count", [0, 1])
def test_without_others_there_are_no_neighbours(count: int) -> None:
    assert clusters.top_k(np.ones((count, 4), dtype=np.float32), 5).indices.shape == (count, 0)


def test_few_rows_are_searched_exactly() -> None:
    features = drawn(60, 32)
    found, exact = clusters.top_k(features, 12), neighbours.top_k(features, 12)
    assert np.array_equal(found.indices, exact.indices)
    assert np.array_equal(found.similarities, exact.similarities)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_not_finite_are_refused(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        clusters.top_k(np.array([[value, 1], [0, 1]], dtype=np.float32), 1)


def test_k_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="k of at least 1"):
        clusters.top_k(np.ones((3, 2), dtype=np.float32), 0)
