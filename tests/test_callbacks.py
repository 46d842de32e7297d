"""What the site does when a callback is asked for, by tests that send what Dash sends and in a real browser."""

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dash import _callback as registered_globally
from dash.development.base_component import Component
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.test import TestResponse

from storefront import callbacks, create_app, ids
from storefront.app import LARGEST, Storefront
from storefront.components.shell import shell
from storefront.context import ASSETS, Context
from storefront.pages import page_at
from storefront.settings import Settings
from storefront.texts import LANGUAGES
from storefront.urls import CALLBACKS
from tests.conftest import DESKTOP
from tests.serving import ROOT
from tests.shop_folder import make_products, make_shop_folder
from tests.visiting import heading, open_page, similar, visit, visitor, watched

TOOLTIP, GALLERY, SENT = f"{ids.MAP_TOOLTIP}.children", f"{ids.GALLERY_BODY}.children", f"^POST .*{CALLBACKS}"
BOX = {"x0": 10, "x1": 12, "y0": 20, "y1": 22}
PRODUCT = "/p/basket-001"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_shop_folder(tmp_path_factory.mktemp("shop"), make_products(30))


@pytest.fixture
def client(app: Storefront) -> FlaskClient:
    visitor: FlaskClient = app.server.test_client()
    return visitor


def dependencies(client: FlaskClient) -> list[dict[str, Any]]:
    """The callbacks as the app tells a browser of them."""
    return [*json.loads(client.get("/_dash-dependencies").data)]


def answered(client: FlaskClient, output: str, *values: Any) -> Any:
    """The changes that a callback asks for."""
    answer = ask(client, output, *values)
    assert answer.status_code == 200
    return answer.json


def ask(client: FlaskClient, output: str, *values: Any) -> TestResponse:
    """Ask for the callback that changes `output` as Dash does, with the values of its inputs and then of its states."""
    (told,) = (each for each in dependencies(client) if output in each["output"].strip(".").split("..."))
    inputs = [
        {"id": _id(each["id"]), "property": each["property"], "value": value}
        for each, value in zip([*told["inputs"], *told["state"]], values, strict=True)
    ]
    outputs = [each.rpartition(".")[::2] for each in told["output"].strip(".").split("...")]
    count = len(told["inputs"])
    changed = [f"{each['id']}.{each['property']}" for each in told["inputs"]]
    body = {
        "output": told["output"],
        "outputs": [{"id": _id(name), "property": name_of} for name, name_of in outputs],
        "inputs": inputs[:count],
        "state": inputs[count:],
        "changedPropIds": changed,
        "parsedChangedPropsIds": changed,
    }
    return client.post(CALLBACKS, json=body)


def _id(written: str) -> Any:
    return json.loads(written) if written.startswith("{") else written


def pointed(client: FlaskClient, product_id: Any, path: str = "/map", search: str = "") -> Any:
    """The changes once a pointer is at the dot of a product."""
    point = {"customdata": product_id, "curveNumber": 0, "pointNumber": 3, "bbox": BOX}
    return answered(client, TOOLTIP, {"points": [point]}, path, search)["response"][ids.MAP_TOOLTIP]


def components(tree: Any) -> Iterator[dict[str, Any]]:
    """All components in an answer, those that are frozen too."""
    if isinstance(tree, list):
        for each in tree:
            yield from components(each)
    elif isinstance(tree, dict) and "props" in tree:
        yield tree
        yield from components(tree["props"].get("tree") or tree["props"].get("children"))


def test_a_dot_that_is_pointed_at_shows_a_card_that_leads_to_its_product(client: FlaskClient, context: Context) -> None:
    shown = pointed(client, "mug-004")
    assert (shown["show"], shown["bbox"]) == (True, BOX)
    link, *content = components(shown["children"][0]["props"]["tree"])
    assert (link["type"], link["props"]["href"]) == ("A", "/p/mug-004?from=map")
    (image,) = (each["props"] for each in content if each["type"] == "Img")
    assert image["src"] == context.image(context.shop.thumbnails("mug-004")[0], 320)
    assert content[-1]["props"]["children"] == "Mug number 4"


@pytest.mark.parametrize(
    "product_id", ["nobody", "", "../manifest", "' OR 1=1 --", "\ud83d\ude00", 7, None, ["mug-004"]]
)
def test_a_dot_of_no_product_shows_nothing(client: FlaskClient, product_id: Any) -> None:
    shown = pointed(client, product_id)
    assert not shown["show"]
    assert [*components(shown.get("children"))][1:] == []


def test_a_pointer_that_leaves_hides_the_card(client: FlaskClient) -> None:
    assert answered(client, TOOLTIP, None, "/map", "")["response"] == {ids.MAP_TOOLTIP: {"show": False}}


