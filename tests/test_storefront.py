"""Pages as functions of data, and what the web app answers at each address."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from catalogue.errors import PrecomputedError
from catalogue.precomputed import load
from catalogue.product import Price
from catalogue.shop import Shop
from storefront import cards, create_app, money
from storefront.pages import page_at
from storefront.selection import categories, page_numbers, select
from storefront.urls import Browsing, product_address, product_id_of
from tests.shop_folder import make_products, make_shop_folder

ODD_IDS = ("a/b c", "ünï→", "quote\"'<b>", "100%25", "..")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    products = make_products(120)
    odd = [
        replace(products[0], id=odd_id, title="<script>alert(1)</script>", link="javascript:alert(1)")
        for odd_id in ODD_IDS
    ]
    lonely = replace(products[1], id="no-photo", title="Unseen", price=None, image_files=())
    return make_shop_folder(tmp_path_factory.mktemp("shop"), [*products, *odd, lonely])


@pytest.fixture(scope="module")
def shop(folder: Path) -> Shop:
    return load(folder)


@pytest.fixture(scope="module")
def client(folder: Path) -> FlaskClient:
    server: Flask = create_app(folder).server
    return server.test_client()


def texts(component: Any) -> str:
    """All the text of a component tree."""
    children = getattr(component, "children", component)
    if isinstance(children, list | tuple):
        return " ".join(map(texts, children))
    return children if isinstance(children, str) else "" if children is None else texts(children)


def hrefs(component: Any) -> list[str]:
    """All links of a component tree, in order."""
    return [part.href for part in component._traverse() if getattr(part, "href", None)]


def test_browsing_is_its_address() -> None:
    for browsing in (Browsing(), Browsing("Mugs & more", 3), Browsing(page=2)):
        assert Browsing.parse(browsing.address().partition("?")[2]) == browsing


@pytest.mark.parametrize("page", ["0", "-1", "x", "²", "", "99999999999999999999"])
def test_absurd_page_numbers_show_a_page_that_exists(shop: Shop, page: str) -> None:
    chosen = select(shop, Browsing.parse(f"?page={page}"))
    assert chosen.products
    assert chosen.browsing.page in (1, chosen.pages)


def test_pages_show_every_product_once(shop: Shop) -> None:
    pages = [select(shop, Browsing(page=number)) for number in range(1, select(shop, Browsing()).pages + 1)]
    assert [len(page.products) for page in pages] == [48, 48, 30]
    assert [product.id for page in pages for product in page.products] == [product.id for product in shop.products]


def test_a_category_shows_its_products_alone(shop: Shop) -> None:
    chosen = select(shop, Browsing("Bowls"))
    assert chosen.total == dict(categories(shop))["Bowls"] == 61
    assert {product.category for product in chosen.products} == {"Bowls"}


def test_page_numbers_are_first_last_and_near() -> None:
    assert page_numbers(1, 1) == [1]
    assert page_numbers(5, 9) == [1, 3, 4, 5, 6, 7, 9]


@pytest.mark.parametrize("product_id", ODD_IDS)
def test_odd_ids_survive_their_address(product_id: str) -> None:
    assert product_id_of(product_address(product_id), encoded=True) == product_id


def test_a_product_page_shows_its_neighbours_in_order(shop: Shop) -> None:
    page = page_at(shop, "/p/mug-004", "")
    expected = [product_address(near.product_id) for near in shop.neighbours("mug-004", 12)]
    assert [href for href in hrefs(page.content) if href.startswith("/p/")] == expected
    assert len(expected) == 12
    shown = texts(page.content)
    assert "Mug number 4" in shown
    assert "₹104" in shown
    assert f"similarity {shop.neighbours('mug-004')[0].similarity:.2f}" in shown


def test_a_product_without_photo_says_why_it_has_no_list(shop: Shop) -> None:
    shown = texts(page_at(shop, "/p/no-photo", "").content)
    assert "No photo" in shown
    assert "no usable photo" in shown


def test_an_empty_category_offers_a_way_out(shop: Shop) -> None:
    page = page_at(shop, "/", "?category=Nothing")
    assert "/" in hrefs(page.content)
    assert "No product" in texts(page.content)


def test_links_of_other_schemes_are_not_offered(shop: Shop) -> None:
    assert "https://shop.example/4" in hrefs(page_at(shop, "/p/mug-004", "").content)
    assert not [href for href in hrefs(page_at(shop, "/p/100%2525", "").content) if "javascript" in href]


@pytest.mark.parametrize(
    ("price", "shown"),
    [("1299.00 INR", "₹1,299"), ("12.50 EUR", "€12.50"), ("7 CHF", "CHF 7"), ("0.00 USD", "$0")],
)
def test_prices_read_as_shoppers_read_them(price: str, shown: str) -> None:
    assert money.shown(Price.parse(price)) == shown


def test_a_sale_shows_both_prices(shop: Shop) -> None:
    product = replace(shop.product("mug-000"), sale_price=Price(Decimal(80), "INR"))
    assert texts(cards.price(product)).split() == ["₹100", "₹80"]


@pytest.mark.parametrize(
    ("address", "status"),
    [("/", 200), ("/p/mug-000", 200), ("/p/a%2Fb%20c", 200), ("/p/nobody", 404), ("/nowhere", 404), ("/p/", 404)],
)
def test_addresses_answer_with_the_right_status(client: FlaskClient, address: str, status: int) -> None:
    assert client.get(address).status_code == status


def test_the_first_html_has_the_pages_own_title_escaped(client: FlaskClient) -> None:
    page = client.get("/p/a%2Fb%20c").text
    assert "<title>&lt;script&gt;alert(1)&lt;/script&gt; – Lookalike</title>" in page
    assert '<html lang="en">' in page


def test_thumbnails_are_served_for_good(client: FlaskClient, shop: Shop) -> None:
    with client.get(f"/images/{shop.thumbnails('mug-000')[0].path(320)}") as answer:
        assert answer.mimetype == "image/webp"
        assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["../manifest.json", "..%2fmanifest.json", "nothing.webp"])
def test_only_thumbnails_are_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/images/{name}").status_code == 404


def test_two_apps_in_one_process_do_not_mix(tmp_path: Path, client: FlaskClient) -> None:
    other = create_app(make_shop_folder(tmp_path, make_products(1))).server.test_client()
    assert other.get("/p/bowl-001").status_code == 404
    assert client.get("/p/bowl-001").status_code == 200


def test_a_folder_without_lists_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(PrecomputedError, match="python -m model build"):
        create_app(tmp_path)
