"""The callbacks of the address in a real browser, with a stand-in for Dash: late answers, failures, and history."""

import json
from collections.abc import Iterator
from html import escape
from typing import Any
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Page, Route

from storefront import ids
from storefront.context import ASSETS
from storefront.urls import main_address

ORIGIN = "http://scripts.example"
SCRIPTS = ("theme.js", "callbacks.js", "parts.js", "photo.js")
TEXTS = {"copied": "Copied", "no_connection": "No connection.", "renewed": "Renewed.", "failed": "Failed."}
TOLD = {
    "build": "b0", "home": "/", "parts": "/page/b0", "plotly": "/plotly.js", "texts": TEXTS,
    "ids": {name.lower(): value for name, value in vars(ids).items() if name.isupper()},
}  # fmt: skip
DOCUMENT = f"""<!doctype html><html data-lookalike="{escape(json.dumps(TOLD))}"><title>Shop</title>
<div id="react-entry-point"><input id="search" value=""><button id="theme"></button>
<main id="content"><div id="main"></div><section id="product"><nav id="trail"></nav><button id="copy-link"></button>
<a id="close"></a><a id="retry"></a><div id="product-page"></div></section></main></div>"""
DASH = """window.told = {};
let put = {};
const set_props = (id, values) => { for (const all of [told, put]) all[id] = { ...all[id], ...values }; };
window.dash_clientside = { no_update: "same", set_props };
window.shown = [];
const places = [["main", "children"], ["product-page", "children"], ["close", "href"], ["search", "value"]];
window.go = (address, replace) => {
  if (address) history[replace ? "replaceState" : "pushState"]({}, "", address);
  dash_clientside.lookalike.show(null, "", {}).then(() => {
    shown.push(places.map(([id, name]) => (put[id] ? put[id][name] : "same")));
    put = {};
  });
};"""


class Server:
    """Answers each page by its address once it is told to; `asked` are the addresses in their order."""

    def __init__(self, page: Page) -> None:
        self.asked: list[str] = []
        self.held: dict[str, Route] = {}
        self.documents: list[str] = []
        self._page = page
        page.route(f"{ORIGIN}/**", self._take)

    def _take(self, route: Route) -> None:
        path, _, address = route.request.url.removeprefix(ORIGIN).partition("?at=")
        if path != "/page/b0":
            self.documents.append(path)
            route.fulfill(body=DOCUMENT, content_type="text/html")
            return
        self.asked.append(unquote(address))
        self.held[self.asked[-1]] = route

    def answer(self, address: str, status: int = 200) -> None:
        self.wait(address)
        with self._page.expect_response(lambda response: unquote(response.url).endswith(f"?at={address}")):
            beside = address.startswith("/p/") and status == 200
            page = {
                "title": address,
                "announcement": address,
                "main": None if beside else f"main of {address}",
                "product": f"product of {address}" if beside else None,
                "step": None,
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


def go(page: Page, address: str = "") -> None:
    """Ask for an address as dcc.Location does; without one for the present address."""
    run(page, "address => window.go(address)", address)


def shown(page: Page, count: int) -> list[list[str]]:
    """Main, product, close and search, as the callback of the address set them for `count` addresses in turn."""
    page.wait_for_function("n => shown.length >= n", arg=count)
    found: list[list[str]] = page.evaluate("shown")
    assert len(found) == count
    return found


def opened(page: Page, server: Server, address: str = "/") -> None:
    """Show a first page, and forget it."""
    go(page, address)
    server.answer(address)
    shown(page, 1)
    run(page, "() => { shown.length = 0; }")
    server.asked.clear()


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("", "/"),
        ("  ", "/"),
        (" a&b=ü ", "/?q=a%26b%3D%C3%BC"),
        ("mug", "/?q=mug"),
        ("//evil.example", "/?q=%2F%2Fevil.example"),
    ],
)
def test_a_search_asks_for_an_address(page: Page, server: Server, text: str, address: str) -> None:
    opened(page, server, "/?category=Mugs&sort=price&page=3")
    run(page, "text => { document.querySelector('#search').value = text; dash_clientside.lookalike.submit(1); }", text)
    assert page.url == f"{ORIGIN}{address}"


@pytest.mark.parametrize(
    ("present", "order", "address"),
    [
        ("/?category=Mugs&page=3", "price", "/?category=Mugs&sort=price"),
        ("/?q=mug&sort=price", "relevance", "/?q=mug"),
        ("/?q=mug", "relevance", "/?q=mug"),
        ("/map?category=Mugs", "price", "/?sort=price"),
    ],
)
def test_an_order_is_an_address(page: Page, server: Server, present: str, order: str, address: str) -> None:
    opened(page, server, present)
    run(page, "order => dash_clientside.lookalike.sort(order)", order)
    assert page.url == f"{ORIGIN}{address}"


@pytest.mark.parametrize(
    ("address", "main"),
    [
        ("/p/a", "/"),
        ("/p/a%2Fb?q=mug&sort=price", "/?q=mug&sort=price"),
        ("/p/a?from=map", "/map"),
        ("/p/a?from=map&category=Mugs%20%26%20more&page=2", "/map?category=Mugs%20%26%20more&page=2"),
        ("/p/a?from=report", "/report"),
        ("/p/a?from=photo", "/photo"),
        ("/p/a?q=x&from=map", "/?q=x&from=map"),
        ("/map?category=Mugs", "/map?category=Mugs"),
        ("/nowhere", "/nowhere"),
    ],
)
def test_the_page_beside_a_product_is_the_one_that_the_server_knows(
    page: Page, server: Server, address: str, main: str
) -> None:
    assert main_address(*address.partition("?")[::2]) == main
    go(page, address)
    server.wait(address, main)
    assert {*server.asked} == {address, main}
    for each in {address, main}:
        server.answer(each)
    ((_, _, close, _),) = shown(page, 1)
    assert close == main


