"""What a shop offers is found, written down as a site file, and that file runs."""

import subprocess
import sys
from pathlib import Path

import pytest

from catalogue import feed
from catalogue.errors import Refused
from scraper import site as sites
from scraper.probe import Offers, probe
from scraper.progress import silent
from scraper.run import run
from scraper.site_file import site_file
from tests.serving import ROOT
from tests.shop_server import item, listing, shop
from tests.shops import PHOTOS, item_list, merchant, microdata, shopify, sitemap, woocommerce


def asked(address: str) -> Offers:
    return probe(f"{address}/", delay=0.0, allow_private=True, contact="")


@pytest.mark.parametrize(
    ("answers", "sources"),
    [
        (shopify, ["shopify"]),
        (woocommerce, ["woocommerce"]),
        (merchant, ["feed"]),
        (sitemap, ["sitemap", "jsonld", "opengraph"]),
        (item_list, ["listing", "jsonld", "opengraph"]),
        (microdata, ["listing", "microdata"]),
    ],
)
def test_what_is_offered_is_written_down_and_runs(tmp_path: Path, answers: object, sources: list[str]) -> None:
    assert callable(answers)
    with shop(PHOTOS) as server:
        server.answers |= answers(server.address)
        offers = asked(server.address)
        assert [offer.source for offer in offers.found] == sources
        assert all(offer.sample.title for offer in offers.found)
        assert "shopify" in offers.absent or sources == ["shopify"]
        (tmp_path / "site.toml").write_text(site_file(offers))
        site = sites.load(tmp_path / "site.toml", delay=0.0, allow_private=True)
        report = run(site, tmp_path / "shop", silent)
    assert (report.products, report.images, report.failed) == (2, 2, {})
    found = {product.title: product for product in feed.read(tmp_path / "shop").products}
    assert set(found) == {"Mug", "Bowl"}
    assert {title: str(product.price) for title, product in found.items()} == {"Mug": "12.00 EUR", "Bowl": "20.00 EUR"}
    assert all(len(product.image_files) == 1 for product in found.values())


def test_the_best_source_is_first_and_the_others_stand_beside_it(tmp_path: Path) -> None:
    with shop(PHOTOS) as server:
        server.answers |= sitemap(server.address) | shopify(server.address)
        offers = asked(server.address)
        text = site_file(offers)
    assert [offer.source for offer in offers.found] == ["shopify", "sitemap", "jsonld", "opengraph"]
    (tmp_path / "site.toml").write_text(text)
    assert sites.load(tmp_path / "site.toml").sources == ("shopify",)
    (tmp_path / "site.toml").write_text(text.replace("\n# [", "\n[").replace("\n# address", "\naddress"))
    assert sites.load(tmp_path / "site.toml").sources == ("shopify", "sitemap")


def test_where_only_selectors_are_left_a_commented_start_is_written(tmp_path: Path) -> None:
    with shop({"/": listing(item("Mug", "/mug.png"))} | PHOTOS) as server:
        offers = asked(server.address)
    assert offers.found == []
    assert offers.absent["sitemap"] == "no sitemap"
    text = site_file(offers)
    head, _, rest = text.partition("# [listing]")
    (tmp_path / "site.toml").write_text(f"{head}[listing]" + rest.replace("\n# ", "\n"))
    assert sites.load(tmp_path / "site.toml").sources == ("listing",)


def test_the_command_shows_a_product_from_each_source_and_writes_once(tmp_path: Path) -> None:
    target = tmp_path / "site.toml"
    with shop(PHOTOS) as server:
        server.answers |= woocommerce(server.address)
        words = [sys.executable, "-m", "scraper", "probe", server.address, "--allow-private", "--delay", "0"]
        first, second = (
            subprocess.run([*words, "--write", str(target)], cwd=ROOT, capture_output=True, text=True, check=False)
            for _ in range(2)
        )
    assert first.returncode == 0, first.stderr
    assert "Mug · 12.00 EUR · 1 images" in " ".join(first.stdout.split())
    assert first.stdout.splitlines()[-1].startswith(f"{target} is written. Run it with: python -m scraper run {target}")
    assert second.returncode == 2
    assert f"{target} exists already" in second.stderr


def test_a_shop_that_is_away_is_told_in_one_line() -> None:
    with pytest.raises(Refused, match="cannot connect"):
        probe("http://127.0.0.1:9/", delay=0.0, allow_private=True, contact="")
    with pytest.raises(Refused, match="private address"):
        probe("http://127.0.0.1:9/", delay=0.0, allow_private=False, contact="")
