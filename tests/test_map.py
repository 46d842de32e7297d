"""The map: its dots as data, its page without scripts, and what a pointer does in a real browser."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import accumulate, product
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from catalogue import writer
from catalogue.content import Extras
from catalogue.precomputed import load
from catalogue.product import Layout
from storefront import create_app, dots
from storefront.app import Storefront
from storefront.pages.map import PART, along, dots_of, drawn, told
from storefront.pages.map import COLOURED
from storefront.components.render import to_html
from storefront.pages import page_at
from storefront.settings import Settings
from storefront.context import Context
from tests.browser import launch
from tests.serving import serving
from tests.shop_folder import BUILD, make_products, make_shop_folder

COLOURS_OF = """canvas => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
}"""
WIDE, PHONE = ViewportSize(width=1280, height=800), ViewportSize(width=390, height=844)


def make_mapped_folder(folder: Path, count: int = 150, kinds: int = 2) -> Path:
    """A shop whose products stand in rows on its map; `no-photo` has no place."""
    products = make_products(count)
    named = [replace(each, product_type=f"Kind {number % kinds:02}") for number, each in enumerate(products)]
    shown = [*named, replace(products[0], id="no-photo", title="Unseen", image_files=())]
    entries = list(load(make_shop_folder(folder, shown)))
    grid = [(800 + 700 * x, 800 + 700 * y) for y, x in product(range(13), range(13))]
    places = {each.id: place for each, place in zip(named, grid, strict=False)}
    lists = {each.id: load(folder).neighbours(each.id) for each in named}
    writer.write(folder, BUILD, entries, lists, extras=Extras(layout=Layout(places, count)))
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_mapped_folder(tmp_path_factory.mktemp("mapped"))


def test_the_dots_are_the_layout_in_an_order_that_keeps_what_is_near_together(context: Context) -> None:
    dots, layout = dots_of(context), context.shop.layout
    assert dots
    assert layout
    sent = json.loads(drawn(dots))
    places = list(zip(accumulate(sent["x"]), accumulate(sent["y"]), strict=True))
    assert dict(zip(dots.ids, places, strict=True)) == layout.places
    assert dots.categories == (("Kind 00", 75), ("Kind 01", 75))
    assert [context.shop.product(each).category for each in dots.ids[:9]] == [f"Kind 0{kind}" for kind in dots.kinds[:9]]


def test_the_curve_goes_through_the_square_quarter_by_quarter() -> None:
    square = sorted(product(range(4), range(4)), key=lambda place: along(*place))
    assert [along(x, y) for x, y in square] == list(range(16))
    assert {(x // 2, y // 2) for x, y in square[:4]} == {(0, 0)}
    assert along(2**16 - 1, 2**16 - 1) == 2**32 - 1


def test_a_pointer_is_told_of_a_dot_and_of_those_near_it(context: Context) -> None:
    dots = dots_of(context)
    assert dots
    first, last = (json.loads(told(context, dots, part)) for part in (0, 1))
    assert (len(first), len(last)) == (PART, 150 - PART)
    address, title, photo = first[0]
    assert address == f"/p/{dots.ids[0]}"
    assert title == context.shop.product(dots.ids[0]).title
    assert photo == context.image(context.shop.thumbnails(dots.ids[0])[0], 160)


def test_charts_are_kept_for_ever_and_gone_with_their_build(app: Storefront) -> None:
    build = app.context.build
    with app.server.test_client() as client:
        for address in (f"/map/{build}.json", f"/map/{build}/1.json"):
            answer = client.get(address)
            assert answer.status_code == 200
            assert "immutable" in answer.headers["Cache-Control"]
        for address in ("/map/older.json", "/map/older/0.json", f"/map/{build}/2.json"):
            answer = client.get(address)
            assert (answer.status_code, answer.headers["Cache-Control"]) == (410, "no-store")


def test_every_product_of_the_map_is_a_link_on_one_of_its_pages(context: Context) -> None:
    dots = dots_of(context)
    assert dots
    pages = [str(to_html(page_at(context, "/map", f"page={number}").main)) for number in range(1, 5)]
    assert all(sum(f'href="/p/{each}"' in page for page in pages) == 1 for each in dots.ids)
    assert "150 products, page 4 of 4" in pages[-1]
    assert "1 product without a usable photo has no place on it." in pages[0]
    assert str(to_html(page_at(context, "/map", "page=99").main)) == pages[-1]


def test_of_more_products_than_can_be_drawn_it_shows_some_and_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dots, "MOST", 76)
    for language, sentence in (("en", "It shows 75 of 150 products"), ("de", "Sie zeigt 75 von 150 Produkten")):
        site = create_app(folder, Settings(language=language)).site
        shown = dots_of(context)
        assert shown
        assert len(shown.ids) == 75
        assert json.loads(drawn(shown))["kind"] == list(shown.kinds)
        text = str(to_html(page_at(context, "/map", "").main))
        assert sentence in text
        assert "no-photo" not in text


def test_a_category_has_its_own_products_and_sets_off_its_dots(context: Context) -> None:
    page = page_at(context, "/map", "category=Kind+01")
    text = str(to_html(page.main))
    assert 'data-kind="1"' in text
    assert text.count('class="product-card"') == 48
    assert "mug-000" not in text
    assert not page.indexed
    unknown = str(to_html(page_at(context, "/map", "category=Boats").main))
    assert "No product is in this category." in unknown
    assert "data-kind" not in unknown


@pytest.mark.parametrize(("count", "kinds"), [(1, 1), (5, 5), (60, 30)])
def test_maps_of_few_products_and_of_many_categories(tmp_path: Path, count: int, kinds: int) -> None:
    site = create_app(make_mapped_folder(tmp_path, count, kinds), Settings()).site
    text = str(to_html(page_at(context, "/map", "").main))
    assert text.count("swatch kind-") == kinds
    assert text.count(f"swatch kind-{COLOURED}") == max(0, kinds - COLOURED)


def test_a_build_without_a_map_says_what_to_do(tmp_path: Path) -> None:
    app = create_app(make_shop_folder(tmp_path, make_products(3)), Settings())
    page = page_at(app.context, "/map", "")
    assert "python -m model build" in str(to_html(page.main))
    assert not page.indexed
    with app.server.test_client() as client:
        assert client.get("/map").status_code == 200
        assert client.get(f"/map/{app.context.build}.json").status_code == 410


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with serving([sys.executable, "-m", "gunicorn", "app:server"], environment={"PRECOMPUTED_DIR": str(folder)}) as at:
        yield at


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture(params=["light", "dark"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page in each theme that fails its test when the console has an error, as of the policy."""
    errors: list[str] = []
    context = browser.new_context(viewport=WIDE, color_scheme=request.param)
    fresh = context.new_page()
    fresh.on("pageerror", lambda error: errors.append(str(error)))
    fresh.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    yield fresh
    context.close()
    assert errors == []


