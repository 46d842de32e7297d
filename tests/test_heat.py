"""Heat maps on a product's page: the picture that lies over a photo, and where there is one."""

import base64
import io
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from playwright.sync_api import Browser, expect

from catalogue import writer
from catalogue.content import Extras
from catalogue.precomputed import load
from model import heatmap
from storefront import create_app
from storefront.components.heatmap import LEVELS, png
from storefront.components.render import to_html
from storefront.context import Context
from storefront.pages import page_at
from storefront.settings import Settings
from tests.shop_folder import BUILD, make_products, make_shop_folder
from tests.visiting import open_page, served, visit

HEATED = 3


def heat_of(place: int) -> str:
    """A map for each of two photos: more is warm in the second."""
    return f"{'A' * 49} {'A' * (40 - place)}{'_' * (9 + place)}"


def make_heated_folder(folder: Path) -> Path:
    """Ten products with heat maps of their first neighbours; the first one is sold out."""
    products = make_products(10)
    make_shop_folder(folder, [replace(products[0], availability="out_of_stock"), *products[1:]])
    shop = load(folder)
    lists = {each.id: shop.stored(each.id) for each in products}
    heats = {each.id: [heat_of(place) for place in range(HEATED)] for each in products}
    writer.write(folder, BUILD, list(shop), lists, extras=Extras(heats=heats))
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_heated_folder(tmp_path_factory.mktemp("heated"))


def product_html(context: Context, product_id: str) -> str:
    return str(to_html(page_at(context, f"/p/{product_id}", "").product))


@given(st.integers(1, 12).flatmap(lambda side: st.text(LEVELS, min_size=side**2, max_size=side**2)))
def test_the_picture_has_a_pixel_for_each_level(text: str) -> None:
    pixels = np.asarray(Image.open(io.BytesIO(png(text))).convert("RGBA"))
    levels = heatmap.decoded(text)
    assert pixels.shape == (*levels.shape, 4)
    order = np.argsort(levels.ravel(), kind="stable")
    assert (np.diff(pixels[..., 3].ravel()[order].astype(int)) <= 0).all()
    assert LEVELS == heatmap.LEVELS


def test_the_least_is_pale_and_the_most_is_clear() -> None:
    pale, clear = (np.asarray(Image.open(io.BytesIO(png(level))))[0, 0] for level in ("A", "_"))
    assert tuple(pale) == (247, 247, 245, 209)
    assert clear[3] < 40


def test_each_neighbour_has_its_own_maps_also_after_one_that_is_sold_out(context: Context) -> None:
    text = product_html(context, "mug-004")
    sources = re.findall(r"data:image/png;base64,([^\"]*)", text)
    shown = [near.product_id for near in context.shop.stored("mug-004")[:HEATED]]
    assert shown[0] == "mug-000"
    wanted = [png(grid) for place in (1, 2) for grid in heat_of(place).split(" ")]
    assert [base64.b64decode(source) for source in sources] == wanted
    assert "Mug number 4, with the parts in colour that add most" in text
    assert len(re.findall("<details", text)) == 1


def test_nothing_is_said_where_a_build_has_none(tmp_path: Path) -> None:
    context = create_app(make_shop_folder(tmp_path, make_products(3)), Settings()).context
    assert "<details" not in product_html(context, "mug-000")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_browser_draws_them_over_the_photos(browser: Browser, folder: Path, theme: str) -> None:
    with served(folder) as address, visit(browser, address, color_scheme=theme) as page:
        open_page(page, "/p/mug-004")
        page.get_by_text("Where the similarity comes from").click()
        drawn = page.get_by_alt_text("Mug number 4, with the parts in colour that add most").first
        expect(drawn).to_be_visible()
        photo = page.locator(".heat-photo .picture").first.bounding_box()
        assert drawn.evaluate("each => each.decode().then(() => each.naturalWidth)") == 7
        assert photo == drawn.bounding_box()
