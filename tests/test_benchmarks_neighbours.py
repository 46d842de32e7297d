"""The benchmark of the search measures each way in a process of its own, against the seed's way."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from benchmarks.__main__ import cli
from benchmarks.neighbours import blocked, drawn, recall, seed_way
from model.neighbours.exact import top_k


def test_every_way_is_measured() -> None:
    answer = CliRunner().invoke(cli, ["neighbours", "--case", "tiny", "--json"])
    assert answer.exit_code == 0, answer.output
    rows = json.loads(answer.stdout)
    assert [row["way"] for row in rows] == [
        "the seed's way",
        "blocked product",
        "product alone",
        "exact",
        "approximate",
    ]
    assert [row["recall"] for row in rows] == [1, 1, -1, 1, pytest.approx(1, abs=0.02)]
    assert rows[0]["to_seed"] == rows[1]["to_blocked"] == 1
    for row in rows:
        assert row["to_seed"] == pytest.approx(rows[0]["seconds"] / row["seconds"])
        assert 20 < row["megabytes"] < 1000


def test_the_baselines_find_what_the_exact_search_finds() -> None:
    features = drawn(300, 64)
    exact = top_k(features, 12).indices
    assert np.array_equal(blocked(features), exact)
    lists, seconds = seed_way(features)
    assert np.array_equal(lists, exact[:100])
    assert seconds > 0


def test_drawn_features_are_alike_every_time_and_have_families() -> None:
    features = drawn(600, 64)
    assert np.array_equal(features, drawn(600, 64))
    assert features.dtype == np.float32
    assert features.min() == 0
    similarities = top_k(features, 100).similarities.mean(axis=0)
    assert similarities[0] > similarities[99] + 0.2


def test_recall_is_the_share_of_the_exact_lists() -> None:
    truth = np.array([[1, 2], [0, 3], [0, 1]])
    assert recall(truth, np.array([[2, 1], [0, 9]])) == 0.75
    assert recall(truth, np.zeros((2, 0), dtype=np.int64)) == -1
