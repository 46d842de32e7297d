"""The JSON API as other programs use it, and schemathesis against what its document promises."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote

import flask
import pytest
from flask.testing import FlaskClient
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from catalogue.precomputed import load
from catalogue.product import AVAILABILITIES, Price
from catalogue.search import SORTS
from storefront import create_app
from storefront.api.openapi import BANDS, NEIGHBOURS, OPENAPI, SEARCH
from storefront.api.resources import words
from storefront.settings import Settings
from storefront.urls import BY_PHOTO, LONGEST, PRODUCTS, SIMILAR
from storefront.urls import DOCUMENT as ADDRESS
from tests.serving import ROOT
from tests.shop_folder import make_products, make_shop_folder

DOCUMENT = (ROOT / "docs" / "api.md").read_text()
EXCHANGES = re.findall(r"```sh\ncurl '?http://127.0.0.1:8050([^'\n]+)'?\n```\n\n```json\n(.*?)```", DOCUMENT, re.DOTALL)
ODD_IDS = ("a/b c", "/first", "a//b", "ünï→", "quote\"'<b>", "100%25", "mug?x=1&y#z", "mug-000/similar", "new\nline")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    mugs, odd = make_products(120), make_products(1)[0]
    mugs[2] = replace(mugs[2], availability="out_of_stock")
    mugs[4] = replace(mugs[4], sale_price=Price.parse("80.00 INR"), brand="Casa", added="2026-01-02")
    mugs[6] = replace(mugs[6], link="javascript:alert(1)")
    lonely = replace(odd, id="no-photo", title="Unseen", price=None, image_files=())
    products = [*mugs, *(replace(odd, id=odd_id, title="</script>") for odd_id in ODD_IDS), lonely]
    return make_shop_folder(tmp_path_factory.mktemp("shop"), products)


def serve(folder: Path, **changes: Any) -> flask.Flask:
    server: flask.Flask = create_app(folder, Settings(**changes)).server
    return server


@pytest.fixture(scope="module")
def client(folder: Path) -> FlaskClient:
    return serve(folder).test_client()


def fetched(client: FlaskClient, address: str) -> Any:
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "application/json"), address
    return answer.json


def refused(answer: TestResponse) -> tuple[str, str]:
    """An error's code and message."""
    body: Any = answer.json
    return body["error"]["code"], body["error"]["message"]


def ids(products: Any) -> list[str]:
    return [product["id"] for product in products]


def test_pages_linked_to_each_other_show_every_product_once(client: FlaskClient) -> None:
    page = fetched(client, "/api/v1/products")
    assert (page["total"], page["pages"], len(page["products"])) == (130, 3, 48)
    found = ids(page["products"])
    while address := page["links"]["next"]:
        page = fetched(client, address)
        found += ids(page["products"])
    assert len(found) == len(set(found)) == 130
    assert fetched(client, page["links"]["previous"])["page"] == 2


def test_a_search_keeps_its_words_from_page_to_page(client: FlaskClient) -> None:
    address = "/api/v1/products?q=bowl&category=Bowls&sort=price-down&per_page=50"
    first = fetched(client, address)
    second = fetched(client, first["links"]["next"])
    assert (first["total"], second["page"]) == (60, 2)
    prices = [float(product["price"]["amount"]) for product in first["products"] + second["products"]]
    assert prices == sorted(prices, reverse=True)
    assert len(prices) == 60
    assert first["categories"] == [{"name": "Bowls", "count": 60}]


def test_a_page_beyond_the_last_is_empty_and_leads_back(client: FlaskClient) -> None:
    answer = fetched(client, "/api/v1/products?page=1000000")
    assert answer["products"] == []
    assert answer["total"] == 130
    assert fetched(client, answer["links"]["previous"])["page"] == 3


def test_a_product_says_all_that_is_known(client: FlaskClient) -> None:
    mug = fetched(client, "/api/v1/products/mug-004")
    assert mug["price"] == {"amount": "104.00", "currency": "INR"}
    assert mug["sale_price"] == {"amount": "80.00", "currency": "INR"}
    assert (mug["brand"], mug["category"], mug["added"]) == ("Casa", "Mugs", "2026-01-02")
    assert mug["images"][0] == mug["image"]
    assert mug["image"]["large"].startswith("/images/")
    assert fetched(client, "/api/v1/products/no-photo")["image"] is None


@pytest.mark.parametrize("product_id", ODD_IDS)
def test_any_id_has_an_address(client: FlaskClient, product_id: str) -> None:
    address = f"/api/v1/products/{quote(product_id, safe='')}"
    product = fetched(client, address)
    assert product["id"] == product_id
    assert product["links"]["self"] == address
    assert fetched(client, product["links"]["similar"])["id"] == product_id


