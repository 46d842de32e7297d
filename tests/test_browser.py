"""The shop in a real browser, served by gunicorn itself."""

import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser import launch
from tests.serving import serving
from tests.shop_folder import make_products, make_shop_folder


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A shop of 60 products behind gunicorn on a free port."""
    folder = make_shop_folder(tmp_path_factory.mktemp("served"), make_products(60))
    command = [sys.executable, "-m", "gunicorn", "app:server"]
    with serving(command, environment={"PRECOMPUTED_DIR": str(folder)}) as served:
        yield served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails its test when the console has an error."""
    errors: list[str] = []
    context = browser.new_context()
    fresh = context.new_page()
    fresh.on("pageerror", lambda error: errors.append(str(error)))
    fresh.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    yield fresh
    context.close()
    assert errors == []


def test_a_click_on_a_product_shows_what_looks_similar(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("link", name="Mug number 4").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mug number 4")
    expect(page).to_have_url(f"{address}/p/mug-004")
    expect(page).to_have_title("Mug number 4 – Lookalike")
    expect(page.get_by_role("heading", name="Looks similar")).to_be_visible()
    similar = page.locator("main ul").get_by_role("link")
    expect(similar).to_have_count(12)
    similar.first.click()
    expect(page).not_to_have_url(f"{address}/p/mug-004")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mug number 4")


def test_pages_and_categories_are_links(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("main ul").get_by_role("link")).to_have_count(48)
    page.get_by_role("link", name="Next").click()
    expect(page.locator("main ul").get_by_role("link")).to_have_count(12)
    page.get_by_role("link", name="Bowls 30").click()
    expect(page.get_by_role("status")).to_have_text("30 products")
    page.go_back()
    expect(page.get_by_role("status")).to_have_text("60 products, page 2 of 2")


def test_it_works_with_the_keyboard(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("main ul").get_by_role("link")).to_have_count(48)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the products")).to_be_focused()
    page.locator("main ul").get_by_role("link").first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Bowl number 3")


def test_photos_load(page: Page, address: str) -> None:
    page.goto(f"{address}/p/mug-004")
    expect(page.locator("main img")).to_have_count(13)
    page.wait_for_function("[...document.querySelectorAll('main img')].every(image => image.naturalWidth > 0)")


@pytest.mark.parametrize(("scheme", "ground"), [("light", "rgb(247, 247, 245)"), ("dark", "rgb(18, 20, 22)")])
def test_colours_follow_the_system(browser: Browser, address: str, scheme: str, ground: str) -> None:
    page = browser.new_page(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(address)
    expect(page.locator("body")).to_have_css("background-color", ground)
    page.close()


@pytest.mark.parametrize("width", [320, 390, 1360])
def test_nothing_is_wider_than_the_window(browser: Browser, address: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    for path in ("/", "/p/mug-004"):
        page.goto(address + path)
        expect(page.locator("main h1")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()
