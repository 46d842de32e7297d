"""Any ONNX file with a few lines of TOML is an extractor: small ones made here, compared with NumPy."""

import json
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import numpy_helper, parser

from catalogue.errors import ExtractorError, WeightsError
from catalogue.precomputed import verify
from model.extractors import BF16, INT8, OPENVINO, REFERENCE, Features, int8, network
from model.extractors.described import Description
from model.extractors.engine import OnEngine
from model.images import Pixels
from tests.precisions import BF16_WHERE_IT_IS
from tests.serving import ROOT
from tests.test_build import COLOURS, SHAPES, command, save_photos

SIZE, PATCH, WIDTH = 32, 8, 6
KERNEL = np.random.default_rng(7).normal(size=(WIDTH, 3, PATCH, PATCH)).astype(np.float32)
PHOTOS: Pixels = np.random.default_rng(8).integers(0, 256, (5, SIZE, SIZE, 3), dtype=np.uint8)
MEAN, STD = [123.675, 116.28, 103.53], [58.395, 57.12, 57.375]
SCALED = {"mean": MEAN, "std": STD}

COLOUR = """colour (float[N,3,H,W] pixel_values) => (float[N,D] colour) {
    mean = GlobalAveragePool (pixel_values)
    colour = Flatten (mean)
}"""
POSITIONS = f"""positions (float[N,3,H,W] pixel_values) => (float[N,C,Y,X] positions) {{
    patches = Conv <strides = [{PATCH}, {PATCH}]> (pixel_values, kernel)
    positions = Relu (patches)
}}"""
TOKENS = f"""tokens (float[N,3,H,W] pixel_values) => (float[N,D] pooler_output, float[N,T,D] last_hidden_state) {{
    patches = Conv <strides = [{PATCH}, {PATCH}]> (pixel_values, kernel)
    kept = Relu (patches)
    rows = Reshape (kept, shape)
    last_hidden_state = Transpose <perm = [0, 2, 1]> (rows)
    pooler_output = ReduceMax <axes = [1], keepdims = 0> (last_hidden_state)
}}"""
DOCUMENTED = {
    "last_hidden_state": (
        """dinov2 (float[N,3,H,W] pixel_values) => (float[N,T,384] last_hidden_state) {
            patches = Conv <strides = [14, 14]> (pixel_values, kernel)
            rows = Reshape (patches, shape)
            tokens = Transpose <perm = [0, 2, 1]> (rows)
            whole = ReduceMean <axes = [1]> (tokens)
            last_hidden_state = Concat <axis = 1> (whole, tokens)
        }""",
        (384, 3, 14, 14),
    ),
    "image_embeds": (
        """clip (float[N,3,H,W] pixel_values) => (float[N,512] image_embeds) {
            patches = Conv <strides = [32, 32]> (pixel_values, kernel)
            mean = GlobalAveragePool (patches)
            image_embeds = Flatten (mean)
        }""",
        (512, 3, 32, 32),
    ),
}
TWO_INPUTS = "two (float[N,3,H,W] photos, int64[N,T] words) => (float[N,3,H,W] same) { same = Identity (photos) }"
DOCUMENT = (ROOT / "docs" / "networks.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"```toml\n# (\S+)\n(.*?)```", DOCUMENT, re.DOTALL))
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", DOCUMENT, re.DOTALL) for line in block.splitlines()]


def save_model(path: Path, text: str = TOKENS, **constants: Any) -> Path:
    """An ONNX file of a graph in ONNX's own words, with arrays for its constants."""
    model = parser.parse_model(f'<ir_version: 8, opset_import: ["" : 17]> {text}')
    arrays = {"kernel": KERNEL, "shape": np.array([0, WIDTH, -1])} | constants
    used = {name for node in model.graph.node for name in node.input}
    model.graph.initializer.extend(numpy_helper.from_array(arrays[name], name) for name in sorted(used & set(arrays)))
    for number, node in enumerate(model.graph.node):
        node.name = f"layer_{number}"
    onnx.save(model, path)
    return path


def describe(folder: Path, **lines: Any) -> Path:
    """A description of the `model.onnx` beside it; a line that is None is left out."""
    whole = {"name": "mine", "model": "model.onnx", "size": SIZE} | lines
    path = folder / "mine.toml"
    path.write_text("".join(f"{key} = {json.dumps(value)}\n" for key, value in whole.items() if value is not None))
    return path


def extracted(description: Path, photos: Pixels = PHOTOS) -> Features:
    return OnEngine(network(str(description)), OPENVINO).extract(photos)


def tokens(photos: Pixels, mean: list[float], std: list[float]) -> Features:
    """What TOKENS gives as `last_hidden_state`, (N, 16, WIDTH)."""
    scaled = (photos.astype(np.float64) - mean) / std
    side = SIZE // PATCH
    patches = scaled.reshape(-1, side, PATCH, side, PATCH, 3)
    found = np.einsum("nyaxbc,dcab->nyxd", patches, KERNEL).reshape(-1, side * side, WIDTH)
    return np.asarray(np.maximum(found, 0), dtype=np.float32)


def assert_near(found: Features, expected: Features) -> None:
    assert found.dtype == np.float32
    assert found.shape == expected.shape
    assert np.abs(found - expected).max() <= 1e-4 * np.abs(expected).max()


@pytest.mark.parametrize("channels", ["RGB", "BGR"])
def test_photos_come_in_the_range_and_order_that_the_lines_say(tmp_path: Path, channels: str) -> None:
    save_model(tmp_path / "model.onnx", COLOUR)
    expected = (PHOTOS.mean(axis=(1, 2)) - MEAN) / STD
    ordered = expected if channels == "RGB" else expected[:, ::-1]
    assert_near(extracted(describe(tmp_path, channels=channels, **SCALED)), ordered.astype(np.float32))
    plain = extracted(describe(tmp_path))
    assert_near(plain, (PHOTOS.mean(axis=(1, 2)) / 255).astype(np.float32))


def test_an_output_is_chosen_by_its_name_and_pooled(tmp_path: Path) -> None:
    save_model(tmp_path / "model.onnx")
    expected = tokens(PHOTOS, MEAN, STD)
    chosen = {"output": "last_hidden_state", **SCALED}
    assert_near(extracted(describe(tmp_path, pooling="first", **chosen)), expected[:, 0])
    assert_near(extracted(describe(tmp_path, pooling="mean", **chosen)), expected.mean(axis=1))
    for named in (None, "pooler_output"):
        assert_near(extracted(describe(tmp_path, output=named, **SCALED)), expected.max(axis=1))


def test_positions_are_averaged_at_any_size_where_that_is_said(tmp_path: Path) -> None:
    save_model(tmp_path / "model.onnx", POSITIONS)
    assert_near(extracted(describe(tmp_path, pooling="mean", **SCALED)), tokens(PHOTOS, MEAN, STD).mean(axis=1))
    larger = PHOTOS.repeat(2, axis=1).repeat(2, axis=2)
    assert extracted(describe(tmp_path, pooling="mean", any_size=True), larger).shape == (5, WIDTH)
    with pytest.raises(ExtractorError, match="mine takes photos of 32 pixels alone, not of 64"):
        extracted(describe(tmp_path, pooling="mean"), larger)


def test_a_model_made_for_one_photo_sees_one_at_a_time(tmp_path: Path) -> None:
    save_model(tmp_path / "model.onnx", TOKENS.replace("[N,3,H,W]", "[1,3,32,32]"), shape=np.array([1, WIDTH, 16]))
    found = extracted(describe(tmp_path, output="last_hidden_state", pooling="mean", **SCALED))
    assert_near(found, tokens(PHOTOS, MEAN, STD).mean(axis=1))


def test_a_model_that_makes_one_row_of_all_photos_sees_one_at_a_time(tmp_path: Path) -> None:
    one_row = POSITIONS.replace("float[N,C,Y,X] positions", "float[N,D] row").replace(
        "positions = Relu (patches)", "kept = Relu (patches) row = Reshape (kept, shape)"
    )
    save_model(tmp_path / "model.onnx", one_row, shape=np.array([1, -1]))
    found = extracted(describe(tmp_path, **SCALED))
    assert_near(found, tokens(PHOTOS, MEAN, STD).transpose(0, 2, 1).reshape(len(PHOTOS), -1))


def test_channels_that_come_last_are_refused(tmp_path: Path) -> None:
    save_model(tmp_path / "model.onnx", COLOUR.replace("[N,3,H,W]", "[N,32,32,3]"))
    with pytest.raises(ExtractorError, match=r"needs exactly one input, of photos \(N, 3, S, S\)"):
        extracted(describe(tmp_path))


@pytest.mark.parametrize(("turned", "named"), [(0, True), (1, True), (1, False)])
def test_eight_bits_take_dense_layers_of_every_kind(tmp_path: Path, turned: int, named: bool) -> None:
    dense = COLOUR.replace(
        "colour = Flatten (mean)", f"flat = Flatten (mean) colour = Gemm <transB = {turned}> (flat, kernel, bias)"
    )
    kernel = np.random.default_rng(3).normal(size=(3, 8)).astype(np.float32) * np.logspace(-2, 2, 8, dtype=np.float32)
    bias = np.zeros(8, dtype=np.float32)
    path = save_model(tmp_path / "model.onnx", dense, kernel=kernel.T.copy() if turned else kernel, bias=bias)
    if not named:
        model = onnx.load(path)
        for node in model.graph.node:
            node.name = ""
        onnx.save(model, path)
    found = network(str(describe(tmp_path)))
    expected = OnEngine(found, OPENVINO).extract(PHOTOS)
    near = OnEngine(found, INT8, int8.measured(found, PHOTOS)).extract(PHOTOS)
    worst = np.abs(near - expected).max(axis=0) / np.abs(expected).max(axis=0)
    assert (
        worst.max() < 0.3
    )  # where positive and negative weights cancel; the wrong axis of scales gives many times that
    assert worst.mean() < 0.08


def test_weights_may_lie_in_a_file_beside_the_model(tmp_path: Path) -> None:
    whole = onnx.load(save_model(tmp_path / "model.onnx"))
    together = extracted(describe(tmp_path))
    onnx.save(whole, tmp_path / "model.onnx", save_as_external_data=True, location="weights.bin", size_threshold=0)
    first = network(str(describe(tmp_path)))
    assert np.array_equal(extracted(describe(tmp_path)), together)
    ranges = int8.measured(first, PHOTOS)
    assert OnEngine(first, INT8, ranges).extract(PHOTOS).shape == together.shape
    content = bytearray((tmp_path / "weights.bin").read_bytes())
    content[1] ^= 1
    (tmp_path / "weights.bin").write_bytes(content)
    assert network(str(describe(tmp_path))).weights_sha256 != first.weights_sha256
    (tmp_path / "weights.bin").unlink()
    with pytest.raises(WeightsError, match=r"weights\.bin cannot be read: No such file"):
        network(str(describe(tmp_path)))


def test_the_hash_changes_with_all_that_changes_a_feature(tmp_path: Path) -> None:
    save_model(tmp_path / "model.onnx")
    tokens_of = {"output": "last_hidden_state"}
    lines: list[dict[str, Any]] = [{}, {"mean": MEAN}, {"std": STD}, {"size": 48}, {"channels": "BGR"}, tokens_of]
    lines += [tokens_of | {"pooling": "first"}, tokens_of | {"pooling": "mean"}]
    hashes = [network(str(describe(tmp_path, **each))).weights_sha256 for each in lines]
    save_model(tmp_path / "model.onnx", kernel=KERNEL + 1)
    hashes.append(network(str(describe(tmp_path))).weights_sha256)
    assert len(set(hashes)) == len(hashes)


def test_the_hash_does_not_change_with_comments_order_or_the_files_name(tmp_path: Path) -> None:
    save_model(tmp_path / "model.onnx")
    path = describe(tmp_path, **SCALED)
    first = network(str(path)).weights_sha256
    path.write_text("# mine\n" + "\n".join(reversed(path.read_text().splitlines())))
    assert network(str(path)).weights_sha256 == first
    other = (tmp_path / "model.onnx").rename(tmp_path / "other.onnx")
    assert network(str(path), weights=other).weights_sha256 == first


@pytest.mark.parametrize("engine", [BF16_WHERE_IT_IS, INT8])
def test_faster_engines_are_near(tmp_path: Path, engine: str) -> None:
    save_model(tmp_path / "model.onnx")
    found = network(str(describe(tmp_path, **SCALED)))
    ranges = int8.measured(found, PHOTOS) if engine == INT8 else None
    expected, near = (OnEngine(found, each, ranges).extract(PHOTOS) for each in (OPENVINO, engine))
    assert 0 < np.abs(near - expected).max() < 0.05 * np.abs(expected).max()


def test_tensorflow_is_refused(tmp_path: Path) -> None:
    save_model(tmp_path / "model.onnx")
    found = network(str(describe(tmp_path)))
    assert found.engines == (OPENVINO, BF16, INT8)
    with pytest.raises(ExtractorError, match=r"^mine does not run on tensorflow\. Use --engine openvino\.$"):
        OnEngine(found, REFERENCE)


@pytest.mark.parametrize("engine", [OPENVINO, INT8])
def test_a_folder_becomes_lists_by_colour(tmp_path: Path, engine: str) -> None:
    folder = save_photos(tmp_path / "shop")
    ink = -np.eye(3, dtype=np.float32)[:, :, None, None].repeat(PATCH, axis=2).repeat(PATCH, axis=3)
    save_model(tmp_path / "model.onnx", POSITIONS, kernel=ink)
    path = describe(tmp_path, mean=[255, 255, 255], pooling="mean")
    answer = command("build", folder, "--out", tmp_path / "out", "--extractor", path, "--engine", engine)
    assert answer.exit_code == 0, answer.output
    lists = verify(tmp_path / "out")
    for colour in COLOURS:
        first, second = (f"{shape}-{colour[1:]}" for shape in SHAPES)
        assert lists.neighbours(first, k=1)[0].product_id == second
        assert lists.neighbours(second, k=1)[0].product_id == first


@pytest.mark.parametrize(
    ("lines", "error", "message"),
    [
        ({"model": "gone.onnx"}, WeightsError, r"names gone\.onnx, and there is no .*gone\.onnx\. Put the ONNX file"),
        ({"model": "mine.toml"}, ExtractorError, r"mine\.toml cannot be read as an ONNX model"),
        ({"colour": "red"}, ExtractorError, r"mine\.toml: colour: Extra inputs are not permitted\."),
        ({"size": None}, ExtractorError, r"mine\.toml: size: Field required\."),
        ({"std": [1, 0, 1]}, ExtractorError, r"mine\.toml: std\.1: Input should be greater than 0\."),
        ({"output": "fc2"}, ExtractorError, r"no output 'fc2'; it has last_hidden_state, pooler_output\."),
        ({"pooling": "first"}, ExtractorError, r"shape \(1, 6\), which pooling = 'first' does not fit\. Use"),
        ({"pooling": "mean"}, ExtractorError, r"shape \(1, 6\), which pooling = 'mean' does not fit\. Use"),
        ({"output": "last_hidden_state"}, ExtractorError, r"shape \(1, 16, 6\), which pooling = 'none' does not fit"),
        ({"model": "two.onnx"}, ExtractorError, r"needs exactly one input, of photos .*, and has photos, words\."),
        ({"model": "fixed.onnx"}, ExtractorError, r"mine does not take photos of 32 pixels: "),
    ],
)
def test_what_cannot_be_used_is_told(
    tmp_path: Path, lines: dict[str, Any], error: type[ExtractorError], message: str
) -> None:
    save_model(tmp_path / "model.onnx")
    save_model(tmp_path / "two.onnx", TWO_INPUTS)
    save_model(tmp_path / "fixed.onnx", shape=np.array([1, WIDTH, 49]))
    with pytest.raises(ExtractorError, match=message) as caught:
        extracted(describe(tmp_path, **lines))
    assert caught.type is error


def test_what_is_no_description_is_told(tmp_path: Path) -> None:
    with pytest.raises(ExtractorError, match="neither an extractor's name nor a file"):
        network("resnet")
    for content in (b"name = ", b"\xff\xfe"):
        (tmp_path / "mine.toml").write_bytes(content)
        with pytest.raises(ExtractorError, match=r"mine\.toml cannot be read as TOML: "):
            network(str(tmp_path / "mine.toml"))


def save_documented(folder: Path, lines: dict[str, Any]) -> None:
    """A model under the documented name, with the documented output and shape, and random weights."""
    text, shape = DOCUMENTED[lines["output"]]
    kernel = np.random.default_rng(9).normal(size=shape).astype(np.float32)
    save_model(folder / lines["model"], text, kernel=kernel, shape=np.array([0, shape[0], -1]))


@pytest.mark.parametrize("line", COMMANDS)
def test_documented_commands_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    monkeypatch.chdir(tmp_path)
    save_photos(tmp_path / "data" / "SHOP")
    for name, example in EXAMPLES.items():
        (tmp_path / name).write_text(example)
        save_documented(tmp_path, tomllib.loads(example))
    arguments = shlex.split(line.removeprefix("python -m model "))
    answer = command(*arguments)
    assert answer.exit_code == 0, answer.output
    if arguments[0] == "build":
        assert verify(tmp_path / "precomputed").manifest.listed == len(SHAPES) * len(COLOURS)


def test_the_documented_extractor_runs() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    made: dict[str, Any] = {}
    exec(code, made)
    found = OnEngine(made["network"](), OPENVINO).extract(PHOTOS)
    assert_near(found, (PHOTOS.mean(axis=(1, 2)) / 255).astype(np.float32))


def test_every_line_is_documented_with_its_default() -> None:
    written = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", DOCUMENT, re.MULTILINE))
    assert set(written) == set(Description.model_fields)
    for name, default in written.items():
        if found := re.fullmatch(r"`(.*)`", default):
            value = tomllib.loads(f"x = {found[1]}")["x"]
            assert (tuple(value) if isinstance(value, list) else value) == Description.model_fields[name].default
