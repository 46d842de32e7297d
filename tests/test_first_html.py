"""The first HTML: a page that works without scripts, and that they take over as it is."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.conftest import DESKTOP
from tests.visiting import card, cards, heading, open_page, similar, taken_over, too_narrow, visit, visitor


@pytest.fixture(scope="module")
def plain(browser: Browser, address: str) -> Iterator[BrowserContext]:
    """A visitor whose browser runs no scripts."""
    context = visitor(browser, address, java_script_enabled=False, viewport=DESKTOP)
    yield context
    context.close()


@pytest.fixture
def bare(plain: BrowserContext) -> Iterator[Page]:
    page = plain.new_page()
    yield page
    page.close()


def test_without_scripts_products_are_looked_at(bare: Page) -> None:
    bare.goto("/")
    expect(cards(bare)).to_have_count(48)
    card(bare, "Mug number 4").click()
    expect(bare).to_have_url(re.compile("/p/mug-004$"))
    expect(heading(bare)).to_be_visible()
    expect(similar(bare)).to_have_count(12)
    similar(bare).first.click()
    expect(heading(bare)).to_have_text("Mug number 0")
    bare.locator(".close").click()
    expect(bare.locator(".product")).to_have_count(0)


def test_without_scripts_the_catalogue_is_searched_and_sorted(bare: Page) -> None:
    bare.goto("/")
    bare.get_by_label("Search").fill("bowl")
    bare.keyboard.press("Enter")
    expect(bare.get_by_role("status")).to_have_text("30 products")
    expect(bare.get_by_label("Search")).to_have_value("bowl")
    bare.get_by_label("Sort").select_option("Price, highest first")
    bare.get_by_role("button", name="Sort").click()
    expect(bare).to_have_url(re.compile(r"q=bowl&sort=price-down$"))
    expect(cards(bare).first).to_contain_text("Bowl number 59")
    bare.locator(".chip", has_text="All").click()
    bare.get_by_role("link", name="Browse").click()
    bare.get_by_role("link", name="Next").click()
    expect(cards(bare)).to_have_count(12)


def test_without_scripts_nothing_is_wider_than_the_window(bare: Page) -> None:
    for path in ("/", "/p/mug-004", "/?q=unicorn", "/nowhere"):
        bare.goto(path)
        assert too_narrow(bare) == [], path


def test_what_was_typed_and_the_focus_outlive_the_taking_over(browser: Browser, address: str) -> None:
    with visit(browser, address, viewport=DESKTOP) as page:
        held: list[Route] = []
        page.route(re.compile("/_dash-layout"), lambda route: held.append(route))
        with page.expect_request(re.compile("/_dash-layout")):
            page.goto("/?q=mug")
        search = page.get_by_label("Search")
        expect(search).to_have_value("mug")
        search.fill("bow")
        for route in held:
            route.continue_()
        taken_over(page)
        expect(search).to_be_focused()
        expect(search).to_have_value("bow")
        search.press_sequentially("l")
        expect(page.get_by_role("status")).to_have_text("30 products")


def test_photos_of_the_first_html_are_not_loaded_again(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/images/" in request.url else None)
    open_page(page, "/")
    page.wait_for_load_state("networkidle")
    assert len(asked) == len(set(asked)) > 5


def test_a_click_before_the_scripts_are_there_is_a_link(browser: Browser, address: str) -> None:
    with visit(browser, address, viewport=DESKTOP) as page:
        page.route(re.compile("/_dash-component-suites/"), lambda _: None)  # they never come
        page.goto("/", wait_until="commit")
        card(page, "Mug number 4").click()
        expect(heading(page)).to_have_text("Mug number 4")
