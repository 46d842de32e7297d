"""Lists as arrays read like a dictionary of neighbours."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.product import Neighbour
from model import naming, ranking
from model.making import Photos, rank
from model.naming import Named, Places, named
from model.policy import Policy
from model.progress import silent
from tests.test_lists import make_features, make_products, never

IDS = ["a", "b", "c"]
LISTS: Mapping[str, Sequence[Neighbour]] = {
    "a": [Neighbour("c", 0.9, 3), Neighbour("b", 0.8)],
    "b": [],
    "c": [Neighbour("a", -0.1235)],
}


def test_lists_are_what_they_were_made_of() -> None:
    lists = Named.of(IDS, LISTS)
    assert lists == LISTS
    assert dict(lists) == LISTS
    assert list(lists) == IDS
    assert lists["a"][1] == Neighbour("b", 0.8)
    assert "d" not in lists
    assert lists.get("d", ()) == ()
    assert Named.of(IDS, lists) is lists
    assert Named.of([*IDS, "d"], LISTS)["d"] == []
    assert Named.of([], {}) == {}


def test_their_places_as_arrays() -> None:
    lists = Named.of(IDS, LISTS)
    assert lists.pairs.tolist() == [[0, 2], [0, 1], [2, 0]]
    assert lists.first(1).indices.tolist() == [[2], [-1], [0]]
    assert lists.first(3).similarities.tolist() == [[0.9, 0.8, -np.inf], [-np.inf] * 3, [-0.1235, *[-np.inf] * 2]]


@given(st.lists(st.integers(-(10**7), 10**7).map(lambda steps: steps / 10**7), max_size=9))
def test_similarities_are_rounded_as_python_rounds(cosines: list[float]) -> None:
    places = Places(np.zeros(len(cosines), dtype=np.int64), np.ones(len(cosines), dtype=np.int64))
    found = named(["a", "b"], places, np.array(cosines))["a"]
    assert [near.similarity for near in found] == [round(cosine, 4) for cosine in cosines]


def test_lists_do_not_depend_on_how_many_are_made_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(3)
    owners = np.repeat(np.arange(60), random.integers(1, 4, 60))
    hashes = [f"{number:064x}" for number in random.integers(0, 9 * len(owners) // 10, len(owners))]
    photos = Photos(make_features(len(owners)), owners, hashes, 1)
    whole = rank(make_products(60), photos, never, 8, Policy(), silent)
    assert whole.groups
    monkeypatch.setattr(ranking, "_LOOKS", 7)
    monkeypatch.setattr(naming, "_PAIRS", 5)
    assert rank(make_products(60), photos, never, 8, Policy(), silent) == whole
