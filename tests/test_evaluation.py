"""The figures of a quality report: by hand on a few products, and what must hold for any catalogue."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.product import Neighbour
from catalogue.report import BINS, Bands, Estimate, Hub, Report, report_bytes
from model import bootstrap
from model.bands import Pairs, bands
from model.bootstrap import Values
from model.evaluation import Judged, Lists, evaluate, precision_at
from model.exposure import histogram
from tests.factories import make_product

IDS = "abcdefg"
LABELS = dict(zip(IDS, ["mug", "mug", "mug", "bowl", "bowl", "lamp", ""], strict=True))
NONE = np.array([])
NO_PAIRS = Pairs(NONE, np.array([], dtype=np.bool_), np.array([], dtype=np.int64))

cosines = st.integers(-10_000, 10_000).map(lambda value: value / 10_000)


def lists(similarity: float = 0.5, **named: str) -> Lists:
    """`lists(a="bc")`: the neighbours of `a` are `b`, then `c`."""
    return {product_id: [Neighbour(near, similarity) for near in nears] for product_id, nears in named.items()}


def judge(
    *ways: Lists,
    ids: Sequence[str] = IDS,
    labels: Mapping[str, str] = LABELS,
    groups: Sequence[Sequence[str]] = (),
    random_pairs: Sequence[float] = (),
) -> Report:
    """A report of products that all have a photo."""
    named = [Judged(f"way {number}", way) for number, way in enumerate(ways)]
    return evaluate(named, labels, groups, [make_product(each) for each in ids], ids, random_pairs=random_pairs)


@st.composite
def catalogues(draw: st.DrawFn) -> tuple[Lists, dict[str, str]]:
    """Up to a dozen products with lists of any length, and a category for some of them."""
    ids = [f"p{number:02}" for number in range(draw(st.integers(1, 12)))]
    order = st.lists(st.sampled_from(ids), unique=True)
    found = {each: [Neighbour(near, draw(cosines)) for near in draw(order) if near != each] for each in ids}
    return found, {each: draw(st.sampled_from(["", "mug", "bowl", "lamp"])) for each in ids}


@contextmanager
def few_resamples() -> Iterator[None]:
    """What holds for a thousand resamples of a few catalogues should be tried with a few of many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bootstrap, "RESAMPLES", 30)
        yield


def estimates(report: Report) -> list[Estimate]:
    """Every figure that has an interval."""
    scopes = [report.precisions, *(category.precisions for category in report.categories)]
    found = [score.share for scope in scopes for at in scope for score in at.scores]
    found += [at.gain for scope in scopes for at in scope if at.gain]
    found += [each for band in report.bands.bands for each in (band.least, band.share)] if report.bands else []
    for way in report.ways:
        found += [way.covered.share, way.orphans.share, way.hub.share, way.gini]
    return found


# Precision.


@given(catalogues())
@settings(deadline=None, max_examples=40)
@few_resamples()
def test_precision_is_that_of_precision_at(catalogue: tuple[Lists, dict[str, str]]) -> None:
    found, labels = catalogue
    report = judge(found, ids=list(found), labels=labels)
    if len({labels[each] for each in found if found[each]} - {""}) < 2:
        assert not report.precisions
        assert not report.categories
    for at in report.precisions:
        expected = precision_at(found, labels, at.k)
        assert report.judged == expected.products
        assert at.scores[0].share.value == pytest.approx(expected.value, abs=1e-4)
        assert (at.chance, at.reachable) == pytest.approx((expected.chance, expected.reachable), abs=1e-4)
        weights = [category.products / report.judged for category in report.categories]
        shares = [category.precisions[(1, 5, 10).index(at.k)].scores[0].share.value for category in report.categories]
        assert np.dot(weights, shares) == pytest.approx(expected.value, abs=2e-4)


def test_categories_stand_in_the_order_of_their_size() -> None:
    report = judge(lists(a="bc", b="ac", c="ed", d="ea", e="da", f="ab"))
    assert [(each.name, each.products) for each in report.categories] == [("mug", 3), ("bowl", 2)]
    mugs, bowls = (each.precisions[0] for each in report.categories)
    assert mugs.scores[0].share.value == pytest.approx(2 / 3, abs=1e-4)
    assert bowls.scores[0].share == Estimate(1, 1, 1)
    assert (mugs.chance, bowls.chance) == (0.4, 0.2)
    assert report.categories_found == 2


