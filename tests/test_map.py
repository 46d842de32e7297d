"""The map: its dots as data, its page without scripts, and what a pointer does in a real browser."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from catalogue import writer
from catalogue.content import Extras
from catalogue.precomputed import load
from catalogue.product import Layout, MapGroup
from storefront import create_app
from storefront.components.charts import COLOURED, GREY, TEMPLATES
from storefront.components.render import to_html
from storefront.context import Context
from storefront.pages import map as maps
from storefront.pages import page_at
from storefront.pages.map import PALE, chart, dots_of
from storefront.settings import Settings
from storefront.urls import CALLBACKS, product_address
from tests.conftest import DESKTOP, PHONE
from tests.shop_folder import BUILD, make_products, make_shop_folder
from tests.visiting import cards, heading, open_page, served, too_narrow, visit

POINTED = f"^POST .*{CALLBACKS}"  # the card of a dot is a callback's
ODD = "<b>Pots</b> & pans"


def make_mapped_folder(folder: Path, count: int = 150, kinds: int = 2, groups: tuple[MapGroup, ...] = ()) -> Path:
    """A shop whose products stand in rows on its map; `no-photo` has no place."""
    products = make_products(count)
    named = [replace(each, product_type=f"Kind {number % kinds:02}") for number, each in enumerate(products)]
    shown = [*named, replace(products[0], id="no-photo", title="Unseen", image_files=())]
    entries = list(load(make_shop_folder(folder, shown)))
    grid = [(800 + 700 * x, 800 + 700 * y) for y, x in product(range(13), range(13))]
    places = {each.id: place for each, place in zip(named, grid, strict=False)}
    lists = {each.id: load(folder).neighbours(each.id) for each in named}
    writer.write(folder, BUILD, entries, lists, extras=Extras(layout=Layout(places, count, groups)))
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_mapped_folder(tmp_path_factory.mktemp("mapped"), groups=(MapGroup(ODD, (5000, 5000), 75),))


def context_of(folder: Path, language: str = "en") -> Context:
    return create_app(folder, Settings(language=language)).context


def figure(context: Context, chosen: str = "") -> Any:
    """The data and layout that are drawn."""
    dots = dots_of(context)
    assert dots
    drawn: Any = chart(context, dots, chosen)
    return drawn.figure


def traces(context: Context, chosen: str = "") -> dict[str, Any]:
    return {trace["name"]: trace for trace in figure(context, chosen)["data"]}


def test_the_dots_are_the_layout(context: Context) -> None:
    layout = context.shop.layout
    assert layout
    drawn = traces(context)
    places = {
        product_id: (x, y)
        for trace in drawn.values()
        for product_id, x, y in zip(trace["customdata"], trace["x"], trace["y"], strict=True)
    }
    assert places == layout.places
    assert {name: len(trace["x"]) for name, trace in drawn.items()} == {"Kind 00": 75, "Kind 01": 75}
    for name, trace in drawn.items():
        assert {context.shop.product(each).category for each in trace["customdata"]} == {name}


def test_neighbours_on_the_map_are_near_in_its_order(context: Context) -> None:
    dots = dots_of(context)
    assert dots
    steps = [
        abs(one.place[0] - other.place[0]) + abs(one.place[1] - other.place[1])
        for one, other in zip(dots.some, dots.some[1:], strict=False)
    ]
    assert sum(steps) / len(steps) < 2000
    quarters = [(dot.place[0] >= 8192) + 2 * (dot.place[1] >= 8192) for dot in dots.some]
    assert quarters == sorted(quarters)


def test_every_product_of_the_map_is_a_link_on_one_of_its_pages(context: Context) -> None:
    dots = dots_of(context)
    assert dots
    pages = [str(to_html(page_at(context, "/map", f"page={number}").main)) for number in range(1, 5)]
    linked = [re.findall(r'href="/p/([^"?]*)', page) for page in pages]
    assert [each for page in linked for each in page] == [dot.product_id for dot in dots.some]
    assert "150 products, page 4 of 4" in pages[-1]
    assert "1 product without a usable photo has no place on it." in pages[0]
    assert str(to_html(page_at(context, "/map", "page=99").main)) == pages[-1]


def test_of_more_products_than_can_be_drawn_it_shows_some_and_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maps, "MOST", 76)
    for language, sentence in (("en", "It shows 75 of 150 products"), ("de", "Sie zeigt 75 von 150 Produkten")):
        context = context_of(folder, language)
        assert sum(len(trace["x"]) for trace in traces(context).values()) == 75
        text = str(to_html(page_at(context, "/map", "").main))
        assert sentence in text
        assert "no-photo" not in text


def test_a_category_has_its_own_products_and_sets_off_its_dots(context: Context) -> None:
    page = page_at(context, "/map", "category=Kind+01")
    text = str(to_html(page.main))
    assert text.count('class="card product-card"') == 48
    assert "mug-000" not in text
    assert not page.indexed
    opacities = {name: trace["opacity"] for name, trace in traces(context, "Kind 01").items()}
    assert opacities["Kind 00"] == PALE < opacities["Kind 01"]
    unknown = str(to_html(page_at(context, "/map", "category=Boats").main))
    assert "No product is in this category." in unknown


@pytest.mark.parametrize(("count", "kinds"), [(1, 1), (5, 5), (60, 30)])
def test_maps_of_few_products_and_of_many_categories(tmp_path: Path, count: int, kinds: int) -> None:
    context = context_of(make_mapped_folder(tmp_path, count, kinds))
    found = traces(context)
    assert len(found) == min(kinds, COLOURED + 1)
    assert [name for name, trace in found.items() if trace["marker"].get("color") == GREY] == ["Others"] * (kinds > 10)
    assert sum(len(trace["x"]) for trace in found.values()) == count
    assert str(to_html(page_at(context, "/map").main)).count('class="chip"') == kinds + 1


def test_a_small_category_is_set_off_as_well(tmp_path: Path) -> None:
    context = context_of(make_mapped_folder(tmp_path, 60, 30))
    assert "Kind 29" not in traces(context)
    found = traces(context, "Kind 29")
    assert [name for name, trace in found.items() if trace["opacity"] > PALE] == ["Kind 29"]
    assert len(found["Kind 29"]["x"]) == 2


def test_neighbourhoods_have_names_that_are_text(context: Context) -> None:
    (label,) = figure(context)["layout"]["annotations"]
    assert (label["x"], label["y"]) == (5000, 5000)
    assert label["text"] == "&lt;b&gt;Pots&lt;/b&gt; &amp; pans"


def test_a_build_without_a_map_says_what_to_do(tmp_path: Path) -> None:
    app = create_app(make_shop_folder(tmp_path, make_products(3)), Settings())
    page = page_at(app.context, "/map", "")
    assert "python -m model build" in str(to_html(page.main))
    assert not page.indexed
    assert app.server.test_client().get("/map").status_code == 200


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with served(folder) as at:
        yield at


@pytest.fixture(params=["light", "dark"])
def page(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page in each theme."""
    with visit(browser, address, allowed=POINTED, viewport=DESKTOP, color_scheme=request.param) as tab:
        yield tab


