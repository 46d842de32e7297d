"""Figures of an update: what is touched, and how near its lists are to those made as a whole."""

from benchmarks import updating_lists
from model.progress import silent


def test_an_update_of_a_drawn_catalogue_is_measured() -> None:
    figures = {each.name: each for each in updating_lists.measure(1500, silent, 0.004)}
    assert 0 < figures["lists touched"].value < 1500 / 2
    assert figures["lists touched for each change"].met
    assert figures["first 10 gone on from as made again"].value > 0.8
    assert figures["in no list"].value <= 3
    assert figures["lists gone on from"].value > 0
