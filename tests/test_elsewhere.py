"""The search among other categories finds nearly all that comparing every row with all finds."""

import numpy as np
import pytest

from benchmarks.neighbours import drawn_in_kinds
from model.extractors import Features
from model.making import Photos, rank
from model.neighbours import approximate
from model.neighbours.exact import Integers, TopK, cosines_of, top_k
from model.neighbours.normalize import unit
from model.neighbours.search import search
from model.policy import Policy
from model.progress import silent
from model.shelf import OTHERS, nearest_elsewhere
from tests.factories import make_product
from tests.test_lists import ids, never

Catalogue = tuple[Features, Integers]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """Rows of six categories, and some of none."""
    drawn = drawn_in_kinds(2400, 32)
    return unit(drawn.features - drawn.features.mean(axis=0)), drawn.kinds % 7 - 1


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not all lists are looked through."""
    monkeypatch.setattr(approximate, "POOL", 200)
    monkeypatch.setattr(approximate, "SHARE", 0)


def wanted(rows: Features, categories: Integers, k: int) -> TopK:
    """Rows of equal owners are never each other's neighbours."""
    named = np.flatnonzero(categories >= 0)
    best = top_k(rows[named], k, categories[named])
    return TopK(named[best.indices], best.similarities)


@pytest.mark.usefixtures("narrow")
def test_nearly_all_are_found_with_their_exact_similarities(catalogue: Catalogue) -> None:
    rows, categories = catalogue
    found = nearest_elsewhere(rows, categories, silent, approximate.top_k)
    named = np.flatnonzero(categories >= 0)
    best = wanted(rows, categories, OTHERS)
    shares = [np.isin(one, other).mean() for one, other in zip(best.indices, found.indices[named], strict=True)]
    assert np.mean(shares) > 0.9
    pairs = found.indices[named]
    assert np.array_equal(found.similarities[named].ravel(), cosines_of(rows, np.repeat(named, OTHERS), pairs.ravel()))
    assert (np.diff(found.similarities[named], axis=1) <= 0).all()


@pytest.mark.usefixtures("narrow")
def test_none_is_of_the_own_category_and_those_without_one_stay_out(catalogue: Catalogue) -> None:
    rows, categories = catalogue
    found = nearest_elsewhere(rows, categories, silent, approximate.top_k).indices
    assert (found[categories < 0] == -1).all()
    theirs = categories[found[categories >= 0]]
    assert (theirs >= 0).all()
    assert (theirs != categories[categories >= 0][:, None]).all()
    assert np.array_equal(found, nearest_elsewhere(rows, categories, silent, approximate.top_k).indices)


def test_one_category_has_no_others() -> None:
    rows = unit(drawn_in_kinds(50, 8).features)
    for categories in (np.zeros(50, dtype=np.int64), np.repeat([-1, 0], 25), np.full(50, -1)):
        assert (nearest_elsewhere(rows, categories, silent, approximate.top_k).indices == -1).all()
    two = nearest_elsewhere(rows, np.repeat([0, 1], [49, 1]), silent, approximate.top_k)
    assert two.indices[0].tolist() == [49, *[-1] * (OTHERS - 1)]


def test_large_catalogues_have_nearly_the_lists_that_comparing_all_would_give(
    catalogue: Catalogue,
) -> None:
    rows, categories = catalogue
    products = [make_product(f"p{n:04}", product_type="abcdef"[c] if c >= 0 else "") for n, c in enumerate(categories)]
    photos = Photos(rows + 1, np.arange(len(rows)), [f"{n:064x}" for n in range(len(rows))], 1)
    compared = rank(products, photos, never, 24, Policy(), silent)
    exact = iter([True, False])  # small enough to compare all rows, but not those of other categories
    found = rank(products, photos, never, 24, Policy(), silent, search, lambda *_: next(exact))
    assert found.similar == compared.similar
    pairs = zip(ids(compared.elsewhere).values(), ids(found.elsewhere).values(), strict=True)
    assert np.mean([len({*one} & {*other}) / max(1, len(one)) if one else not other for one, other in pairs]) > 0.95
