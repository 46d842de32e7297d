"""The shop in a real browser, served by gunicorn itself: what a visitor sees and does."""

import re

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from tests.conftest import DESKTOP
from tests.visiting import card, cards, heading, open_page, similar, taken_over, too_narrow, visit

LIGHT, DARK = "rgb(247, 247, 245)", "rgb(18, 20, 22)"


def test_a_click_shows_a_product_beside_the_grid(page: Page) -> None:
    open_page(page, "/")
    card(page, "Mug number 4").click()
    expect(heading(page)).to_have_text("Mug number 4")
    expect(page).to_have_url(re.compile("/p/mug-004$"))
    expect(page).to_have_title("Mug number 4 – Lookalike")
    expect(similar(page)).to_have_count(12)
    expect(card(page, "Mug number 4")).to_be_in_viewport()
    expect(page.locator("#product")).to_have_css("width", "440px")
    expect(page.locator(".product-card[aria-current]")).to_have_text(re.compile("Mug number 4 "))


def test_a_click_on_a_phone_shows_the_product_alone(phone: Page) -> None:
    open_page(phone, "/")
    card(phone, "Mug number 4").tap()
    expect(heading(phone)).to_be_in_viewport()
    expect(phone.locator("#main")).to_be_hidden()
    expect(similar(phone)).to_have_count(12)
    similar(phone).last.tap()
    expect(heading(phone)).not_to_have_text("Mug number 4")
    expect(heading(phone)).to_be_in_viewport()
    phone.locator(".close").tap()
    expect(cards(phone).first).to_be_visible()
    expect(phone.locator(".product")).to_have_count(0)


def test_a_click_loads_no_document_and_one_page_at_most(page: Page) -> None:
    asked: list[Request] = []
    open_page(page, "/")
    page.on("request", lambda request: asked.append(request) if "/images/" not in request.url else None)
    with page.expect_response(re.compile("/page/.*mug-004")):
        card(page, "Mug number 4").hover()
    card(page, "Mug number 4").click()
    expect(heading(page)).to_have_text("Mug number 4")
    page.locator(".close").hover()
    page.locator(".close").click()
    expect(page.locator(".product")).to_have_count(0)
    card(page, "Mug number 4").click()
    expect(heading(page)).to_have_text("Mug number 4")
    pages = [request.url for request in asked if "/page/" in request.url]
    assert len(pages) == len(set(pages))
    assert {request.resource_type for request in asked} <= {"fetch", "other"}


def test_the_list_of_a_product_leads_to_the_next_one(page: Page) -> None:
    open_page(page, "/p/mug-004")
    for title in ("Mug number 0", "Bowl number 1", "Mug number 2"):
        similar(page).filter(has_text=title).first.click()
        expect(heading(page)).to_have_text(title)
    for title in ("Bowl number 1", "Mug number 0", "Mug number 4"):
        page.go_back()
        expect(heading(page)).to_have_text(title)
    expect(page).to_have_title("Mug number 4 – Lookalike")
    page.go_forward()
    expect(heading(page)).to_have_text("Mug number 0")


def test_back_restores_the_list_and_how_far_it_was_scrolled(page: Page) -> None:
    open_page(page, "/?page=2&category=Bowls&sort=price-down")
    page.locator(".chip", has_text="Mugs").click()
    expect(page.locator("#main h1")).to_have_text("Mugs")
    card(page, "Mug number 0").scroll_into_view_if_needed()
    scrolled = page.evaluate("scrollY")
    assert scrolled > 300
    card(page, "Mug number 0").click()
    expect(heading(page)).to_have_text("Mug number 0")
    expect(card(page, "Mug number 0")).to_be_in_viewport()
    page.go_back()
    expect(page.locator(".product")).to_have_count(0)
    page.wait_for_function("scrolled => scrollY === scrolled", arg=scrolled)
    page.go_back()
    expect(page.locator("#main h1")).to_have_text("Bowls")
    expect(cards(page).first).to_contain_text("Bowl number 59")
    page.go_forward()
    expect(page.locator("#main h1")).to_have_text("Mugs")
    page.wait_for_function("scrolled => scrollY === scrolled", arg=scrolled)


