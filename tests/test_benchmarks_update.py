"""The benchmark of updates writes and serves one, in proportion to what changed."""

import json

import pytest
from click.testing import CliRunner

from benchmarks.__main__ import cli
from catalogue.updates import planning


def test_an_update_is_measured_against_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "SMALLEST", 2000)
    command = ["update", "--products", "2000", "--only", "files", "--json"]
    answer = CliRunner().invoke(cli, command, catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    found = {(row["part"], row["name"]): row["value"] for row in json.loads(answer.stdout)}
    assert found["update", "rows of catalogue, of 2,000"] == 2
    assert 2 < found["update", "rows of neighbours, of 2,000"] < 2 * 24 * 2
    assert found["update", "files written"] == 3  # changes, map and manifest
    assert found["whole", "files written"] == 3 * 2 + 2
    assert found["update", "written"] < found["whole", "written"] / 20
    assert found["update", "signal to a search answered"] > found["update", "signal to the first answer"] > 0
