"""Site files: what they may say, and what is said when they are wrong."""

from pathlib import Path

import pytest

from catalogue.errors import SiteError
from scraper import site as sites
from scraper.site import parse
from tests.serving import ROOT

LISTING = {"start": "https://shop.example/", "listing": {"link": "a"}}


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "sites").glob("*.toml")), ids=lambda path: path.stem)
def test_every_documented_site_file_is_one(path: Path) -> None:
    site = sites.load(path)
    assert site.sources
    assert site.sources == ("local",) or list(site.seeds())


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ({"start": "https://shop.example/"}, "names no source"),
        (LISTING | {"delai": 1}, "delai: Extra inputs are not permitted"),
        (LISTING | {"delay": -1}, "delay: Input should be greater than or equal to 0"),
        (LISTING | {"currency": "rupees"}, "currency: String should match pattern"),
        (LISTING | {"start": "shop.example"}, "start: expected an address such as https://"),
        (LISTING | {"start": "file:///etc"}, "start: expected an address such as https://"),
        ({**LISTING, "listing": {"link": "a[["}}, "listing.link: Value error, 'a[[' is not a CSS selector"),
        (LISTING | {"sitemap": {"pages": "("}}, "sitemap.pages: Value error, '(' is not a regular expression"),
        (LISTING | {"coverage": {"title": 95}}, "coverage.title: Input should be less than or equal to 1"),
        (LISTING | {"product": {"read": ["magic"]}}, "product.read.0: Input should be 'jsonld'"),
    ],
)
def test_what_is_wrong_is_named(entries: dict[str, object], told: str) -> None:
    with pytest.raises(SiteError) as raised:
        parse(entries)
    assert told in str(raised.value)
    assert raised.value.exit_code == 2


@pytest.mark.parametrize(("content", "told"), [(None, "probe URL --write"), ("start = ", "cannot be read as TOML")])
def test_a_file_that_is_none_is_named(tmp_path: Path, content: str | None, told: str) -> None:
    if content is not None:
        (tmp_path / "site.toml").write_text(content)
    with pytest.raises(SiteError, match=told):
        sites.load(tmp_path / "site.toml")


def test_a_site_file_moves_with_its_start() -> None:
    site = parse({"start": "http://127.0.0.1:8000/", "listing": {"address": ["/new/", "old/"], "link": "a"}})
    assert list(site.seeds()) == [("listing", "http://127.0.0.1:8000/new/"), ("listing", "http://127.0.0.1:8000/old/")]


def test_only_some_sources_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text('start = "https://shop.example/"\n[shopify]\n[sitemap]\n[product]\n')
    assert sites.load(path).sources == ("shopify", "sitemap")
    narrowed = sites.load(path, ["sitemap"], delay=3.0)
    assert (narrowed.sources, narrowed.delay) == (("sitemap",), 3.0)
    assert narrowed.product


def test_hosts_are_the_shop_with_and_without_www_and_those_named() -> None:
    manners = parse(LISTING | {"hosts": ["*.cdn.example"]}).manners
    assert manners.welcomes("shop.example")
    assert manners.welcomes("www.SHOP.example")
    assert manners.welcomes("img.cdn.example")
    assert not manners.welcomes("cdn.example.evil")
    assert not manners.welcomes("shop.example.evil")


def test_the_fingerprint_changes_with_what_is_read_and_not_with_manners() -> None:
    site = parse(LISTING)
    assert site.fingerprint == parse(LISTING | {"delay": 9, "contact": "me@shop.example"}).fingerprint
    assert site.fingerprint == parse(LISTING | {"limits": {"pages": 9}}).fingerprint
    assert site.fingerprint != parse(LISTING | {"limits": {"images_per_product": 9}}).fingerprint
    assert site.fingerprint != parse({**LISTING, "listing": {"link": "b"}}).fingerprint
