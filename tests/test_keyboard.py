"""The shop by keyboard and by ear: where the focus is, where keys lead, and what is read out."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.conftest import DESKTOP
from tests.visiting import card, cards, heading, open_page, similar, visit


def focused(page: Page) -> Locator:
    return page.locator(":focus")


def test_the_skip_link_leads_past_the_header(page: Page) -> None:
    open_page(page, "/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the products")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#main :focus")).to_be_attached()


def test_the_slash_leads_to_the_search(page: Page) -> None:
    open_page(page, "/")
    cards(page).first.focus()
    page.keyboard.press("/")
    search = page.get_by_label("Search")
    expect(search).to_be_focused()
    page.keyboard.press("/")
    expect(search).to_have_value("/")


def test_arrows_walk_through_the_grid(page: Page) -> None:
    open_page(page, "/")
    columns = len(page.locator("#main .product-grid").evaluate(COLUMNS).split())
    assert columns == 7
    cards(page).first.focus()
    for key, place in WALK:
        page.keyboard.press(key)
        expect(cards(page).nth(place)).to_be_focused()
        expect(cards(page).nth(place)).to_be_in_viewport()


COLUMNS = "grid => getComputedStyle(grid).gridTemplateColumns"
WALK = [
    ("ArrowRight", 1), ("ArrowDown", 8), ("ArrowLeft", 7), ("ArrowUp", 0), ("ArrowLeft", 0), ("ArrowUp", 0),
    ("End", 47), ("ArrowRight", 47), ("ArrowDown", 47), ("Home", 0),
]  # fmt: skip


def test_arrows_walk_through_the_list(page: Page) -> None:
    open_page(page, "/p/mug-004")
    similar(page).first.focus()
    for key, place in (("ArrowDown", 3), ("ArrowRight", 4), ("End", 11), ("Home", 0)):
        page.keyboard.press(key)
        expect(similar(page).nth(place)).to_be_focused()


def test_enter_opens_a_product_and_escape_returns_to_its_card(page: Page) -> None:
    open_page(page, "/")
    card(page, "Mug number 4").focus()
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("Mug number 4")
    expect(heading(page)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".product")).to_have_count(0)
    expect(page).to_have_url(re.compile("/$"))
    expect(card(page, "Mug number 4")).to_be_focused()
    expect(card(page, "Mug number 4")).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(card(page, "Mug number 4")).to_be_focused()


def test_escape_in_the_search_box_leaves_the_product(page: Page) -> None:
    open_page(page, "/p/mug-004")
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    expect(heading(page)).to_have_text("Mug number 4")


def test_everything_is_reached_by_tab(page: Page) -> None:
    open_page(page, "/p/mug-004")
    wanted = page.locator(REACHABLE).count()
    assert wanted > 70
    reached = page.evaluate_handle("new Set()")
    for _ in range(wanted + 1):
        page.keyboard.press("Tab")
        reached.evaluate("set => set.add(document.activeElement)")
    assert (
        reached.evaluate(f"set => [...document.querySelectorAll({REACHABLE!r})].filter((each) => !set.has(each))") == []
    )


REACHABLE = "a[href], button, input, select"


@pytest.mark.parametrize("where", ["header", "grid", "list"])
def test_the_focus_is_seen(page: Page, where: str) -> None:
    open_page(page, "/p/mug-004")
    {"header": page.locator(".site-nav a"), "grid": cards(page), "list": similar(page)}[where].first.focus()
    page.keyboard.press("Tab")
    expect(focused(page)).to_have_css("outline-style", "solid")
    expect(focused(page)).to_have_css("outline-width", "3px")


def test_changes_are_read_out(page: Page) -> None:
    open_page(page, "/")
    said = page.locator("[aria-live=polite]")
    expect(said).to_have_text("")
    card(page, "Mug number 4").click()
    expect(said).to_have_text("Mug number 4. 12 similar products shown")
    similar(page).filter(has_text="Bowl number 1").first.click()
    expect(said).to_have_text("Bowl number 1. 12 similar products shown")
    page.locator(".close").click()
    expect(said).to_have_text("60 products, page 1 of 2")
    page.get_by_label("Search").fill("unicorn")
    expect(said).to_have_text("0 products")


def test_who_wants_less_motion_has_none(browser: Browser, address: str) -> None:
    with visit(browser, address, viewport=DESKTOP, reduced_motion="reduce") as page:
        open_page(page, "/p/mug-004")
        cards(page).first.hover()
        assert page.evaluate(MOVING) == []
        expect(cards(page).first).to_have_css("transform", "none")


MOVING = """[...document.querySelectorAll("*")].filter((each) => {
  const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(each);
  return parseFloat(transitionDuration) > 0.01 || animationName !== "none" || scrollBehavior === "smooth";
}).map((each) => each.outerHTML.slice(0, 80))"""
