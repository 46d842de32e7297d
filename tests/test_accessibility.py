"""What axe-core finds on every kind of page, in both themes, and what can be used when all is twice as large."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.visiting import card, cards, heading, open_page, too_narrow, visit

AXE = Axe()
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
RULES: dict[str, Any] = {"runOnly": {"type": "tag", "values": LEVELS}, "resultTypes": ["violations"]}
CONTRAST: dict[str, Any] = {"runOnly": ["color-contrast"]}  # all that a theme changes, and wide shows all parts
PRODUCT = "/p/basket-001"
PAGES = ("/", "/?q=mug", "/?q=unicorn", PRODUCT, "/nowhere", "/map", "/report", "/photo")


@pytest.fixture(scope="module")
def looked(browser: Browser, demo: str) -> Iterator[Page]:
    with visit(browser, demo, allowed="status of 404") as page:
        yield page


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(looked: Page, path: str) -> None:
    looked.emulate_media(color_scheme="light")
    open_page(looked, path)
    for width in (390, 1360):
        looked.set_viewport_size({"width": width, "height": 900})
        assert violations(looked, RULES) == [], f"{width} pixels"
    looked.emulate_media(color_scheme="dark")
    expect(looked.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert violations(looked, CONTRAST) == [], "dark"


def violations(page: Page, rules: dict[str, Any]) -> list[str]:
    found = AXE.run(page, options=rules).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found]


@pytest.mark.parametrize("width", [320, 640])
def test_it_is_used_at_twice_the_size(browser: Browser, address: str, width: int) -> None:
    """1,280 pixels at 200 % are 640; 320 is what WCAG 1.4.10 asks for."""
    with visit(browser, address, viewport={"width": width, "height": 450}) as page:
        open_page(page, "/")
        card(page, "Bowl number 5").click()
        expect(heading(page)).to_be_in_viewport()
        assert too_narrow(page, [width]) == []
        page.locator(".close").click()
        page.get_by_label("Search").fill("number 59")
        page.keyboard.press("Enter")
        expect(cards(page)).to_have_count(1)
        assert too_narrow(page, [width]) == []


def test_pages_say_their_language_and_what_they_are(browser: Browser, demo: str) -> None:
    titles = []
    with visit(browser, demo, allowed="status of 404") as page:
        for path in PAGES:
            page.goto(path)
            titles.append(page.title())
            expect(page.locator("html")).to_have_attribute("lang", re.compile("^en$"))
            assert page.locator("h1:visible").count() >= 1
    assert all(titles)
    assert len(set(titles)) >= 5


def test_photos_are_named_where_no_title_stands_beside_them(browser: Browser, demo: str) -> None:
    with visit(browser, demo) as page:
        open_page(page, PRODUCT)
        title = heading(page).inner_text()
        expect(page.get_by_role("img", name=f"Photo of {title}")).to_be_visible()
        assert page.locator("img:not([alt])").count() == 0
        assert {each.get_attribute("alt") for each in page.locator(".product-card img").all()} == {""}