def test_back_on_a_phone_leads_to_where_the_list_was_left(phone: Page) -> None:
    open_page(phone, "/")
    card(phone, "Mug number 30").scroll_into_view_if_needed()
    scrolled = phone.evaluate("scrollY")
    card(phone, "Mug number 30").tap()
    expect(heading(phone)).to_be_in_viewport()
    phone.go_back()
    expect(card(phone, "Mug number 30")).to_be_in_viewport()
    phone.wait_for_function("scrolled => scrollY === scrolled", arg=scrolled)


@pytest.mark.parametrize("how", ["ctrl", "middle"])
def test_a_click_for_a_tab_is_left_to_the_browser(page: Page, how: str) -> None:
    open_page(page, "/")
    with page.context.expect_page() as opened:
        if how == "ctrl":
            card(page, "Mug number 4").click(modifiers=["Control"])
        else:
            card(page, "Mug number 4").click(button="middle")
    expect(heading(opened.value)).to_have_text("Mug number 4")
    expect(page.locator(".product")).to_have_count(0)


def test_a_product_is_reloaded_and_shared_by_its_address(page: Page) -> None:
    open_page(page, "/")
    card(page, "Mug number 4").click()
    expect(heading(page)).to_have_text("Mug number 4")
    page.reload()
    taken_over(page)
    expect(heading(page)).to_have_text("Mug number 4")
    expect(cards(page)).to_have_count(48)
    page.go_back()
    expect(page.locator(".product")).to_have_count(0)
    expect(cards(page)).to_have_count(48)


def test_the_trail_leads_back_to_the_last_eight_products(page: Page) -> None:
    open_page(page, "/")
    for number in range(0, 20, 2):
        page.locator(f"#main a[href='/p/mug-{number:03}']").click()
        expect(heading(page)).to_have_text(f"Mug number {number}")
    trail = page.locator(".trail a")
    expect(trail).to_have_count(8)
    expect(trail.last).to_have_attribute("aria-current", "page")
    titles = [each.get_attribute("title") for each in trail.all()]
    assert titles == [f"Mug number {number}" for number in range(4, 20, 2)]
    trail.first.click()
    expect(heading(page)).to_have_text("Mug number 4")
    expect(trail).to_have_count(8)
    expect(trail.last).to_have_attribute("title", "Mug number 4")
    expect(page.locator(".trail a[aria-current]")).to_have_count(1)
    page.go_back()
    expect(heading(page)).to_have_text("Mug number 18")


def test_the_trail_has_the_product_of_a_first_visit(page: Page) -> None:
    open_page(page, "/p/mug-004")
    similar(page).first.click()
    expect(heading(page)).to_have_text("Mug number 0")
    expect(page.locator(".trail a")).to_have_count(2)
    page.reload()
    taken_over(page)
    expect(page.locator(".trail a")).to_have_count(2)


def test_categories_sorts_and_pages_are_addresses(page: Page) -> None:
    open_page(page, "/")
    page.get_by_role("link", name="Next").click()
    expect(page).to_have_url(re.compile(r"/\?page=2$"))
    expect(cards(page)).to_have_count(12)
    assert page.evaluate("scrollY") == 0
    page.locator(".chip", has_text="Bowls").click()
    expect(page.get_by_role("status")).to_have_text("30 products")
    page.get_by_label("Sort").select_option("Price, highest first")
    expect(page).to_have_url(re.compile(r"/\?category=Bowls&sort=price-down$"))
    expect(cards(page).first).to_contain_text("Bowl number 59")
    expect(page.locator(".chip[aria-current]")).to_have_text("Bowls 30")
    page.locator(".chip", has_text="All").click()
    expect(page).to_have_url(re.compile(r"/\?sort=price-down$"))
    page.go_back()
    page.go_back()
    expect(page).to_have_url(re.compile(r"/\?category=Bowls$"))
    expect(cards(page).first).to_contain_text("Bowl number 1")
    expect(page.get_by_label("Sort")).to_have_value("relevance")
    page.go_back()
    expect(page.get_by_role("status")).to_have_text("60 products, page 2 of 2")