def of_graph(page: Page, function: str, argument: Any = None) -> Any:
    """What a function says of the graph that Plotly drew."""
    return page.locator(".chart-map .js-plotly-plot").evaluate(function, argument)


def open_map(page: Page, path: str = "/map") -> None:
    open_page(page, path)
    drawn(page)


def drawn(page: Page) -> None:
    until(page, lambda: page.locator(".chart-map .js-plotly-plot canvas").count() > 0)
    until(page, lambda: of_graph(page, "graph => Boolean(graph._fullLayout?.xaxis?.d2p)"))


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Playwright's own way evaluates text, which the policy of the page forbids."""
    for _ in range(200):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError("nothing changed within 10 seconds")


def place(page: Page, product_id: str) -> tuple[float, float]:
    """Where the dot of a product is seen."""
    page.locator(".chart-map").scroll_into_view_if_needed()
    x, y = of_graph(
        page,
        """(graph, id) => {
          const { xaxis, yaxis } = graph._fullLayout;
          const { left, top } = graph.getBoundingClientRect();
          const trace = graph.data.find(({ customdata }) => customdata.includes(id));
          const dot = trace.customdata.indexOf(id);
          return [left + xaxis._offset + xaxis.d2p(trace.x[dot]), top + yaxis._offset + yaxis.d2p(trace.y[dot])];
        }""",
        product_id,
    )
    return x, y


def picture(page: Page) -> bytes:
    return page.locator(".chart-map").screenshot()


