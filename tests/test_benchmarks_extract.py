"""The benchmark of extraction measures each way on each engine, against the seed's way of the same run."""

import json

from click.testing import CliRunner

from benchmarks.__main__ import cli
from model.extractors import network, openvino
from tests.serving import ROOT


def test_every_way_is_measured_on_every_engine() -> None:
    answer = CliRunner().invoke(
        cli, ["extract", str(ROOT / "data" / "demo"), "--images", "40", "--rounds", "1", "--json"]
    )
    assert answer.exit_code == 0, answer.output
    rows = json.loads(answer.stdout)
    assert rows[0]["way"] == "the seed's way"
    assert rows[0]["ratio"] == 1.0
    ways = [(row["way"], row["engine"]) for row in rows[1:]]
    expected = ("the network alone", "files to stored features")
    assert ways == [(way, engine) for engine in openvino.available(network("efficientnet-lite0")) for way in expected]
    for row in rows:
        assert abs(row["ratio"] - row["images_per_second"] / rows[0]["images_per_second"]) < 0.02 * row["ratio"]


def test_the_most_memory_is_measured_in_a_process_of_its_own() -> None:
    arguments = ["memory", "--photos", "1", "--photos", "600", "--engine", "openvino", "--json"]
    answer = CliRunner().invoke(cli, arguments)
    assert answer.exit_code == 0, answer.output
    few, many = json.loads(answer.stdout)
    assert (few["photos"], many["photos"]) == (1, 600)
    assert 100 < few["megabytes"] <= many["megabytes"] < 900
