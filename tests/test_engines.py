"""The fast engines give the reference's features, or nearly."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from catalogue.errors import ExtractorError
from model import calibration
from model.extractors import (
    BF16,
    ENGINES,
    INT8,
    OPENVINO,
    REFERENCE,
    Features,
    fingerprint,
    int8,
    network,
    openvino,
)
from model.extractors.engine import OnEngine
from model.extractors.graph import PHOTOS, Graph
from model.images import Pixels
from model.progress import silent
from tests.factories import encoded, make_photo, make_waves
from tests.precisions import BF16_WHERE_IT_IS, needs_bf16


@pytest.fixture(scope="module")
def photos() -> Pixels:
    """Drawn pictures: waves, and noise of a fixed seed in the second half."""
    noise = np.random.default_rng(5).integers(0, 256, (16, 224, 224, 3), dtype=np.uint8)
    return np.concatenate([make_waves(224)[:16], noise])


def cosines(one: Features, other: Features) -> Features:
    norms = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return np.asarray((one * other).sum(1) / norms, dtype=np.float32)


def lite0(engine: str) -> OnEngine:
    return OnEngine(network("efficientnet-lite0"), engine)


@pytest.mark.parametrize("name", ["efficientnet-lite0", "efficientnet-lite2"])
def test_openvino_gives_the_features_of_the_reference(name: str) -> None:
    found = network(name)
    photos = make_waves(found.size)
    expected = OnEngine(found, REFERENCE).extract(photos)
    near = OnEngine(found, OPENVINO).extract(photos)
    assert near.dtype == np.float32
    assert near.shape == (len(photos), 1280)
    assert np.abs(near - expected).max() <= 1e-4 * np.abs(expected).max()


@needs_bf16
def test_bf16_is_near_but_not_equal(photos: Pixels) -> None:
    expected, found = lite0(REFERENCE).extract(photos), lite0(BF16).extract(photos)
    assert 0.97 < cosines(expected, found).min() < 0.999999


@pytest.mark.skipif("INT8" not in openvino.capabilities(), reason="this processor does not compute in int8")
def test_int8_is_near_when_it_is_calibrated(photos: Pixels) -> None:
    found = network("efficientnet-lite0")
    ranges = int8.measured(found, photos)
    rough = {name: (10 * least, 10 * largest) for name, (least, largest) in ranges.items()}
    expected = lite0(REFERENCE).extract(photos)
    near = cosines(expected, OnEngine(found, INT8, ranges).extract(photos))
    assert near.mean() > 0.97
    assert near.mean() > cosines(expected, OnEngine(found, INT8, rough).extract(photos)).mean() + 0.01


def test_equal_photos_get_equal_bytes(photos: Pixels) -> None:
    extractor = lite0(OPENVINO)
    assert extractor.extract(photos).tobytes() == extractor.extract(photos).tobytes()
    assert extractor.extract(photos[::-1].copy())[::-1].tobytes() == extractor.extract(photos).tobytes()


@pytest.mark.parametrize("engine", [REFERENCE, OPENVINO, BF16_WHERE_IT_IS])
def test_a_feature_does_not_depend_on_the_photos_beside_it(photos: Pixels, engine: str) -> None:
    extractor = lite0(engine)
    together = extractor.extract(photos[:21])
    assert together.shape == (21, 1280)
    for row in (0, 7, 20):
        assert extractor.extract(photos[row : row + 1]).tobytes() == together[row].tobytes()


@pytest.mark.parametrize("engine", [OPENVINO, BF16_WHERE_IT_IS])
def test_a_feature_does_not_depend_on_how_many_photos_go_at_once(
    photos: Pixels, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = lite0(engine).extract(photos[:6])
    monkeypatch.setattr(openvino, "LARGE", 0)  # every network's weights are larger: BATCH go at once
    assert lite0(engine).extract(photos[:6]).tobytes() == alone.tobytes()


@pytest.mark.parametrize("engine", [OPENVINO, BF16_WHERE_IT_IS])
def test_a_feature_does_not_depend_on_how_many_processors_there_are(
    photos: Pixels, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = set()
    for processors in (1, 2, 3):
        monkeypatch.setattr(openvino, "PROCESSORS", processors)
        made.add(lite0(engine).extract(photos[:9]).tobytes())
    assert len(made) == 1


def test_larger_photos_are_taken_where_a_network_pools_all_positions() -> None:
    large = np.random.default_rng(5).integers(0, 256, (5, 320, 320, 3), dtype=np.uint8)
    expected = lite0(REFERENCE).extract(large)
    assert np.abs(lite0(OPENVINO).extract(large) - expected).max() <= 1e-4 * np.abs(expected).max()
    fixed = OnEngine(replace(network("efficientnet-lite0"), any_size=False), OPENVINO)
    with pytest.raises(ExtractorError, match="takes photos of 224 pixels alone, not of 320"):
        fixed.extract(large)


def test_engines_and_calibrations_do_not_share_features() -> None:
    found = network("efficientnet-lite0")
    extractors = [OnEngine(found, engine) for engine in ENGINES]
    extractors += [OnEngine(found, INT8, {"photos": (-1.0, largest)}) for largest in (0.9, 1.0)]
    assert len({fingerprint(each, "x") for each in extractors}) == len(extractors)


def test_bf16_without_the_processor_for_it_is_told(monkeypatch: pytest.MonkeyPatch, photos: Pixels) -> None:
    monkeypatch.setattr(openvino, "capabilities", lambda: frozenset(["FP32"]))
    with pytest.raises(ExtractorError, match=r"does not compute in bf16. Use --engine openvino."):
        lite0(BF16).extract(photos)
    assert openvino.available(network("efficientnet-lite0")) == (REFERENCE, OPENVINO)


def test_ranges_are_measured_once_for_a_catalogue(tmp_path: Path) -> None:
    (tmp_path / "0.png").write_bytes(encoded(make_photo()))
    found = network("efficientnet-lite0")

    def ranges() -> int8.Ranges:
        return calibration.ranges(tmp_path, found, "letterbox", silent)

    first = ranges()
    assert first["photos"] == pytest.approx((-127 / 128, 1.0))
    (path,) = (tmp_path / "features").glob("ranges-*.json")
    assert ranges() == first
    path.write_text(json.dumps({"photos": [-1, 2]}))
    assert ranges() == {"photos": (-1.0, 2.0)}
    path.write_text("half")
    assert ranges() == first


def test_without_a_photo_there_are_no_ranges(tmp_path: Path) -> None:
    (tmp_path / "0.png").write_bytes(b"no picture")
    with pytest.raises(ExtractorError, match=r"no photo in .* can be used to measure ranges"):
        calibration.ranges(tmp_path, network("efficientnet-lite0"), "letterbox", silent)


@pytest.mark.parametrize("reduced", [False, True])
def test_weights_are_rounded_by_channel_and_are_a_quarter(reduced: bool) -> None:
    graph = Graph("small")
    kernel = np.random.default_rng(1).normal(size=(8, 3, 5, 5)).astype(np.float32)
    kernel *= np.logspace(-1, 1, 8, dtype=np.float32)[:, None, None, None]
    model = graph.model(graph.mean(graph.convolution(PHOTOS, kernel, np.zeros(8, np.float32))))
    small = replace(network("efficientnet-lite0"), graph=lambda: model, size=16)
    ranges = int8.measured(small, make_waves(16))
    rounded = onnx.load_model_from_string(int8.quantised(small, ranges, reduced=reduced))
    assert rounded == onnx.load_model_from_string(int8.quantised(small, ranges, reduced=reduced))
    arrays = {each.name: numpy_helper.to_array(each) for each in rounded.graph.initializer}
    near = arrays["constant_0_quantized"] * arrays["constant_0_scale"][:, None, None, None]
    assert arrays["constant_0_quantized"].dtype == np.int8
    assert np.abs(arrays["constant_0_quantized"]).max() == (64 if reduced else 127)
    steps = 125 / (2 if reduced else 1)
    assert (np.abs(near - kernel).max(axis=(1, 2, 3)) <= np.abs(kernel).max(axis=(1, 2, 3)) / steps).all()
