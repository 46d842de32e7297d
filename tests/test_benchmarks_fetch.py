"""The server that the download benchmark measures with, and our side of it, with a few images."""

import hashlib
import sys

import pytest

from benchmarks import fetch, image_server


def hashes(count: int) -> frozenset[str]:
    return frozenset(hashlib.sha256(content).hexdigest() for content in image_server.contents(count))


def test_images_are_alike_every_time_and_all_different() -> None:
    contents = image_server.contents(120)
    assert contents == image_server.contents(120)
    assert len(set(contents)) == 120
    assert 20_000 < sum(map(len, contents)) / 120 < 40_000


def test_ours_stores_every_image_over_one_connection_per_host() -> None:
    found = fetch.download(fetch.lookalike, hashes(40))
    assert found.connections == 1
    assert found.images_per_second > 0
    assert found.seconds > 0


@pytest.mark.parametrize(("code", "message"), [("", "stored 0 of 8 images"), ("raise SystemExit('no')", "with 1: no$")])
def test_a_contestant_that_fails_is_told_in_one_line(code: str, message: str) -> None:
    with pytest.raises(fetch.BenchmarkError, match=message):
        fetch.download(lambda *_: [sys.executable, "-c", code], hashes(8))


def test_the_ratio_is_that_of_the_medians() -> None:
    ours = fetch.Figures("ours", tuple(fetch.Round(speed, 1.0, 1) for speed in (10.0, 90.0, 80.0)))
    theirs = fetch.Figures("theirs", tuple(fetch.Round(speed, 1.0, 9) for speed in (100.0, 50.0, 300.0)))
    assert fetch.as_rows(ours, theirs)["ratio"] == 0.8
