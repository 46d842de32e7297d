"""The search by photo of a catalogue: made by its command, and asked as the web process asks it."""

import io
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from catalogue import atomic, feed
from catalogue.errors import BundleError, UnusableImage
from catalogue.precomputed import MANIFEST, PHOTO, read_manifest, verify
from catalogue.product import Product
from model import bundled
from model.bundled import Bundle
from model.query import Box, PhotoSearch
from model.rows import Rows
from tests.factories import encoded, make_photo
from tests.serving import ROOT
from tests.test_build import LITE0, command, process
from tests.test_precomputed import tree

DEMO = ROOT / "data" / "demo"
VERBS = ("build", "bundle")
WEB = (
    "tensorflow",
    "faiss",
    "openvino",
    "onnx",
    "sklearn",
    "scipy",
    "rich",
    "click",
    "pandas",
    "pydantic",
    "threadpoolctl",
)


@pytest.fixture(scope="module")
def search() -> PhotoSearch:
    """The search by photo that is committed beside the demo shop's lists."""
    return opened(ROOT / "precomputed")


@pytest.fixture(scope="module")
def some() -> list[Product]:
    """Products of the demo shop, spread over all of its kinds."""
    return [product for product in feed.read(DEMO).products if product.image_files][::20]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a shop of twelve of the demo's products, its lists, and its search by photo."""
    folder = tmp_path_factory.mktemp("made")
    save_shop(folder / "shop", 12)
    for verb in VERBS:
        assert command(verb, folder / "shop", "--out", folder / "out", *LITE0).exit_code == 0
    return folder


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the same that a test may break."""
    shutil.copytree(made, tmp_path / "copy")
    yield tmp_path / "copy"
    shutil.rmtree(tmp_path / "copy")


def save_shop(folder: Path, count: int) -> None:
    products = [product for product in feed.read(DEMO).products if product.image_files][:count]
    for product in products:
        for name in product.image_files:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(DEMO / name, folder / name)
    feed.write_table(folder / "products.csv", products)


def opened(out: Path) -> PhotoSearch:
    return PhotoSearch.load(out / PHOTO, read_manifest(out).version)


def manifest(out: Path) -> Bundle:
    return bundled.parse_manifest((out / PHOTO / MANIFEST).read_bytes())


def photo_of(product: Product) -> bytes:
    return (DEMO / product.image_files[0]).read_bytes()


def first(search: PhotoSearch, photo: bytes, k: int, box: Box | None = None) -> list[str]:
    return [near.product_id for near in search.nearest(photo, box, k)]


def test_a_photo_of_the_catalogue_finds_its_product_first(search: PhotoSearch, some: list[Product]) -> None:
    for product in some:
        best, *others = search.nearest(photo_of(product), None, 12)
        assert best.product_id == product.id
        assert best.similarity > 0.999
        assert len(others) == 11
        similarities = [near.similarity for near in (best, *others)]
        assert similarities == sorted(similarities, reverse=True)


def mirrored(picture: Image.Image) -> bytes:
    return encoded(ImageOps.mirror(picture), "PNG")


def cropped(picture: Image.Image) -> bytes:
    width, height = picture.size
    return encoded(picture.crop((width // 12, height // 12, width * 11 // 12, height * 11 // 12)), "PNG")


def encoded_anew(picture: Image.Image) -> bytes:
    return encoded(picture.resize((picture.width * 2 // 3, picture.height * 2 // 3)), "JPEG", quality=60)


def on_its_side(picture: Image.Image) -> bytes:
    """As a phone that was held upright stores it: turned, and EXIF says so."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return encoded(picture.rotate(90, expand=True), "JPEG", quality=95, exif=exif)


@pytest.mark.parametrize("change", [mirrored, cropped, encoded_anew, on_its_side])
def test_a_changed_photo_finds_its_product_among_the_first(
    search: PhotoSearch, some: list[Product], change: object
) -> None:
    assert callable(change)
    found = 0
    for product in some:
        with Image.open(io.BytesIO(photo_of(product))) as image:
            found += product.id in first(search, change(image.convert("RGB")), 5)
    assert found >= 0.9 * len(some)


