"""A real shop, fetched by the command as a visitor of the README would, and the whole way to the page."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from catalogue import feed
from catalogue.product import Product
from tests.browser import launch
from tests.serving import ROOT, serving
from tests.visiting import served

SITE = "docs/sites/django-oscar.toml"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("oscar")
    with serving([sys.executable, "-W", "ignore", "-m", "tests.oscar_shop", str(folder)], seconds=90) as address:
        yield address


def scrape(shop: str, folder: Path, *options: str, site: Path = ROOT / SITE) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "scraper", "run", str(site), "--start", f"{shop}/", "--allow-private"]
    return subprocess.run(
        [*command, "--delay", "0", "--out", str(folder), *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def fetched(shop: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fetched") / "shop"
    answer = scrape(shop, folder, "--only", "listing")
    assert answer.returncode == 0, answer.stderr
    assert "121 products" in answer.stdout
    return folder


def products(folder: Path) -> dict[str, Product]:
    return {product.id: product for product in feed.read(folder).products}


def test_listings_give_every_product_with_its_fields(fetched: Path) -> None:
    found = products(fetched)
    assert len(found) == 121
    tea = found["890000000000"]
    assert tea.title == "Tea > Black No. 0 – Café “Special” & Co 500 g"
    assert (str(tea.price), tea.availability) == ("2653.00 INR", "out_of_stock")
    assert (tea.product_type, tea.description) == ("Grocery > Tea > Black", "Packed & sealed")
    assert found["890000000004"].product_type == "Grocery > Spices & Masala"
    assert {product.price.currency for product in found.values() if product.price} == {"INR"}
    assert all(product.price for product in found.values())


def test_pictures_are_kept_by_hash_and_the_placeholder_is_not_taken_for_one(fetched: Path) -> None:
    assert len(list((fetched / "images").iterdir())) == 114
    shown = [file for product in products(fetched).values() for file in product.image_files]
    assert len(shown) == len(set(shown)) == 113
    assert sum(not product.image_files for product in products(fetched).values()) == 8


def test_the_sitemap_gives_the_same_catalogue(shop: str, fetched: Path, tmp_path: Path) -> None:
    """Together with a listing that begins past its last page: the shop sends that back to the first one."""
    site = tmp_path / "site.toml"
    site.write_text((ROOT / SITE).read_text().replace('address = "/catalogue/"', 'address = "/catalogue/?page=9"'))
    answer = scrape(shop, tmp_path / "shop", site=site)
    assert answer.returncode == 0, answer.stderr
    assert products(tmp_path / "shop") == products(fetched)


def test_a_rerun_changes_nothing(shop: str, fetched: Path) -> None:
    table = (fetched / "products.csv").read_bytes()
    answer = scrape(shop, fetched, "--only", "listing")
    assert answer.returncode == 0, answer.stderr
    assert (fetched / "products.csv").read_bytes() == table
    report = json.loads((fetched / "report.json").read_text())
    assert (report["products"], report["added"], report["changed"], report["removed"]) == (121, 0, 0, 0)


@pytest.fixture(scope="module")
def site(shop: str, fetched: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The lists of the shop, served; the shop's own pages may read them."""
    folder = tmp_path_factory.mktemp("lists")
    command = [sys.executable, "-m", "model", "build", str(fetched), "--out", str(folder)]
    built = subprocess.run(
        [*command, "--extractor", "efficientnet-lite0"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    with served(folder, CORS_ORIGINS=shop) as address:
        yield address


def test_the_whole_way_from_the_shop_to_the_page(site: str) -> None:
    with sync_playwright() as playwright, launch(playwright) as browser:
        page = browser.new_page()
        page.goto(f"{site}/p/890000000001")
        expect(page.locator("#product h1")).to_have_text("Tea > Green No. 1 – Café “Special” & Co 500 g")
        expect(page.get_by_role("heading", name="Looks similar")).to_be_visible()
        picture = page.locator("#product ul img").first
        expect(picture).to_be_visible()
        assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0


def test_the_shops_own_product_page_shows_what_looks_similar(shop: str, fetched: Path, site: str) -> None:
    """With one tag more in its template: the shop's UPC is the catalogue's id."""
    tea = products(fetched)["890000000001"]
    assert tea.link.startswith(shop)
    with sync_playwright() as playwright, launch(playwright) as browser:
        page = browser.new_page()
        page.goto(f"{tea.link}?lookalike={site}")
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        cards = page.get_by_role("region", name="Looks similar").get_by_role("link")
        expect(cards).to_have_count(6)
        cards.first.locator("img").evaluate("photo => photo.decode()")
        title = cards.first.locator(".title").inner_text()
        cards.first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(title.removesuffix(" 500 g"))
        assert page.url in {product.link for product in products(fetched).values()}
