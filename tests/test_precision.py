"""Networks in few bits as ONNX Runtime runs them, and which precision a bundle takes."""

from collections.abc import Iterator
from functools import partial

import numpy as np
import pytest

from catalogue.errors import BundleError
from model.bundled import Candidate
from model.extractors import Features, Network, Scale, int8
from model.extractors.fp16 import halved
from model.extractors.graph import PHOTOS, Graph
from model.images import Pixels
from model.precision import Measured, Step, Trial, overlap, smallest
from model.progress import Track, silent
from model.rows import Rows
from model.runtime import Runtime, Way

SIZE = 8
WAY = Way("small", SIZE, Scale((0.0, 0.0, 0.0), (255.0, 255.0, 255.0)))


@pytest.fixture(scope="module")
def model() -> bytes:
    """Two convolutions, one of them of each channel alone, and two fully connected layers."""
    random = np.random.default_rng(4)

    def drawn(*shape: int) -> Features:
        return np.asarray(random.standard_normal(shape) / np.sqrt(np.prod(shape[1:])), dtype=np.float32)

    graph = Graph("small")
    x = graph.relu(graph.convolution(PHOTOS, drawn(16, 3, 3, 3), drawn(16)))
    x = graph.max_pool(graph.relu(graph.convolution(x, drawn(16, 1, 3, 3), drawn(16))))
    x = graph.relu(graph.dense(graph.flat(x), drawn(256, 200), drawn(200)))
    return graph.model(graph.dense(x, drawn(200, 65), drawn(65)))


@pytest.fixture(scope="module")
def photos() -> Pixels:
    return np.random.default_rng(5).integers(0, 256, (64, SIZE, SIZE, 3), dtype=np.uint8)


def extracted(graph: bytes, photos: Pixels) -> Features:
    runtime = Runtime(graph, WAY)
    return np.stack([runtime.extract(photo) for photo in photos])


def test_eight_bits_are_a_quarter_of_the_bytes_and_near(model: bytes, photos: Pixels) -> None:
    network = Network(WAY.name, "0" * 64, SIZE, WAY.scale, lambda: model)
    small = int8.quantised(network, int8.measured(network, photos), reduced=True)
    assert len(small) < 0.4 * len(model)
    expected = extracted(model, photos)
    assert np.abs(extracted(small, photos) - expected).mean() < 0.05 * np.abs(expected).mean()


def test_half_the_bytes_are_nearly_the_same_network(model: bytes, photos: Pixels) -> None:
    small = halved(model)
    assert len(small) < 0.55 * len(model)
    expected = extracted(model, photos)
    assert np.abs(extracted(small, photos) - expected).max() < 0.002 * np.abs(expected).max()


def test_what_is_no_network_is_told() -> None:
    with pytest.raises(BundleError, match="small cannot be run"):
        Runtime(b"no network", WAY)


def test_photos_of_a_size_that_a_network_does_not_take_are_told(model: bytes) -> None:
    with pytest.raises(BundleError, match="small cannot be run"):
        Runtime(model, WAY).extract(np.zeros((32, 32, 3), dtype=np.uint8))


class Scripted(Trial):
    """Finds of each precision what its name says: the least cosine and the overlap."""

    def measured(self, name: str, graph: bytes, way: Way, track: Track) -> Measured:  # noqa: ARG002 - Trial's name for it
        cosine, same = map(float, name.split())
        return Measured(Candidate(name, 1, 1, cosine, same), 1)


@pytest.fixture
def trial() -> Trial:
    nothing = np.zeros((0, 0), dtype=np.float32)
    own = np.zeros(0, dtype=np.int64)
    return Scripted([], (), own, nothing, own, Rows(nothing, nothing))


def steps_of(*names: str) -> Iterator[Step]:
    return ((name, partial(name.encode)) for name in names)


def test_the_first_that_agrees_is_taken_and_none_after_it_is_made(trial: Trial) -> None:
    steps = steps_of(".95 .99", ".995 .94", ".99 .95", "1 1")
    graph, tried = smallest(trial, steps, WAY, silent)
    assert graph == b".99 .95"
    assert [each.agrees for each in tried] == [False, False, True]
    assert next(steps)[0] == "1 1"


def test_where_none_agrees_an_error_says_what_to_do(trial: Trial) -> None:
    with pytest.raises(BundleError, match=r"small agrees in no precision .*0\.98.* Build the lists with"):
        smallest(trial, steps_of(".9 .9", ".98 .9"), WAY, silent)


def test_overlap_is_the_share_that_both_have() -> None:
    one = np.array([[1, 2, 3, 4], [5, 6, 7, 8]])
    assert overlap(one, one[:, ::-1]) == 1
    assert overlap(one, np.array([[1, 2, 9, 10], [5, 6, 7, 0]])) == 0.625
    assert overlap(one[:, :0], one[:, :0]) == 1
