"""The approximate search keeps the exact one's contract, and finds nearly all that it finds."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.neighbours import drawn
from model.extractors import Features
from model.neighbours import approximate, exact
from model.neighbours.exact import TopK, cosines_of
from tests.serving import ROOT

HASHED = """
import hashlib
from benchmarks.neighbours import drawn
from model.neighbours.approximate import top_k
found = top_k(drawn(6000, 96), 7)
print(hashlib.sha256(found.indices.tobytes() + found.similarities.tobytes()).hexdigest())
"""
THREADS = ("BUILD_PROCESSORS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")


@pytest.fixture(scope="module")
def catalogue() -> Features:
    return drawn(3000, 64)


def shared(found: TopK, wanted: TopK) -> float:
    pairs = zip(found.indices, wanted.indices, strict=True)
    return float(np.mean([np.isin(one, other).mean() for one, other in pairs]))


def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few lists are looked through and few rows done at a time, so that small catalogues take every path."""
    monkeypatch.setattr(approximate, "POOL", 400)
    monkeypatch.setattr(approximate, "SHARE", 0)
    monkeypatch.setattr(approximate, "ROWS", 100)
    monkeypatch.setattr(approximate, "NEAR", 30)


def test_nearly_all_neighbours_are_found_with_their_exact_similarities(
    catalogue: Features, monkeypatch: pytest.MonkeyPatch
) -> None:
    small(monkeypatch)
    found = approximate.top_k(catalogue, 12)
    assert shared(found, exact.top_k(catalogue, 12)) > 0.97
    rows = np.repeat(np.arange(len(catalogue)), 12)
    assert np.array_equal(found.similarities.ravel(), cosines_of(catalogue, rows, found.indices.ravel()))


def test_owners_of_many_rows_find_those_of_others(catalogue: Features, monkeypatch: pytest.MonkeyPatch) -> None:
    small(monkeypatch)
    _, owners = np.unique(np.round(catalogue[:, :3] * 2), axis=0, return_inverse=True)
    assert np.bincount(owners).max() > 5 * approximate.FEW
    assert shared(approximate.top_k(catalogue, 12, owners), exact.top_k(catalogue, 12, owners)) > 0.97


def test_lists_are_the_same_on_every_run_for_every_number_of_threads() -> None:
    found = [
        subprocess.run(
            [sys.executable, "-c", HASHED], cwd=ROOT, env=os.environ | dict.fromkeys(THREADS, threads),
            capture_output=True, text=True, check=True,
        ).stdout
        for threads in ("1", "2", "2", "3")
    ]  # fmt: skip
    assert len(found[0]) == 65
    assert len({*found}) == 1


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 300), st.integers(1, 8), st.integers(1, 20), st.integers(1, 40))
def test_lists_are_in_order_without_the_rows_of_their_owner(count: int, dimension: int, k: int, shops: int) -> None:
    random = np.random.default_rng(count)
    features = random.integers(-2, 3, (count, dimension)).astype(np.float32)
    owners = random.integers(0, shops, count)
    with pytest.MonkeyPatch.context() as patch:
        small(patch)
        found = approximate.top_k(features, k, owners)
    assert found.indices.shape == found.similarities.shape == (count, min(k, count - 1))
    for row, (indices, similarities) in enumerate(zip(found.indices, found.similarities, strict=True)):
        listed = indices[indices >= 0]
        assert owners[row] not in owners[listed]
        assert len(set(listed)) == len(listed)
        assert (similarities[len(listed) :] == -np.inf).all()
        pairs = list(zip(-similarities, indices, strict=True))[: len(listed)]
        assert pairs == sorted(pairs)


def test_rows_that_are_all_alike_have_others(monkeypatch: pytest.MonkeyPatch) -> None:
    small(monkeypatch)
    found = approximate.top_k(np.ones((500, 8), dtype=np.float32), 6)
    assert (found.similarities == 1).all()
    assert all(row not in listed for row, listed in enumerate(found.indices.tolist()))


def test_rows_of_zeros_are_like_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    small(monkeypatch)
    found = approximate.top_k(np.zeros((70, 4), dtype=np.float32), 3)
    assert (found.similarities == 0).all()


@pytest.mark.parametrize("count", [0, 1])
def test_without_others_there_are_no_neighbours(count: int) -> None:
    assert approximate.top_k(np.ones((count, 4), dtype=np.float32), 5).indices.shape == (count, 0)


def test_few_rows_are_searched_exactly() -> None:
    features = drawn(60, 32)
    found, wanted = approximate.top_k(features, 12), exact.top_k(features, 12)
    assert np.array_equal(found.indices, wanted.indices)
    assert np.array_equal(found.similarities, wanted.similarities)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_not_finite_are_refused(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        approximate.top_k(np.array([[value, 1], [0, 1]], dtype=np.float32), 1)


def test_k_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="k of at least 1"):
        approximate.top_k(np.ones((3, 2), dtype=np.float32), 0)
