"""The real weights, loaded right: the network recognises fruit, and gives the features that it gave before."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from catalogue.errors import WeightsError
from model.extractors import OPENVINO, REFERENCE, fingerprint, network
from model.extractors.checkpoint import Array, read_checkpoint
from model.extractors.efficientnet_lite import LITE0, LITE2, SCALE, Variant, classes, features, packaged_weights
from model.extractors.engine import OnEngine
from model.extractors.graph import PHOTOS, Graph
from model.extractors.layers import Layers
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
def tensors(variant: Variant) -> dict[str, Array]:
    return read_checkpoint(packaged_weights(variant))


@cache
def classifier(variant: Variant) -> Any:
    made = Layers("classes")
    return made.model(classes(made, made.photos, variant, tensors(variant)))


@pytest.mark.parametrize(("variant", "count", "numbers"), [(LITE0, 296, 4_694_073), (LITE2, 386, 6_150_232)])
def test_the_checkpoint_is_whole(variant: Variant, count: int, numbers: int) -> None:
    assert len(tensors(variant)) == count
    assert sum(array.size for array in tensors(variant).values()) == numbers


@pytest.mark.parametrize("variant", [LITE0, LITE2], ids=["lite0", "lite2"])
@pytest.mark.parametrize(
    ("drawing", "imagenet_class"),
    [(drawings.granny_smith(), 948), (drawings.lemon(), 951), (drawings.banana(), 954)],
    ids=["Granny Smith", "lemon", "banana"],
)
def test_it_recognises_fruit(variant: Variant, drawing: Pixels, imagenet_class: int) -> None:
    scores = classifier(variant).predict_on_batch(SCALE.apply(drawing[None]))[0]
    assert int(np.argmax(scores)) == imagenet_class


@pytest.mark.parametrize("engine", [REFERENCE, OPENVINO])
def test_features_are_those_stored(engine: str) -> None:
    features = OnEngine(network("efficientnet-lite0"), engine).extract(drawings.banana()[None])
    assert features.shape == (1, 1280)
    assert features.dtype == np.float32
    assert 0 <= features.min() <= features.max() <= 6
    assert features[0, list(STORED)] == pytest.approx(list(STORED.values()), rel=1e-3)


def test_weights_that_do_not_fit_are_named(tmp_path: Path) -> None:
    (tmp_path / "weights.pth").write_bytes(b"not a checkpoint")
    with pytest.raises(WeightsError, match=r"weights\.pth cannot be read"):
        network("efficientnet-lite0", tmp_path / "weights.pth")
    lacking = {name: array for name, array in tensors(LITE0).items() if name != "_conv_head.weight"}
    with pytest.raises(WeightsError, match="efficientnet-lite0 at _conv_head"):
        features(Graph("lacking"), PHOTOS, LITE0, lacking)
    with pytest.raises(WeightsError, match="efficientnet-lite2 at _blocks"):
        features(Graph("another's"), PHOTOS, LITE2, tensors(LITE0))


def test_fingerprints_differ_when_features_could() -> None:
    found = network("efficientnet-lite0")
    extractor, other = OnEngine(found, REFERENCE), OnEngine(replace(found, weights_sha256="0" * 64), REFERENCE)
    assert fingerprint(extractor, "letterbox") == fingerprint(extractor, "letterbox")
    assert fingerprint(extractor, "letterbox") != fingerprint(extractor, "squash")
    assert fingerprint(extractor, "letterbox") != fingerprint(other, "letterbox")