def open_map(page: Page, address: str) -> None:
    page.goto(f"{address}/map")
    expect(page.locator("[data-drawn]")).to_be_visible()


def middle(page: Page) -> tuple[float, float]:
    box = page.locator(".map").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def colours(page: Page) -> int:
    """How many colours the canvas shows."""
    return int(page.locator(".map-dots").evaluate(COLOURS_OF))


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Playwright's own way evaluates text, which the policy of the page forbids."""
    for _ in range(100):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError("nothing changed within 5 seconds")


def picture(page: Page) -> str:
    return str(page.locator(".map-dots").evaluate("canvas => canvas.toDataURL()"))


def test_a_dot_shows_its_photo_and_opens_beside_the_map(page: Page, address: str) -> None:
    open_map(page, address)
    assert colours(page) > 2
    page.mouse.move(*middle(page))
    card = page.locator(".map-card")
    assert card.locator("img").evaluate("each => each.decode().then(() => each.naturalWidth)")
    title = card.inner_text()
    page.mouse.click(*middle(page))
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
    expect(page.locator(".map")).to_be_visible()
    assert "/p/" in page.url
    page.keyboard.press("Escape")
    expect(page).to_have_url(f"{address}/map")


def test_a_click_near_a_dot_opens_it(page: Page, address: str) -> None:
    open_map(page, address)
    page.mouse.move(*middle(page))
    expect(page.locator(".map-card img")).to_be_visible()
    title = page.locator(".map-card").inner_text()
    box = page.locator(".map-dot").bounding_box()
    assert box
    reach = box["x"] + box["width"] / 2 + 14, box["y"] + box["height"] / 2  # beside the link, within its dot's reach
    page.mouse.move(*reach)
    expect(page.locator(".map-card")).to_have_text(title)
    page.mouse.click(*reach)
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()


def test_it_is_enlarged_and_moved(page: Page, address: str) -> None:
    open_map(page, address)
    whole = picture(page)
    page.get_by_role("button", name="Zoom in").click()
    expect(page.locator(".map[data-near]")).to_be_visible()
    until(page, lambda: picture(page) != whole)
    near = picture(page)
    x, y = middle(page)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 90, y + 40, steps=4)
    page.mouse.up()
    until(page, lambda: picture(page) != near)
    expect(page).to_have_url(f"{address}/map")
    page.get_by_role("button", name="Show the whole map").click()
    until(page, lambda: picture(page) == whole)


def test_the_page_still_scrolls_over_the_map(page: Page, address: str) -> None:
    open_map(page, address)
    page.mouse.move(*middle(page))
    page.mouse.wheel(0, 300)
    until(page, lambda: page.evaluate("scrollY") > 200)
    expect(page.locator(".map[data-near]")).to_have_count(0)


def test_the_map_comes_by_a_link_and_changes_with_the_theme_and_the_category(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("link", name="Map").click()
    expect(page.locator("[data-drawn]")).to_be_visible()
    whole = picture(page)
    page.get_by_role("link", name="Kind 01 75").click()
    expect(page.get_by_role("status")).to_have_text("75 products, page 1 of 2")
    expect(page.locator("[data-drawn]")).to_be_visible()
    chosen = picture(page)
    assert chosen != whole
    page.locator(".theme-switch").click()
    until(page, lambda: picture(page) != chosen)


def test_a_finger_sees_the_card_first_and_opens_the_product_by_it(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    page = context.new_page()
    open_map(page, address)
    page.touchscreen.tap(*middle(page))
    card = page.locator(".map-card")
    title = card.inner_text()
    card.tap()
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
    expect(page.locator(".map")).to_be_hidden()
    page.go_back()
    expect(page.locator(".map")).to_be_visible()
    assert colours(page) > 2
    context.close()
