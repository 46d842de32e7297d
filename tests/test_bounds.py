"""Exact top-k by bounds: that no bound is below a cosine, and that the lists are those of comparing all pairs."""

from collections.abc import Callable, Iterable

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from benchmarks.neighbours import drawn
from model import bounds, clusters
from model.bounds import Bounds
from model.candidates import Integers
from model.extractors import Features
from model.lengths import unit
from model.neighbours import TopK, top_k
from model.progress import T, silent

COUNT = 1500


def noise(count: int = COUNT, dimension: int = 96) -> Features:
    return np.random.default_rng(3).standard_normal((count, dimension), dtype=np.float32)


def clustered() -> Features:
    """Tight clusters of 30 rows, of very different lengths."""
    scales = np.geomspace(1e-3, 1e3, COUNT, dtype=np.float32)[:, None]
    return (np.repeat(noise(COUNT // 30), 30, axis=0) + np.float32(0.05) * noise()) * scales


def with_equals() -> Features:
    """Rows of zeros, and a row that is there more often than candidates are kept."""
    features = drawn(COUNT, 96)
    features[100:120] = 0
    features[200:600:2] = features[200]
    features[601:640] = features[600] * np.linspace(1, 2, 39, dtype=np.float32)[:, None]
    return features


def of_few_values() -> Features:
    """Whole numbers, so that many similarities are equal."""
    return np.round(noise(dimension=8)).astype(np.float32)


EVERY = {
    "drawn": lambda: drawn(COUNT, 96),
    "noise": noise,
    "clustered": clustered,
    "with equals": with_equals,
    "of few values": of_few_values,
    "all equal": lambda: np.repeat(noise(1), COUNT, axis=0),
    "all zeros": lambda: np.zeros((COUNT, 96), np.float32),
    "of one direction": lambda: noise(COUNT, 1) @ noise(1),
    "tiny": lambda: drawn(COUNT, 96) * np.float32(1e-30),
}


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many and so small parts that a catalogue of some hundred rows meets every branch of a large one."""
    monkeypatch.setattr(clusters, "SIZE", 20)
    monkeypatch.setattr(clusters, "MOST", 32)
    monkeypatch.setattr(clusters, "STEP", 8)
    monkeypatch.setattr(clusters, "ENERGY", 0.8)
    monkeypatch.setattr(bounds, "GROUP", 1)
    monkeypatch.setattr(bounds, "NEAR", 40)
    monkeypatch.setattr(bounds, "COLUMNS", 50)
    monkeypatch.setattr(bounds, "SUMMED", 40)
    monkeypatch.setattr(bounds, "DENSE", 4)


def by_bounds(features: Features, k: int, owners: Integers | None = None, left: float = 1) -> TopK:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bounds, "pay", lambda *_: True)
        patch.setattr(bounds, "LEFT", left)
        return top_k(features, k, owners)


def assert_the_same(found: TopK, wanted: TopK) -> None:
    assert np.array_equal(found.indices, wanted.indices)
    assert np.array_equal(found.similarities, wanted.similarities)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("features", EVERY.values(), ids=EVERY)
def test_lists_are_those_of_comparing_all_pairs(features: Callable[[], Features]) -> None:
    rows = features()
    assert_the_same(by_bounds(rows, 5), top_k(rows, 5))


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("owners", [np.arange(COUNT) // 3, np.arange(COUNT) % 7, np.zeros(COUNT, np.int64)])
def test_rows_of_one_owner_are_never_neighbours(owners: Integers) -> None:
    rows = with_equals()
    assert_the_same(by_bounds(rows, 5, owners), top_k(rows, 5, owners))


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.usefixtures("small_parts")
@given(
    arrays.arrays(np.float32, st.tuples(st.integers(2, 90), st.integers(1, 6)), elements=st.integers(-2, 2).map(float)),
    st.integers(1, 40),
    st.integers(1, 40),
)
def test_any_small_catalogue_has_the_lists_of_comparing_all_pairs(features: Features, k: int, owners: int) -> None:
    owner = np.arange(len(features)) % owners
    assert_the_same(by_bounds(features, k, owner), top_k(features, k, owner))


@pytest.mark.usefixtures("small_parts")
def test_most_pairs_of_a_catalogue_are_never_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []
    products = bounds._products

    def counted(features: Features, inverse: Features, rows: Integers, columns: Integers) -> Features:
        compared.append(len(rows) * len(columns))
        return products(features, inverse, rows, columns)

    monkeypatch.setattr(bounds, "_products", counted)
    by_bounds(clustered(), 5)
    assert sum(compared) < 0.3 * COUNT * COUNT


@pytest.mark.parametrize("features", EVERY.values(), ids=EVERY)
@pytest.mark.parametrize(("energy", "most"), [(0.95, 512), (0.6, 8), (1.0, 40)])
def test_no_bound_is_below_a_cosine(
    features: Callable[[], Features], energy: float, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "ENERGY", energy)
    monkeypatch.setattr(clusters, "MOST", most)
    monkeypatch.setattr(clusters, "STEP", 8)
    rows = features()[:600]
    rows = unit(rows) if np.abs(rows).max() < 1e-12 else rows
    wide = rows.astype(np.float64)
    lengths = np.linalg.norm(wide, axis=1)
    lengths[lengths == 0] = 1
    found = Bounds.of(rows, lengths, silent)
    cosines = (wide / lengths[:, None]) @ (wide / lengths[:, None]).T
    assert (found.parts @ found.parts.T + found.slack >= cosines).all()


def test_a_pair_is_reached_by_the_threshold_of_either_row() -> None:
    rows = drawn(400, 96)
    lengths = np.linalg.norm(rows.astype(np.float64), axis=1)
    found = Bounds.of(rows, lengths, silent)
    assert found.slack < 0.001
    for row, other in np.random.default_rng(0).integers(0, 400, (200, 2)):
        cosine = rows[row].astype(np.float64) @ rows[other] / lengths[row] / lengths[other]
        for one in (row, other):
            least = np.full(400, np.inf, np.float32)
            least[one] = cosine
            assert found.reaching(np.array([row]), np.array([other]), least).all()
            least[one] = 1.1
            assert not found.reaching(np.array([row]), np.array([other]), least).any()


def test_noise_is_compared_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "pay", lambda *_: True)
    monkeypatch.setattr(clusters, "SIZE", 50)
    monkeypatch.setattr(clusters, "MOST", 32)
    assert _told(noise())["neighbours, first"] == 1  # block
    assert _told(clustered())["neighbours, first"] > 10  # clusters


def test_the_shape_decides_whether_bounds_are_tried() -> None:
    assert bounds.pay(30_000, 4096)
    assert not bounds.pay(30_000, 256)
    assert not bounds.pay(3409, 4096)


def _told(features: Features) -> dict[str, int]:
    told: dict[str, int] = {}

    def track(items: Iterable[T], description: str, total: int) -> Iterable[T]:
        told[description] = total
        return items

    top_k(features, 3, track=track)
    return told
