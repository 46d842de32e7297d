"""The main way through the shop in Firefox: a click, what looks similar, a search, a graph, and back."""

from collections.abc import Iterator

import pytest

from tests.firefox import Firefox, firefox, installed
from tests.serving import ROOT
from tests.visiting import served

ESCAPE = "\ue00c"
pytestmark = pytest.mark.skipif(installed() is None, reason="no Firefox is installed: apt install firefox-esr")


@pytest.fixture(scope="module")
def tab() -> Iterator[tuple[Firefox, str]]:
    with served(ROOT / "precomputed") as address, firefox() as browser:
        yield browser, address


def test_the_main_way(tab: tuple[Firefox, str]) -> None:
    browser, address = tab
    browser.go(address)
    browser.wait("!document.getElementById('first')")
    title = browser.value("document.querySelector('#main .product-card .card-name').textContent")
    browser.click("#main .product-card")
    browser.wait(f"document.querySelector('#product h1')?.textContent === {title!r}")
    assert browser.value("document.querySelector('#product .similar-grid').children.length") == 12
    browser.wait("document.activeElement.localName === 'h1'")
    browser.click("#product .similar-grid .product-card")
    browser.wait(f"document.querySelector('#product h1')?.textContent !== {title!r}")
    browser.ask("browsingContext.traverseHistory", context=browser.tab, delta=-1)
    browser.wait(f"document.querySelector('#product h1')?.textContent === {title!r}")
    browser.press(ESCAPE)
    browser.wait("!document.querySelector('.product') && location.pathname === '/'")


def test_the_search_and_the_map(tab: tuple[Firefox, str]) -> None:
    browser, address = tab
    browser.go(f"{address}/?q=bowl")
    browser.wait("!document.getElementById('first') && document.getElementById('search')?.value === 'bowl'")
    browser.click(".site-nav a[href='/map']")
    browser.wait("document.querySelector('.chart-map .legend')")
    browser.click("#theme")
    browser.wait("document.documentElement.dataset.bsTheme === 'dark'")
