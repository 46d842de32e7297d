"""The benchmark of the storefront measures every part of it in a real browser, beside the seed's design."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from benchmarks import drawn_shop, rates, serve, sizes, web_process
from benchmarks.__main__ import cli
from benchmarks.figure import Figure
from benchmarks.serve import Plan
from catalogue import precomputed
from catalogue.precomputed import verify
from model.progress import silent
from tests.serving import ROOT

TINY = Plan(products=100, sizes=(100,), clicks=3, loads=1, seconds=0.2)


def test_every_figure_is_measured() -> None:
    figures = serve.measure(TINY, [*serve.PARTS], silent)
    assert {figure.part for figure in figures} == {*serve.PARTS}
    by_name = {figure.name: figure for figure in figures}
    assert len(by_name) == len(figures)
    for figure in figures:
        if figure.unit:
            assert figure.value > 0, figure
    for kind in serve.CLICKS:
        assert by_name[f"{kind.name}: POSTs a click"].value == 0
        assert by_name[f"{kind.name}: POSTs a click"].seed == 1
        listed, complete = (by_name[f"{kind.name}: {what}, p50"] for what in ("list", "pictures"))
        assert listed.value < complete.value
        assert listed.ratio
    assert by_name["4G, not hovered: list, p50"].value > 100  # the network's latency alone
    for page in ("/", "/p/ID"):
        paints = [by_name[f"{page}: {name} contentful paint"].value for name in ("first", "largest")]
        assert paints == sorted(paints)
        parts = [by_name[f"{page}: {name}"].value for name in ("of it Dash's own scripts", "the rest", "transferred")]
        assert parts[0] + parts[1] == pytest.approx(parts[2])
        assert by_name[f"{page}: taken over by Dash"].value > paints[0]


@pytest.mark.parametrize("own", [True, False])
def test_the_command_prints_each_figure_with_its_target(own: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "SEARCHES", 2)
    monkeypatch.setattr(sizes, "ELSEWHERE", 100 if own else 99)
    answer = CliRunner().invoke(
        cli, ["serve", "--sizes", "100", "--seconds", "0.2", "--only", "memory", "--json"], catch_exceptions=False
    )
    assert answer.exit_code == 0, answer.output
    rows = {row["name"].removeprefix("100 products: "): row for row in json.loads(answer.stdout)}
    targets = ("first answer", "worker after the start", "worker after 200 requests", "searches, all: p95")
    assert [rows[name]["most"] for name in targets] == [2, 110, 110, 100]
    assert rows["lists of 100 products by the API"]["least"] == 1000
    assert 20 < rows["its share of what is shared"]["value"] < rows["worker after 200 requests"]["value"]
    assert {name for name, row in rows.items() if not row["value"]} == {name for name in rows if "failed" in name}


def test_targets_and_ratios() -> None:
    assert Figure("clicks", "list", 50, "ms", most=50).met
    assert not Figure("clicks", "list", 50.1, "ms", most=50).met
    assert not Figure("rate", "similar", 999, "1/s", least=1000).met
    assert Figure("load", "requests", 40, "").met is None
    assert Figure("clicks", "list", 50, "ms", seed=150).ratio == 3


def test_a_drawn_shop_is_alike_every_time_and_each_product_has_files_of_its_own(tmp_path: Path) -> None:
    ids = drawn_shop.make(tmp_path / "one", 100)
    assert drawn_shop.make(tmp_path / "two", 100) == ids
    shop = verify(tmp_path / "one")
    assert shop.manifest == precomputed.load(tmp_path / "two").manifest
    assert len({entry.thumbnails[0].path(160) for entry in shop}) == 100
    assert {len(shop.neighbours(each, 99)) for each in ids} == {24}
    assert {each for near in shop.neighbours(ids[0]) for each in [near.product_id]} < {*ids} - {ids[0]}


def test_answers_that_fail_are_counted(address: str) -> None:
    port = urlsplit(address).port
    assert port
    assert rates.measure(port, ["/images/none.webp"] * 4, 0.2).failed > 0
    good = rates.measure(port, ["/robots.txt"] * 4, 0.2)
    assert good.failed == 0
    assert good.per_second > 0


def test_what_cannot_start_is_told_in_one_line(tmp_path: Path) -> None:
    with (
        pytest.raises(web_process.ServeError, match=r"gunicorn app:server gives no answer"),
        web_process.running(tmp_path),
    ):
        pass


def test_what_was_started_ends_when_the_benchmark_is_ended() -> None:
    command = [sys.executable, "-m", "benchmarks", "serve", "--sizes", "100", "--only", "memory", "--json"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as benchmark:
        started = [_child(benchmark.pid), _child(_child(benchmark.pid))]  # gunicorn and its worker
        benchmark.send_signal(signal.SIGTERM)
        benchmark.communicate(timeout=30)
    assert benchmark.returncode == 143
    assert not [pid for pid in started if Path(f"/proc/{pid}").exists()]


def _child(pid: int) -> int:
    """The process that a process has started, as soon as there is one that stays."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        for child in map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()):
            if b"gunicorn" in Path(f"/proc/{child}/cmdline").read_bytes():
                return child
        time.sleep(0.01)
    raise AssertionError(f"{pid} has started no gunicorn")
