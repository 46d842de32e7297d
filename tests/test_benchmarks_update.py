"""The benchmark of updates makes, writes and serves one, in proportion to what changed."""

import json

import pytest
from click.testing import CliRunner

from benchmarks.__main__ import cli
from catalogue import updating


def measured(part: str) -> dict[tuple[str, str], float]:
    """The figures of a shop of 2,000 products."""
    command = ["update", "--products", "2000", "--only", part, "--json"]
    answer = CliRunner().invoke(cli, command, catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return {(row["part"], row["name"]): row["value"] for row in json.loads(answer.stdout)}


def test_lists_that_are_gone_on_from_are_compared_with_those_made_again() -> None:
    found = {name: value for (_, name), value in measured("lists").items()}
    assert 0 < found["lists touched for each change"] <= 2 * 24 + 1
    assert found["first 10 before as made again"] < found["first 10 gone on from as made again"] <= 1


def test_an_update_is_measured_against_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(updating, "SMALLEST", 2000)
    found = measured("files")
    assert found["update", "rows of catalogue, of 2,000"] == 2
    assert 2 < found["update", "rows of neighbours, of 2,000"] < 2 * 24 * 2
    assert found["update", "files written"] == 3  # changes, map and manifest
    assert found["whole", "files written"] == 3 * 2 + 2
    assert found["update", "written"] < found["whole", "written"] / 20
    assert found["update", "signal to a search answered"] > found["update", "signal to the first answer"] > 0