def test_slashes_of_an_id_need_no_escape(client: FlaskClient) -> None:
    assert fetched(client, "/api/v1/products/a/b%20c")["id"] == "a/b c"
    assert fetched(client, "/api/v1/products/a/b%20c/similar")["id"] == "a/b c"
    assert fetched(client, "/api/v1/products/mug-000/similar")["id"] == "mug-000"


def test_similar_products_can_be_ordered_unless_all_are_asked_for(client: FlaskClient, folder: Path) -> None:
    shown = fetched(client, "/api/v1/products/mug-004/similar")["similar"]
    expected = load(folder).neighbours("mug-004", 12)
    assert [(near["id"], near["similarity"]) for near in shown] == [
        (near.product_id, near.similarity) for near in expected
    ]
    everything = fetched(client, "/api/v1/products/mug-004/similar?in_stock=false")["similar"]
    assert set(ids(everything)) - set(ids(shown)) == {"mug-002"}
    assert fetched(client, "/api/v1/products/no-photo/similar")["similar"] == []


def test_similar_products_of_one_category(client: FlaskClient) -> None:
    answer = fetched(client, "/api/v1/products/mug-004/similar?category=Bowls&k=3")["similar"]
    assert [near["category"] for near in answer] == ["Bowls"] * 3


def test_similar_products_lead_to_the_shop_where_it_has_a_page(client: FlaskClient) -> None:
    links = {near["id"]: near["link"] for near in fetched(client, "/api/v1/products/mug-004/similar")["similar"]}
    assert links["mug-000"] == "https://shop.example/0"
    assert links["mug-006"] == ""


def test_bands_say_what_similarities_mean(client: FlaskClient) -> None:
    demo = fetched(serve(ROOT / "precomputed").test_client(), "/api/v1/products/mug-001/similar?k=24")["similar"]
    by_similarity = [near["band"] for near in sorted(demo, key=lambda near: -near["similarity"])]
    assert by_similarity[0] == "very similar"
    assert by_similarity == sorted(by_similarity, key=[*BANDS, ""].index)
    without = fetched(client, "/api/v1/products/mug-004/similar")["similar"]
    assert {near["band"] for near in without} == {""}  # as there is no report


def test_reasons_are_words() -> None:
    assert words(0) == []
    assert words(31) == ["colours", "shape", "category", "price", "brand"]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/api/v1/products?page=0", "The parameter page is '0'. Use a whole number from 1 to 1000000."),
        ("/api/v1/products?page=²", "a whole number"),
        ("/api/v1/products?per_page=101", "from 1 to 100"),
        ("/api/v1/products?sort=cheap", "one of: relevance, price, price-down, title, newest"),
        ("/api/v1/products?q=" + "x" * 201, "at most 200 characters"),
        ("/api/v1/products?pagee=1", "Use any of: q, category, sort, page, per_page."),
        ("/api/v1/products?page=1&page=2", "Give it once."),
        ("/api/v1/products/mug-004?k=1", "Use none."),
        ("/api/v1/products/mug-004/similar?k=0", "from 1 to 100"),
        ("/api/v1/products/mug-004/similar?in_stock=yes", "true or false"),
    ],
)
def test_a_bad_value_is_told_what_is_allowed(client: FlaskClient, address: str, said: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 400
    code, message = refused(answer)
    assert code == "bad_request"
    assert said in message


@pytest.mark.parametrize("address", ["/api/", "/api/v1/products/", "/api/v1/products/nobody/similar", "/api/v2"])
def test_what_is_not_there_is_told_as_json(client: FlaskClient, address: str) -> None:
    answer = client.get(address, follow_redirects=True)
    assert (answer.status_code, answer.mimetype) == (404, "application/json")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "QUERY"])
