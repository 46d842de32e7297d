"""The fast engine gives the reference's features, and `auto` takes it only where it does."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import numpy_helper

from catalogue.errors import ExtractorError
from model import agreement, calibration
from model.agreement import Candidate, choose, compare, fastest, patterns
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
from tests.factories import MeanColour, encoded, make_photo
from tests.precisions import BF16_WHERE_IT_IS, needs_bf16


@pytest.fixture(scope="module")
def photos() -> Pixels:
    """Drawn pictures: waves, and noise of a fixed seed in the second half."""
    noise = np.random.default_rng(5).integers(0, 256, (16, 224, 224, 3), dtype=np.uint8)
    return np.concatenate([patterns(224)[:16], noise])


def cosines(one: Features, other: Features) -> Features:
    norms = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return np.asarray((one * other).sum(1) / norms, dtype=np.float32)


def lite0(engine: str) -> OnEngine:
    return OnEngine(network("efficientnet-lite0"), engine)


@pytest.mark.parametrize("name", ["efficientnet-lite0", "efficientnet-lite2"])
def test_openvino_gives_the_features_of_the_reference(name: str) -> None:
    found = network(name)
    photos = patterns(found.size)
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
    ranges = calibration.measured(found, photos, silent)
    rough = {name: (10 * least, 10 * largest) for name, (least, largest) in ranges.items()}
    expected = lite0(REFERENCE).extract(photos)
    near = cosines(expected, OnEngine(found, INT8, ranges).extract(photos))
    assert near.mean() > 0.98
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
    assert agreement.available(network("efficientnet-lite0")) == (REFERENCE, OPENVINO)


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
    reference, other = compare(off, [REFERENCE, OPENVINO], MeanColour.size, sample, silent)
    assert reference.cosine == pytest.approx(1.0)
    assert reference.overlap == 1.0
    assert other.cosine < 0.97
    assert not other.agrees


def test_an_engine_that_cannot_run_a_network_is_passed_over() -> None:
    def load(engine: str) -> Any:
        if engine == BF16:
            raise ExtractorError("not here")
        return MeanColour(engine=engine)

    sample = np.zeros((3, MeanColour.size, MeanColour.size, 3), dtype=np.uint8)
    found = compare(load, [OPENVINO, BF16, INT8], MeanColour.size, sample, silent)
    assert [each.engine for each in found] == [OPENVINO, INT8]
    with pytest.raises(ExtractorError, match="not here"):
        compare(load, [BF16, INT8], MeanColour.size, sample, silent)


def test_the_choice_is_made_once_for_a_catalogue(tmp_path: Path) -> None:
    for number, colour in enumerate(("#c96f4a", "#3a7d44", "#0b57d0")):
        (tmp_path / f"{number}.png").write_bytes(encoded(make_photo(colour)))
    small = replace(network("efficientnet-lite0"), size=MeanColour.size)

    def chosen() -> str:
        return choose(tmp_path, small, off, "letterbox", silent)

    assert chosen() == REFERENCE
    (path,) = (tmp_path / "features").glob("engines-*.json")
    written = json.loads(path.read_bytes())
    assert {each["engine"] for each in written["candidates"]} == set(agreement.available(small))
    path.write_text(json.dumps({"engine": OPENVINO}))
    assert chosen() == OPENVINO
    path.write_text("half")
    assert chosen() == REFERENCE


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


@given(
    st.lists(st.floats(-100, 100, width=32), min_size=1, max_size=50).map(lambda values: np.array(values, np.float32))
)
def test_a_range_lies_within_what_was_seen(values: Features) -> None:
    seen = int8.Histogram()
    seen.add(values)
    least, largest = seen.range()
    assert least < largest
    if values.any():
        assert min(0, values.min()) * 1.000001 <= least <= 0 <= largest <= max(0, values.max()) * 1.000001


def test_rare_large_values_are_cut() -> None:
    values = np.random.default_rng(1).normal(size=1_000_000).astype(np.float32)
    values[1] = 40
    seen = int8.Histogram()
    seen.add(values)
    assert seen.range()[1] < 20


def test_weights_are_rounded_by_channel_and_are_a_quarter() -> None:
    graph = Graph("small")
    kernel = np.random.default_rng(1).normal(size=(8, 3, 5, 5)).astype(np.float32)
    kernel *= np.logspace(-3, 3, 8, dtype=np.float32)[:, None, None, None]
    model = graph.model(graph.mean(graph.convolution(PHOTOS, kernel, np.zeros(8, np.float32))))
    rounded = onnx.load_model_from_string(int8.quantised(model, {PHOTOS: (-1.0, 1.0)}))
    arrays = {each.name: numpy_helper.to_array(each) for each in rounded.graph.initializer}
    near = arrays["constant_0"] * arrays["constant_0_scale"][:, None, None, None]
    assert arrays["constant_0"].dtype == np.int8
    assert (np.abs(near - kernel).max(axis=(1, 2, 3)) <= np.abs(kernel).max(axis=(1, 2, 3)) / 125).all()