def test_the_part_in_the_box_is_what_is_looked_for(search: PhotoSearch, some: list[Product]) -> None:
    left, right = some[0], some[-1]
    with Image.open(io.BytesIO(photo_of(left))) as one, Image.open(io.BytesIO(photo_of(right))) as other:
        both = Image.new("RGB", (2 * one.width, one.height), "white")
        both.paste(one.convert("RGB"), (0, 0))
        both.paste(other.convert("RGB").resize(one.size), (one.width, 0))
    exif = Image.Exif()
    exif[0x0112] = 8
    stored = encoded(both.rotate(-90, expand=True), "JPEG", quality=95, exif=exif)
    for photo in (encoded(both, "PNG"), stored):
        assert first(search, photo, 3, Box(0, 0, 0.5, 1))[0] == left.id
        assert first(search, photo, 3, Box(0.5, 0, 0.5, 1))[0] == right.id


def test_what_is_no_picture_is_refused(search: PhotoSearch) -> None:
    for content, reason in ((b"", "empty file"), (b"<html>", "not an image")):
        with pytest.raises(UnusableImage) as error:
            search.nearest(content, None, 5)
        assert error.value.reason == reason


def test_the_committed_search_agrees_with_the_committed_lists() -> None:
    bundle = manifest(ROOT / "precomputed")
    lists = verify(ROOT / "precomputed").manifest
    assert (bundle.catalogue, bundle.fingerprint) == (lists.version, lists.build.fingerprint)
    assert bundle.chosen.cosine >= 0.99
    assert bundle.chosen.overlap >= 0.95
    assert bundle.recall >= 0.98
    assert not any(each.cosine >= 0.99 and each.overlap >= 0.95 for each in bundle.candidates[:-1])