def test_nothing_can_be_written(client: FlaskClient, method: str) -> None:
    answer = client.open("/api/v1/products", method=method)
    assert answer.status_code == 405
    assert refused(answer)[0] == "method_not_allowed"
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_an_answer_that_is_known_is_not_sent_again(client: FlaskClient, folder: Path) -> None:
    first = client.get("/api/v1/products/mug-004")
    assert first.headers["X-Catalogue-Version"] == load(folder).manifest.version
    assert "public, max-age=" in first.headers["Cache-Control"]
    again = client.get("/api/v1/products/mug-004", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    packed = client.get("/api/v1/products/mug-004", headers={"Accept-Encoding": "br"})
    conditional = {"Accept-Encoding": "br", "If-None-Match": packed.headers["ETag"]}
    assert client.get("/api/v1/products/mug-004", headers=conditional).status_code == 304
    other = client.get("/api/v1/products/mug-006", headers={"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200
    assert client.head("/api/v1/products/mug-004").headers["ETag"] == first.headers["ETag"]


def test_another_catalogue_has_other_tags(client: FlaskClient, tmp_path: Path) -> None:
    other = serve(make_shop_folder(tmp_path, make_products(6))).test_client()
    tags = [each.get("/api/v1/products/mug-004").headers["ETag"] for each in (client, other)]
    assert tags[0] != tags[1]


def test_scripts_of_other_sites_read_it_when_they_are_named(client: FlaskClient, folder: Path) -> None:
    def allowed(server: FlaskClient, origin: str) -> str | None:
        answer = server.options("/api/v1/products", headers={"Origin": origin})
        assert answer.status_code == 200
        return answer.headers.get("Access-Control-Allow-Origin")

    named = serve(folder, cors_origins=("https://a.example", "https://b.example")).test_client()
    assert allowed(client, "https://a.example") is None
    assert allowed(named, "https://b.example") == "https://b.example"
    assert allowed(named, "https://c.example") is None
    assert allowed(serve(folder, cors_origins=("*",)).test_client(), "https://c.example") == "*"
    assert "Origin" in named.get("/api/v1/products").headers["Vary"]


def test_addresses_are_absolute_where_the_shop_says_its_own(folder: Path) -> None:
    named = serve(folder, public_url="https://shop.example").test_client()
    mug = fetched(named, "/api/v1/products/mug-004")
    assert mug["links"]["page"] == "https://shop.example/p/mug-004"
    assert mug["image"]["small"].startswith("https://shop.example/images/")
    elsewhere = serve(folder, public_url="https://shop.example", image_base="https://cdn.example/").test_client()
    assert fetched(elsewhere, "/api/v1/products/mug-004")["image"]["small"].startswith("https://cdn.example/")


@pytest.mark.parametrize(("address", "answer"), EXCHANGES, ids=[address for address, _ in EXCHANGES])
def test_the_documented_answers_are_those_of_the_demo_shop(address: str, answer: str) -> None:
    assert serve(ROOT / "precomputed").test_client().get(address).json == json.loads(answer)


def test_every_parameter_is_documented() -> None:
    for name in {**SEARCH, **NEIGHBOURS}:
        assert f"`{name}`" in DOCUMENT


def test_examples_of_the_document_have_what_it_says() -> None:
    schemas = OPENAPI["components"]["schemas"]
    operations = [operation for path in OPENAPI["paths"].values() for operation in path.values()]
    answers = [operation["responses"]["200"]["content"]["application/json"] for operation in operations]
    examples = [(answer["schema"]["$ref"].rpartition("/")[2], answer.get("example")) for answer in answers]
    examples.append(("Error", *schemas["Error"]["examples"]))
    assert [name for name, example in examples if example is None] == ["Document"]
    for name, example in examples:
        assert example is None or set(example) == set(schemas[name]["required"])


def test_names_of_the_document_are_those_of_the_catalogue() -> None:
    schemas = OPENAPI["components"]["schemas"]
    near = schemas["Near"]["properties"]
    assert SEARCH["sort"]["enum"] == list(SORTS)
    assert SEARCH["q"]["maxLength"] == LONGEST
    assert schemas["Availability"]["enum"] == list(AVAILABILITIES)
    assert near["band"]["enum"] == [*BANDS, ""]
    assert near["reasons"]["items"]["enum"] == words(31)
    addresses = [PRODUCTS, f"{PRODUCTS}/{{id}}", f"{PRODUCTS}/{{id}}{SIMILAR}", BY_PHOTO, ADDRESS]
    assert list(OPENAPI["paths"]) == addresses


def test_answers_are_what_the_document_promises(folder: Path, tmp_path: Path) -> None:
    server = make_server("127.0.0.1", 0, serve(folder), threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    command: list[str | Path] = [
        Path(sys.executable).with_name("schemathesis"), "run", f"http://127.0.0.1:{server.port}/api/v1/openapi.json",
        "--checks", "all", "--phases", "examples,coverage,fuzzing", "--max-examples", "20", "--seed", "1", "--no-color",
    ]  # fmt: skip
    try:
        answer = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    finally:
        server.shutdown()
        server.server_close()
    assert answer.returncode == 0, answer.stdout
    assert "Tested: 3" in answer.stdout  # the document itself is left out
