"""From photos to lists with the real network: what is built, what is counted, and what stays when it fails."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from catalogue import feed
from catalogue.alone import alone
from catalogue.errors import FeaturesError
from catalogue.precomputed import load, verify
from model import extractors
from model.__main__ import cli
from tests.factories import encoded, make_photo, make_product
from tests.serving import ROOT
from tests.test_precomputed import tree

SHAPES = ("ellipse", "rectangle")
COLOURS = ("#c96f4a", "#27406b", "#7a9e7e")
LITE0 = ("--extractor", "efficientnet-lite0")
BAD_FILES = {
    "empty file": b"",
    "not an image": b"<html>",
    "broken image": encoded(make_photo(size=(400, 400)), "JPEG")[:3000],
    "too many pixels": encoded(Image.new("1", (10_000, 6_001))),
}


def command(*arguments: object) -> Result:
    """Run `python -m model …` in this process; an error of ours is the result's exception."""
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


def process(*arguments: object) -> "subprocess.CompletedProcess[str]":
    """Run `python -m model …` as its users do."""
    line = [sys.executable, "-m", "model", *map(str, arguments)]
    return subprocess.run(line, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False)


def save_photos(folder: Path) -> Path:
    """Two shapes in three colours, in a subfolder for each shape."""
    for shape in SHAPES:
        (folder / shape).mkdir(parents=True)
        for colour in COLOURS:
            (folder / shape / f"{shape}-{colour[1:]}.png").write_bytes(encoded(make_photo(colour, shape)))
    return folder


