"""What a build keeps beside its lists, what its options change, and what `evaluate` says, with the real network."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click import UsageError
from PIL import Image, ImageOps

from catalogue import feed
from catalogue.errors import ExtractorError
from catalogue.precomputed import verify
from catalogue.product import Price, Product
from catalogue.reasons import Reason
from catalogue.report import parse_report
from catalogue.shop import Shop
from model.heatmap import decoded
from model.neighbours import search as searching
from tests.factories import encoded, make_photo, make_product
from tests.serving import ROOT
from tests.test_build import LITE0, built, command
from tests.test_precomputed import tree

SHAPES = ("ellipse", "rectangle")
COLOURS = ("#c96f4a", "#27406b", "#7a9e7e", "#d9b44a", "#6b3fa0", "#2f2f2f", "#e7a5b8", "#8a8a3f", "#3fa0a0")


def save_shop(folder: Path) -> list[Product]:
    """Two shapes in nine colours, each shape a category; one product twice, once encoded anew; one without a photo."""
    (folder / "images").mkdir(parents=True)
    products = []
    for number, (shape, colour) in enumerate((shape, colour) for shape in SHAPES for colour in COLOURS):
        name = f"images/{shape}-{colour[1:]}.png"
        (folder / name).write_bytes(encoded(make_photo(colour, shape)))
        price = Price.parse(f"{10 + 5 * (number % 9)}.00 EUR")
        products.append(make_product(f"{shape}-{number % 9}", product_type=shape, price=price, image_files=(name,)))
    (folder / "images" / "again.jpg").write_bytes(encoded(make_photo(COLOURS[0], "ellipse"), "JPEG", quality=85))
    products.append(replace(products[0], id="again", image_files=("images/again.jpg",)))
    products.append(make_product("bare", product_type="ellipse"))
    feed.write_table(folder / "products.csv", products)
    return products


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ranked") / "shop"
    save_shop(folder)
    return folder


@pytest.fixture(scope="module")
def shop(folder: Path) -> Shop:
    return build(folder, "--out", folder.parent / "out", "--heatmaps")


def build(folder: Path, *options: object) -> Shop:
    answer = command("build", folder, *options, *LITE0)
    assert answer.exit_code == 0, answer.output
    return verify(Path(str(options[options.index("--out") + 1])))


def categories(shop: Shop, ids: list[str]) -> set[str]:
    return {shop.product(each).category for each in ids}


def test_the_same_picture_is_shown_once_and_named(shop: Shop) -> None:
    assert shop.groups == [["again", "ellipse-0"]]
    assert shop.duplicates("again") == ["ellipse-0"]
    for product in shop.products:
        assert len({"again", "ellipse-0"} & {near.product_id for near in shop.stored(product.id)}) <= 1


def test_every_product_with_a_photo_is_in_a_list(shop: Shop) -> None:
    listed = {near.product_id for product in shop.products for near in shop.stored(product.id)}
    assert listed == {product.id for product in shop.products} - {"bare"}


def test_other_categories_have_a_list_of_their_own(shop: Shop) -> None:
    found = [near.product_id for near in shop.elsewhere("ellipse-3")]
    assert len(found) == 8
    assert categories(shop, found) == {"rectangle"}
    assert shop.elsewhere("bare") == []


def test_reasons_are_true(shop: Shop) -> None:
    for product in shop.products:
        for near in shop.stored(product.id):
            other = shop.product(near.product_id)
            held = Reason(near.reasons)
            assert (Reason.CATEGORY in held) == (product.category == other.category)
            assert product.price
            assert other.price
            prices = sorted([product.price.amount, other.price.amount])
            assert (Reason.PRICE in held) == (prices[0] >= prices[1] * 85 / 100)
            assert Reason.BRAND not in held
            if Reason.SHAPE in held:
                assert product.category == other.category
    assert any(near.reasons & Reason.SHAPE for near in shop.stored("ellipse-3"))


def test_heat_maps_of_the_first_three_are_kept(shop: Shop) -> None:
    maps = [decoded(text) for pair in shop.heats("ellipse-3") for text in pair.split(" ")]
    assert [grid.shape for grid in maps] == [(7, 7)] * 6
    assert max(grid.max() for grid in maps) == 1
    assert shop.heats("bare") == ()


def test_the_map_has_a_place_for_each_product_with_a_photo(shop: Shop) -> None:
    assert shop.layout is not None
    assert set(shop.layout.places) == {product.id for product in shop.products} - {"bare"}
    assert len(set(shop.layout.places.values())) == len(shop.layout.places)


def test_the_neighbourhoods_of_the_map_have_names(shop: Shop) -> None:
    assert {group.name for group in shop.map_groups()} == {"ellipse", "rectangle"}


def test_the_report_is_kept_and_is_that_of_evaluate(shop: Shop, folder: Path) -> None:
    report = parse_report(shop.report)
    assert (report.products, report.with_photo) == (20, 19)
    assert [way.name for way in report.ways] == ["shop", "raw cosine"]
    assert report.ways[0].orphans.count == 0
    assert report.duplicates.groups == 1
    printed = command("evaluate", folder, "--json", *LITE0)
    again = parse_report(printed.stdout[printed.stdout.index("{") :].encode())
    assert again.ways[0].name == "efficientnet-lite0"
    assert again.precisions[-1].scores[0].share == report.precisions[-1].scores[0].share


def test_evaluate_compares_with_another_network(folder: Path) -> None:
    asked = ("evaluate", folder, "--against", "efficientnet-lite2", *LITE0)
    assert "precision@10" in command(*asked).output
    printed = command(*asked, "--json").stdout
    ways = parse_report(printed[printed.index("{") :].encode()).ways
    assert [way.name for way in ways] == ["efficientnet-lite0", "raw cosine", "efficientnet-lite2"]


def test_categories_are_kept_where_that_is_asked(folder: Path, tmp_path: Path) -> None:
    same = build(folder, "--out", tmp_path / "same", "--category", "same")
    for product in same.products:
        assert categories(same, [near.product_id for near in same.stored(product.id)]) <= {product.category}
    assert len(same.stored("ellipse-3")) == 8
    preferred = build(folder, "--out", tmp_path / "prefer", "--category", "prefer", "--k", 12)
    assert categories(preferred, [near.product_id for near in preferred.stored("ellipse-3")[:8]]) == {"ellipse"}


def test_prices_are_kept_where_that_is_asked(folder: Path, tmp_path: Path) -> None:
    shop = build(folder, "--out", tmp_path / "out", "--price-factor", 1.5)
    for product in shop.products:
        for near in shop.stored(product.id):
            prices = [each.price.amount for each in (product, shop.product(near.product_id)) if each.price]
            assert max(prices) <= 1.5 * float(min(prices))


@pytest.mark.parametrize("exact", [True, False], ids=["exact search", "as a large catalogue"])
def test_lists_are_the_same_whatever_was_built_before(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exact: bool
) -> None:
    if not exact:
        monkeypatch.setattr(searching, "EXACT", 0)
    shutil.copytree(folder, tmp_path / "shop")
    before = build(tmp_path / "shop", "--out", tmp_path / "out", "--heatmaps")
    (tmp_path / "shop" / "images" / "new.png").write_bytes(encoded(make_photo("#b03030", "rectangle")))
    (tmp_path / "shop" / "images" / "ellipse-7a9e7e.png").write_bytes(encoded(make_photo("#123456", "ellipse")))
    products = [product for product in feed.read(tmp_path / "shop").products if product.id != "rectangle-2"]
    products[3] = replace(products[3], title="Renamed", product_type="rectangle")
    feed.write_table(
        tmp_path / "shop" / "products.csv", [*products, make_product("new", image_files=("images/new.png",))]
    )
    answer = command("build", tmp_path / "shop", "--out", tmp_path / "out", "--heatmaps", *LITE0)
    counted = built(answer.output)
    assert (counted["products added"], counted["products removed"], counted["features new"]) == (1, 1, 2)
    after = verify(tmp_path / "out")
    changed = [p.id for p in before.products if p.id in after and before.stored(p.id) != after.stored(p.id)]
    assert counted["lists changed"] == len(changed) > 0
    shutil.copytree(tmp_path / "shop", tmp_path / "bare", ignore=shutil.ignore_patterns("features", ".seen"))
    build(tmp_path / "bare", "--out", tmp_path / "fresh", "--heatmaps")
    assert tree(tmp_path / "out") == tree(tmp_path / "fresh")


def test_a_removed_product_is_in_no_list(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "shop")
    build(tmp_path / "shop", "--out", tmp_path / "out")
    products = [product for product in feed.read(tmp_path / "shop").products if product.id != "rectangle-2"]
    feed.write_table(tmp_path / "shop" / "products.csv", products)
    counted = built(command("build", tmp_path / "shop", "--out", tmp_path / "out", *LITE0).output)
    shop = verify(tmp_path / "out")
    assert "rectangle-2" not in {near.product_id for product in shop.products for near in shop.stored(product.id)}
    assert counted["products removed"] == 1


def test_the_order_of_the_table_does_not_matter(folder: Path, tmp_path: Path, shop: Shop) -> None:
    shutil.copytree(folder, tmp_path / "shop")
    products = list(feed.read(folder).products)
    shuffled = [products[index] for index in np.random.default_rng(1).permutation(len(products)).tolist()]
    feed.write_table(tmp_path / "shop" / "products.csv", shuffled)
    other = build(tmp_path / "shop", "--out", tmp_path / "out", "--heatmaps")
    assert other.manifest.version == shop.manifest.version


def test_the_demo_shops_duplicates_are_found() -> None:
    shop = verify(ROOT / "precomputed")
    assert sorted(map(len, shop.groups)) == [2, 2]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--price-factor", "0.5"), "--price-factor is at least 1"),
        (("--preset", "classic", "--category", "same"), "--preset classic takes no --category"),
    ],
)
def test_options_that_cannot_be_are_refused(folder: Path, options: tuple[str, ...], message: str) -> None:
    answer = command("build", folder, "--out", folder.parent / "never", *options, *LITE0)
    assert answer.exit_code == UsageError.exit_code
    assert message in answer.output
    assert not (folder.parent / "never").exists()


def test_a_network_without_positions_has_no_heat_maps(folder: Path, tmp_path: Path) -> None:
    from model import extractors
    from model.build import build as build_lists
    from model.extractors.engine import OnEngine
    from model.lists import PRESETS
    from model.progress import silent

    network = extractors.network("efficientnet-lite0")
    blind = replace(network, positions=None)
    extractor = OnEngine(network, extractors.OPENVINO)
    with pytest.raises(ExtractorError, match="has no heat maps"):
        build_lists(folder, tmp_path / "out", extractor, PRESETS["shop"], silent, blind)
    assert not (tmp_path / "out" / "manifest.json").exists()


def test_two_products_of_one_picture_are_duplicates(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    for name, quality in (("one", 90), ("two", 60)):
        (tmp_path / "shop" / f"{name}.jpg").write_bytes(encoded(make_photo(), "JPEG", quality=quality))
    shop = build(tmp_path / "shop", "--out", tmp_path / "out")
    assert shop.groups == [["one", "two"]]
    assert shop.stored("one") == []


def test_a_mirrored_photo_is_another_picture(tmp_path: Path) -> None:
    """Only small changes make duplicates; what is turned round may be another product."""
    (tmp_path / "shop").mkdir()
    lopsided = Image.new("RGB", (128, 128), "white")
    lopsided.paste(make_photo("#27406b", "rectangle", (60, 90)), (4, 20))
    (tmp_path / "shop" / "left.png").write_bytes(encoded(lopsided))
    (tmp_path / "shop" / "right.png").write_bytes(encoded(ImageOps.mirror(lopsided)))
    (tmp_path / "shop" / "other.png").write_bytes(encoded(make_photo("#c96f4a")))
    assert build(tmp_path / "shop", "--out", tmp_path / "out").groups == []


def test_the_report_of_a_catalogue_without_categories_says_so(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    for number, colour in enumerate(COLOURS[:4]):
        (tmp_path / "shop" / f"{number}.png").write_bytes(encoded(make_photo(colour)))
    answer = command("evaluate", tmp_path / "shop", "--json", *LITE0)
    report = json.loads(answer.stdout[answer.stdout.index("{") :])
    assert report["precisions"] == []
