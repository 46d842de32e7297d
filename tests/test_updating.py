"""Lists that are gone on from: what came is in them, what went is not, and what neither touches stays as it was."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue.product import Price, Product
from model import neighbours, shelf
from model.duplicates import Pairs
from model.extractors import Features
from model.kept import Kept, Listed
from model.making import Photos, whole
from model.neighbours import TopK
from model.policy import Mask, Policy
from model.progress import silent
from model.ranking import by_look
from model.updating import Updated, updated
from tests.factories import make_product

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
            self.items[product_id] = replace(item, product=replace(item.product, **traits))  # type: ignore[arg-type]

    def some(self, count: int) -> list[str]:
        ids = sorted(self.items)
        return [ids[index] for index in self.random.choice(len(ids), min(count, len(ids)), replace=False)]

    @property
    def products(self) -> list[Product]:
        return [self.items[product_id].product for product_id in sorted(self.items)]

    @property
    def rows(self) -> Photos:
        photos = [self.items[product_id].photos for product_id in sorted(self.items)]
        vectors = [self._vector(*photo) for each in photos for photo in each]
        owners = np.repeat(np.arange(len(photos)), [len(each) for each in photos])
        return Photos(np.array(vectors, dtype=np.float32), owners, [photo[0] for each in photos for photo in each], 1)

    def _vector(self, sha256: str, kind: int) -> Features:
        drawn = np.random.default_rng(int(sha256, 16)).standard_normal(DIMENSION)
        return np.asarray(2 + self.kinds[kind] + 0.5 * drawn, dtype=np.float32)


def never(pairs: Pairs) -> Mask:
    return np.zeros(len(pairs), dtype=np.bool_)


def large(count: int, dimension: int) -> bool:
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


@pytest.fixture
def shallow(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Few neighbours are known of each, so that small catalogues have more than a list holds."""
    monkeypatch.setattr(shelf, "DEPTH", 4 * K)
    return


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


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(3, 90), st.integers(0, 10**6), st.integers(1, 2), st.data())
def test_what_is_near_is_what_a_whole_comparison_finds(
    shallow: None, count: int, seed: int, photos: int, data: st.DataObject
) -> None:
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
