"""The server that the download benchmark measures with, and our side of it, with a few images."""

import hashlib

from benchmarks import fetch, image_server


def test_images_are_alike_every_time_and_all_different() -> None:
    contents = image_server.contents(120)
    assert contents == image_server.contents(120)
    assert len(set(contents)) == 120
    assert 20_000 < sum(map(len, contents)) / 120 < 40_000


def test_ours_stores_every_image_over_one_connection_per_host() -> None:
    expected = frozenset(hashlib.sha256(content).hexdigest() for content in image_server.contents(40))
    found = fetch.download(fetch.lookalike, expected)
    assert found.connections == 1
    assert found.images_per_second > 0
    assert found.seconds > 0


def test_the_ratio_is_that_of_the_medians() -> None:
    ours = fetch.Figures("ours", tuple(fetch.Round(speed, 1.0, 1) for speed in (10.0, 90.0, 80.0)))
    theirs = fetch.Figures("theirs", tuple(fetch.Round(speed, 1.0, 9) for speed in (100.0, 50.0, 300.0)))
    assert fetch.as_rows(ours, theirs)["ratio"] == 0.8
