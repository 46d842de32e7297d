"""The scripts of the pages one by one, in a real browser without the app, and what a linter says of them."""

import json
import subprocess
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Page, Route

from storefront.context import ASSETS
from tests.serving import ROOT

ORIGIN = "http://scripts.example"
SCRIPTS = ("keyboard.js", "parts.js", "photo.js")
TOLD = escape(json.dumps({"home": "/", "parts": "/page/b0", "ids": {}, "texts": {}}))
DOCUMENT = f'<!doctype html><html data-lookalike="{TOLD}"><title>Shop</title><div id="react-entry-point"></div>'


class Server:
    """Answers each part by its address once it is told to; `asked` are the addresses in their order."""

    def __init__(self, page: Page) -> None:
        self.asked: list[str] = []
        self.held: dict[str, Route] = {}
        self._page = page
        page.route(f"{ORIGIN}/**", self._take)

    def _take(self, route: Route) -> None:
        path, _, address = route.request.url.removeprefix(ORIGIN).partition("?at=")
        if path != "/page/b0":
            route.fulfill(body=DOCUMENT, content_type="text/html")
            return
        self.asked.append(unquote(address))
        self.held[self.asked[-1]] = route

    def answer(self, address: str, status: int = 200) -> None:
        with self._page.expect_response(lambda response: unquote(response.url).endswith(f"?at={address}")):
            self.held.pop(address).fulfill(json={"title": address, "product": None}, status=status)

    def wait(self, address: str) -> None:
        """Until it is asked for."""
        for _ in range(400):
            if address in self.held:
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
    """A page with the scripts, and the server that answers it."""
    server = Server(page)
    page.goto(ORIGIN)
    for name in SCRIPTS:
        page.add_script_tag(path=ASSETS / name)
    return server


def run(page: Page, expression: str, argument: Any = None) -> Any:
    return page.evaluate(expression, argument)


@pytest.mark.parametrize(
    ("key", "place", "count", "columns", "to"),
    [
        ("ArrowRight", 0, 5, 3, 1), ("ArrowRight", 4, 5, 3, 4), ("ArrowLeft", 3, 5, 3, 2), ("ArrowLeft", 0, 5, 3, 0),
        ("ArrowDown", 1, 5, 3, 4), ("ArrowDown", 2, 5, 3, 2), ("ArrowUp", 4, 5, 3, 1), ("ArrowUp", 1, 5, 3, 1),
        ("Home", 4, 5, 3, 0), ("End", 0, 5, 3, 4), ("Home", 0, 1, 1, 0), ("End", 0, 1, 1, 0), ("Enter", 2, 5, 3, 2),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("server")
def test_keys_lead_to_places_in_a_grid(page: Page, key: str, place: int, count: int, columns: int, to: int) -> None:
    assert run(page, "given => lookalike.stepped(...given)", [key, place, count, columns]) == to


@pytest.mark.parametrize(
    ("box", "by", "corner", "to"),
    [
        ([[0.2, 0.7], [0.2, 0.7]], [0.1, -0.1], "", [[0.3, 0.8], [0.1, 0.6]]),
        ([[0.2, 0.7], [0.2, 0.7]], [9, -9], "", [[0.5, 1], [0, 0.5]]),
        ([[0, 1], [0, 1]], [0.3, 0.3], "", [[0, 1], [0, 1]]),
        ([[0, 1], [0, 1]], [0.25, 0.5], "start start", [[0.25, 1], [0.5, 1]]),
        ([[0, 1], [0, 1]], [-0.25, -0.5], "end end", [[0, 0.75], [0, 0.5]]),
        ([[0.5, 0.75], [0.5, 0.75]], [9, -9], "end start", [[0.5, 1], [0, 0.75]]),
        ([[0.5, 0.75], [0.5, 0.75]], [9, -9], "start end", [[0.67, 0.75], [0.5, 0.58]]),
    ],
)
@pytest.mark.usefixtures("server")
def test_a_frame_stays_in_its_photo(
    page: Page, box: list[list[float]], by: list[float], corner: str, to: list[list[float]]
) -> None:
    found = run(page, "given => lookalike.moved(...given)", [box, by, corner])
    assert [pytest.approx(side) for side in found] == to


def test_a_part_is_fetched_once(page: Page, server: Server) -> None:
    run(page, "() => { lookalike.part('/p/a'); lookalike.part('/p/a'); }")
    server.wait("/p/a")
    server.answer("/p/a")
    assert run(page, "async () => (await lookalike.part('/p/a')).title") == "/p/a"
    assert server.asked == ["/p/a"]


@pytest.mark.usefixtures("server")
def test_sixty_parts_are_kept_those_used_last(page: Page) -> None:
    run(page, "() => { for (let n = 0; n < 60; n += 1) lookalike.kept.set(`/p/${n}`, Promise.resolve(n)); }")
    run(page, "() => { lookalike.part('/p/0'); lookalike.part('/p/new').catch(() => {}); }")
    kept = run(page, "[...lookalike.kept.keys()]")
    assert (len(kept), kept[0], kept[-2:]) == (60, "/p/2", ["/p/0", "/p/new"])


@pytest.mark.parametrize("status", [500, 410])
def test_a_part_that_failed_is_asked_for_again(page: Page, server: Server, status: int) -> None:
    for _ in range(2):
        run(
            page,
            """() => {
              lookalike.part('/p/a').catch((error) => { window.failed = [...(window.failed ?? []), error.status]; });
            }""",
        )
        server.wait("/p/a")
        server.answer("/p/a", status)
    page.wait_for_function("window.failed?.length === 2")
    assert run(page, "window.failed") == [status, status]
    assert server.asked == ["/p/a", "/p/a"]


def test_what_is_not_found_is_a_part(page: Page, server: Server) -> None:
    run(page, "() => { lookalike.part('/p/gone'); }")
    server.wait("/p/gone")
    server.answer("/p/gone", 404)
    assert run(page, "async () => (await lookalike.part('/p/gone')).title") == "/p/gone"


def test_the_linter_finds_nothing() -> None:
    oxlint = Path(sys.executable).with_name("oxlint")
    scripts = sorted(str(path) for path in ASSETS.rglob("*.js") if not path.name.endswith(".min.js"))
    found = subprocess.run([oxlint, *scripts], cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout
