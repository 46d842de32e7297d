"""The map: what is alike lies together, and whoever has a place keeps it."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from catalogue.encoding import SIDE, map_bytes, parse_map
from catalogue.product import Layout, MapGroup
from model.extractors import Features
from model.layout import FEW, kept, lay_out
from model.neighbours.exact import TopK, top_k
from model.progress import silent
from tests.factories import texts
from tests.serving import ROOT

KINDS, OF_A_KIND = 8, 30
coordinates = st.integers(0, SIDE - 1)
named = texts().filter(bool)
labels = st.lists(st.builds(MapGroup, named, st.tuples(coordinates, coordinates), st.integers(1)), max_size=3).map(
    tuple
)
layouts = st.dictionaries(texts(), st.tuples(coordinates, coordinates), max_size=8).flatmap(
    lambda places: st.builds(Layout, st.just(places), st.integers(0, len(places)), labels)
)
small_features = arrays.arrays(
    np.float32, st.tuples(st.integers(1, FEW - 1), st.integers(1, 4)), elements=st.integers(-2, 2).map(float)
)


def kinds_of_products(each: int = OF_A_KIND) -> Features:
    """KINDS × `each` products, kind after kind, that differ less within a kind than between them."""
    random = np.random.default_rng(3)
    kinds = np.repeat(random.standard_normal((KINDS, 24)), each, axis=0)
    return (kinds + 0.4 * random.standard_normal(kinds.shape)).astype(np.float32)


def ids_of(features: Features) -> list[str]:
    return [f"p{row:04d}" for row in range(len(features))]


def drawn(features: Features, k: int = 15) -> Layout:
    found = top_k(features, k)
    return lay_out(ids_of(features), found.indices, found.similarities, features, silent)


def listed(lists: list[list[int]]) -> TopK:
    """Lists of one neighbour or none, all equally similar."""
    indices = np.array([(each or [-1])[:1] for each in lists])
    return TopK(indices, np.where(indices < 0, -np.inf, 0.8))


def places_of(layout: Layout) -> Features:
    return np.array([layout.places[product_id] for product_id in sorted(layout.places)], dtype=np.float32)


def assert_apart_and_inside(layout: Layout, count: int) -> None:
    assert len(layout.places) == len(set(layout.places.values())) == count
    assert all(0 <= value < SIDE for place in layout.places.values() for value in place)


@pytest.fixture(scope="module")
def features() -> Features:
    return kinds_of_products()


@pytest.fixture(scope="module")
def layout(features: Features) -> Layout:
    return drawn(features)


def test_what_is_alike_lies_together(features: Features, layout: Layout) -> None:
    share = kept(top_k(features, 15).indices, layout, ids_of(features))
    assert share > 0.4  # at random, 10 of 239
    places = places_of(layout)
    gaps = np.linalg.norm(places[:, None] - places[None], axis=2) + np.diag(np.full(len(places), np.inf))
    kinds = np.arange(len(places)) // OF_A_KIND
    assert (kinds[gaps.argmin(axis=1)] == kinds).mean() > 0.95


def test_the_map_fills_the_square(features: Features, layout: Layout) -> None:
    assert_apart_and_inside(layout, len(features))
    places = places_of(layout)
    assert (places.min(axis=0) < 0.03 * SIDE).all()
    assert (places.max(axis=0) > 0.97 * SIDE).all()
    quarters = (places * 4 // SIDE).astype(int)
    assert len({tuple(each) for each in quarters.tolist()}) == 16


def test_an_outlier_does_not_squash_the_rest(features: Features) -> None:
    found = top_k(features, 15)
    alone = TopK(np.r_[found.indices, [[-1] * 15]], np.r_[found.similarities, [[-np.inf] * 15]])
    rows = np.r_[features, -features[:1]]
    places = places_of(lay_out(ids_of(rows), alone.indices, alone.similarities, rows, silent))
    assert (np.quantile(places, 0.9, axis=0) - np.quantile(places, 0.1, axis=0) > 0.6 * SIDE).all()


def test_equal_input_gives_equal_bytes_with_any_number_of_threads(layout: Layout) -> None:
    code = (
        "import sys; from tests.test_layout import *; found = drawn(kinds_of_products());"
        "content = map_bytes(sorted(found.places), found);"
        "print(content.decode(), 'tensorflow' in sys.modules)"
    )
    one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
    answer = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT, env={**os.environ, **one_thread}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (answer.stdout, answer.stderr) == (f"{map_bytes(sorted(layout.places), layout).decode()} False\n", "")


@settings(deadline=None)
@given(small_features)
def test_few_products_have_a_map_too(features: Features) -> None:
    few = drawn(features)
    assert_apart_and_inside(few, len(features))
    assert few == drawn(features)
    assert few.laid_out == len(features)


def test_few_products_load_nothing_heavy() -> None:
    code = (
        "import sys; from tests.test_layout import *; drawn(kinds_of_products(1));"
        "print([name for name in ('umap', 'numba', 'sklearn', 'scipy', 'tensorflow') if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout == "[]\n"


def test_no_products_have_no_map() -> None:
    lists = listed([])
    assert lay_out([], lists.indices, lists.similarities, np.empty((0, 2), np.float32), silent) == Layout({}, 0)


@pytest.mark.parametrize("count", [FEW - 1, 40])
def test_identical_products_share_the_square(count: int) -> None:
    same = drawn(np.ones((count, 8), dtype=np.float32))
    assert_apart_and_inside(same, count)
    assert (np.ptp(places_of(same), axis=0) > 0.9 * SIDE).all()


def test_kinds_without_anything_in_common_have_areas_of_their_own() -> None:
    features = np.repeat(np.eye(3, dtype=np.float32), 20, axis=0)
    features += 0.05 * np.random.default_rng(1).standard_normal(features.shape).astype(np.float32)
    places = places_of(drawn(features, k=10))
    middles = np.array([np.median(part, axis=0) for part in np.split(places, 3)])
    near = np.linalg.norm(places[:, None] - middles[None], axis=2).argmin(axis=1)
    assert (near == np.arange(60) // 20).mean() > 0.95


def test_lists_longer_than_the_catalogue_are_padded() -> None:
    features = kinds_of_products(3)
    found = top_k(features, len(features) - 1)
    padded = TopK(np.pad(found.indices, ((0, 0), (0, 9)), constant_values=-1),
                  np.pad(found.similarities, ((0, 0), (0, 9)), constant_values=-np.inf))  # fmt: skip
    after = lay_out(ids_of(features), padded.indices, padded.similarities, features, silent)
    assert after == drawn(features, k=len(features))
    assert_apart_and_inside(after, len(features))


@pytest.mark.parametrize("k", [0, 3])
def test_products_without_neighbours_lie_by_their_features(k: int) -> None:
    features = kinds_of_products(3)
    indices = np.full((len(features), k), -1)
    after = lay_out(ids_of(features), indices, np.full(indices.shape, -np.inf), lambda: features, silent)
    assert_apart_and_inside(after, len(features))


def test_features_that_are_not_finite_are_refused() -> None:
    features, lists = np.full((3, 2), np.nan, dtype=np.float32), listed([[1], [0], [0]])
    with pytest.raises(ValueError, match="finite"):
        lay_out(["a", "b", "c"], lists.indices, lists.similarities, features, silent)


def test_kept_counts_neighbours_in_the_map_that_are_in_the_lists() -> None:
    row = Layout({"a": (0, 0), "b": (10, 0), "c": (30, 0), "d": (70, 0)}, 4)
    assert kept(np.array([[1], [0], [1], [2]]), row, "abcd", k=1) == 1
    assert kept(np.array([[1], [2], [3], [-1]]), row, "abcd", k=1) == 0.25
    assert kept(np.array([[1, 2, 3], [2, 3, 0], [0, 3, 1], [2, 0, 1]]), row, "abcd", k=2) == 5 / 8
    assert kept(np.array([[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]]), row, "abcd") == 1
    assert kept(np.zeros((1, 0), dtype=np.int64), Layout({"a": (0, 0)}, 1), "a") == 1


@given(layouts)
def test_parsing_gives_back_what_was_written(layout: Layout) -> None:
    ids = sorted(layout.places)
    places, laid_out, groups = parse_map(map_bytes(ids, layout))
    assert (dict(zip(ids, places, strict=True)), laid_out, groups) == (layout.places, layout.laid_out, layout.groups)


def test_a_map_of_an_older_build_has_no_labels() -> None:
    assert parse_map(b'{"laid_out":1,"places":[[1,2]]}') == ([(1, 2)], 1, ())
    assert map_bytes(["a"], Layout({"a": (1, 2)}, 1)) == b'{"laid_out":1,"places":[[1,2]]}'


def test_a_place_takes_few_bytes(layout: Layout) -> None:
    assert len(map_bytes(sorted(layout.places), layout)) < 15 * len(layout.places) + 40


@pytest.mark.parametrize(
    "content",
    [
        "", "[]", "{}", "null", '{"laid_out":0}', '{"laid_out":2,"places":[[0,0]]}', '{"laid_out":-1,"places":[[0,0]]}',
        '{"laid_out":true,"places":[[0,0]]}', '{"laid_out":1,"places":[1]}', '{"laid_out":1,"places":[[0]]}',
        '{"laid_out":1,"places":["12"]}', '{"laid_out":1,"places":[[0,10000]]}', '{"laid_out":1,"places":[[-1,0]]}',
        '{"laid_out":1,"places":[[0.5,0]]}',
    ],
)  # fmt: skip
def test_what_is_no_map_is_refused(content: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        parse_map(content.encode())


@pytest.mark.parametrize(
    "groups",
    [
        "null", "1", '{"a":1}', '["Mugs"]', '["four"]', "[[1,2]]", '[[1,2,"Mugs"]]', '[[1,2,"Mugs",3,4]]',
        '[[1,2,"",3]]', "[[1,2,3,4]]", '[[1,2,["Mugs"],3]]', '[[1,2,null,3]]', '[[1,2,"\\ud800",3]]',
        '[[1,2,"Mugs",0]]', '[[1,2,"Mugs",-3]]', '[[1,2,"Mugs",true]]', '[[1,2,"Mugs",3.0]]', '[[1,2,"Mugs","3"]]',
        '[[1,10000,"Mugs",3]]', '[[-1,2,"Mugs",3]]', '[[1,true,"Mugs",3]]', '[[1.5,2,"Mugs",3]]', '[["1",2,"Mugs",3]]',
    ],
)  # fmt: skip
def test_what_are_no_labels_is_refused(groups: str) -> None:
    with pytest.raises((ValueError, TypeError)):
        parse_map(f'{{"groups":{groups},"laid_out":1,"places":[[0,0]]}}'.encode())
