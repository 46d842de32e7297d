"""Precision at k by hand, and the benchmark on a few products of the demo shop."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.quality import read_truth
from catalogue import feed
from catalogue.errors import CatalogueError
from catalogue.product import Neighbour
from model.evaluation import Lists, precision_at, worst
from tests.factories import make_product
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
    rows = json.loads(answer.stdout)
    shown = {tuple(row["views"]): row["cost"] for row in rows}
    assert shown[("squash",)] == shown[("letterbox",)] == 1.0
    assert shown[("letterbox", "crop", "letterbox@320")] == pytest.approx(2 + (320 / 224) ** 2, abs=0.01)
    assert {row["label"] for row in rows} == {"kind", "family"}
    for row in rows:
        assert row["value"] > 4 * row["chance"]
        assert row["value"] <= row["reachable"]


def test_categories_judge_where_there_is_no_truth(tmp_path: Path) -> None:
    products = [make_product(f"p{n}", product_type=kind) for n, kind in enumerate(["mug", "mug", "bowl"])]
    feed.write_table(tmp_path / "products.csv", products)
    assert read_truth(tmp_path) == {"product_type": {"p0": "mug", "p1": "mug", "p2": "bowl"}}
    feed.write_table(tmp_path / "products.csv", products[:2])
    with pytest.raises(CatalogueError, match=r"needs a truth\.csv"):
        read_truth(tmp_path)