def built(output: str) -> dict[str, int]:
    """The closing table."""
    return {label.strip(): int(count) for label, count in re.findall(r"│ (\D+?)\s*│\s*(\d+) │", output)}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of six photos, built once into `out` beside it."""
    folder = save_photos(tmp_path_factory.mktemp("shop") / "photos")
    assert command("build", folder, "--out", folder.parent / "out", *LITE0).exit_code == 0
    return folder


def test_a_folder_of_photos_becomes_lists(shop: Path) -> None:
    lists = verify(shop.parent / "out")
    assert [product.id for product in lists.products] == sorted(f"{s}-{c[1:]}" for s in SHAPES for c in COLOURS)
    assert lists.product("ellipse-c96f4a").category == "Ellipse"
    for product in lists.products:
        near = lists.neighbours(product.id)
        assert sorted(each.product_id for each in near) == [p.id for p in lists.products if p.id != product.id]
        assert near[0].similarity == max(each.similarity for each in near)


def test_building_twice_gives_equal_bytes_and_extracts_nothing(shop: Path, tmp_path: Path) -> None:
    other = tmp_path / "photos"
    save_photos(other)
    first = command("build", other, "--out", tmp_path / "out", *LITE0)
    assert tree(tmp_path / "out") == tree(shop.parent / "out")
    again = command("build", other, "--out", tmp_path / "out", *LITE0)
    assert (built(first.output)["features new"], built(again.output)["features new"]) == (6, 0)
    assert built(again.output)["features reused"] == 6
    assert tree(tmp_path / "out") == tree(shop.parent / "out")


def test_unusable_photos_leave_their_products_without_lists(tmp_path: Path) -> None:
    save_photos(tmp_path / "shop")
    products = [make_product(f"good-{n}", image_files=(f"ellipse/ellipse-{c[1:]}.png",)) for n, c in enumerate(COLOURS)]
    for number, content in enumerate(BAD_FILES.values()):
        (tmp_path / "shop" / f"bad-{number}.jpg").write_bytes(content)
        products.append(make_product(f"bad-{number}", image_files=(f"bad-{number}.jpg",)))
    products += [
        make_product("gone", image_files=("nowhere.jpg",)),
        make_product("outside", image_files=("../secret.jpg",)),
        make_product("bare"),
        make_product("second-is-good", image_files=("bad-0.jpg", "rectangle/rectangle-c96f4a.png")),
    ]
    feed.write_table(tmp_path / "shop" / "products.csv", products)
    counted = built(command("build", tmp_path / "shop", "--out", tmp_path / "out", *LITE0).output)
    lists = verify(tmp_path / "out")
    assert len(lists) == len(products)
    listed = {product.id for product in lists.products if lists.neighbours(product.id)}
    assert listed == {"good-0", "good-1", "good-2", "second-is-good"}
    assert counted["with similar products"] == 4
    reasons = {label.removeprefix("dropped: "): n for label, n in counted.items() if label.startswith("dropped")}
    once = dict.fromkeys([*BAD_FILES, "missing file", "outside the folder", "no image"], 1)
    assert reasons == once | {"empty file": 2} == dict(lists.manifest.drops)


def test_one_product_is_a_catalogue(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "only.png").write_bytes(encoded(make_photo()))
    assert command("build", tmp_path / "shop", "--out", tmp_path / "out", *LITE0).exit_code == 0
    assert load(tmp_path / "out").neighbours("only") == []


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("products.csv", b"sku\n1\n", "needs the columns id"),
        ("products.csv", b"id,image_link\n", "no products in"),
        ("photo.jpg", b"no picture", "no product in"),
        ("notes.txt", b"", "no products in"),
    ],
)
def test_an_unusable_catalogue_leaves_what_is_served(
    shop: Path, tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    before = tree(shop.parent / "out")
    (tmp_path / name).write_bytes(content)
    answer = process("build", tmp_path, "--out", shop.parent / "out", *LITE0)
    assert answer.returncode == 11
    (line,) = [line for line in answer.stderr.splitlines() if line.startswith("error: ")]
    assert message in line
    assert tree(shop.parent / "out") == before


def test_only_a_folder_of_lists_is_written_to(shop: Path, tmp_path: Path) -> None:
    (tmp_path / "letters").touch()
    for out, message in (
        (tmp_path, "holds letters"),
        (shop, "catalogue's own folder"),
        (tmp_path / "letters", "is a file"),
    ):
        answer = command("build", shop, "--out", out, *LITE0)
        assert message in str(answer.exception)
    assert (tmp_path / "letters").exists()


def test_a_second_build_of_a_catalogue_says_so_and_leaves(shop: Path, tmp_path: Path) -> None:
    with alone(shop / "features" / ".lock", FeaturesError("taken")):
        answer = process("build", shop, "--out", tmp_path / "out", *LITE0)
    assert answer.returncode == 15
    assert f"error: another build is at work on {shop}. Run this again after it." in answer.stderr
    assert not (tmp_path / "out").exists()
    assert process("build", shop, "--out", tmp_path / "out", *LITE0).returncode == 0


def test_a_damaged_block_is_named_and_done_again(shop: Path, tmp_path: Path) -> None:
    shutil.copytree(shop, tmp_path / "shop")
    block, *_ = (tmp_path / "shop" / "features").glob("*/*.npz")
    content = block.read_bytes()
    block.write_bytes(content[:-100])
    answer = command("build", tmp_path / "shop", "--out", tmp_path / "out", *LITE0)
    assert f"damaged, extracted again: {block.name}" in answer.stdout
    assert block.read_bytes() == content


@pytest.mark.parametrize("wanted", ["ellipse-c96f4a", "photo"])
def test_similar_prints_a_table_and_draws_a_sheet(shop: Path, tmp_path: Path, wanted: str) -> None:
    if wanted == "photo":
        wanted = str(shop / "ellipse" / "ellipse-c96f4a.png")
    answer = command("similar", shop, wanted, "--k", 3, "--sheet", tmp_path / "sheet.png", *LITE0)
    assert answer.exit_code == 0, answer.output
    rows = re.findall(r"│ (\d) +│ (\S+) +│ .+? │ +(-?\d\.\d{4}) │", answer.output)
    expected = load(shop.parent / "out").neighbours("ellipse-c96f4a", 3)
    found = [(product_id, float(similarity)) for _, product_id, similarity in rows]
    if "/" in wanted:
        assert found[0] == ("ellipse-c96f4a", 1.0)
        found, expected = found[1:], expected[:2]
    assert found == [(near.product_id, near.similarity) for near in expected]
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.size == (16 + 4 * 240, 16 + 284)


def test_similar_to_nothing_says_so(shop: Path) -> None:
    answer = process("similar", shop, "nobody", *LITE0)
    assert answer.returncode == 17
    assert "error: no product has the id 'nobody', and no image file has that path." in answer.stderr


def test_a_sheet_needs_the_suffix_of_a_picture(shop: Path, tmp_path: Path) -> None:
    answer = command("similar", shop, "ellipse-c96f4a", "--sheet", tmp_path / "sheet.doc", *LITE0)
    assert "Name it such as sheet.png" in str(answer.exception)


def test_the_classic_preset_keeps_five(shop: Path, tmp_path: Path) -> None:
    command("build", shop, "--out", tmp_path / "out", "--preset", "classic", *LITE0)
    build = load(tmp_path / "out").manifest.build
    assert (build.preset, build.k) == ("classic", 5)
    assert build.fingerprint != load(shop.parent / "out").manifest.build.fingerprint


@pytest.mark.parametrize("name", ["", *sorted(cli.commands)])
def test_every_command_has_help(name: str) -> None:
    answer = command(*filter(None, [name]), "--help")
    assert answer.exit_code == 0
    assert "--help" in answer.output


def test_vgg16_is_the_default_and_all_are_offered() -> None:
    told = " ".join(command("build", "--help").output.split())
    assert "default: vgg16" in told
    for name in extractors.EXTRACTORS:
        assert name in told


def test_what_changed_is_told(tmp_path: Path) -> None:
    folder, out = save_photos(tmp_path / "shop"), tmp_path / "out"
    first = built(command("build", folder, "--out", out, *LITE0).output)
    assert (first["products added"], first["products removed"], first["lists changed"]) == (6, 0, 0)
    again = built(command("build", folder, "--out", out, *LITE0).output)
    assert (again["products added"], again["lists changed"], again["features new"]) == (0, 0, 0)
    (folder / "ellipse" / "ellipse-c96f4a.png").unlink()
    make_photo("#0b57d0").save(folder / "ellipse" / "new.png")
    third = built(command("build", folder, "--out", out, *LITE0).output)
    assert (third["products added"], third["products removed"], third["photos removed"]) == (1, 1, 1)
    assert (third["features new"], third["features reused"]) == (1, 5)
    assert third["lists changed"] == 5  # each of the five others had the removed one in its list


def test_a_dry_run_writes_nothing(shop: Path, tmp_path: Path) -> None:
    folder = save_photos(tmp_path / "shop")
    answer = command("build", folder, "--out", tmp_path / "out", "--dry-run", *LITE0)
    assert answer.exit_code == 0, answer.output
    found = built(answer.output)
    assert (found["products"], found["photos"], found["features to extract, letterbox"]) == (6, 6, 6)
    assert re.search(r"about, for those +│ 0:00:0\d ", answer.output)
    assert not (tmp_path / "out").exists()
    assert not list(folder.glob("features/*"))
    shown = command("build", shop, "--out", tmp_path / "out", "--dry-run", *LITE0)
    assert built(shown.output)["features to extract, crop"] == 0
    assert "0:00:00" in shown.output


def test_views_and_mirroring_are_options(tmp_path: Path) -> None:
    folder = save_photos(tmp_path / "shop")
    out = tmp_path / "vectors.npz"
    options = ("--views", "letterbox,letterbox@256", "--mirror")
    assert command("extract", folder, "--out", out, *options, *LITE0).exit_code == 0
    with np.load(out) as file:
        assert file["vectors"].shape == (6, 2 * 1280)
    assert len(list(folder.glob("features/*/*.npz"))) == 4 + 1  # and the prints
    answer = command("extract", folder, "--out", out, "--views", "oval", *LITE0)
    assert "expected a view such as letterbox, crop or letterbox@320, received 'oval'" in answer.output


def test_ranges_are_measured_at_the_networks_own_size_whatever_is_shown(tmp_path: Path) -> None:
    folder = save_photos(tmp_path / "shop")
    options = ("--views", "letterbox@256", "--engine", "openvino-int8")
    answer = command("extract", folder, "--out", tmp_path / "vectors.npz", *options, *LITE0)
    assert answer.exit_code == 0, answer.output


def test_what_cannot_be_kept_is_told(tmp_path: Path) -> None:
    folder = save_photos(tmp_path / "shop")
    (folder / "features").write_text("in the way")
    answer = command("build", folder, "--out", tmp_path / "out", "--engine", "openvino-int8", *LITE0)
    assert isinstance(answer.exception, FeaturesError)
    assert "cannot be written" in str(answer.exception)


def test_every_photo_of_a_product_is_kept_apart(tmp_path: Path) -> None:
    folder = save_photos(tmp_path / "shop")
    files = ("ellipse/ellipse-c96f4a.png", "rectangle/rectangle-c96f4a.png")
    feed.write_table(folder / "products.csv", [make_product("both", image_files=files), make_product("bare")])
    out = tmp_path / "vectors.npz"
    assert command("extract", folder, "--out", out, "--every-photo", *LITE0).exit_code == 0
    with np.load(out) as file:
        assert file["ids"].tolist() == ["both", "both"]
        assert file["photos"].tolist() == list(files)
        assert not np.array_equal(*file["vectors"])
        main = file["vectors"][0]
    assert command("extract", folder, "--out", out, *LITE0).exit_code == 0
    with np.load(out) as file:
        assert np.array_equal(file["vectors"], main[None])