@pytest.mark.parametrize("name", ["//evil.example", "maps", "p/b", ""])
def test_nothing_foreign_stands_beside_a_product(page: Page, server: Server, name: str) -> None:
    go(page, f"/p/a?from={name}")
    server.wait(f"/p/a?from={name}", f"/?from={name}")


def test_a_trail_has_each_product_once_and_eight_at_most(page: Page, server: Server) -> None:
    assert server.asked == []
    grown = "([name, addresses]) => addresses.map((each) => lookalike.trailed(name, each, each)).at(-1)"
    assert run(page, grown, ["one", ["a", "b", "a"]]) == ["b", "a"]
    numbers = [str(number) for number in range(10)]
    assert run(page, grown, ["other", numbers]) == numbers[2:]


def test_components_are_found_at_any_depth(page: Page, server: Server) -> None:
    assert server.asked == []
    image, text = {"type": "Img", "props": {"src": "a"}}, "text"
    frozen = {"type": "Frozen", "props": {"tree": [text, {"type": "P", "props": {"children": image}}]}}
    tree = [{"type": "Div", "props": {"children": [None, frozen]}}, {"type": "B", "props": {"children": text}}]
    names = "tree => lookalike.nodes(tree).map(({ type }) => type)"
    assert run(page, names, tree) == ["Div", "Frozen", "P", "Img", "B"]
    assert run(page, names, None) == run(page, names, text) == []


def test_what_is_not_found_is_a_page_of_the_main_column(page: Page, server: Server) -> None:
    opened(page, server)
    go(page, "/p/gone")
    server.answer("/p/gone", 404)
    ((main, product, _, _),) = shown(page, 1)
    assert (main, product) == ("main of /p/gone", "same")
    assert page.title() == "/p/gone"


def test_a_late_answer_changes_nothing(page: Page, server: Server) -> None:
    opened(page, server)
    go(page, "/p/slow")
    go(page, "/p/quick")
    server.answer("/p/quick")
    server.answer("/p/slow")
    assert [product for _, product, _, _ in shown(page, 2)] == ["product of /p/quick", "same"]
    assert page.title() == "/p/quick"
    assert page.url == f"{ORIGIN}/p/quick"


def test_a_late_failure_tells_nothing(page: Page, server: Server) -> None:
    opened(page, server)
    go(page, "/p/slow")
    go(page, "/p/quick")
    server.answer("/p/quick")
    server.answer("/p/slow", 500)
    assert [product for _, product, _, _ in shown(page, 2)] == ["product of /p/quick", "same"]
    assert (page.url, server.documents) == (f"{ORIGIN}/p/quick", ["/"])
    assert ids.ALERT not in run(page, "told")


def test_a_failure_is_told_and_the_page_stays(page: Page, server: Server) -> None:
    opened(page, server, "/?q=mug")
    go(page, "/p/a?q=mug")
    server.answer("/p/a?q=mug", 500)
    assert shown(page, 1) == [["same"] * 4]
    told = run(page, "told")
    assert told[ids.ALERT] == {"is_open": True}
    assert told[ids.ALERT_TEXT] == {"children": TEXTS["failed"]}
    assert told[ids.RETRY] == {"hidden": False, "href": "/p/a?q=mug"}
    assert page.url == f"{ORIGIN}/?q=mug"
    run(page, "() => { document.querySelector('#retry').href = told.retry.href; }")
    run(page, "document.querySelector('#retry').click()")
    assert page.url == f"{ORIGIN}/p/a?q=mug"
    assert run(page, "told.alert.is_open") is False


def test_a_build_that_is_gone_is_loaded_anew(page: Page, server: Server) -> None:
    opened(page, server)
    go(page, "/p/a")
    with page.expect_navigation(url="**/p/a"):
        server.answer("/p/a", 410)
    assert server.documents == ["/", "/p/a"]


def test_back_to_a_product_brings_back_the_list_beside_it(page: Page, server: Server) -> None:
    opened(page, server)
    for count, address in enumerate(("/?q=mug", "/p/a?q=mug", "/?q=bowl"), start=1):
        go(page, address)
        server.answer(address)
        shown(page, count)
    page.go_back()
    go(page)
    assert shown(page, 4)[-1][:2] == ["main of /?q=mug", "product of /p/a?q=mug"]
    assert server.asked == ["/?q=mug", "/p/a?q=mug", "/?q=bowl"]


def test_the_same_address_again_is_one_step_of_history(page: Page, server: Server) -> None:
    opened(page, server)
    before = run(page, "history.length")
    run(page, "() => { document.querySelector('#close').href = '/p/a'; }")
    for _ in range(2):
        run(page, "document.querySelector('#close').click()")
    assert run(page, "history.length") == before + 1
    assert page.url == f"{ORIGIN}/p/a"


def test_a_browser_without_storage_goes_on(page: Page, server: Server) -> None:
    run(page, """() => Object.defineProperty(window, "sessionStorage", { get() { throw new Error("no storage"); } })""")
    opened(page, server)
    go(page, "/p/a")
    server.answer("/p/a")
    assert shown(page, 1)[0][1] == "product of /p/a"