def test_a_dot_shows_its_photo_and_opens_beside_the_map(page: Page) -> None:
    open_map(page)
    x, y = place(page, "mug-070")
    page.mouse.move(x - 3, y)
    page.mouse.move(x, y)
    card = page.locator(".map-card")
    expect(card).to_have_text("Mug number 70")
    assert card.locator("img").evaluate("each => each.decode().then(() => each.naturalWidth)")
    page.mouse.click(x, y)
    expect(heading(page)).to_have_text("Mug number 70")
    expect(page.locator(".chart-map")).to_be_visible()
    expect(page).to_have_url("/p/mug-070?from=map")
    page.keyboard.press("Escape")
    expect(page).to_have_url("/map")
    expect(heading(page)).to_have_count(0)
    assert of_graph(page, "graph => graph.getBoundingClientRect().width") > 1200


def test_the_card_goes_when_the_pointer_leaves_the_map(page: Page) -> None:
    open_map(page)
    page.mouse.move(*place(page, "bowl-077"))
    expect(page.locator(".map-card")).to_be_visible()
    page.locator("#main h1").hover()
    expect(page.locator(".map-card")).to_be_hidden()


def test_it_is_enlarged_and_moved(page: Page) -> None:
    open_map(page)
    seen = "graph => [graph._fullLayout.xaxis.range, graph._fullLayout.yaxis.range].flat()"
    whole = of_graph(page, seen)
    page.locator(".chart-map").hover()
    page.locator(".modebar-btn[data-title='Zoom in']").click()
    until(page, lambda: of_graph(page, seen) != whole)
    near = of_graph(page, seen)
    assert near[1] - near[0] < whole[1] - whole[0]
    x, y = place(page, "mug-070")
    page.mouse.move(x + 20, y + 20)
    page.mouse.down()
    page.mouse.move(x + 110, y + 60, steps=4)
    page.mouse.up()
    until(page, lambda: of_graph(page, seen)[0] < near[0])
    expect(page).to_have_url("/map")
    moved, ink = (of_graph(page, each) for each in (seen, "graph => graph._fullLayout.font.color"))
    page.locator(".theme-switch").click()
    until(page, lambda: of_graph(page, "graph => graph._fullLayout.font.color") != ink)
    assert of_graph(page, seen) == moved
    page.locator(".modebar-btn[data-title='Reset axes']").click()
    until(page, lambda: of_graph(page, seen) == whole)


def test_the_page_still_scrolls_over_the_map(page: Page) -> None:
    open_map(page)
    seen = of_graph(page, "graph => graph._fullLayout.xaxis.range")
    page.mouse.move(*place(page, "mug-070"))
    page.mouse.wheel(0, 300)
    until(page, lambda: page.evaluate("scrollY") > 200)
    assert of_graph(page, "graph => graph._fullLayout.xaxis.range") == seen


def test_the_legend_isolates_a_category(page: Page) -> None:
    open_map(page)
    shown = "graph => graph._fullData.filter(({ visible }) => visible === true).map(({ name }) => name)"
    assert of_graph(page, shown) == ["Kind 00", "Kind 01"]
    page.locator(".legendtoggle").nth(1).click()
    until(page, lambda: of_graph(page, shown) == ["Kind 01"])
    page.locator(".legendtoggle").nth(1).click()
    until(page, lambda: len(of_graph(page, shown)) == 2)


def test_the_map_comes_by_a_link_and_changes_with_the_theme_and_the_category(page: Page) -> None:
    open_page(page, "/")
    page.get_by_role("link", name="Map").click()
    drawn(page)
    page.get_by_role("link", name="Kind 01 75").click()
    expect(page.get_by_role("status")).to_have_text("75 products, page 1 of 2")
    expect(page).to_have_url("/map?category=Kind+01")
    until(page, lambda: of_graph(page, "graph => graph.data.map(({ opacity }) => opacity)") == [PALE, 0.9])
    chosen = picture(page)
    before = page.locator("html").get_attribute("data-bs-theme")
    after = "light" if before == "dark" else "dark"
    page.locator(".theme-switch").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", after)
    ink = TEMPLATES[after]["layout"]["font"]["color"]
    until(page, lambda: of_graph(page, "graph => graph._fullLayout.font.color") == ink)
    until(page, lambda: picture(page) != chosen)
    page.reload()
    drawn(page)
    assert of_graph(page, "graph => graph._fullLayout.font.color") == ink


