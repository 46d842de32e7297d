"""Heat maps: they add up to the similarity that is shown, lie where the likeness is, and say when they are rough."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from catalogue.errors import ExtractorError
from model import heatmap
from model.extractors import OPENVINO, Features, network, vgg16
from model.extractors.engine import OnEngine
from model.features import describe
from model.heatmap import LEVELS, Grid, Heat, Positions, contributions, decoded, encoded, heat, heats, overlay
from model.images import Pixels, View
from model.photos import Photo
from model.progress import silent
from tests import drawings, factories
from tests.factories import make_photo
from tests.serving import ROOT

IMAGES = ROOT / "data" / "demo" / "images"
VIEWS = [View.parse(name) for name in ("letterbox", "crop")]
LITE0 = network("efficientnet-lite0")

at_positions = arrays.arrays(np.float32, (3, 2, 4), elements=st.integers(0, 6).map(float))


def photo(name: str) -> Photo:
    return Photo(name.ljust(64, "0"), IMAGES / f"{name}.webp")


def read(name: str) -> bytes:
    return photo(name).path.read_bytes()


def fruit(*drawn: Pixels) -> bytes:
    """Drawings side by side."""
    return factories.encoded(Image.fromarray(np.concatenate(drawn, axis=1)))


@given(at_positions, at_positions)
def test_contributions_add_up_to_the_cosine(a: Features, b: Features) -> None:
    one, other = (each.mean(axis=(0, 1), dtype=np.float64) for each in (a, b))
    lengths = np.linalg.norm(one) * np.linalg.norm(other)
    cosine = one @ other / lengths if lengths else 0.0
    for grid in contributions(a, b):
        assert grid.shape == (3, 2)
        assert grid.sum() == pytest.approx(cosine, abs=1e-5)


@pytest.mark.parametrize("name", ["efficientnet-lite0", "efficientnet-lite2"])
def test_features_are_the_mean_of_the_positions(name: str) -> None:
    found = network(name)
    pixels = np.random.default_rng(4).integers(0, 256, (5, found.size, found.size, 3), dtype=np.uint8)
    at = Positions(found).of(pixels)
    side = -(-found.size // 32)
    assert at.shape == (5, side, side, 1280)
    assert np.abs(at.mean(axis=(1, 2)) - OnEngine(found, OPENVINO).extract(pixels)).max() < 1e-4


@pytest.mark.parametrize(
    "views",
    ["letterbox", "crop", "letterbox crop", "letterbox crop letterbox-mirrored crop-mirrored", "letterbox@320 squash"],
)
def test_both_maps_add_up_to_the_similarity_of_the_features(views: str) -> None:
    shown = [View.parse(name) for name in views.split()]
    wide = factories.encoded(make_photo("#27406b", size=(200, 90)))
    found = heat(LITE0, read("mug-001"), wide, shown)
    extractor = OnEngine(LITE0, OPENVINO)
    one, other = (describe(content, extractor, shown) for content in (read("mug-001"), wide))
    cosine = float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))
    assert found.exact
    assert found.similarity == pytest.approx(cosine, abs=1e-5)
    assert found.a.sum() == pytest.approx(cosine, abs=1e-5)
    assert found.b.sum() == pytest.approx(cosine, abs=1e-5)
    assert found.a.min() >= 0
    assert found.a.shape == found.b.shape


def test_a_photo_is_as_similar_to_itself_as_can_be() -> None:
    found = heat(LITE0, read("mug-001"), read("mug-001"), VIEWS)
    assert found.similarity == pytest.approx(1, abs=1e-5)
    assert np.array_equal(found.a, found.b)


def test_the_crop_is_laid_over_the_middle() -> None:
    wide = factories.encoded(make_photo("#27406b", size=(400, 100)))
    found = heat(LITE0, wide, read("mug-001"), [View("crop")])
    assert found.a.sum() == pytest.approx(found.similarity, abs=1e-5)
    assert found.a[2:5, 2:5].sum() == pytest.approx(found.similarity, abs=1e-5)  # a quarter of 7 positions is below 3


def test_maps_lie_where_the_likeness_is() -> None:
    banana, apple = drawings.banana(), drawings.granny_smith()
    both = fruit(banana, apple)
    with_banana, with_apple = (heat(LITE0, both, fruit(one), [View("letterbox")]).a for one in (banana, apple))
    left, right = np.s_[:, :3], np.s_[:, 4:]
    assert with_banana[left].sum() / with_banana[right].sum() > 1.3 * with_apple[left].sum() / with_apple[right].sum()
    assert with_banana[2:5].sum() > 0.7 * with_banana.sum()  # the bars of the letterbox add little


def test_each_photo_is_seen_once_or_when_they_are_many_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["mug-001", "bowl-001", "vase-001", "mug-002"]
    pairs = [(photo(names[i]), photo(names[j])) for i, j in ((0, 1), (0, 2), (3, 0), (1, 0))]
    counts: list[int] = []
    of = Positions.of

    def counted(self: Positions, pixels: Pixels) -> Features:
        counts.append(len(pixels))
        return of(self, pixels)

    monkeypatch.setattr(Positions, "of", counted)
    whole = list(heats(LITE0, pairs, VIEWS, silent))
    assert sum(counts) == len(names) * len(VIEWS)
    monkeypatch.setattr(heatmap, "KEPT", 1)
    monkeypatch.setattr(heatmap, "BLOCK", 2)
    counts.clear()
    parted = list(heats(LITE0, pairs, VIEWS, silent))
    assert sum(counts) == (2 * len(names) - 1) * len(VIEWS)
    for (a, b), one, other in zip(pairs, whole, parted, strict=True):
        alone = heat(LITE0, a.path.read_bytes(), b.path.read_bytes(), VIEWS)
        for each in (other, alone):
            assert np.array_equal(one.a, each.a)
            assert np.array_equal(one.b, each.b)
            assert one.similarity == each.similarity
    assert np.array_equal(whole[0].a, whole[3].b)
    assert list(heats(LITE0, [], VIEWS, silent)) == []


def test_what_vgg16_gives_is_told_to_be_approximate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(16)

    @contextmanager
    def seeded(_: Path) -> Iterator[Mapping[str, list[Grid]]]:
        yield {name: _drawn(shape, random) for name, shape in vgg16._shapes().items()}

    monkeypatch.setattr(vgg16, "arrays_by_layer", seeded)
    (tmp_path / "weights.h5").write_bytes(b"seeded")
    with pytest.warns(UserWarning, match="not the file of weights"):
        found = network("vgg16", tmp_path / "weights.h5")
    answer = heat(found, read("mug-001"), read("bowl-001"), [View("squash")])
    assert not answer.exact
    assert answer.a.shape == (7, 7)
    assert 0 < answer.similarity <= 1
    assert answer.a.sum() == pytest.approx(answer.similarity, abs=1e-5)


def _drawn(shape: tuple[int, ...], random: np.random.Generator) -> list[Grid]:
    """A kernel and a bias; the dense layers, which heat maps do not need, take no memory."""
    bias = np.zeros(shape[-1], dtype=np.float32)
    if len(shape) == 2:
        return [np.broadcast_to(np.float32(0), shape), bias]
    return [random.standard_normal(shape, dtype=np.float32) * np.float32(np.sqrt(2 / np.prod(shape[:-1]))), bias]


def test_networks_without_known_positions_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"")
    (tmp_path / "mine.toml").write_text('name = "mine"\nmodel = "model.onnx"\nsize = 32\n')
    found = network(str(tmp_path / "mine.toml"))
    with pytest.raises(ExtractorError, match=r"^mine has no heat maps: .* use --extractor efficientnet-lite0\.$"):
        heat(found, b"", b"", VIEWS)
    with pytest.raises(ExtractorError, match="mine has no heat maps"):
        list(heats(found, [], VIEWS, silent))


@given(arrays.arrays(np.float32, (7, 7), elements=st.floats(0, 1, width=32)))
def test_texts_hold_the_maps(grid: Grid) -> None:
    largest = float(grid.max())
    text = encoded(grid, largest)
    assert len(text) == 49
    assert decoded(text) * largest == pytest.approx(grid, abs=largest / 2 / (len(LEVELS) - 1) + 1e-6)


def test_the_texts_of_a_pair_are_relative_to_the_larger() -> None:
    a, b = np.full((7, 7), 0.01, np.float32), np.full((7, 7), 0.02, np.float32)
    assert Heat(a, b, True, 0.5).texts == ("g" * 49, "_" * 49)


@pytest.mark.parametrize("text", ["", "AB", "AAA\n"])
def test_what_is_no_map_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"square number|substring not found"):
        decoded(text)


def test_an_overlay_keeps_colour_where_it_is_hot() -> None:
    grid = np.zeros((7, 7), dtype=np.float32)
    grid[:, :3] = 1
    picture = Image.new("RGB", (90, 90), "#27406b")
    shown = np.asarray(overlay(picture, grid, 70), dtype=float)
    assert shown.shape == (70, 70, 3)
    hot, cold = shown[:, 5], shown[:, 65]
    assert np.ptp(hot, axis=1).min() > 30
    assert np.ptp(cold, axis=1).max() < 5
    assert cold.min() > 190