def test_the_gallery_has_every_photo_of_the_product(client: FlaskClient, context: Context) -> None:
    answer = answered(client, GALLERY, {"path": "/p/mug-004", "at": 1})["response"]
    assert answer[ids.GALLERY]["is_open"]
    photos = context.shop.thumbnails("mug-004")
    (frozen,) = answer[ids.GALLERY_BODY]["children"]
    shown = [each["props"] for each in frozen["props"]["tree"]]
    assert [each["src"] for each in shown] == [context.image(photo, 320) for photo in photos]
    assert shown[0]["alt"] == "Photo of Mug number 4"


def test_the_gallery_knows_the_path_of_the_host(folder: Path) -> None:
    client = create_app(folder, Settings(path_prefix="/shop")).server.test_client()
    assert answered(client, GALLERY, {"path": "/shop/p/mug-004", "at": 1})["response"][ids.GALLERY]["is_open"]


@pytest.mark.parametrize("path", ["/p/nobody", "/p/", "/", "/map", "", 4])
def test_a_gallery_of_no_product_stays_closed(client: FlaskClient, path: Any) -> None:
    assert answered(client, GALLERY, {"path": path, "at": 1})["response"] == {ids.GALLERY: {"is_open": False}}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_exception_in_a_callback_is_logged_once_and_told_without_its_text(
    folder: Path, language: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: Any) -> None:
        raise RuntimeError("secret of the server")

    monkeypatch.setattr(callbacks, "gallery", fails)
    client = create_app(folder, Settings(language=language)).server.test_client()
    with caplog.at_level(logging.INFO):
        answer = ask(client, GALLERY, {"path": "/p/mug-004", "at": 1})
    assert answer.status_code == 200
    told: Any = answer.json
    assert told["sideUpdate"] == {
        ids.ALERT_TEXT: {"children": LANGUAGES[language].failed}, ids.ALERT: {"is_open": True},
    }  # fmt: skip
    for word in ("secret", "RuntimeError", "Traceback", "callbacks.py"):
        assert word not in answer.text
    (record,) = caplog.records
    assert record.levelname == "ERROR"
    assert record.exc_info
    assert ids.GALLERY_OF in record.getMessage()


