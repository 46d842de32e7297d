"""The demo shop: its tables are what its script writes, its pictures are there, and its truth is complete."""

import csv
import importlib.util
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from catalogue import feed
from catalogue.precomputed import load
from tests.serving import ROOT

DEMO = ROOT / "data" / "demo"
PRODUCTS = feed.read(DEMO).products
DIFFICULTIES = {
    "exact-duplicate",
    "near-duplicate",
    "missing-image",
    "huge-border",
    "exif-rotated",
    "coloured-background",
    "dark-photo",
}


@pytest.fixture(scope="module")
def truth() -> dict[str, dict[str, str]]:
    with (DEMO / "truth.csv").open(newline="", encoding="utf-8") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def test_it_is_a_shop_worth_looking_at(truth: dict[str, dict[str, str]]) -> None:
    kinds = Counter(row["kind"] for row in truth.values())
    assert len(PRODUCTS) >= 320
    assert len(kinds) >= 16
    assert len({row["family"] for row in truth.values()}) >= 4 * len(kinds)
    assert 0.03 <= sum(product.availability == "out_of_stock" for product in PRODUCTS) / len(PRODUCTS) <= 0.08
    assert 0.10 <= sum(len(product.image_files) > 1 for product in PRODUCTS) / len(PRODUCTS) <= 0.20
    assert [product.id for product in PRODUCTS] == sorted(truth)


def test_every_product_reads_like_one() -> None:
    assert feed.read(DEMO).drops == {}
    for product in PRODUCTS:
        assert product.price is not None
        assert product.price.currency == "INR"
        assert product.description.endswith(".")
        assert product.product_type.count(" > ") == 1
        assert product.sale_price is None or product.sale_price.amount < product.price.amount


def test_every_picture_is_there_but_the_one_that_is_meant_to_be_missing(truth: dict[str, dict[str, str]]) -> None:
    named = {name for product in PRODUCTS for name in product.image_files}
    assert named == {f"images/{path.name}" for path in (DEMO / "images").iterdir()}
    bare = [product.id for product in PRODUCTS if not product.image_files]
    assert [truth[product_id]["difficulty"] for product_id in bare] == ["missing-image"]


def test_pictures_are_large_and_the_whole_is_small() -> None:
    paths = list((DEMO / "images").iterdir())
    assert sum(path.stat().st_size for path in paths) < 25_000_000
    for path in paths:
        with Image.open(path) as picture:
            # the near-duplicate is cropped on purpose
            assert picture.size == (512, 512) or path.name == "bowl-002.webp", path


def test_difficulties_are_named_and_real(truth: dict[str, dict[str, str]]) -> None:
    found = {row["difficulty"]: row["id"] for row in truth.values() if row["difficulty"]}
    assert set(found) == DIFFICULTIES
    files = {product.id: product.image_files for product in PRODUCTS}
    contents = Counter((DEMO / names[0]).read_bytes() for names in files.values() if names)
    assert contents[(DEMO / files[found["exact-duplicate"]][0]).read_bytes()] == 2
    with Image.open(DEMO / files[found["exif-rotated"]][0]) as rotated:
        assert rotated.getexif()[0x0112] != 1


def test_the_tables_are_what_the_script_writes(tmp_path: Path) -> None:
    (tmp_path / "images").symlink_to(DEMO / "images")
    _render("--tables", "--out", str(tmp_path))
    for name in ("products.csv", "truth.csv"):
        assert (tmp_path / name).read_bytes() == (DEMO / name).read_bytes()


@pytest.mark.skipif(importlib.util.find_spec("bpy") is None, reason="bpy is not installed: pip install bpy")
def test_a_product_renders(tmp_path: Path) -> None:
    _render("--only", "mug", "--limit", "1", "--size", "64", "--samples", "4", "--out", str(tmp_path))
    with Image.open(tmp_path / "images" / "mug-001.webp") as picture:
        assert picture.size == (64, 64)
        assert len(set(picture.convert("L").tobytes())) > 20


def test_its_map_names_every_kind(truth: dict[str, dict[str, str]]) -> None:
    groups = load(ROOT / "precomputed").map_groups()
    assert {group.name for group in groups} == {product.category for product in PRODUCTS}
    assert len(groups) == len({row["kind"] for row in truth.values()})


def _render(*arguments: str) -> None:
    subprocess.run([sys.executable, "data/demo/render.py", *arguments], cwd=ROOT, check=True, timeout=300)
