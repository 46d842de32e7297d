"""The steps of ranking, each by what it is for."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.extractors import Features
from model.neighbours.exact import TopK, top_k
from model.neighbours.normalize import unit
from model.ranking import by_look, centred, corrected, crowding, expanded


def features(count: int, dimension: int = 8, seed: int = 3) -> Features:
    return np.random.default_rng(seed).random((count, dimension), dtype=np.float32)


def cosines(rows: Features) -> Features:
    found: Features = rows @ rows.T
    return found


def test_what_all_share_is_taken_away() -> None:
    shared = np.full(8, 5, dtype=np.float32)
    before, after = features(20), centred(features(20) + shared, 1)
    assert cosines(unit(before + shared)).min() > 0.99
    assert cosines(after).min() < -0.2
    assert np.allclose(np.linalg.norm(after, axis=1), 1, atol=1e-5)


@settings(deadline=None)
@given(st.integers(2, 30), st.floats(1e-3, 1e3), st.sampled_from([1, 2, 4]))
def test_the_scale_of_features_changes_nothing(count: int, scale: float, parts: int) -> None:
    plain, scaled = centred(features(count), parts), centred(features(count) * np.float32(scale), parts)
    assert np.allclose(plain, scaled, atol=2e-4)


def test_each_view_counts_alike() -> None:
    loud = features(20)
    loud[:, :4] *= 100
    halves = centred(loud, 2).reshape(20, 2, 4)
    assert np.allclose(np.linalg.norm(halves, axis=2), 0.5**0.5, atol=1e-5)


def test_rows_that_say_nothing_stay_zeros() -> None:
    with_zeros = features(5)
    with_zeros[2] = 0
    assert not centred(with_zeros, 1)[2].any()
    assert centred(with_zeros, 1)[0].any()
    assert not centred(np.repeat(features(1), 7, axis=0), 1).any()
    assert not centred(features(1), 1).any()


def test_expansion_brings_a_neighbourhood_together() -> None:
    random = np.random.default_rng(5)
    kinds = np.repeat(random.standard_normal((4, 64)), 12, axis=0)
    rows = unit((kinds + 1.5 * random.standard_normal(kinds.shape)).astype(np.float32))
    near = top_k(rows, 10)
    own = np.arange(48) // 12
    same = (own[:, None] == own) & ~np.eye(48, dtype=bool)
    before, after = cosines(rows), cosines(expanded(rows, near))
    assert after[same].mean() - after[~same].mean() > 2 * (before[same].mean() - before[~same].mean())


def test_a_row_without_neighbours_is_not_expanded() -> None:
    rows = unit(features(4))
    nobody = TopK(np.full((4, 3), -1, dtype=np.int64), np.full((4, 3), -np.inf))
    assert np.allclose(expanded(rows, nobody), rows, atol=1e-6)


@settings(deadline=None)
@given(st.lists(st.integers(1, 3), min_size=2, max_size=7), st.integers(1, 5))
def test_the_best_pair_of_photos_counts(photos: list[int], depth: int) -> None:
    looks = np.repeat(np.arange(len(photos)), photos)
    rows = unit(features(len(looks)))
    found = by_look(top_k(rows, len(looks), looks), looks, depth)
    similar = cosines(rows)
    for look in range(len(photos)):
        best = {other: similar[looks == look][:, looks == other].max() for other in range(len(photos)) if other != look}
        expected = sorted(best, key=lambda other: -best[other])[:depth]
        assert [other for other in found.indices[look].tolist() if other >= 0] == expected
        assert found.similarities[look, : len(expected)] == pytest.approx([best[o] for o in expected], abs=1e-5)


def test_what_is_near_to_everything_stands_back() -> None:
    """Look 0 is in the middle of many; look 1 is near to look 2 alone, and hardly less so."""
    near = TopK(
        np.array([[3, 4, 2], [2, 0, 3], [0, 1, 3], [0, 4, 1], [0, 3, 1]]),
        np.array([[0.9, 0.9, 0.8], [0.78, 0.2, 0.1], [0.8, 0.78, 0.1], [0.9, 0.3, 0.1], [0.9, 0.3, 0.1]]),
    )
    assert crowding(near)[0] > crowding(near)[1]
    ranked = corrected(near, crowding(near))
    assert ranked.indices[2].tolist() == [1, 0, 3]
    assert (np.diff(ranked.similarities, axis=1) <= 0).all()


def test_places_that_are_empty_stay_last() -> None:
    near = TopK(np.array([[1, -1], [0, -1]]), np.array([[0.5, -np.inf], [0.5, -np.inf]]))
    ranked = corrected(near, crowding(near))
    assert ranked.indices.tolist() == [[1, -1], [0, -1]]
    assert crowding(near).tolist() == [0.5, 0.5]