def test_what_no_pointer_tells_shows_nothing(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    odd: list[Any] = [{"points": []}, {"points": [{}]}, {"points": "x"}, "x", 4]
    for value in odd:
        assert answered(client, TOOLTIP, value, "/map", "")["response"] == {ids.MAP_TOOLTIP: {"show": False}}
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


BODIES = {
    "nothing": b"",
    "no JSON": b"{",
    "no object": b"[]",
    "null": b"null",
    "a number": b"4",
    "no output": b"{}",
    "an unknown output": b'{"output": "nothing.children", "inputs": [], "changedPropIds": []}',
    "an output of many": b'{"output": ["main.children"], "inputs": []}',
    "a callback of the browser": b'{"output": "theme.children", "inputs": [], "changedPropIds": []}',
    "inputs of another kind": b'{"output": "..gallery.is_open...gallery-body.children..", "inputs": 4}',
    "no inputs": b'{"output": "..gallery.is_open...gallery-body.children..", "outputs": [], "inputs": []}',
    "letters that are none": b'{"output": "\xff"}',
    "depth": b"[" * 100_000,
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_what_is_no_callback_is_a_bad_request(client: FlaskClient, body: bytes) -> None:
    answer = client.post(CALLBACKS, data=body, content_type="application/json")
    assert 400 <= answer.status_code < 500
    for told in ("Traceback", ".py", "KeyError", "dash"):
        assert told not in answer.text


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_a_body_of_another_kind_is_refused(client: FlaskClient, kind: str) -> None:
    assert client.post(CALLBACKS, data=b"{}", content_type=kind).status_code == 415


def test_a_body_that_is_too_large_is_refused(client: FlaskClient) -> None:
    large = json.dumps({"output": "x" * LARGEST})
    assert client.post(CALLBACKS, data=large, content_type="application/json").status_code == 413


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
def test_callbacks_are_posted_alone(client: FlaskClient, method: str) -> None:
    answer = client.open(CALLBACKS, method=method)
    assert answer.status_code in (404, 405)
    assert "Traceback" not in answer.text


def test_two_apps_in_one_process_have_callbacks_of_their_own(folder: Path, tmp_path: Path) -> None:
    one = create_app(folder, Settings())
    other = create_app(make_shop_folder(tmp_path, make_products(2)), Settings(language="de"))
    assert registered_globally.GLOBAL_CALLBACK_LIST == []
    assert registered_globally.GLOBAL_CALLBACK_MAP == {}
    assert dependencies(one.server.test_client()) == dependencies(other.server.test_client())
    assert [pointed(each.server.test_client(), "mug-004")["show"] for each in (one, other)] == [True, False]


def test_one_file_says_how_the_site_reacts(app: Storefront, client: FlaskClient) -> None:
    script = (ASSETS / "callbacks.js").read_text()
    exported = re.search(r"lookalike: \{(.*?)\}", script, re.DOTALL)
    assert exported
    functions = {each.split(":")[0].strip() for each in exported[1].split(",")}
    told = dependencies(client)
    clientside = [each["clientside_function"] for each in told if each["clientside_function"]]
    assert {each["namespace"] for each in clientside} == {"lookalike"}
    assert {each["function_name"] for each in clientside} == functions
    assert len(told) - len(clientside) == len(app.callback_map) - len(clientside) == 2
    for path in (ROOT / "storefront").rglob("*.py"):
        if path.name != "callbacks.py":
            assert not re.search(r"\.(clientside_)?callback\(", path.read_text()), path


def test_callbacks_name_parts_that_pages_have(client: FlaskClient) -> None:
    demo = create_app(ROOT / "precomputed", Settings()).context
    pages = [page_at(demo, path) for path in ("/", "/map", "/report", "/photo", PRODUCT)]
    have = {name for page in pages for name in names(shell(demo, page.main, page.product))}
    for each in dependencies(client):
        wired = [output.rpartition(".")[0] for output in filter(None, each["output"].strip(".").split("..."))]
        for name in (*wired, *(part["id"] for part in (*each["inputs"], *each["state"]))):
            assert name.startswith("{") or name.partition("@")[0] in have, name


def names(node: Any) -> Iterator[str]:
    """The ids of components."""
    if isinstance(node, list | tuple):
        for each in node:
            yield from names(each)
    elif isinstance(node, Component):
        yield str(getattr(node, "id", ""))
        yield from names(getattr(node, "children", None))


@pytest.fixture(scope="module")
def looking(browser: Browser, demo: str) -> Iterator[BrowserContext]:
    context = visitor(browser, demo, viewport=DESKTOP, permissions=["clipboard-read", "clipboard-write"])
    yield context
    context.close()


@pytest.fixture
def page(looking: BrowserContext) -> Iterator[Page]:
    """A product of the demo shop."""
    with watched(looking, SENT) as tab:
        open_page(tab, PRODUCT)
        yield tab


def test_the_gallery_opens_on_a_click_and_escape_closes_it_alone(page: Page) -> None:
    page.locator(".enlarge").click()
    photo = page.locator(".modal.show .modal-body img").first
    expect(photo).to_be_visible()
    assert photo.evaluate("each => each.decode().then(() => each.naturalWidth)") == 320
    title = heading(page).inner_text()
    page.keyboard.press("Escape")
    expect(page.locator(".modal")).to_have_count(0)
    expect(heading(page)).to_have_text(title)
    expect(page).to_have_url(PRODUCT)
    page.locator(".enlarge").click()
    expect(photo).to_be_visible()
    page.locator(".modal .btn-close").click()
    expect(page.locator(".modal")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page).to_have_url("/")
    expect(heading(page)).to_have_count(0)


def test_the_gallery_is_a_step_of_the_history(page: Page) -> None:
    page.locator(".enlarge").click()
    expect(page.locator(".modal.show")).to_be_visible()
    page.go_back()
    expect(page.locator(".modal")).to_have_count(0)
    expect(page).to_have_url(PRODUCT)
    expect(heading(page)).to_be_visible()


def test_the_gallery_is_reached_by_keyboard(page: Page) -> None:
    page.locator(".enlarge").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".modal.show")).to_be_visible()
    assert page.evaluate("document.querySelector('.modal').contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(page.locator(".modal")).to_have_count(0)
    expect(page.locator(".enlarge")).to_be_focused()


def test_the_link_is_copied(page: Page) -> None:
    copy = page.locator("#copy-link")
    copy.click()
    expect(page.get_by_role("button", name="Link copied")).to_be_visible()
    expect(page.locator("#announcement")).to_have_text("Link copied")
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    similar(page).first.click()
    expect(page.get_by_role("button", name="Copy link")).to_be_visible()
    copy.click()
    expect(page.get_by_role("button", name="Link copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.url.partition("?")[0]


@pytest.mark.parametrize("answer", [{"status": 500, "body": "Internal Server Error"}, None])
def test_a_page_goes_on_where_callbacks_fail(browser: Browser, demo: str, answer: dict[str, Any] | None) -> None:
    with visit(browser, demo, allowed=f"{SENT}|status of 500|ERR_FAILED|Callback|fetch", viewport=DESKTOP) as page:
        open_page(page, PRODUCT)
        page.route(f"**{CALLBACKS}*", lambda route: route.fulfill(**answer) if answer else route.abort())
        with page.expect_request(f"**{CALLBACKS}*"):
            page.locator(".enlarge").click()
        page.wait_for_timeout(500)
        expect(page.locator(".modal")).to_have_count(0)
        wanted = similar(page).nth(2).locator(".card-name").inner_text()
        similar(page).nth(2).click()
        expect(heading(page)).to_have_text(wanted)
        page.keyboard.press("Escape")
        expect(heading(page)).to_have_count(0)
        page.get_by_role("searchbox").fill("bowl")
        expect(page.locator("#main h1")).to_have_text("Results for “bowl”")
