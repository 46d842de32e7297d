"""The invariants that every list keeps, whatever the photos."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.product import Neighbour, Product
from model.balance import SHOWN
from model.duplicates import Pairs
from model.extractors import Features
from model.lists import plain
from model.making import Lists, Photos, rank
from model.neighbours.normalize import unit
from model.policy import Mask, Policy
from model.progress import silent
from model.shelf import AVAILABLE, ELSEWHERE
from tests.factories import make_product

Named = Mapping[str, Sequence[Neighbour]]


def make_features(count: int, dimension: int = 12, seed: int = 7) -> Features:
    """Kinds of eight that are alike, as photos of a catalogue are."""
    random = np.random.default_rng(seed)
    kinds = np.repeat(random.standard_normal((-(-count // 8), dimension)), 8, axis=0)[:count]
    return (2 + kinds + 0.7 * random.standard_normal(kinds.shape)).astype(np.float32)


def make_products(count: int) -> list[Product]:
    return [make_product(f"p{number:03}") for number in range(count)]


def photos_of(features: Features, hashes: Sequence[str] = (), owners: Sequence[int] = ()) -> Photos:
    """One photo of each product unless `owners` says otherwise, each another file unless `hashes` does."""
    count = len(features)
    numbers = np.array(owners or range(count), dtype=np.int64)
    return Photos(features, numbers, hashes or [f"{number:064x}" for number in range(count)], 1)


def never(pairs: Pairs) -> Mask:
    return np.zeros(len(pairs), dtype=np.bool_)


def lists_of(
    features: Features,
    k: int = 12,
    products: Sequence[Product] = (),
    hashes: Sequence[str] = (),
    policy: Policy | None = None,
) -> Lists:
    named = products or make_products(len(features))
    return rank(named, photos_of(features, hashes), never, k, policy or Policy(), silent)


def ids(lists: Named) -> dict[str, list[str]]:
    return {own: [near.product_id for near in each] for own, each in lists.items()}


@settings(deadline=None, max_examples=25)
@given(st.integers(2, 60), st.integers(1, 30), st.integers(0, 10**6))
def test_no_list_holds_the_product_itself_or_anything_twice(count: int, k: int, seed: int) -> None:
    for own, found in ids(lists_of(make_features(count, seed=seed), k).similar).items():
        assert own not in found
        assert len(set(found)) == len(found) == min(k, count - 1)


@settings(deadline=None, max_examples=25)
@given(st.integers(2, 60), st.sampled_from([1e-4, 0.3, 7.0, 1e4]))
def test_the_scale_of_features_changes_nothing(count: int, scale: float) -> None:
    features = make_features(count)
    assert lists_of(features).similar == lists_of(features * np.float32(scale)).similar


@pytest.mark.parametrize("seed", range(5))
def test_permuting_the_catalogue_permutes_the_lists(seed: int) -> None:
    features = make_features(70)
    order = np.random.default_rng(seed).permutation(70)
    plain, permuted = ids(lists_of(features).similar), ids(lists_of(features[order]).similar)
    names = make_products(70)
    renamed = {names[place].id: names[index].id for place, index in enumerate(order.tolist())}
    assert {renamed[own]: [renamed[near] for near in found] for own, found in permuted.items()} == plain


@settings(deadline=None, max_examples=25)
@given(st.integers(2, 60), st.integers(SHOWN, 23))
def test_longer_lists_begin_like_shorter_ones(count: int, k: int) -> None:
    features = make_features(count)
    shorter, longer = lists_of(features, k).similar, lists_of(features, k + 1).similar
    assert all(longer[own][: len(each)] == each for own, each in shorter.items())


@settings(deadline=None, max_examples=25)
@given(st.integers(2, 80), st.integers(1, 20), st.integers(0, 10**6))
def test_every_product_is_in_a_list_that_is_shown(count: int, k: int, seed: int) -> None:
    found = ids(lists_of(make_features(count, seed=seed), k).similar)
    assert {near for each in found.values() for near in each[:SHOWN]} == set(found)


def test_a_removed_product_is_in_no_list() -> None:
    features, products = make_features(40), make_products(40)
    left = [*products[:11], *products[12:]]
    lists = lists_of(np.delete(features, 11, axis=0), products=left)
    assert products[11].id not in {near for each in ids(lists.similar).values() for near in each}
    assert set(lists.similar) == {product.id for product in left}


def test_similarities_are_raw_cosines_whatever_the_order() -> None:
    features = make_features(50)
    rows = unit(features).astype(np.float64)
    cosines = {f"p{a:03} p{b:03}": round(float(rows[a] @ rows[b]), 4) for a in range(50) for b in range(50)}
    for own, each in lists_of(features).similar.items():
        assert [near.similarity for near in each] == pytest.approx(
            [cosines[f"{own} {n.product_id}"] for n in each], abs=1e-4
        )


def test_duplicates_are_shown_once_and_reported() -> None:
    features = make_features(40)
    features[[5, 6, 7]] = features[4]
    hashes = [f"{4 if number in (5, 6, 7) else number:064x}" for number in range(40)]
    lists = lists_of(features, hashes=hashes)
    group = {"p004", "p005", "p006", "p007"}
    assert lists.groups == [sorted(group)]
    found = ids(lists.similar)
    assert all(len(group & set(each)) <= 1 for each in found.values())
    assert all(not group & set(found[own]) for own in group)
    assert group <= {near for each in found.values() for near in each}, "each of them is shown somewhere"


def test_of_duplicates_one_that_can_be_ordered_is_shown() -> None:
    features = make_features(40)
    features[5] = features[4]
    hashes = [f"{4 if number == 5 else number:064x}" for number in range(40)]
    products = make_products(40)
    products[4] = replace(products[4], availability="out_of_stock")
    shown = Counter(near for each in ids(lists_of(features, 12, products, hashes).similar).values() for near in each)
    assert shown["p004"] == 1
    assert shown["p005"] > 1


def test_the_best_pair_of_photos_counts() -> None:
    """Two products whose main photos differ share the look of their second ones."""
    features = make_features(30)
    second = make_features(2, seed=99)
    second[1] = second[0] * np.float32(1.5)
    rows = np.insert(features, [1, 20], second, axis=0)
    owners = np.insert(np.arange(30), [1, 20], [0, 19]).tolist()
    photos = photos_of(rows, owners=owners)
    found = rank(make_products(30), photos, never, 8, Policy(), silent).similar
    assert Neighbour("p019", 1.0) in found["p000"]
    assert Neighbour("p000", 1.0) in found["p019"]
    alone = ids(lists_of(features, 8).similar)
    assert "p019" not in alone["p000"]
    assert "p000" not in alone["p019"]


def test_twelve_can_be_ordered_where_as_many_exist() -> None:
    products = [
        replace(product, availability="out_of_stock" if number % 10 < 8 else "in_stock")
        for number, product in enumerate(make_products(200))
    ]
    available = {product.id for product in products if product.available}
    lists = ids(lists_of(make_features(200), 24, products).similar)
    assert all(len(available & set(each)) >= AVAILABLE for each in lists.values())
    assert all(
        each[:24] == plain
        for each, plain in zip(
            lists.values(), [e[:24] for e in ids(lists_of(make_features(200), 24).similar).values()], strict=True
        )
    )


@pytest.mark.parametrize("seed", range(3))
def test_categories_are_kept_preferred_or_ignored(seed: int) -> None:
    count = 120
    category = np.random.default_rng(seed).integers(0, 3, count)
    products = [replace(p, product_type=f"Kind {category[n]}") for n, p in enumerate(make_products(count))]
    kinds = {product.id: product.category for product in products}
    same = ids(lists_of(make_features(count), 24, products, policy=Policy("same")).similar)
    assert all(kinds[near] == kinds[own] for own, each in same.items() for near in each)
    assert all(len(each) == 24 for each in same.values())
    preferred = ids(lists_of(make_features(count), 24, products, policy=Policy("prefer")).similar)
    for own, each in preferred.items():
        first = [kinds[near] == kinds[own] for near in each]
        assert sum(first[:SHOWN]) >= SHOWN - 1, "one place may be an orphan's"


def test_a_second_list_shows_other_categories() -> None:
    products = [replace(p, product_type="Rare" if n % 20 == 0 else "Usual") for n, p in enumerate(make_products(100))]
    kinds = {product.id: product.category for product in products}
    elsewhere = ids(lists_of(make_features(100), 12, products).elsewhere)
    assert all(kinds[near] != kinds[own] for own, each in elsewhere.items() for near in each)
    assert {len(each) for own, each in elsewhere.items() if kinds[own] == "Usual"} == {5}
    assert {len(each) for own, each in elsewhere.items() if kinds[own] == "Rare"} == {ELSEWHERE}


def test_a_catalogue_without_categories_has_no_second_list() -> None:
    assert not any(lists_of(make_features(20)).elsewhere.values())


@pytest.mark.parametrize("policy", [Policy(), Policy("same"), Policy("prefer", 2.0, 0.5)])
def test_one_product_has_empty_lists(policy: Policy) -> None:
    lists = lists_of(make_features(1), policy=policy)
    assert lists == Lists({"p000": []}, {"p000": []}, [])


def test_products_that_are_all_alike_are_ordered_by_id() -> None:
    lists = lists_of(np.repeat(make_features(1), 30, axis=0), 5).similar
    assert all(near.similarity == 1 for each in lists.values() for near in each)
    assert ids(lists)["p029"][:4] == ["p000", "p001", "p002", "p003"]


def test_one_picture_for_all_products_is_one_look() -> None:
    features = np.repeat(make_features(1), 9, axis=0)
    lists = lists_of(features, hashes=["0" * 64] * 9)
    assert not any(lists.similar.values())
    assert [len(group) for group in lists.groups] == [9]


def test_a_photo_that_says_nothing_has_a_list_and_is_in_one() -> None:
    features = make_features(30)
    features[3] = 0
    lists = lists_of(features).similar
    assert {near.similarity for near in lists["p003"]} == {0}
    assert any("p003" in each for each in ids(lists).values())


def test_values_that_are_not_finite_are_refused() -> None:
    features = make_features(5)
    features[2, 1] = np.nan
    with pytest.raises(ValueError, match="finite"):
        lists_of(features)


def test_plain_lists_are_cosines_in_order() -> None:
    lists = plain(["a", "b", "c"], np.array([[1, 0], [1, 1], [-2, 0]], dtype=np.float32), 2)
    assert lists["a"] == [Neighbour("b", 0.7071), Neighbour("c", -1.0)]