def test_perfect_lists_are_perfect() -> None:
    ids = [f"{kind}{number:02}" for kind in ("mug", "bowl") for number in range(11)]
    perfect = {each: [Neighbour(near, 0.9) for near in ids if near[:3] == each[:3] and near != each] for each in ids}
    report = judge(perfect, ids=ids, labels={each: each[:3] for each in ids})
    assert all(score.share == Estimate(1, 1, 1) for at in report.precisions for score in at.scores)
    assert all(at.reachable == 1 for at in report.precisions)
    assert report.ways[0].orphans.count == 0


def test_a_gain_is_paired_and_says_whether_it_is_noise() -> None:
    ids = [f"{kind}{number:02}" for kind in ("mug", "bowl") for number in range(20)]
    labels = {each: each[:3] for each in ids}
    right = {each: [Neighbour(near, 0.9) for near in ids if near[:3] == each[:3] and near != each] for each in ids}
    wrong = {each: [Neighbour(near, 0.9) for near in ids if near[:3] != each[:3]] for each in ids}
    half = {each: wrong[each] if number % 2 else right[each] for number, each in enumerate(ids)}
    first = judge(right, half, ids=ids, labels=labels).precisions[0].gain
    assert first is not None
    assert first.value == 0.5
    assert 0.3 < first.low < 0.4 < 0.6 < first.high < 0.7
    assert judge(half, half, ids=ids, labels=labels).precisions[0].gain == Estimate(0, 0, 0)
    assert judge(half, ids=ids, labels=labels).precisions[0].gain is None


def test_a_way_without_a_list_is_judged_as_a_wrong_one() -> None:
    full = lists(a="b", b="a", d="e", e="d")
    report = judge(full, {**full, "d": ()})
    assert [score.share.value for score in report.precisions[0].scores] == [1, 0.75]


@pytest.mark.parametrize("labels", [{}, dict.fromkeys(IDS, ""), dict.fromkeys(IDS, "mug"), {"a": "mug", "b": "bowl"}])
def test_without_two_categories_nothing_is_judged(labels: dict[str, str]) -> None:
    report = judge(lists(a="bc", b="ca"), labels=labels)
    assert (report.judged, report.precisions, report.categories) == (0, (), ())
    assert [each.product_id for each in report.worst] == ["a", "b"]


# What is shown.


def test_orphans_and_hubs_are_counted_in_the_first_ten_places_of_others() -> None:
    report = judge(lists(a="b", b="a", c="ba", d="ba", e="baaaaaaaaaf", g="g"), groups=[["g", "a"], ["c", "d"], ["e"]])
    way = report.ways[0]
    assert (way.orphans.count, way.orphans.of, way.covered.count, way.covered.of) == (5, 7, 2, 7)
    assert way.shadowed == 1
    assert way.hubs == (Hub("a", 4), Hub("b", 4))
    assert (way.hub.count, way.hub.of, way.hub.share.value) == (4, 6, 0.6667)
    assert way.listings == (5, 0, 2, 0, 0, 0, 0, 0)


def test_products_without_a_photo_are_not_shown_and_are_no_orphans() -> None:
    ids = ["a", "b", "bare"]
    shown = {"a": [Neighbour("b", 0.5)], "b": [Neighbour("a", 0.5)]}
    way = evaluate([Judged("ranked", shown)], {}, [], [make_product(each) for each in ids], ["a", "b"]).ways[0]
    assert (way.covered.count, way.covered.of, way.orphans.count, way.orphans.of) == (2, 3, 0, 2)


@given(catalogues())
@settings(deadline=None, max_examples=40)
@few_resamples()
def test_shown_and_orphans_make_the_whole(catalogue: tuple[Lists, dict[str, str]]) -> None:
    found, labels = catalogue
    way = judge(found, ids=list(found), labels=labels).ways[0]
    assert way.covered.count + way.orphans.count == len(found) == sum(way.listings)
    assert sum(way.similarities) == sum(len(nears[:10]) for nears in found.values())
    assert way.lists == sum(bool(nears) for nears in found.values())


def test_duplicates_are_largest_first() -> None:
    groups = [["d", "c"], ["a"], ["g", "e", "f"], ["c", "d"], ["b", "a"]]
    found = judge(lists(a="b"), groups=groups).duplicates
    assert (found.groups, found.products) == (3, 7)
    assert found.shown == (("e", "f", "g"), ("a", "b"), ("c", "d"))


@given(st.lists(cosines))
def test_every_cosine_has_its_step(values: list[float]) -> None:
    counts = histogram(values)
    assert sum(counts) == len(values)
    assert len(counts) == BINS
    assert histogram([-1.0])[0] == histogram([1.0])[-1] == histogram([0.58])[79] == 1


# Bands.


def labelled_pairs(similarities: Sequence[float], same: Sequence[bool]) -> Pairs:
    """Each pair of a list of its own."""
    return Pairs(np.array(similarities), np.array(same, dtype=np.bool_), np.arange(len(same)))


def banded(similarities: Sequence[float], same: Sequence[bool]) -> list[float]:
    found = bands([np.array(similarities)], labelled_pairs(similarities, same), NONE, 0)
    return [band.least.value for band in found.bands] if found else []


def test_bands_by_categories_begin_where_the_share_of_one_is_reached() -> None:
    similarities = [level / 10 for level in range(1, 10) for _ in range(10)]
    same = [number < level for level in range(1, 10) for number in range(10)]
    assert banded(similarities, same) == [0.9, 0.7, 0.5]


def test_bands_of_odd_catalogues_are_defined() -> None:
    assert banded([0.6, 0.8], [False, False]) == [1, 1, 1]
    assert banded([0.6, 0.8], [True, True]) == [0.6, 0.6, 0.6]
    assert banded([0.7] * 4, [True, True, True, False]) == [1, 0.7, 0.7]
    assert bands([NONE], NO_PAIRS, NONE, 0) is None


def test_bands_by_random_pairs_then_by_the_lists_alone() -> None:
    served = lists(0.9, a="bc", b="ac", c="ab")
    random_pairs = [step / 1000 for step in range(1001)]
    by_random = judge(served, labels={}, random_pairs=random_pairs)
    assert by_random.bands is not None
    assert (by_random.bands.rule, by_random.bands.pairs) == ("random pairs", 1001)
    assert [band.least.value for band in by_random.bands.bands] == [0.999, 0.99, 0.95]
    assert sum(by_random.random_similarities) == 1001
    by_lists = judge(served, labels={}).bands
    assert by_lists is not None
    assert (by_lists.rule, by_lists.pairs) == ("quantiles", 6)
    assert [(band.least.value, band.places) for band in by_lists.bands] == [(0.9, 6), (0.9, 0), (0.9, 0)]
    by_categories = judge(served, random_pairs=random_pairs, labels={**LABELS, "c": "bowl"}).bands
    assert by_categories is not None
    assert (by_categories.rule, by_categories.pairs) == ("categories", 4)


@given(st.lists(st.tuples(cosines, st.booleans()), min_size=1), st.lists(cosines), st.booleans())
@settings(deadline=None, max_examples=100)
@few_resamples()
def test_bands_are_ordered_and_hold_every_place_at_most_once(
    places: list[tuple[float, bool]], random_pairs: list[float], labelled: bool
) -> None:
    similarities = np.array([cosine for cosine, _ in places])
    pairs = labelled_pairs(*zip(*places, strict=True)) if labelled else NO_PAIRS
    found = bands([similarities], pairs, np.array(random_pairs), 0)
    assert isinstance(found, Bands)
    limits = [band.least.value for band in found.bands]
    assert limits == sorted(limits, reverse=True)
    assert -1 <= limits[-1] <= limits[0] <= 1
    assert sum(band.places for band in found.bands) == (similarities >= limits[-1]).sum()


# The worst lists.


def test_the_worst_lists_hold_the_fewest_of_their_own() -> None:
    report = judge(lists(a="bc", b="df", c="de", d="ea", e="ab", f="ab", g="ab"))
    assert [each.product_id for each in report.worst] == ["b", "c", "e", "d", "a"]
    last = report.worst[-1]
    assert (last.category, [(place.product_id, place.own) for place in last.places]) == (
        "mug",
        [("b", True), ("c", True)],
    )


def test_without_categories_the_worst_are_least_similar() -> None:
    served = {**lists(0.9, a="bc"), **lists(0.2, b="ac"), **lists(0.4, c="a"), "d": []}
    assert [each.product_id for each in judge(served, labels={}).worst] == ["b", "c", "a"]
    assert not any(place.own for each in judge(served, labels={}).worst for place in each.places)


