"""Precision at k by hand, and the benchmark on a few products of the demo shop."""

import json
import subprocess
import sys

import pytest

from catalogue.product import Neighbour
from model.evaluation import Lists, precision_at, worst
from tests.serving import ROOT


def lists(**named: str) -> Lists:
    """`lists(a="bc")`: the neighbours of `a` are `b`, then `c`."""
    return {product_id: [Neighbour(near, 0.5) for near in nears] for product_id, nears in named.items()}


LABELS = {"a": "mug", "b": "mug", "c": "mug", "d": "bowl", "e": "bowl", "f": "lamp", "g": ""}


def test_precision_is_the_mean_share_of_the_own_label() -> None:
    found = precision_at(lists(a="bc", b="ad", c="de", d="ea", e="ab"), LABELS, 2)
    assert found.products == 5
    assert found.value == pytest.approx((2 + 1 + 0 + 1 + 0) / 2 / 5)
    assert found.chance == pytest.approx((2 + 2 + 2 + 1 + 1) / 4 / 5)
    assert found.reachable == pytest.approx((1 + 1 + 1 + 0.5 + 0.5) / 5)


def test_products_that_no_list_could_serve_are_not_judged() -> None:
    assert precision_at(lists(a="fd", f="ab", g="ab"), LABELS, 2).products == 0


def test_a_short_list_is_no_better_than_a_wrong_one() -> None:
    assert precision_at(lists(a="b", b="a"), LABELS, 2).value == 0.5


def test_the_worst_lists_come_first_then_by_id() -> None:
    assert worst(lists(a="bc", b="ad", c="de", d="ab"), LABELS, 2, 3) == ["c", "d", "b"]


def test_the_benchmark_beats_chance_by_far() -> None:
    command = [sys.executable, "-m", "benchmarks", "quality", "--json"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    figures = {(row["preset"], row["label"]): row for row in json.loads(answer.stdout)}
    assert set(figures) == {("classic", "kind"), ("classic", "family"), ("shop", "kind"), ("shop", "family")}
    for row in figures.values():
        assert row["value"] > 4 * row["chance"]
        assert row["value"] <= row["reachable"]