def test_what_is_typed_is_looked_for_and_back_leaves_the_search(page: Page) -> None:
    open_page(page, "/?category=Bowls")
    search = page.get_by_label("Search")
    search.press_sequentially("number 5")
    expect(page).to_have_url(re.compile(r"/\?q=number\+5$"))
    expect(page.locator("#main h1")).to_have_text("Results for “number 5”")
    expect(page.get_by_role("status")).to_have_text("11 products")
    search.press_sequentially("9")
    expect(page.get_by_role("status")).to_have_text("1 product")
    expect(search).to_be_focused()
    expect(search).to_have_value("number 59")
    page.go_back()
    expect(page).to_have_url(re.compile(r"/\?category=Bowls$"))
    expect(page.locator("#main h1")).to_have_text("Bowls")


def test_a_search_that_is_sent_moves_on_to_what_was_found(page: Page) -> None:
    open_page(page, "/")
    page.get_by_label("Search").fill("mug")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("30 products")
    expect(page.locator("#main h1")).to_be_focused()
    page.go_back()
    expect(page.get_by_role("status")).to_have_text("60 products, page 1 of 2")
    expect(page.get_by_label("Search")).to_have_value("")


def test_a_search_without_results_says_what_to_do(page: Page) -> None:
    open_page(page, "/")
    page.get_by_label("Search").fill("unicorn")
    page.keyboard.press("Enter")
    expect(page.locator(".nothing")).to_contain_text("Nothing matches “unicorn”. Try fewer or shorter words")
    page.get_by_role("link", name="See all products").click()
    expect(cards(page)).to_have_count(48)
    expect(page.get_by_label("Search")).to_have_value("")


def test_the_link_is_copied(browser: Browser, address: str) -> None:
    with visit(browser, address, permissions=["clipboard-read", "clipboard-write"]) as page:
        open_page(page, "/p/mug-004")
        page.get_by_role("button", name="Copy link").click()
        expect(page.get_by_role("button", name="Link copied")).to_be_visible()
        expect(page.locator("#announcement")).to_have_text("Link copied")
        assert page.evaluate("navigator.clipboard.readText()") == f"{address}/p/mug-004"


def test_colours_follow_the_system_until_the_visitor_chooses(phone: Page) -> None:
    phone.emulate_media(color_scheme="light")
    open_page(phone, "/")
    body = phone.locator("body")
    expect(body).to_have_css("background-color", LIGHT)
    phone.emulate_media(color_scheme="dark")
    expect(body).to_have_css("background-color", DARK)
    phone.get_by_role("button", name="Light colours").click()
    expect(body).to_have_css("background-color", LIGHT)
    phone.reload()
    expect(body).to_have_css("background-color", LIGHT)
    taken_over(phone)
    expect(phone.get_by_role("button", name="Dark colours")).to_be_visible()
    cards(phone).first.click()
    expect(heading(phone)).to_be_visible()
    expect(body).to_have_css("background-color", LIGHT)


@pytest.mark.parametrize("width", [390, 1360])
def test_photos_load_in_the_size_that_is_shown(browser: Browser, address: str, width: int) -> None:
    with visit(browser, address, viewport={"width": width, "height": 900}) as page:
        for path, photos in (("/", "#main .picture img"), ("/p/mug-004", "#product .picture img")):
            open_page(page, path)
            page.eval_on_selector_all(photos, "photos => { for (const photo of photos) photo.loading = 'eager'; }")
            page.wait_for_function(
                "photos => [...document.querySelectorAll(photos)].every((photo) => photo.naturalWidth > 0)", arg=photos
            )
            assert page.locator(photos).count() in (13, 48)
            sizes = page.eval_on_selector_all(photos, ASKED_AND_SHOWN)
            assert [pair for pair in sizes if not 0.8 < pair[0] / pair[1] < 1.35] == []


