"""The scripts of the pages one by one, in a real browser without a server, and what a linter says of them."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Page, Route

from storefront import ids
from storefront.context import ASSETS
from tests.serving import ROOT

ORIGIN = "http://scripts.example"
SCRIPTS = (
    *("address.js", "ids.js", "trail.js", "grid.js", "search.js", "pages.js", "frame.js", "photo.js", "navigate.js"),
)
DOCUMENT = """<!doctype html><html data-build="b0" data-offline="No connection."><title>Shop</title>
<header id="header"><form class="search"><input name="q" value="{q}"></form></header>
<div id="main"><h1 tabindex="-1">All</h1><a class="product-card" href="/p/a">A</a></div>
<aside id="product"></aside><div id="announcement"></div>"""
DASH = """window.told = [];
window.dash_clientside = { set_props: (id, values) => told.push([id, ...Object.values(values)]) };"""


class Server:
    """Answers each page by its address once it is told to; `asked` are the addresses in their order."""

    def __init__(self, page: Page) -> None:
        self.asked: list[str] = []
        self.held: dict[str, Route] = {}
        self.documents = 0
        self._page = page
        page.route(f"{ORIGIN}/**", self._take)

    def _take(self, route: Route) -> None:
        path, _, address = route.request.url.removeprefix(ORIGIN).partition("?at=")
        if path != "/page/b0":
            self.documents += 1
            route.fulfill(body=DOCUMENT, content_type="text/html")
            return
        self.asked.append(unquote(address))
        self.held[self.asked[-1]] = route

    def answer(self, address: str, status: int = 200) -> None:
        with self._page.expect_response(lambda response: unquote(response.url).endswith(f"?at={address}")):
            main = None if address.startswith("/p/") else f"<h1>{address}</h1>"
            page = {
                "title": address,
                "announcement": address,
                "main": main,
                "product": address,
                "visited": None,
            }
            self.held.pop(address).fulfill(json=page, status=status)

    def wait(self, *addresses: str) -> None:
        """Until all of them are asked for."""
        for _ in range(400):
            if set(addresses) <= set(self.held):
                return
            self._page.wait_for_timeout(5)
        raise AssertionError(f"asked for {self.asked}")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    tab = browser.new_page()
    yield tab
    tab.close()


@pytest.fixture
def server(page: Page) -> Server:
    """A page with all scripts and a stand-in for Dash, and what answers it."""
    server = Server(page)
    page.goto(ORIGIN)
    page.add_script_tag(content=DASH)
    for name in SCRIPTS:
        page.add_script_tag(path=ASSETS / name)
    return server


def run(page: Page, expression: str, argument: Any = None) -> Any:
    return page.evaluate(expression, argument)


def told(page: Page, count: int) -> Any:
    """What Dash's components were told to show, of which there are to be `count`."""
    page.wait_for_function("n => told.length >= n", arg=count)
    return page.evaluate("told")


def test_ids_are_those_of_the_pages(page: Page) -> None:
    page.add_script_tag(path=ASSETS / "ids.js")
    named = {name.lower(): value for name, value in vars(ids).items() if name.isupper()}
    assert run(page, "lookalike.ids") == named


@pytest.mark.parametrize(
    ("key", "place", "count", "columns", "to"),
    [
        ("ArrowRight", 0, 5, 3, 1), ("ArrowRight", 4, 5, 3, 4), ("ArrowLeft", 3, 5, 3, 2), ("ArrowLeft", 0, 5, 3, 0),
        ("ArrowDown", 1, 5, 3, 4), ("ArrowDown", 2, 5, 3, 2), ("ArrowUp", 4, 5, 3, 1), ("ArrowUp", 1, 5, 3, 1),
        ("Home", 4, 5, 3, 0), ("End", 0, 5, 3, 4), ("Home", 0, 1, 1, 0), ("End", 0, 1, 1, 0), ("Enter", 2, 5, 3, 2),
    ],
)  # fmt: skip
def test_keys_lead_to_places_in_a_grid(
    page: Page, server: Server, key: str, place: int, count: int, columns: int, to: int
) -> None:
    assert server.asked == []
    assert run(page, "given => lookalike.stepped(...given)", [key, place, count, columns]) == to


@pytest.mark.parametrize(
    ("expression", "box"),
    [
        ("moved({ left: .2, top: .2, width: .5, height: .5 }, .1, -.1)", [0.3, 0.1, 0.5, 0.5]),
        ("moved({ left: .2, top: .2, width: .5, height: .5 }, 9, -9)", [0.5, 0, 0.5, 0.5]),
        ("moved(lookalike.WHOLE, .3, .3)", [0, 0, 1, 1]),
        ("resized(lookalike.WHOLE, 'left top', .25, .5)", [0.25, 0.5, 0.75, 0.5]),
        ("resized(lookalike.WHOLE, 'right bottom', -.25, -.5)", [0, 0, 0.75, 0.5]),
        ("resized({ left: .5, top: .5, width: .25, height: .25 }, 'right top', 9, -9)", [0.5, 0, 0.5, 0.75]),
        ("resized({ left: .5, top: .5, width: .25, height: .25 }, 'left bottom', 9, -9)", [0.67, 0.5, 0.08, 0.08]),
    ],
)
def test_a_frame_stays_in_its_photo(page: Page, server: Server, expression: str, box: list[float]) -> None:
    assert server.asked == []
    left, top, width, height = box
    found = run(page, f"lookalike.{expression}")
    assert found == pytest.approx({"left": left, "top": top, "width": width, "height": height})


