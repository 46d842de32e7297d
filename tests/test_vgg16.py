"""VGG16 through the real command on seeded weights, against an independent computation in NumPy."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt
import onnx
import pytest
from onnx import numpy_helper
from PIL import Image

from catalogue.errors import WeightsError
from catalogue.precomputed import read_manifest
from model import bundled
from model.extractors import OPENVINO, REFERENCE, vgg16
from model.extractors.engine import keras
from model.query import PhotoSearch
from tests import seeded_vgg16
from tests.factories import make_photo
from tests.seeded_vgg16 import BLOCKS, Weights
from tests.serving import ROOT


@pytest.fixture(scope="session")
def weights() -> Weights:
    return seeded_vgg16.weights()


@pytest.fixture(scope="session")
def weights_file(weights: Weights, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "seeded.h5"
    seeded_vgg16.write(path, weights)
    return path


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("photos")
    make_photo("#27406b", "rectangle", (300, 200)).save(folder / "blue.png")
    make_photo("#c96f4a", "ellipse", (120, 250)).save(folder / "clay.png")
    return folder


def run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "model", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("engine", [REFERENCE, OPENVINO])
def test_fc2_is_what_numpy_computes(
    weights: Weights, weights_file: Path, photos: Path, tmp_path: Path, engine: str
) -> None:
    arguments = (
        "extract",
        str(photos),
        "--out",
        str(tmp_path / "f.npz"),
        "--extractor",
        "vgg16",
        "--preset",
        "classic",
        "--engine",
        engine,
    )
    answer = run(*arguments, "--weights", str(weights_file))
    assert answer.returncode == 0, answer.stderr
    warning = f"warning: {weights_file} is not the file of weights that Keras publishes for VGG16."
    assert warning in answer.stderr.splitlines()
    with np.load(tmp_path / "f.npz") as file:
        ids, vectors = file["ids"].tolist(), file["vectors"]
    assert ids == ["blue", "clay"]
    for product_id, vector in zip(ids, vectors, strict=True):
        expected = _fc2(weights, photos / f"{product_id}.png")
        assert np.abs(vector - expected).max() <= 1e-4 * np.abs(expected).max()
        assert (vector > 0).sum() > 1000


def test_its_search_by_photo_is_in_eight_bits(weights_file: Path, photos: Path, tmp_path: Path) -> None:
    given = ("--out", str(tmp_path), "--preset", "classic", "--weights", str(weights_file))
    for verb in ("build", "bundle"):
        answer = run(verb, str(photos), *given)
        assert answer.returncode == 0, answer.stderr
    version = read_manifest(tmp_path).version
    bundle, files = bundled.opened(tmp_path / "photo", version)
    assert bundle.chosen.precision == "int8"
    assert (files / bundled.NETWORK).stat().st_size < 140_000_000
    assert bundle.chosen.compressed < 110
    search = PhotoSearch.load(tmp_path / "photo", version)
    for name in ("blue", "clay"):
        best, other = search.nearest((photos / f"{name}.png").read_bytes(), None, 2)
        assert best.product_id == name
        assert best.similarity > max(0.99, other.similarity)


def test_the_layout_that_keras_writes_today_loads_too(weights: Weights, weights_file: Path, tmp_path: Path) -> None:
    whole = keras().applications.VGG16(weights=None)
    whole.load_weights(weights_file)
    whole.save_weights(tmp_path / "today.weights.h5")
    network = vgg16.reference(tmp_path / "today.weights.h5")
    assert network.layers[-1].name == "fc2"
    for layer in network.layers:
        for array, given in zip(layer.get_weights(), weights.get(layer.name, []), strict=True):
            assert np.array_equal(array, given), layer.name
    del network
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr(vgg16, "reference")  # neither needs Keras
        both = [vgg16.graph(path) for path in (weights_file, tmp_path / "today.weights.h5")]
    assert both[0] == both[1]


def test_a_layout_that_only_keras_knows_is_left_to_keras(
    weights: Weights, weights_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def nothing(_: Path) -> Iterator[Weights]:
        yield {}

    monkeypatch.setattr(vgg16, "arrays_by_layer", nothing)
    graph = onnx.load_model_from_string(vgg16.graph(weights_file)).graph
    (kernel,) = (each for each in graph.initializer if each.dims == [4096, 4096])
    assert np.array_equal(numpy_helper.to_array(kernel), weights["fc2"][0])


def test_the_published_file_is_known_by_its_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "weights.h5"
    path.write_bytes(b"published")
    monkeypatch.setattr(vgg16, "WEIGHTS_MD5", hashlib.md5(b"published", usedforsecurity=False).hexdigest())
    vgg16.network(path)  # a warning would be an error here
    path.write_bytes(b"another")
    with pytest.warns(UserWarning, match="is not the file of weights that Keras publishes"):
        vgg16.network(path)


def test_without_weights_one_line_says_what_to_do(photos: Path, tmp_path: Path) -> None:
    offline = {"KERAS_HOME": str(tmp_path), "https_proxy": "http://127.0.0.1:9"}
    answer = run("build", str(photos), "--out", str(tmp_path / "out"), **offline)
    assert answer.returncode == 14
    (line,) = answer.stderr.splitlines()
    assert line.startswith("error: no weights for vgg16")
    assert "pass --weights FILE" in line
    assert "--extractor efficientnet-lite0" in line
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("content", [b"", b"\x89HDF\r\n\x1a\n no more"], ids=["empty", "broken"])
def test_a_file_of_other_weights_is_named(photos: Path, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other.h5").write_bytes(content)
    answer = run("build", str(photos), "--out", str(tmp_path / "out"), "--weights", str(tmp_path / "other.h5"))
    assert answer.returncode == 14
    assert "other.h5 does not hold the weights of a VGG16" in answer.stderr.replace("\n", " ")
    assert not (tmp_path / "out" / "manifest.json").exists()


def without_top(path: Path) -> Path:
    keras().applications.VGG16(weights=None, include_top=False).save_weights(path)
    return path


def of_another_network(path: Path) -> Path:
    layers = keras().layers
    keras().Sequential([layers.Input((3,)), layers.Dense(2)]).save_weights(path)
    return path


def of_no_network(path: Path) -> Path:
    with h5py.File(path, "w") as file:
        file["values"] = np.zeros(3)
    return path


def of_broken_zip(path: Path) -> Path:
    path.with_suffix(".keras").write_bytes(b"no zip")
    return path.with_suffix(".keras")


@pytest.mark.parametrize("write", [without_top, of_another_network, of_no_network, of_broken_zip])
def test_weights_of_another_network_are_refused(tmp_path: Path, write: Callable[[Path], Path]) -> None:
    path = write(tmp_path / "other.weights.h5")
    with pytest.raises(WeightsError, match="top layers") as error:
        vgg16.reference(path)
    assert path.name in str(error.value)
    assert "pass --weights FILE" in str(error.value)


def _fc2(weights: Weights, photo: Path) -> npt.NDArray[np.float32]:
    """VGG16 to fc2 by matrix products alone, on a photo squashed as Keras's `load_img` does."""
    with Image.open(photo) as image:
        pixels = np.asarray(image.convert("RGB").resize((224, 224), Image.Resampling.NEAREST), dtype=np.float32)
    x: Any = pixels[..., ::-1] - np.array([103.939, 116.779, 123.68], dtype=np.float32)
    for block, count in enumerate(BLOCKS, start=1):
        for number in range(1, count + 1):
            x = _convolution(x, *weights[f"block{block}_conv{number}"])
        side = x.shape[0] // 2
        x = x.reshape(side, 2, side, 2, -1).max(axis=(1, 3))
    for name in ("fc1", "fc2"):
        kernel, bias = weights[name]
        x = np.maximum(x.reshape(-1) @ kernel + bias, 0)
    return np.asarray(x, dtype=np.float32)


def _convolution(x: Any, kernel: Any, bias: Any) -> Any:
    """3 × 3, stride 1, zeros at the border, then ReLU: nine matrix products, one for each place of the kernel."""
    side = x.shape[0]
    padded = np.pad(x, ((1, 1), (1, 1), (0, 0)))
    total = sum(
        padded[row : row + side, column : column + side] @ kernel[row, column]
        for row in range(3)
        for column in range(3)
    )
    return np.maximum(total + bias, 0)
