"""The fast engine gives the reference's features, and `auto` takes it only where it does."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from catalogue.errors import ExtractorError
from model import agreement, extractors
from model.agreement import Candidate, choose, compare, fastest, patterns
from model.extractors import BATCH, ENGINES, REFERENCE, Features, fingerprint, openvino
from model.extractors.engine import compiled, keras
from model.images import Pixels
from model.progress import silent
from tests.factories import MeanColour, encoded, make_photo


@pytest.fixture(scope="module")
def photos() -> Pixels:
    """Drawn pictures: waves, and noise of a fixed seed in the second half."""
    noise = np.random.default_rng(5).integers(0, 256, (BATCH // 2, 224, 224, 3), dtype=np.uint8)
    return np.concatenate([patterns(224)[: BATCH // 2], noise])


def cosines(one: Features, other: Features) -> Features:
    norms = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return np.asarray((one * other).sum(1) / norms, dtype=np.float32)


def test_openvino_gives_the_features_of_efficientnet_lite0(photos: Pixels) -> None:
    expected = extractors.load("efficientnet-lite0").extract(photos)
    found = extractors.load("efficientnet-lite0", engine="openvino").extract(photos)
    assert found.dtype == np.float32
    assert np.abs(found - expected).max() <= 1e-4 * np.abs(expected).max()


def test_openvino_gives_the_features_of_a_network_like_vgg16() -> None:
    """Its kinds of layers, small: convolutions that end in relu, pooling, and two dense layers on a flat whole."""
    keras().utils.set_random_seed(3)
    layers = keras().layers
    given = layers.Input((32, 32, 3))
    x = layers.Conv2D(8, 3, padding="same", activation="relu")(given)
    x = layers.MaxPooling2D(2, strides=2)(x)
    x = layers.Conv2D(16, 3, padding="valid", activation="relu")(x)
    x = layers.Dense(20, activation="relu")(layers.Flatten()(x))
    network = keras().Model(given, layers.Dense(10, activation="relu")(x))
    photos = np.random.default_rng(1).normal(size=(BATCH, 32, 32, 3)).astype(np.float32)
    expected = compiled(network, REFERENCE)(photos)
    assert expected.any()
    assert np.abs(compiled(network, "openvino")(photos) - expected).max() <= 1e-5 * np.abs(expected).max()


@pytest.mark.skipif(not openvino.has_bf16(), reason="this processor does not compute in bf16")
def test_bf16_is_near_but_not_equal(photos: Pixels) -> None:
    expected = extractors.load("efficientnet-lite0").extract(photos)
    found = extractors.load("efficientnet-lite0", engine="openvino-bf16").extract(photos)
    assert 0.97 < cosines(expected, found).min() < 0.999999


def test_equal_photos_get_equal_bytes(photos: Pixels) -> None:
    extractor = extractors.load("efficientnet-lite0", engine="openvino")
    assert extractor.extract(photos).tobytes() == extractor.extract(photos).tobytes()
    assert extractor.extract(photos[::-1].copy())[::-1].tobytes() == extractor.extract(photos).tobytes()


def test_engines_do_not_share_features() -> None:
    marks = {fingerprint(extractors.load("efficientnet-lite0", engine=engine), "x") for engine in ENGINES}
    assert len(marks) == len(ENGINES)


def test_a_layer_without_counterpart_is_named() -> None:
    layers = keras().layers
    given = layers.Input((8, 8, 3))
    network = keras().Model(given, layers.Softmax(name="odd")(given))
    with pytest.raises(ExtractorError, match=r"the layer odd \(Softmax\) has no counterpart. Use --engine tensorflow."):
        openvino.graph(network, BATCH)


def test_bf16_without_the_processor_for_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openvino, "has_bf16", lambda: False)
    with pytest.raises(ExtractorError, match=r"does not compute in bf16. Use --engine openvino."):
        openvino.compiled(None, BATCH, "bf16")
    assert agreement.available() == (REFERENCE, "openvino")


@pytest.mark.parametrize(
    ("speeds", "taken"),
    [
        ([(REFERENCE, 10, 1, 1), ("openvino", 20, 1, 1), ("openvino-bf16", 40, 0.9995, 0.99)], "openvino-bf16"),
        ([(REFERENCE, 10, 1, 1), ("openvino", 20, 1, 1), ("openvino-bf16", 40, 0.9985, 0.99)], "openvino"),
        ([(REFERENCE, 10, 1, 1), ("openvino", 20, 1, 0.97)], REFERENCE),
        ([(REFERENCE, 10, 1, 1), ("openvino", 9, 1, 1)], REFERENCE),
    ],
)
def test_the_fastest_that_agrees_is_taken(speeds: list[tuple[str, float, float, float]], taken: str) -> None:
    assert fastest([Candidate(*each) for each in speeds]) == taken


class Off(MeanColour):
    """An extractor whose features are those of the reference, turned a little on one engine."""

    def extract(self, photos: Pixels) -> Features:
        found: Features = super().extract(photos)
        if self.engine != REFERENCE:
            found[:, 0] += 0.5 * np.linalg.norm(found, axis=1)
        return found


def off(engine: str) -> Any:
    return Off(engine=engine)


def test_agreement_is_measured_on_every_photo() -> None:
    sample = np.random.default_rng(2).integers(0, 256, (40, MeanColour.size, MeanColour.size, 3), dtype=np.uint8)
    reference, other = compare(off, [REFERENCE, "openvino"], sample, silent)
    assert reference.cosine == pytest.approx(1.0)
    assert reference.overlap == 1.0
    assert other.cosine < 0.97
    assert not other.agrees


def test_the_choice_is_made_once_for_a_catalogue(tmp_path: Path) -> None:
    for number, colour in enumerate(("#c96f4a", "#3a7d44", "#0b57d0")):
        (tmp_path / f"{number}.png").write_bytes(encoded(make_photo(colour)))
    assert choose(tmp_path, off, "letterbox", silent) == REFERENCE
    (path,) = (tmp_path / "features").glob("engines-*.json")
    written = json.loads(path.read_bytes())
    assert {each["engine"] for each in written["candidates"]} == set(agreement.available())
    path.write_text(json.dumps({"engine": "openvino"}))
    assert choose(tmp_path, off, "letterbox", silent) == "openvino"
    path.write_text("half")
    assert choose(tmp_path, off, "letterbox", silent) == REFERENCE