@pytest.mark.parametrize(
    ("fields", "address"),
    [
        ("", "/"),
        ('<input name="q" value="">', "/"),
        ('<input name="q" value="  ">', "/"),
        ('<input name="q" value=" a&amp;b=ü ">', "/?q=a%26b%3D%C3%BC"),
        ('<input name="q" value="mug"><input name="sort" value="relevance">', "/?q=mug"),
        ('<input name="category" value="Mugs"><input name="sort" value="price">', "/?category=Mugs&sort=price"),
    ],
)
def test_a_form_asks_for_an_address(page: Page, server: Server, fields: str, address: str) -> None:
    assert server.asked == []
    made = "fields => lookalike.asked(Object.assign(document.createElement('form'), { innerHTML: fields }))"
    assert run(page, made, fields) == address


def test_a_trail_has_each_product_once_and_eight_at_most(page: Page, server: Server) -> None:
    assert server.asked == []
    grown = """addresses => addresses.reduce(
      (trail, address) => lookalike.trailed(trail, address, { title: address }), []).map((each) => each.address)"""
    assert run(page, grown, ["a", "b", "a"]) == ["b", "a"]
    assert run(page, grown, [str(number) for number in range(10)]) == [str(number) for number in range(2, 10)]


def test_a_page_is_fetched_once(page: Page, server: Server) -> None:
    run(page, "() => { lookalike.prefetch('/p/a'); lookalike.page('/p/a'); }")
    server.wait("/p/a")
    server.answer("/p/a")
    assert run(page, "async () => (await lookalike.page('/p/a')).title") == "/p/a"
    assert run(page, "lookalike.page('/p/a') instanceof Promise") is False
    assert server.asked == ["/p/a"]


def test_sixty_pages_are_kept_those_used_last(page: Page, server: Server) -> None:
    assert server.asked == []
    run(page, "() => { for (let n = 0; n < 60; n += 1) lookalike.pages.set(`/p/${n}`, { title: n }); }")
    run(page, "() => { lookalike.page('/p/0'); lookalike.page('/p/new').catch(() => {}); }")
    kept = run(page, "[...lookalike.pages.keys()]")
    assert (len(kept), kept[0], kept[-2:]) == (60, "/p/2", ["/p/0", "/p/new"])


@pytest.mark.parametrize("status", [500, 410])
def test_a_page_that_failed_is_asked_for_again(page: Page, server: Server, status: int) -> None:
    for _ in range(2):
        run(page, "() => { lookalike.page('/p/a').catch(() => { window.failed = (window.failed ?? 0) + 1; }); }")
        server.wait("/p/a")
        server.answer("/p/a", status)
    page.wait_for_function("window.failed === 2")
    assert server.asked == ["/p/a", "/p/a"]


def test_what_is_not_found_is_a_page(page: Page, server: Server) -> None:
    run(page, "() => { lookalike.page('/p/gone'); }")
    server.wait("/p/gone")
    server.answer("/p/gone", 404)
    assert run(page, "async () => (await lookalike.page('/p/gone')).title") == "/p/gone"


def test_a_late_answer_changes_nothing(page: Page, server: Server) -> None:
    run(page, "() => { lookalike.go('/p/slow'); lookalike.go('/p/quick'); }")
    server.wait("/p/slow", "/p/quick")
    server.answer("/p/quick")
    server.answer("/p/slow")
    assert told(page, 2) == [["product", "/p/quick"], ["announcement", "/p/quick"]]
    assert page.title() == "/p/quick"
    assert page.url == f"{ORIGIN}/p/quick"


def test_a_late_failure_loads_nothing(page: Page, server: Server) -> None:
    run(page, "() => { lookalike.go('/p/slow'); lookalike.go('/p/quick'); }")
    server.wait("/p/slow", "/p/quick")
    server.answer("/p/quick")
    server.answer("/p/slow", 500)
    assert told(page, 2) == [["product", "/p/quick"], ["announcement", "/p/quick"]]
    assert (page.url, server.documents) == (f"{ORIGIN}/p/quick", 1)


def test_back_to_a_product_brings_back_the_list_beside_it(page: Page, server: Server) -> None:
    for address, count in (("/?q=mug", 3), ("/p/a", 5), ("/?q=bowl", 8)):
        run(page, "address => lookalike.go(address)", address)
        server.wait(address)
        server.answer(address)
        told(page, count)
    page.go_back()
    assert told(page, 11)[-3:] == [["main", "<h1>/?q=mug</h1>"], ["product", "/p/a"], ["announcement", "/p/a"]]
    assert server.asked == ["/?q=mug", "/p/a", "/?q=bowl"]


def test_the_same_address_again_is_one_step_of_history(page: Page, server: Server) -> None:
    before = run(page, "history.length")
    run(page, "() => { lookalike.go('/p/a'); lookalike.go('/p/a'); }")
    server.wait("/p/a")
    assert run(page, "history.length") == before + 1


def test_the_linter_finds_nothing() -> None:
    oxlint = Path(sys.executable).with_name("oxlint")
    scripts = sorted(map(str, ASSETS.rglob("*.js")))
    found = subprocess.run([oxlint, *scripts], cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout
