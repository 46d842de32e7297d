"""Lists that are gone on from: what came is in them, what went is not, and what neither touches stays as it was."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.product import Price, Product
from model import duplicates, neighbours, shelf
from model.balance import SHOWN
from model.duplicates import Pairs
from model.extractors import Features
from model.making import Photos, whole
from model.neighbours import TopK
from model.policy import Mask, Policy
from model.progress import silent
from model.ranking import by_look
from model.updates import kept as on_disk
from model.updates.kept import Kept, Listed
from model.updates.updating import Updated, updated
from tests.factories import make_product
from tests.test_precomputed import tree

K = 6
DIMENSION = 12
MANY = 10**6  # a share that is never reached


@dataclass(frozen=True)
class Item:
    """A product and its photos, each a file's hash and the seed of its features."""

    product: Product
    photos: tuple[tuple[str, int], ...]


class Shop:
    """A catalogue that changes: `kinds` of products that are alike, as drawn by numbers."""

    def __init__(self, count: int, seed: int, photos: int = 1) -> None:
        self.random = np.random.default_rng(seed)
        self.kinds = self.random.standard_normal((max(2, count // 8), DIMENSION))
        self.photos = photos
        self.made = 0
        self.items: dict[str, Item] = {}
        self.vectors: dict[str, Features] = {}  # of photos that are not drawn
        self.add(count)

    def add(self, count: int) -> list[str]:
        """New products, whose ids stand anywhere among the others."""
        ids = []
        for _ in range(count):
            ids.append(f"{int(self.random.integers(10**6)):06}-{self.made}")
            kind = int(self.random.integers(len(self.kinds)))
            product = make_product(ids[-1], product_type="abc"[kind % 3], price=Price.parse(f"{10 + kind}.00 EUR"))
            self.items[ids[-1]] = Item(product, self._photos(kind))
        return ids

    def _photos(self, kind: int) -> tuple[tuple[str, int], ...]:
        drawn = []
        for _ in range(int(self.random.integers(1, self.photos + 1))):
            self.made += 1
            drawn.append((f"{self.made:064x}", kind))
        return tuple(drawn)

    def drop(self, count: int) -> list[str]:
        gone = self.some(count)
        for product_id in gone:
            del self.items[product_id]
        return gone

    def photograph(self, count: int) -> list[str]:
        """Other photos of products that stay."""
        ids = self.some(count)
        for product_id in ids:
            kind = int(self.random.integers(len(self.kinds)))
            self.items[product_id] = replace(self.items[product_id], photos=self._photos(kind))
        return ids

    def change(self, ids: Sequence[str], **traits: object) -> None:
        for product_id in ids:
            item = self.items[product_id]
            self.items[product_id] = replace(item, product=replace(item.product, **traits))  # type: ignore[arg-type] # fields of a product

    def some(self, count: int) -> list[str]:
        ids = sorted(self.items)
        return [ids[index] for index in self.random.choice(len(ids), min(count, len(ids)), replace=False)]

    @property
    def products(self) -> list[Product]:
        return [self.items[product_id].product for product_id in sorted(self.items)]

    @property
    def rows(self) -> Photos:
        photos = [self.items[product_id].photos for product_id in sorted(self.items)]
        vectors = [self.vectors.get(photo[0], self._vector(*photo)) for each in photos for photo in each]
        owners = np.repeat(np.arange(len(photos)), [len(each) for each in photos])
        return Photos(np.array(vectors, dtype=np.float32), owners, [photo[0] for each in photos for photo in each], 1)

    def _vector(self, sha256: str, kind: int) -> Features:
        drawn = np.random.default_rng(int(sha256, 16)).standard_normal(DIMENSION)
        return np.asarray(2 + self.kinds[kind] + 0.5 * drawn, dtype=np.float32)


def never(pairs: Pairs) -> Mask:
    return np.zeros(len(pairs), dtype=np.bool_)


def large(*_: int) -> bool:
    """Whether the search is exact: never, as in the largest catalogues."""
    return False


def first(shop: Shop, policy: Policy | None = None, k: int = K) -> Kept:
    return whole(shop.products, shop.rows, never, k, policy or Policy(), silent, neighbours.search, large)


def go_on(kept: Kept, shop: Shop, policy: Policy | None = None, k: int = K, share: float = MANY) -> Updated:
    after = updated(kept, shop.products, shop.rows, never, k, policy or Policy(), silent, share)
    assert after
    return after


def by_id(kept: Kept, lists: Listed | None = None) -> dict[str, list[tuple[str, int]]]:
    listed = lists or kept.similar
    places = [(kept.ids[near], int(each)) for near, each in zip(listed.found, listed.similarities, strict=True)]
    ends = zip(listed.starts, listed.starts[1:], strict=False)
    return {own: places[start:end] for own, (start, end) in zip(kept.ids, ends, strict=True)}


@pytest.fixture(autouse=True, scope="module")
def shallow() -> Iterator[None]:
    """Few neighbours are known of each, so that small catalogues have more than that."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shelf, "DEPTH", 4 * K)
        yield


def compared(kept: Kept) -> TopK:
    """The nearest looks by the rows that were kept, from a whole comparison."""
    looks = np.unique(kept.leaders, return_inverse=True)[1][kept.owners]
    near = neighbours.top_k(np.asarray(kept.expanded), len(looks) - 1, looks)
    return by_look(near, looks, kept.near.indices.shape[1])


def check_near(kept: Kept) -> None:
    """Each list is what a whole comparison begins with, and has at least half of its length."""
    wanted, near = compared(kept), kept.near.wide(np.arange(len(kept.near.indices)))
    there = near.indices >= 0
    assert np.array_equal(near.indices[there], wanted.indices[there])
    assert np.array_equal(near.similarities[there], wanted.similarities[there])
    assert (there.sum(axis=1) >= (wanted.indices >= 0).sum(axis=1) // 2).all()


@settings(deadline=None, max_examples=30)
@given(st.integers(3, 90), st.integers(0, 10**6), st.integers(1, 2), st.data())
def test_what_is_near_is_what_a_whole_comparison_finds(count: int, seed: int, photos: int, data: st.DataObject) -> None:
    shop = Shop(count, seed, photos)
    kept = first(shop)
    for _ in range(3):
        shop.drop(data.draw(st.integers(0, max(0, len(shop.items) - 3))))
        shop.photograph(data.draw(st.integers(0, 3)))
        shop.add(data.draw(st.integers(0, 20)))
        kept = go_on(kept, shop).kept
        if photos == 1:
            check_near(kept)
        check_lists(kept, shop)


def check_lists(kept: Kept, shop: Shop) -> None:
    """No list holds its own product, one that is gone, or anything twice, and each is as long as it can be."""
    assert list(kept.ids) == sorted(shop.items)
    for own, near in by_id(kept).items():
        found = [each for each, _ in near]
        assert len(found) == len(set(found)) == min(K, len(shop.items) - 1)
        assert set(found) <= set(shop.items) - {own}


def looking(kept: Kept) -> Mapping[str, list[str]]:
    return {own: [each for each, _ in near] for own, near in by_id(kept).items()}


def test_lists_that_nothing_touches_stay_and_few_are_touched() -> None:
    shop = Shop(2000, 1)
    kept = first(shop)
    changed = len(shop.drop(4)) + len(shop.photograph(4)) + len(shop.add(4))
    after = go_on(kept, shop)
    before, now = by_id(kept), by_id(after.kept)
    assert sum(before.get(own) != near for own, near in now.items()) <= (2 * K + 1) * changed
    assert 0 < after.touched <= (2 * (K + shelf.ELSEWHERE) + 1) * changed
    check_near(after.kept)
    check_lists(after.kept, shop)


def test_what_came_is_in_the_lists_of_what_it_looks_like() -> None:
    shop = Shop(400, 2)
    kept = first(shop)
    new = shop.add(5)
    after = looking(go_on(kept, shop).kept)
    shown = {near for found in after.values() for near in found}
    assert set(new) <= shown
    wanted = looking(first(shop))
    for own in new:  # the means and components differ a little
        assert len(set(wanted[own]) & set(after[own])) >= K - 2


def test_a_series_of_updates_stays_near_to_lists_made_at_once() -> None:
    shop = Shop(600, 3)
    kept = first(shop)
    for _ in range(5):
        shop.drop(5)
        shop.add(5)
        kept = go_on(kept, shop).kept
    wanted, found = looking(first(shop)), looking(kept)
    assert np.mean([len(set(wanted[own]) & set(found[own])) / K for own in wanted]) > 0.85
    shown = {near for near_ones in found.values() for near in near_ones}
    assert len(shown) >= 0.995 * len(found)
    places = [near for near_ones in found.values() for near in near_ones[:SHOWN]]
    assert max(places.count(near) for near in shown) <= 3 * K


def test_without_a_change_nothing_is_touched() -> None:
    shop = Shop(300, 4)
    kept = first(shop)
    after = go_on(kept, shop)
    assert (after.touched, after.new) == (0, False)
    assert by_id(after.kept) == by_id(kept)


def test_too_many_changes_make_all_anew_however_they_are_spread() -> None:
    shop = Shop(300, 5)
    kept = first(shop)
    for _ in range(3):
        shop.add(5)
        kept = go_on(kept, shop, share=0.05).kept
    shop.drop(1)
    assert updated(kept, shop.products, shop.rows, never, K, Policy(), silent, 0.05) is None


def test_what_is_sold_out_or_back_counts() -> None:
    shop = Shop(400, 6)
    kept = first(shop)
    own = sorted(shop.items)[7]
    listed = looking(kept)[own]
    shop.change(listed, availability="out_of_stock")
    after = go_on(kept, shop).kept
    found = looking(after)[own]
    assert found[:K] == listed
    assert sum(shop.items[near].product.available for near in found) >= K
    shop.change(listed, availability="in_stock")
    assert by_id(go_on(after, shop).kept)[own] == by_id(kept)[own]


@pytest.mark.parametrize("policy", [Policy("same"), Policy("prefer"), Policy(price_factor=1.2), Policy(diversity=0.3)])
def test_policies_hold_after_a_change_of_price_and_category(policy: Policy) -> None:
    shop = Shop(400, 7)
    kept = first(shop, policy)
    shop.change(shop.some(3), price=Price.parse("500.00 EUR"))
    shop.change(shop.some(3), product_type="d")
    shop.change(shop.some(3), product_type="a")
    shop.add(3)
    after = go_on(kept, shop, policy).kept
    wanted = looking(first(shop, policy))
    for own, found in looking(after).items():
        mine = shop.items[own].product
        others = [shop.items[near].product for near in found]
        if policy.category == "same":
            assert {other.category for other in others} <= {mine.category}
        if policy.price_factor:
            prices = [float(other.price.amount / mine.price.amount) for other in others if other.price and mine.price]
            assert all(1 / 1.2 - 1e-9 <= price <= 1.2 + 1e-9 for price in prices)
        assert len(found) == len(wanted[own])


def test_lists_of_other_categories_follow() -> None:
    shop = Shop(400, 8)
    kept = first(shop)
    shop.change(shop.some(4), product_type="d")
    shop.change(shop.some(4), product_type="")
    shop.drop(4)
    shop.add(4)
    after = go_on(kept, shop).kept
    for own, near in by_id(after, after.elsewhere).items():
        mine, theirs = shop.items[own].product.category, {shop.items[each].product.category for each, _ in near}
        assert not theirs & {mine, ""}
        assert len(near) == (shelf.ELSEWHERE if mine else 0)


def test_what_shows_the_same_picture_is_one_look_before_and_after() -> None:
    shop = Shop(200, 9)
    one, other, third = sorted(shop.items)[3:6]
    twins = {one, other, third}
    shop.items[other] = replace(shop.items[other], photos=shop.items[one].photos)

    def same(pairs: Pairs) -> Mask:
        ids = sorted(shop.items)
        return np.array([{ids[a], ids[b]} <= twins for a, b in pairs.tolist()], dtype=np.bool_)

    def groups(kept: Kept) -> list[list[str]]:
        return [[kept.ids[index] for index in group] for group in duplicates.groups(kept.leaders)]

    def go(kept: Kept) -> Kept:
        after = updated(kept, shop.products, shop.rows, same, K, Policy(), silent, MANY)
        assert after
        check_near(after.kept)
        for own, near in looking(after.kept).items():
            assert len(twins & {own, *near}) <= 1 + (own in twins)
        return after.kept

    kept = whole(shop.products, shop.rows, same, K, Policy(), silent, neighbours.search, large)
    assert groups(kept) == [[one, other]]
    sha256, kind = shop.items[one].photos[0]
    vector = shop.vectors[sha256] = shop._vector(sha256, kind)
    shop.vectors["f" * 64] = vector + np.float32(1e-3)
    shop.items[third] = replace(shop.items[third], photos=(("f" * 64, kind),))
    kept = go(kept)
    assert groups(kept) == [[one, other, third]]
    del shop.items[one]
    kept = go(kept)
    assert groups(kept) == [[other, third]]
    del shop.items[other]
    assert groups(go(kept)) == []


def test_equal_input_and_equal_state_give_equal_bytes(tmp_path: Path) -> None:
    shop = Shop(300, 10, photos=2)
    on_disk.write(tmp_path / "one", "key", first(shop))
    shutil.copytree(tmp_path / "one", tmp_path / "other")
    shop.drop(3)
    shop.photograph(3)
    shop.add(3)
    for name in ("one", "other"):
        before = on_disk.read(tmp_path / name, "key")
        assert before
        on_disk.write(tmp_path / name, "key", go_on(before, shop).kept)
    assert tree(tmp_path / "one") == tree(tmp_path / "other")
    after = on_disk.read(tmp_path / "one", "key")
    assert after
    check_lists(after, shop)


@pytest.mark.parametrize("damage", ["cut", "flipped", "gone", "foreign", "another key"])
def test_what_is_not_as_it_was_written_is_nothing_to_go_on_from(tmp_path: Path, damage: str) -> None:
    on_disk.write(tmp_path, "key", first(Shop(30, 11)))
    (rows,) = tmp_path.glob("lists/*/rows.npy")
    content = bytearray(rows.read_bytes())
    content[-100] ^= 1
    assert on_disk.read(tmp_path, "key")
    match damage:
        case "cut":
            rows.write_bytes(content[:-4])
        case "flipped":
            rows.write_bytes(content)
        case "gone":
            rows.unlink()
        case "foreign":
            np.save(rows, np.zeros((3, 4), dtype=np.float32))
    assert on_disk.read(tmp_path, "another" if damage == "another key" else "key") is None