def test_the_products_below_the_map_have_pages(page: Page) -> None:
    open_map(page)
    expect(cards(page)).to_have_count(48)
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("status")).to_have_text("150 products, page 2 of 4")
    drawn(page)
    last = cards(page).last.locator(".card-name").inner_text()
    cards(page).last.click()
    expect(heading(page)).to_have_text(last)
    page.keyboard.press("Escape")
    expect(page).to_have_url("/map?page=2")
    expect(cards(page)).to_have_count(48)


def test_it_fits_and_is_drawn_anew_in_every_window(page: Page) -> None:
    open_map(page)
    assert too_narrow(page) == []
    page.set_viewport_size({"width": 700, "height": 900})
    until(page, lambda: of_graph(page, "graph => graph._fullLayout.width") < 700)
    below = page.locator(".map .chart-map").bounding_box(), page.locator(".chips").bounding_box()
    assert below[0]
    assert below[1]
    assert below[0]["y"] + below[0]["height"] <= below[1]["y"]


def test_a_finger_sees_the_card_first_and_opens_the_product_by_it(browser: Browser, address: str) -> None:
    with visit(browser, address, allowed=POINTED, viewport=PHONE, has_touch=True, is_mobile=True) as page:
        open_map(page, "/map?category=Kind+00")
        page.touchscreen.tap(*place(page, "mug-070"))
        card = page.locator(".map-card")
        expect(card).to_have_text("Mug number 70")
        expect(page).to_have_url("/map?category=Kind+00")
        card.tap()
        expect(heading(page)).to_have_text("Mug number 70")
        expect(page.locator(".map")).to_be_hidden()
        page.go_back()
        expect(page).to_have_url("/map?category=Kind+00")
        expect(page.locator(".chart-map canvas").first).to_be_visible()


def test_a_finger_scrolls_the_page_and_moves_the_map_once_it_is_enlarged(browser: Browser, address: str) -> None:
    with visit(browser, address, allowed=POINTED, viewport=PHONE, has_touch=True, is_mobile=True) as page:
        open_map(page)
        seen = "graph => graph._fullLayout.yaxis.range"
        whole = of_graph(page, seen)
        swipe(page)
        until(page, lambda: page.evaluate("scrollY") > 100)
        assert of_graph(page, seen) == whole
        until(page, lambda: page.evaluate(AT_REST))  # a page glides on
        page.evaluate("scrollTo(0, 0)")
        page.locator(".modebar-btn[data-title='Zoom in']").tap()
        until(page, lambda: of_graph(page, "graph => graph._fullLayout.dragmode") == "pan")
        near = of_graph(page, seen)
        swipe(page)
        until(page, lambda: of_graph(page, seen)[0] < near[0])
        assert page.evaluate("scrollY") == 0
        page.locator(".modebar-btn[data-title='Reset axes']").tap()
        until(page, lambda: of_graph(page, "graph => graph._fullLayout.dragmode") is False)
        assert of_graph(page, seen) == whole


AT_REST = "new Promise((told) => { const y = scrollY; setTimeout(() => told(scrollY === y), 200); })"


def swipe(page: Page) -> None:
    """Move a finger upwards over the map."""
    touch = page.context.new_cdp_session(page)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": 200, "y": 600}]})
    for y in range(580, 380, -20):
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": 200, "y": y}]})
        page.wait_for_timeout(20)
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_product_that_was_opened_by_a_dot_keeps_the_category(browser: Browser, address: str) -> None:
    with visit(browser, address, allowed=POINTED, viewport=DESKTOP) as page:
        open_map(page, "/map?category=Kind+01")
        page.mouse.move(*place(page, "bowl-075"))
        expect(page.locator(".map-card")).to_be_visible()
        page.mouse.click(*place(page, "bowl-075"))
        expect(page).to_have_url(f"{product_address('bowl-075', '/map?category=Kind+01')}")
        page.locator(".close").click()
        expect(page).to_have_url("/map?category=Kind+01")
        expect(page.get_by_role("status")).to_have_text("75 products, page 1 of 2")


def test_without_scripts_there_are_its_products(browser: Browser, address: str) -> None:
    with visit(browser, address, java_script_enabled=False) as page:
        page.goto("/map")
        expect(cards(page)).to_have_count(48)
        page.get_by_role("link", name="Kind 01 75").click()
        expect(page.get_by_role("status")).to_have_text("75 products, page 1 of 2")
