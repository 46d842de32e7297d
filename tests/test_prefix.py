"""The site below a path of its host, behind proxies that take the path away and such that pass it on."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import flask
import pytest
from lxml import html
from playwright.sync_api import Browser, expect
from werkzeug.middleware.http_proxy import ProxyMiddleware
from werkzeug.serving import make_server

from catalogue.errors import SettingsError
from storefront.app import Storefront, create_app
from storefront.settings import Settings
from tests.serving import in_a_thread
from tests.shop_folder import make_products, make_shop_folder
from tests.visiting import card, heading, open_page, served, similar, taken_over, visit

PREFIX = "/shops/lookalike"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_shop_folder(tmp_path_factory.mktemp("lists"), make_products(60))


@pytest.fixture(scope="module")
def app(folder: Path) -> Storefront:
    return create_app(folder, Settings(path_prefix=PREFIX))


@pytest.fixture(scope="module")
def behind(folder: Path) -> Iterator[str]:
    """The site behind gunicorn, before which proxies stand."""
    with served(folder, PATH_PREFIX=PREFIX) as address:
        yield address


@contextmanager
def proxy(target: str, *, strips: bool) -> Iterator[str]:
    """The address of a host that passes on what is below PREFIX, and has nothing else."""
    nothing = flask.Flask("host")
    nothing.wsgi_app = ProxyMiddleware(  # type: ignore[method-assign] # as Flask has it
        nothing.wsgi_app, {f"{PREFIX}/": {"target": f"{target}/", "remove_prefix": strips}}
    )
    with in_a_thread(make_server("127.0.0.1", 0, nothing, threaded=True)) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.mark.parametrize("strips", [True, False], ids=["takes the path away", "passes it on"])
def test_a_visit_behind_a_proxy(browser: Browser, behind: str, strips: bool) -> None:
    with proxy(behind, strips=strips) as host, visit(browser, host) as page:
        failed: list[str] = []
        page.on("response", lambda answer: failed.append(answer.url) if answer.status >= 400 else None)
        open_page(page, f"{PREFIX}/")
        expect(page.locator(".site-nav a[aria-current]")).to_have_text("Browse")
        card(page, "Bowl number 7").click()
        expect(heading(page)).to_have_text("Bowl number 7")
        expect(page.locator("#main .product-card[aria-current]")).to_contain_text("Bowl number 7")
        expect(similar(page)).to_have_count(12)
        similar(page).nth(2).click()
        expect(page.locator(".trail a")).to_have_count(2)
        page.go_back()
        expect(heading(page)).to_have_text("Bowl number 7")
        page.reload()
        taken_over(page)
        expect(heading(page)).to_have_text("Bowl number 7")
        page.keyboard.press("Escape")
        expect(heading(page)).to_have_count(0)
        expect(page).to_have_url(f"{host}{PREFIX}/")
        page.get_by_label("Search").fill("bowl number 9")
        expect(page).to_have_url(f"{host}{PREFIX}/?q=bowl+number+9")
        expect(page.locator("#main h1")).to_contain_text("Results for")
        page.locator(".chip", has_text="Bowls").click()
        expect(page.locator(".chip[aria-current]")).to_contain_text("Bowls")
        page.get_by_label("Sort").select_option("price")
        expect(page).to_have_url(f"{host}{PREFIX}/?q=bowl+number+9&category=Bowls&sort=price")
        page.get_by_role("link", name="Map").click()
        expect(page.locator("#main h1")).to_have_text("Map of looks")
        assert page.evaluate("performance.getEntriesByType('navigation').length") == 1
        assert page.evaluate(DRAWN) is True
        assert failed == []


DRAWN = "[...document.images].every((image) => !image.complete || image.naturalWidth > 0)"


def test_the_api_is_followed_by_its_links(app: Storefront) -> None:
    client = app.server.test_client()
    found = client.get(f"{PREFIX}/api/v1/products?per_page=50").json
    assert found["links"]["next"].startswith(f"{PREFIX}/api/")
    product = client.get(found["links"]["next"]).json["products"][0]
    assert client.get(product["links"]["similar"]).json["similar"]
    with client.get(product["image"]["large"]) as photo:
        assert photo.mimetype == "image/webp"
    assert client.get(f"{PREFIX}/api/v1/openapi.json").json["servers"] == [{"url": PREFIX}]


@pytest.mark.parametrize("path", ["/", "/p/mug-000", "/map", "/report", "/nowhere"])
def test_every_address_of_a_page_is_below_the_prefix(app: Storefront, path: str) -> None:
    client = app.server.test_client()
    passed, taken = (client.get(each).text.partition('<script id="_dash-config"')[0] for each in (PREFIX + path, path))
    assert passed == taken
    for element in html.fromstring(client.get(path).data).iter("*"):
        for name in ("href", "src", "action"):
            address = element.get(name, "#")
            assert address.startswith((f"{PREFIX}/", "#", "https://shop.example/", f"http://localhost{PREFIX}/")), (
                address
            )
        for source in element.get("srcset", f"{PREFIX}/").split(", "):
            assert source.startswith(f"{PREFIX}/")


def test_what_engines_are_told_is_below_the_prefix(app: Storefront) -> None:
    client = app.server.test_client()
    robots = client.get(f"{PREFIX}/robots.txt").text
    assert f"Disallow: {PREFIX}/api/" in robots
    assert f"Sitemap: http://localhost{PREFIX}/sitemap.xml" in robots
    assert f"<loc>http://localhost{PREFIX}/p/mug-000</loc>" in client.get("/sitemap.xml").text
    said = client.get(f"{PREFIX}/p/mug-000").text
    assert f'<link rel="canonical" href="http://localhost{PREFIX}/p/mug-000">' in said
    assert f'property="og:image" content="http://localhost{PREFIX}/images/' in said


def test_the_health_of_the_process_is_asked_without_the_prefix(app: Storefront) -> None:
    assert app.server.test_client().get("/").status_code == 200
    assert app.server.test_client().get(PREFIX, follow_redirects=True).status_code == 200


def test_without_a_prefix_no_page_knows_of_it(folder: Path) -> None:
    client = create_app(folder, Settings()).server.test_client()
    assert PREFIX not in client.get("/").text
    assert client.get(f"{PREFIX}/").status_code == 404


def test_scripts_are_told_the_prefix(app: Storefront) -> None:
    told = json.loads(html.fromstring(app.server.test_client().get("/").data).get("data-lookalike"))
    assert told["home"] == f"{PREFIX}/"
    assert told["parts"] == f"{PREFIX}/page/{told['build']}"
    assert told["plotly"].startswith(f"{PREFIX}/assets/")


@pytest.mark.parametrize("prefix", ["/lookalike", "/a/b-c/d_e~f.g", ""])
def test_prefixes(prefix: str) -> None:
    assert Settings.of({"PATH_PREFIX": prefix}).path_prefix == prefix


@pytest.mark.parametrize(
    "prefix", ["lookalike", "/", "/a/", "//a", "/a//b", "/..", "/a b", "/ä", "/a?b", "/a%20b", "/<a>"]
)
def test_prefixes_that_make_no_sense(prefix: str) -> None:
    with pytest.raises(SettingsError, match="PATH_PREFIX"):
        Settings.of({"PATH_PREFIX": prefix})


def test_the_public_address_ends_with_the_prefix() -> None:
    asked: dict[str, Any] = {"PATH_PREFIX": "/window", "PUBLIC_URL": "https://shop.example/window/"}
    assert Settings.of(asked).public_url == "https://shop.example/window"
    with pytest.raises(SettingsError, match="PUBLIC_URL"):
        Settings.of({**asked, "PUBLIC_URL": "https://shop.example"})


@pytest.mark.parametrize("prefix", ["/p", "/api", "/assets/x", "/map"])
def test_a_prefix_that_is_an_address_of_the_site(folder: Path, prefix: str) -> None:
    with pytest.raises(SettingsError, match="pages of its own"):
        create_app(folder, Settings(path_prefix=prefix))
