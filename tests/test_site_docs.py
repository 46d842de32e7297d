"""The worked examples of docs/site-files.md, each run on a shop of its kind."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from catalogue import feed
from scraper import site as sites
from scraper.progress import silent
from scraper.run import run
from scraper.site import FIELDS, Site
from tests import shops
from tests.factories import encoded, make_photo
from tests.serving import ROOT
from tests.shop_server import Answering, Reply, item, listing, shop

DOCUMENT = (ROOT / "docs" / "site-files.md").read_text()
EXAMPLES = re.findall(r"### (.*?)\n.*?```toml\n(.*?)```", DOCUMENT, re.DOTALL)


def merchant(address: str) -> dict[str, Answering]:
    return {"/feed.xml": shops.merchant(address)["/"]}


def plain(address: str) -> dict[str, Answering]:
    pages: dict[str, Answering] = {
        f"/{name}": Reply(f"<h1>{name.title()}</h1><img src='{address}/{name}.png'>") for name in ("mug", "bowl")
    }
    first = listing(item("mug", price="€ 12.00", link="/mug"), following="/?page=2")
    return pages | {"/": first, "/?page=2": listing(item("bowl", price="€ 20.00", link="/bowl"))}


SHOPS: dict[str, Callable[[str], dict[str, Answering]]] = {
    "A Merchant Center feed": merchant,
    "Shopify": shops.shopify,
    "WooCommerce": shops.woocommerce,
    "A sitemap and what product pages say for machines": shops.sitemap,
    "Listings that speak JSON-LD": shops.item_list,
    "CSS selectors": plain,
    "A folder, a CSV": lambda _: {},
}


@pytest.mark.parametrize(("title", "example"), EXAMPLES, ids=[title for title, _ in EXAMPLES])
def test_the_example_fetches_a_shop_of_its_kind(tmp_path: Path, title: str, example: str) -> None:
    for name, colour in (("Mug", "#c96f4a"), ("Bowl", "#3a7d44")):
        (tmp_path / "photos").mkdir(exist_ok=True)
        (tmp_path / "photos" / f"{name}.png").write_bytes(encoded(make_photo(colour)))
    (tmp_path / "site.toml").write_text(example)
    with shop(shops.PHOTOS) as server:
        server.answers |= SHOPS[title](server.address)
        changes: dict[str, Any] = {"start": f"{server.address}/", "delay": 0.0, "allow_private": True}
        report = run(sites.load(tmp_path / "site.toml", **changes), tmp_path / "shop", silent)
    assert (report.products, report.images, report.failed, report.refused) == (2, 2, {}, {})
    found = {product.title: product for product in feed.read(tmp_path / "shop").products}
    assert set(found) == {"Mug", "Bowl"}
    assert all(product.image_files for product in found.values())
    if title != "A folder, a CSV":
        assert {str(product.price) for product in found.values()} == {"12.00 EUR", "20.00 EUR"}


def test_every_example_has_a_shop() -> None:
    assert {title for title, _ in EXAMPLES} == set(SHOPS)


def test_every_entry_is_documented() -> None:
    table = DOCUMENT[DOCUMENT.index("## Every entry") :]
    tables = {"feed", "shopify", "woocommerce", "sitemap", "listing", "product", "local"}
    for name, entry in Site.model_fields.items():
        inner = getattr(entry.annotation, "model_fields", {})
        for word in inner or ([] if name in tables else [name]):
            assert word in table, f"{name}.{word}"
    assert all(f"`{field}`" in table for field in FIELDS)


def test_the_documented_defaults_are_the_real_ones() -> None:
    site = sites.parse({"start": "https://shop.example/", "shopify": {}})
    written = dict(re.findall(r"\| `([\w.]+)` \| ([\w.]+) \|", DOCUMENT))
    for name in ("delay", "allow_private", "respect_noai", "placeholder_share"):
        assert str(tomllib.loads(f"x = {written[name]}")["x"]) == str(getattr(site, name))
    assert int(written["limits.pages"]) == site.limits.pages
    assert int(written["limits.images_per_product"]) == site.limits.images_per_product
    assert float(written["limits.seconds"]) == site.limits.seconds