# For photos with widths in `srcset`, natural sizes are those that `sizes` tells; the larger side fills the square.
ASKED_AND_SHOWN = """photos => photos.map((photo) =>
  [Math.max(photo.naturalWidth, photo.naturalHeight), photo.closest(".picture").offsetWidth])"""

SHIFTS = """new Promise((resolve) => new PerformanceObserver((list) =>
  resolve(list.getEntries().filter((each) => !each.hadRecentInput).map((each) => each.value)))
  .observe({ type: "layout-shift", buffered: true }) ?? setTimeout(resolve, 300, []))"""


@pytest.mark.parametrize("width", [390, 1360])
@pytest.mark.parametrize("path", ["/", "/p/mug-004"])
def test_nothing_jumps_while_a_page_loads(browser: Browser, address: str, path: str, width: int) -> None:
    with visit(browser, address, viewport={"width": width, "height": 900}) as page:
        open_page(page, path)
        page.wait_for_load_state("networkidle")
        assert sum(page.evaluate(SHIFTS)) < 0.01


def test_a_page_that_is_older_than_the_shop_is_loaded_anew(browser: Browser, address: str) -> None:
    with visit(browser, address, allowed="status of 410", viewport=DESKTOP) as page:
        open_page(page, "/")
        page.route(re.compile("/page/"), lambda route: route.fulfill(status=410), times=1)
        with page.expect_event("load"):
            card(page, "Mug number 4").click()
        expect(heading(page)).to_have_text("Mug number 4")
        taken_over(page)
        page.go_back()
        expect(cards(page)).to_have_count(48)


@pytest.mark.parametrize("status", [200, 500])
def test_a_late_answer_changes_nothing(browser: Browser, address: str, status: int) -> None:
    with visit(browser, address, allowed="status of 500", viewport=DESKTOP) as page:
        open_page(page, "/")
        held: list[Route] = []
        page.route(re.compile("/page/.*mug-002"), lambda route: held.append(route))
        with page.expect_request(re.compile("/page/.*mug-002")):
            card(page, "Mug number 2").click()
        card(page, "Mug number 4").click()
        expect(heading(page)).to_have_text("Mug number 4")
        for route in held:
            route.fulfill(status=status) if status == 500 else route.continue_()
        page.wait_for_timeout(300)
        expect(heading(page)).to_have_text("Mug number 4")
        expect(page.get_by_role("alert")).to_be_hidden()
        page.go_back()
        page.unroute_all()
        expect(page).to_have_url(re.compile("/p/mug-002$"))


def test_without_a_connection_it_says_so_and_goes_on_later(browser: Browser, address: str) -> None:
    with visit(browser, address, allowed="ERR_INTERNET_DISCONNECTED", viewport=DESKTOP) as page:
        open_page(page, "/")
        page.context.set_offline(True)
        card(page, "Mug number 4").click()
        expect(page.get_by_role("alert")).to_contain_text(
            "The page could not be loaded. Check the connection and try again."
        )
        expect(cards(page)).to_have_count(48)
        expect(page).to_have_url(re.compile("/$"))
        page.context.set_offline(False)
        page.get_by_role("link", name="Try again").click()
        expect(heading(page)).to_have_text("Mug number 4")
        expect(page.get_by_role("alert")).to_be_hidden()
        page.go_back()
        expect(page.locator(".product")).to_have_count(0)


def test_nothing_is_wider_than_the_window(browser: Browser, address: str) -> None:
    with visit(browser, address, allowed="status of 404") as page:
        for path in ("/", "/p/mug-004", "/?q=unicorn", "/nowhere"):
            open_page(page, path)
            assert too_narrow(page) == [], path