def test_a_web_process_needs_little() -> None:
    code = (
        "import sys; from pathlib import Path; from model.query import PhotoSearch\n"
        f"search = PhotoSearch.load(Path('precomputed/photo'), {read_manifest(ROOT / 'precomputed').version!r})\n"
        "near = search.nearest(Path('data/demo/images/mug-001.webp').read_bytes(), None, 1)\n"
        f"print(near[0].product_id, [name for name in {WEB} if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "mug-001 []"
    assert answer.stderr == ""


def test_without_the_runtime_one_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(BundleError, match=r"needs onnxruntime\. Install it with: pip install"):
        opened(ROOT / "precomputed")


def test_all_photos_of_a_product_find_it(made: Path) -> None:
    shop = feed.read(made / "shop").products
    search = opened(made / "out")
    assert any(len(product.image_files) > 1 for product in shop)
    for product in shop:
        for name in product.image_files:
            assert first(search, (made / "shop" / name).read_bytes(), 1) == [product.id]


def test_bundling_twice_gives_equal_bytes_and_building_again_leaves_them(made: Path, copy: Path) -> None:
    before = tree(made / "out")
    shutil.rmtree(copy / "out" / PHOTO)
    bundled_again, built_again = (command(verb, copy / "shop", "--out", copy / "out", *LITE0) for verb in VERBS[::-1])
    assert (bundled_again.exit_code, built_again.exit_code) == (0, 0)
    assert tree(copy / "out") == before
    for candidate in manifest(copy / "out").candidates:
        assert candidate.precision in bundled_again.output
    assert bundled_again.output.count("taken") == 2


def test_what_is_there_already_is_not_measured_again(copy: Path) -> None:
    before = tree(copy / "out")
    answer = command("bundle", copy / "shop", "--out", copy / "out", *LITE0)
    assert answer.output.endswith(f"holds version {manifest(copy / 'out').version}, as before\n")
    assert "taken" not in answer.output
    assert tree(copy / "out") == before
    network = copy / "out" / PHOTO / manifest(copy / "out").version / bundled.NETWORK
    network.write_bytes(b"damaged")
    assert "taken" in command("bundle", copy / "shop", "--out", copy / "out", *LITE0).output
    assert tree(copy / "out") == before


def test_a_photo_more_makes_other_lists_which_need_a_bundle_of_their_own(copy: Path) -> None:
    save_shop(copy / "shop", 13)
    answer = process("bundle", copy / "shop", "--out", copy / "out", *LITE0)
    assert answer.returncode == 19
    assert "are not those of the lists" in answer.stderr
    opened(copy / "out")
    assert command("build", copy / "shop", "--out", copy / "out", *LITE0).exit_code == 0
    with pytest.raises(BundleError, match=r"was made for version .* of the lists, and these are"):
        opened(copy / "out")
    old = manifest(copy / "out").version
    assert command("bundle", copy / "shop", "--out", copy / "out", *LITE0).exit_code == 0
    assert len(first(opened(copy / "out"), encoded(make_photo()), 99)) == 13
    assert sorted(path.name for path in (copy / "out" / PHOTO).iterdir()) == sorted(
        [MANIFEST, manifest(copy / "out").version]
    )
    assert old != manifest(copy / "out").version


@pytest.mark.parametrize("options", [("--preset", "classic"), ("--views", "crop"), ("--engine", "openvino-int8")])
def test_lists_that_were_built_otherwise_are_named(made: Path, options: tuple[str, str]) -> None:
    before = tree(made / "out")
    answer = command("bundle", made / "shop", "--out", made / "out", *LITE0, *options)
    assert isinstance(answer.exception, BundleError)
    assert "holds lists by efficientnet-lite0 with the preset shop" in str(answer.exception)
    assert "build them again first" in str(answer.exception)
    assert tree(made / "out") == before


def test_without_lists_one_line_says_to_build(made: Path, tmp_path: Path) -> None:
    answer = process("bundle", made / "shop", "--out", tmp_path / "none", *LITE0)
    assert answer.returncode == 16
    (line,) = [line for line in answer.stderr.splitlines() if line.startswith("error: ")]
    assert "Build it with: python -m model build" in line


def test_without_a_bundle_one_error_says_how_to_make_it(made: Path, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"Make it with: python -m model bundle data/SHOP --out .*lists"):
        PhotoSearch.load(tmp_path / "lists" / PHOTO, read_manifest(made / "out").version)


@pytest.mark.parametrize("name", bundled.FILES)
@pytest.mark.parametrize("harm", ["changed", "cut", "missing"])
def test_a_damaged_file_is_named(copy: Path, name: str, harm: str) -> None:
    path = copy / "out" / PHOTO / manifest(copy / "out").version / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.unlink()
    if harm != "missing":
        path.write_bytes(content if harm == "changed" else content[: len(content) // 2])
    with pytest.raises(BundleError, match=name):
        opened(copy / "out")


def test_a_damaged_manifest_is_named(copy: Path) -> None:
    path = copy / "out" / PHOTO / MANIFEST
    whole = path.read_text()
    foreign = [
        whole[:200],
        "[]",
        "{}",
        whole.replace('"int8"', '"int9"', 1),
        whole.replace('"format": 1', '"format": 0'),
    ]
    for content in (*foreign, json.dumps({**json.loads(whole), "more": 1})):
        path.write_text(content)
        with pytest.raises(BundleError, match="is not a manifest of this version"):
            opened(copy / "out")


def test_one_that_stops_half_way_leaves_the_one_before(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_shop(copy / "shop", 11)
    old = read_manifest(copy / "out").version
    photo = copy / "out" / PHOTO
    before = tree(photo)
    assert command("build", copy / "shop", "--out", copy / "out", *LITE0).exit_code == 0
    write = atomic.write_bytes
    for stop in (bundled.SCALES, MANIFEST):

        def stopping(path: Path, content: bytes, *, durable: bool = True, stop: str = stop) -> None:
            if photo in path.parents and path.name == stop:
                raise RuntimeError("stopped")
            write(path, content, durable=durable)

        monkeypatch.setattr(atomic, "write_bytes", stopping)
        assert command("bundle", copy / "shop", "--out", copy / "out", *LITE0).exit_code != 0
        monkeypatch.undo()
        assert before.items() < tree(photo).items()
        PhotoSearch.load(photo, old)
    assert command("bundle", copy / "shop", "--out", copy / "out", *LITE0).exit_code == 0
    assert len(list(photo.iterdir())) == 2


@pytest.mark.parametrize("kind", ["int8", "float16"])
def test_kept_features_have_the_cosines_of_those_they_are_made_of(kind: str) -> None:
    random = np.random.default_rng(3)
    features = (random.random((300, 70)) ** 4 * random.uniform(0.01, 900, (300, 1))).astype(np.float32)
    features[7] = 0
    queries = features[:20] + random.random((20, 70), dtype=np.float32)
    exact = Rows.of(features, "float32").cosines(queries)
    assert kind in ("int8", "float16")
    found = Rows.of(features, "int8" if kind == "int8" else "float16").cosines(queries)
    assert np.abs(found - exact).max() < 0.01
    assert (found[:, 7] == 0).all()
