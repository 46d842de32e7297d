"""Odd products, addresses and catalogues: nothing breaks, nothing runs, nothing is wider than the window."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect

from tests.factories import make_product
from tests.shop_folder import make_products, make_shop_folder
from tests.visiting import card, cards, heading, open_page, served, similar, taken_over, too_narrow, visitor, watched

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>"
IDS = ("a/b c", "ünï→", "quote\"'<b>", "100%25", "a?b=c#d", "日本 🏺", "-", "x" * 200)
TITLES = (SCRIPT, "x", "W" * 300, "word " * 60, "\u202eguM", "{braces}", "&amp;", "🏺" * 100)


@pytest.fixture(scope="module")
def odd(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """A visitor of a shop of odd products."""
    usual = make_products(20)
    named = [replace(usual[0], id=each, title=f"Id {number}") for number, each in enumerate(IDS)]
    titled = [replace(usual[0], id=f"t-{number}", title=title.strip()) for number, title in enumerate(TITLES)]
    bare = [make_product("bare"), replace(make_product("no-photo"), title="Unseen")]
    evil = replace(
        usual[0], id="evil", description=SCRIPT, brand=SCRIPT, product_type=SCRIPT, link="javascript:alert(1)"
    )
    folder = make_shop_folder(tmp_path_factory.mktemp("odd"), [*usual, *named, *titled, *bare, evil])
    with served(folder) as address:
        context = visitor(browser, address)
        yield context
        context.close()


@pytest.fixture
def page(odd: BrowserContext) -> Iterator[Page]:
    """A tab in which no dialog may open."""
    with watched(odd, allowed="status of 404") as tab:
        dialogs: list[Dialog] = []
        tab.on("dialog", lambda dialog: dialogs.append(dialog))
        yield tab
        assert dialogs == []


@pytest.mark.parametrize("product_id", IDS)
def test_ids_of_all_kinds_are_opened_and_reloaded(page: Page, product_id: str) -> None:
    title = f"Id {IDS.index(product_id)}"
    open_page(page, f"/?q={quote(title)}")
    card(page, title).click()
    expect(heading(page)).to_have_text(title)
    page.reload()
    taken_over(page)
    expect(heading(page)).to_have_text(title)
    assert page.evaluate("decodeURIComponent(location.pathname.slice(3))") == product_id


def test_titles_of_all_kinds_are_shown_as_text(page: Page) -> None:
    open_page(page, "/")
    assert too_narrow(page) == []
    for number, title in enumerate(TITLES):
        open_page(page, f"/p/t-{number}")
        expect(heading(page)).to_have_text(title.strip())
        assert too_narrow(page) == [], title


@pytest.mark.parametrize("product_id", ["evil", "bare", "no-photo"])
def test_products_that_say_too_much_or_nothing(page: Page, product_id: str) -> None:
    open_page(page, f"/p/{product_id}")
    expect(heading(page)).to_be_visible()
    assert page.locator("a[href^=javascript]").count() == 0
    assert too_narrow(page) == []
    if product_id == "no-photo":
        expect(page.locator(".nothing")).to_contain_text("no usable photo")
    else:
        expect(similar(page)).to_have_count(12)


@pytest.mark.parametrize(
    "path",
    [
        "/?page=0", "/?page=-1", "/?page=99999999999999999999", "/?page=x&sort=y&category=z", "/?q=%00%ff%22*()",
        f"/?q={quote(SCRIPT)}", f"/?category={quote(SCRIPT)}", "/?q=" + "q" * 2_000, "/?" + "&" * 500, "/?q[]=1",
        "/p/", "/p/nothing", "/p/%2e%2e%2fmanifest.json", "/p/%ff", f"/p/{quote(SCRIPT, safe='')}", "/P/mug-000",
        "/nowhere/at/all?x=1",
    ],
)  # fmt: skip
def test_addresses_of_all_kinds_are_pages(page: Page, path: str) -> None:
    open_page(page, path)
    expect(page.locator("#main h1")).to_be_visible()
    assert too_narrow(page) == []


@pytest.mark.parametrize("text", [SCRIPT, "q" * 10_000, "' OR 1=1 --", '" * AND NOT (', "🏺", "%", "a\u0301"])
def test_searches_of_all_kinds_are_answered(page: Page, text: str) -> None:
    open_page(page, "/")
    page.get_by_label("Search").fill(text)
    page.keyboard.press("Enter")
    expect(page.locator("#main h1")).to_contain_text("Results for")
    assert too_narrow(page) == []
    page.reload()
    taken_over(page)
    expect(page.locator("#main h1")).to_contain_text("Results for")


@pytest.mark.parametrize("count", [1, 2, 5])
def test_small_catalogues(browser: Browser, tmp_path: Path, count: int) -> None:
    with served(make_shop_folder(tmp_path, make_products(count))) as address:
        context = visitor(browser, address)
        with watched(context) as page:
            open_page(page, "/")
            expect(cards(page)).to_have_count(count)
            assert too_narrow(page) == []
            cards(page).first.click()
            expect(similar(page)).to_have_count(count - 1)
            assert too_narrow(page) == []
        context.close()
