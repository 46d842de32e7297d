"""What search engines and shared links are told: the head of a page, robots.txt and the sitemap."""

import json
import re
from dataclasses import replace
from typing import Any

import flask
import pytest
from defusedxml.ElementTree import fromstring
from flask.testing import FlaskClient
from lxml import html

from catalogue.encoding import Entry
from catalogue.precomputed import load
from catalogue.product import Price, Product, Thumbnail
from storefront import seo
from storefront.context import Context
from storefront.pages.page import Page
from storefront.seo import Head
from storefront.settings import Settings
from storefront.templates import render
from storefront.urls import product_address
from tests.factories import make_product
from tests.shop_folder import make_products, make_shop_folder

BASE = "https://shop.example"
PHOTO = Thumbnail("ab" * 32, 320, 240, "#7a9e7e", "1" * 64, "2" * 64)
NASTY = "</script><!--<script>\"'&<b>"
SPACES = {
    "": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "image": "http://www.google.com/schemas/sitemap-image/1.1",
}


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Context:
    odd = replace(make_products(1)[0], id="a/b&c d", product_type="Salt & <Pepper")
    return Context(load(make_shop_folder(tmp_path_factory.mktemp("shop"), [*make_products(60), odd])), Settings())


def shared(product: Product | None = None, **changes: Any) -> Page:
    address = product_address(product.id) if product else "/"
    entry = Entry(product) if product else None
    return replace(Page("Mugs & bowls", "All of them", entry=entry, address=address, photo=PHOTO), **changes)


def head(context: Context, page: Page, **settings: Any) -> str:
    return render("head.html", head=Head.of(replace(context, settings=Settings(**settings)), page, BASE))


def read(markup: str) -> Any:
    return html.fromstring(f"<html><head>{markup}</head><body></body></html>")


def metas(markup: str) -> dict[str, str]:
    return {each.get("name") or each.get("property"): each.get("content") for each in read(markup).iter("meta")}


def described(markup: str) -> Any:
    (data,) = read(markup).xpath("//script[@type='application/ld+json']")
    return json.loads(data.text)


def test_a_page_is_told_of_with_its_picture(context: Context) -> None:
    markup = head(context, shared(), name="Clay & Co")
    assert metas(markup) == {
        "description": "All of them",
        "twitter:card": "summary",
        "og:site_name": "Clay & Co",
        "og:type": "website",
        "og:title": "Mugs & bowls",
        "og:description": "All of them",
        "og:url": f"{BASE}/",
        "og:image": f"{BASE}/images/{PHOTO.path(320)}",
        "og:image:width": "320",
        "og:image:height": "240",
    }
    assert read(markup).xpath("//link[@rel='canonical']/@href") == [f"{BASE}/"]


def test_pictures_may_stand_elsewhere_or_nowhere(context: Context) -> None:
    elsewhere = metas(head(context, shared(), image_base="https://cdn.example/"))
    assert elsewhere["og:image"] == f"https://cdn.example/{PHOTO.path(320)}"
    assert not [name for name in metas(head(context, shared(photo=None))) if "image" in name]


def test_what_shall_not_be_found_says_so(context: Context) -> None:
    assert "robots" not in metas(head(context, shared()))
    assert metas(head(context, shared(indexed=False)))["robots"] == "noindex"


def test_a_product_is_described_in_the_words_of_schema_org(context: Context) -> None:
    product = make_product(
        id="a/b", title="Mug", description="Thrown.", brand="Casa", product_type="Kitchen > Mugs",
        price=Price.parse("499.00 INR"), sale_price=Price.parse("449.50 INR"), availability="backorder",
    )  # fmt: skip
    assert described(head(context, shared(product))) == {
        "@context": "https://schema.org/",
        "@type": "Product",
        "name": "Mug",
        "description": "Thrown.",
        "sku": "a/b",
        "brand": {"@type": "Brand", "name": "Casa"},
        "category": "Kitchen > Mugs",
        "image": f"{BASE}/images/{PHOTO.path(320)}",
        "url": f"{BASE}/p/a%2Fb",
        "offers": {
            "@type": "Offer",
            "price": "449.50",
            "priceCurrency": "INR",
            "availability": "https://schema.org/BackOrder",
            "url": f"{BASE}/p/a%2Fb",
        },
    }


def test_what_the_shop_does_not_say_is_left_out(context: Context) -> None:
    said = described(head(context, shared(make_product(id="p1"), photo=None)))
    assert set(said) == {"@context", "@type", "name", "sku", "url"}


def test_no_text_leaves_its_place(context: Context) -> None:
    product = make_product(id=NASTY, title=NASTY, description=NASTY, brand=NASTY, product_type=NASTY)
    markup = head(context, shared(product, title=NASTY, description=NASTY), name=NASTY)
    assert described(markup)["name"] == NASTY
    assert metas(markup)["og:title"] == metas(markup)["og:site_name"] == NASTY
    assert [each.tag for each in read(markup).head] == ["meta", "link", *["meta"] * 9, "script"]
    assert markup.count("</") == 1
    assert "<!--" not in markup


def client_of(context: Context) -> FlaskClient:
    server = flask.Flask(__name__)
    seo.register(server, context)
    return server.test_client()


def locations(xml: str, name: str = "loc") -> list[str]:
    return [each.text or "" for each in fromstring(xml.encode()).findall(f".//{name}", SPACES)]


def test_the_sitemap_names_every_page_with_its_pictures(context: Context) -> None:
    answer = client_of(context).get("/sitemap.xml", base_url="https://shop.example")
    assert answer.mimetype == "application/xml"
    found = locations(answer.text)
    assert found[0] == f"{BASE}/"
    assert f"{BASE}/?category=Salt+%26+%3CPepper" in found
    assert f"{BASE}/p/a%2Fb%26c%20d" in found
    assert len(found) == len(set(found)) == 1 + 3 + 61
    pictures = locations(answer.text, "image:image/image:loc")
    assert len(pictures) == 61
    assert all(re.fullmatch(rf"{BASE}/images/../[0-9a-f]+-320\.webp", each) for each in pictures)


def test_a_large_catalogue_has_an_index_of_parts(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = locations("".join(seo.urls(context, BASE, 0)))
    monkeypatch.setattr(seo, "PART", 20)
    monkeypatch.setattr(seo, "READ", 7)
    client = client_of(replace(context, settings=Settings(public_url=BASE)))
    parts = locations(client.get("/sitemap.xml").text)
    assert parts == [f"{BASE}/sitemap-{number}.xml" for number in (1, 2, 3, 4)]
    found = [locations(client.get(part.removeprefix(BASE)).text) for part in parts]
    assert [len(part) for part in found] == [20, 20, 20, 5]
    assert [address for part in found for address in part] == whole
    assert client.get("/sitemap-5.xml").status_code == client.get("/sitemap-0.xml").status_code == 404


def test_robots_find_the_sitemap_and_leave_searches_alone(context: Context) -> None:
    robots = client_of(context).get("/robots.txt", base_url="https://shop.example")
    assert robots.mimetype == "text/plain"
    lines = robots.text.splitlines()
    assert f"Sitemap: {BASE}/sitemap.xml" in lines
    assert {"Disallow: /api/", "Disallow: /*?q="} <= set(lines)
