"""The real weights, loaded right: the network recognises fruit, and gives the features that it gave before."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from catalogue.errors import WeightsError
from model.extractors import efficientnet_lite0 as lite0
from model.extractors import fingerprint, load
from model.extractors.checkpoint import Array, read_checkpoint
from model.images import Pixels
from tests import drawings

# Features of the drawn banana, computed once by this network; the places are spread over all 1,280 values.
STORED = {
    28: 1.28351,
    160: 0.0661597,
    285: 0.965099,
    435: 0.0875058,
    583: 0.249484,
    740: 0.170938,
    852: 0.119637,
    900: 0.091415,
    980: 0.0614767,
    1118: 0.11194,
    1211: 0.318029,
    1279: 0.0657362,
}


@cache
def tensors() -> dict[str, Array]:
    return read_checkpoint(lite0.packaged_weights())


@pytest.fixture(scope="module")
def classifier() -> Any:
    return lite0.build_network(tensors(), classify=True)


def test_the_checkpoint_is_whole() -> None:
    assert len(tensors()) == 296
    assert sum(array.size for array in tensors().values()) == 4_694_073


@pytest.mark.parametrize(
    ("drawing", "imagenet_class"),
    [(drawings.granny_smith(), 948), (drawings.lemon(), 951), (drawings.banana(), 954)],
    ids=["Granny Smith", "lemon", "banana"],
)
def test_it_recognises_fruit(classifier: Any, drawing: Pixels, imagenet_class: int) -> None:
    scores = classifier.predict_on_batch(lite0.scaled(drawing[None]))[0]
    assert int(np.argmax(scores)) == imagenet_class


def test_features_are_those_stored() -> None:
    extractor = load("efficientnet-lite0")
    features = extractor.extract(drawings.banana()[None])
    assert features.shape == (1, extractor.dimension) == (1, 1280)
    assert features.dtype == np.float32
    assert 0 <= features.min() <= features.max() <= 6
    assert features[0, list(STORED)] == pytest.approx(list(STORED.values()), rel=1e-3)


def test_weights_that_do_not_fit_are_named(tmp_path: Path) -> None:
    (tmp_path / "weights.pth").write_bytes(b"not a checkpoint")
    with pytest.raises(WeightsError, match=r"weights\.pth cannot be read"):
        load("efficientnet-lite0", tmp_path / "weights.pth")
    lacking = {name: array for name, array in tensors().items() if name != "_conv_head.weight"}
    with pytest.raises(WeightsError, match="conv_head"):
        lite0.build_network(lacking)


def test_fingerprints_differ_when_features_could() -> None:
    extractor = load("efficientnet-lite0")
    assert fingerprint(extractor, "letterbox") == fingerprint(extractor, "letterbox")
    assert fingerprint(extractor, "letterbox") != fingerprint(extractor, "squash")
    other = lite0.EfficientNetLite0(tensors(), "0" * 64)
    assert fingerprint(extractor, "letterbox") != fingerprint(other, "letterbox")
