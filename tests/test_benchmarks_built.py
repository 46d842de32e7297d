"""The benchmark of a shop whose lists are built: real ones, which take what the figures say."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from benchmarks import built_shop, sizes
from benchmarks.__main__ import cli
from benchmarks.neighbours import drawn, drawn_in_kinds
from benchmarks.stages import Stages
from catalogue.precomputed import load
from model.progress import silent


@pytest.fixture
def unmapped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Places are drawn, since to lay them out takes seconds."""
    monkeypatch.setattr(built_shop, "MAPPED", 0)


@pytest.mark.usefixtures("unmapped")
def test_a_built_shop_is_alike_every_time_and_its_lists_are_of_what_is_alike(tmp_path: Path) -> None:
    made = built_shop.make(tmp_path / "one", silent, 600)
    assert built_shop.make(tmp_path / "two", silent, 600).ids == made.ids
    shop = load(tmp_path / "one", images=False)
    assert shop.manifest == load(tmp_path / "two", images=False).manifest
    assert [product.id for product in shop.products] == made.ids
    own = {product.id: product.category for product in shop.products}
    assert len(set(own.values())) > 3
    assert {near.reasons & 4 for each in made.ids for near in shop.neighbours(each)} >= {4}
    for each in made.ids[::50]:
        assert len(shop.neighbours(each, 99)) >= 12
        assert {own[near.product_id] for near in shop.elsewhere(each)} & {own[each]} == set()
    assert made.own_kind > 0.5
    assert made.orphans < 30
    assert not all(product.available for product in shop.products)
    assert list(built_shop.check(tmp_path / "one").seconds) == ["verifying"]


def test_the_command_prints_each_stage_and_what_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "SEARCHES", 2)
    options = ["--sizes", "1000", "--seconds", "0.2", "--only", "built", "--json"]
    answer = CliRunner().invoke(cli, ["serve", *options], catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    rows = {row["name"].removeprefix("1,000 products: "): row["value"] for row in json.loads(answer.stdout)}
    for stage in ("drawing", "search to expand by", "search for lists", "reasons", "the map", "writing", "verifying"):
        assert rows[stage] > 0
        assert 30 < rows[f"{stage}, most memory"] < 2000
    assert 20 < rows["bytes a product, lists"] < rows["bytes a product, all"]
    assert rows["of the first ten, drawn as the same kind"] > 80
    assert rows["first answer"] > 0
    assert rows["lists of 100 products by the API: failed"] == 0


def test_what_features_were_drawn_as_is_what_they_are_like() -> None:
    found = drawn_in_kinds(600, 64)
    assert np.array_equal(found.features, drawn(600, 64))
    for labels, parents in ((found.families, found.kinds), (found.kinds, found.categories)):
        assert len({*zip(labels.tolist(), parents.tolist(), strict=True)}) == len({*labels.tolist()})


def test_the_clock_of_a_stage_stands_still_during_those_within_it() -> None:
    stages = Stages()
    with stages.stage("outer"):
        with stages.stage("inner"):
            big = np.ones(30 * 2**17)  # 30 MB
        assert list(stages.tracked(silent)(big[:2], "inner", 2)) == [1, 1]
        del big
    assert [*stages.seconds] == ["outer", "inner"]
    assert stages.megabytes["inner"] > 30