# Intervals.


@given(st.lists(st.integers(0, 10).map(lambda hits: hits / 10), min_size=1), st.integers(0, 5))
@settings(deadline=None)
def test_an_interval_holds_its_value_whatever_the_order(values: list[float], seed: int) -> None:
    for statistic in (bootstrap.mean, bootstrap.gini):
        found = statistic(np.array(values), seed)
        assert found.low <= found.value <= found.high
        assert statistic(np.array(values[::-1]), seed) == found
    assert bootstrap.mean(np.array(values), seed).value == pytest.approx(np.mean(values))


def test_an_interval_is_as_wide_as_the_theory_of_a_mean_has_it() -> None:
    values = np.random.default_rng(3).integers(0, 11, 5000) / 10
    found = bootstrap.mean(values, 0)
    error = values.std() / np.sqrt(len(values))
    assert found.low == pytest.approx(values.mean() - 1.96 * error, abs=0.15 * error)
    assert found.high == pytest.approx(values.mean() + 1.96 * error, abs=0.15 * error)


def test_an_interval_is_that_of_plain_resampling() -> None:
    values = np.array([0.0, 0.1, 0.1, 0.5, 0.9, 1.0])
    drawn = np.random.default_rng(5).choice(values, (20_000, len(values)))
    found = bootstrap.mean(values, 0)
    assert [found.low, found.high] == pytest.approx(np.quantile(drawn.mean(axis=1), [0.025, 0.975]), abs=0.05)


def oracle_gini(values: Values) -> float:
    """Half the mean difference of all pairs, relative to the mean."""
    return float(np.abs(values[:, None] - values[None]).mean() / (2 * values.mean())) if values.any() else 0.0


@given(st.lists(st.integers(0, 9).map(float), min_size=1, max_size=20))
@settings(deadline=None)
def test_gini_is_half_the_relative_mean_difference(values: list[float]) -> None:
    assert bootstrap.gini(np.array(values), 0).value == pytest.approx(oracle_gini(np.array(values)), abs=1e-9)


def test_no_values_are_zero() -> None:
    assert bootstrap.mean(NONE, 0) == bootstrap.gini(NONE, 0) == Estimate(0, 0, 0)


# The whole.


@given(catalogues(), catalogues(), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=40)
@few_resamples()
def test_order_changes_nothing_and_intervals_hold(
    first: tuple[Lists, dict[str, str]], second: tuple[Lists, dict[str, str]], random: np.random.Generator
) -> None:
    (found, labels), (other, _) = first, second
    ids = list(found)
    report = judge(found, other, ids=ids, labels=labels)
    random.shuffle(ids)
    shuffled = {each: found[each] for each in ids}
    assert judge(shuffled, other, ids=ids, labels={each: labels[each] for each in ids}) == report
    assert all(each.low <= each.value <= each.high for each in estimates(report))


def test_one_product_and_no_products_have_a_report() -> None:
    for ids in (["a"], []):
        report = judge({each: [] for each in ids}, ids=ids)
        assert (report.products, report.bands, report.worst, report.precisions) == (len(ids), None, (), ())
        assert report.ways[0].orphans.count == len(ids)


def test_a_report_needs_a_way() -> None:
    with pytest.raises(ValueError, match="a way of making lists"):
        judge()


def test_ten_thousand_products_take_seconds_and_less_than_a_megabyte() -> None:
    count = 10_000
    ids = [f"product-{number:06}" for number in range(count)]
    drawn = np.random.default_rng(0)
    places, scores = drawn.integers(0, count, (3, count, 12)), np.sort(drawn.random((count, 12)))[:, ::-1].round(4)
    ways = [
        {ids[row]: [Neighbour(ids[near], score) for near, score in zip(nears, scores[row].tolist(), strict=True)]
         for row, nears in enumerate(way.tolist())}
        for way in places
    ]  # fmt: skip
    labels = {each: f"category {number % 250}" for number, each in enumerate(ids)}
    groups = [ids[start : start + 3] for start in range(0, 900, 3)]
    before = time.perf_counter()
    report = judge(*ways, ids=ids, labels=labels, groups=groups)
    assert time.perf_counter() - before < 10  # about 2 where nothing else runs
    assert (len(report.categories), report.categories_found) == (200, 250)
    assert len(report_bytes(report)) < 600_000
