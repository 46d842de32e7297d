"""The site as files: exported by its command, served by a plain file server, and visited."""

import functools
import hashlib
import http.server
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit

import pytest
from lxml import html
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from catalogue import precomputed, writer
from catalogue.content import Extras
from catalogue.errors import ExportError
from catalogue.product import Layout
from catalogue.report import report_bytes
from catalogue.search import Query
from model.evaluation import Judged, evaluate
from storefront.export.render_site import MARK, done, export, replacing
from storefront.settings import Settings
from storefront.urls import file_name, file_of
from tests.conftest import DESKTOP, PHONE
from tests.factories import make_product
from tests.serving import ROOT, in_a_thread
from tests.shop_folder import BUILD, make_products, make_shop_folder
from tests.test_accessibility import AXE, RULES
from tests.visiting import cards, heading, similar, too_narrow, visit, visitor, watched

GL = "GL Driver Message"  # of a browser without a graphics card
ABORTED = "net::ERR_ABORTED"  # the visitor went on to the next page before it was there
IDS = ("a/b c", "ünï→", "quote\"'<b>", "100%25", "a?b=c#d", "日本 🏺", "..", ".hidden", "!'()*", "x" * 200, "→" * 90)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lists of 60 usual products, of odd ones, one without a photo, and one sold out."""
    usual = make_products(60)
    odd = [replace(usual[0], id=each, title=f"Id {number}") for number, each in enumerate(IDS)]
    others = [
        replace(make_product("no-photo"), title="Unseen", product_type="Odd > ../Ends & «bits»"),
        replace(usual[1], id="sold", title="Café cup", availability="out_of_stock", brand="Crème & Co"),
    ]
    return make_shop_folder(tmp_path_factory.mktemp("lists"), [*usual, *odd, *others])


@pytest.fixture(scope="module")
def host(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A host's files: the site lies in its folder `shop/window`."""
    host = tmp_path_factory.mktemp("host")
    run("export", host / "shop" / "window", "--precomputed", folder)
    return host


@pytest.fixture(scope="module")
def top(host: Path) -> Path:
    return host / "shop" / "window"


@pytest.fixture(scope="module")
def address(host: Path) -> Iterator[str]:
    with file_server(host) as server:
        yield f"{server}/shop/window/"


@pytest.fixture(scope="module")
def visitor_of(browser: Browser, address: str) -> Iterator[BrowserContext]:
    context = visitor(browser, address, viewport=DESKTOP, permissions=["clipboard-read", "clipboard-write"])
    yield context
    context.close()


@pytest.fixture
def page(visitor_of: BrowserContext) -> Iterator[Page]:
    """A tab with the exported site: any error on the console fails the test, and any request that fails."""
    with watched(visitor_of) as tab:
        failed: list[str] = []
        tab.on("response", lambda answer: failed.append(answer.url) if answer.status >= 400 else None)
        tab.on("requestfailed", lambda asked: failed.append(asked.url) if asked.failure != ABORTED else None)
        yield tab
        assert failed == []


@contextmanager
def file_server(folder: Path) -> Iterator[str]:
    """The address of a server that knows nothing but the files of `folder`."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    handler = functools.partial(Quiet, directory=str(folder))
    with in_a_thread(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)) as port:
        yield f"http://127.0.0.1:{port}"


def run(*arguments: object, status: int = 0) -> "subprocess.CompletedProcess[str]":
    """The command with these arguments."""
    command = [sys.executable, "-m", "storefront", *map(str, arguments)]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == status, answer.stderr
    return answer


def untracked(done: Iterable[int], _: int) -> nullcontext[Iterable[int]]:
    return nullcontext(done)


def exported(folder: Path, out: Path, **settings: str) -> Path:
    export(folder, out, Settings(**settings), untracked)  # type: ignore[arg-type] # only texts are set here
    return out


def content(folder: Path) -> dict[str, str]:
    """The hash of each file."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def links(page: Path) -> Iterator[str]:
    """All addresses of a page."""
    for element in html.fromstring(page.read_bytes()).iter("*"):
        for name in ("href", "src", "action", "data-search"):
            if (value := element.get(name)) is not None:
                yield value
        for source in (element.get("srcset") or "").split(", "):
            yield source.split(" ")[0]


def test_the_catalogue_is_browsed_page_by_page_and_category_by_category(page: Page) -> None:
    page.goto("")
    expect(cards(page)).to_have_count(48)
    expect(page.locator(".site-nav a[aria-current]")).to_have_text("Browse")
    page.get_by_role("link", name="Next").click()
    expect(page.locator(".result-count")).to_contain_text("page 2 of 2")
    page.locator(".chip", has_text="Bowls").click()
    expect(page.locator("#main h1")).to_have_text("Bowls")
    expect(cards(page)).to_have_count(31)
    page.locator(".chip", has_text="«bits»").click()
    expect(cards(page)).to_have_count(1)
    expect(page.locator(".sorting")).to_have_count(0)


def test_a_product_stands_alone_and_closing_it_leads_to_the_list_before_it(page: Page) -> None:
    page.goto("c/Bowls-1.html")
    cards(page).nth(3).click()
    expect(heading(page)).to_have_text("Bowl number 7")
    expect(page.locator("#main")).to_be_hidden()
    expect(similar(page)).to_have_count(12)
    similar(page).first.click()
    expect(heading(page)).not_to_have_text("Bowl number 7")
    expect(page.locator(".trail a")).to_have_count(2)
    expect(page.locator(".trail a[aria-current]")).to_have_attribute("title", heading(page).inner_text())
    page.go_back()
    expect(heading(page)).to_have_text("Bowl number 7")
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(r"/c/Bowls-1\.html$"))


def test_a_product_that_is_opened_first_leads_to_the_catalogue_and_its_category(page: Page) -> None:
    page.goto("p/mug-000.html")
    page.get_by_role("link", name="Close").click()
    expect(cards(page)).to_have_count(48)
    page.go_back()
    page.locator(".breadcrumbs a").last.click()
    expect(page.locator("#main h1")).to_have_text("Mugs")


def test_a_link_is_copied_and_the_theme_is_kept(page: Page) -> None:
    page.goto("p/mug-000.html")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Link copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    page.locator(".theme-switch").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.goto("map/1.html")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_the_keyboard_leads_through_a_grid_and_to_the_search(page: Page) -> None:
    page.goto("")
    cards(page).first.focus()
    page.keyboard.press("ArrowRight")
    expect(cards(page).nth(1)).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_label("Search")).to_be_focused()


def test_a_search_leads_to_its_page_and_goes_on_there(page: Page) -> None:
    page.goto("p/mug-000.html")
    page.get_by_label("Search").fill("cafe")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/shop/window/search\.html\?q=cafe$"))
    expect(cards(page)).to_have_count(1)
    expect(cards(page).first).to_contain_text("Sold out")
    expect(page.locator("#main h1")).to_have_text("Results for “cafe”")
    assert page.title() == "Results for “cafe” – Lookalike"
    page.get_by_label("Search").fill("bowl numb")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("30 products")
    expect(page).to_have_url(re.compile(r"q=bowl\+numb$"))
    page.get_by_label("Search").fill("<img src=x onerror=alert(1)>")
    page.keyboard.press("Enter")
    expect(page.locator(".nothing")).to_contain_text("Nothing matches “<img")
    page.get_by_label("Search").fill("")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("73 products, page 1 of 2")
    page.get_by_role("link", name="Next").click()
    expect(cards(page)).to_have_count(25)
    cards(page).first.focus()
    page.keyboard.press("ArrowRight")
    expect(cards(page).nth(1)).to_be_focused()
    cards(page).nth(1).click()
    expect(heading(page)).to_be_visible()
    page.get_by_role("link", name="Close").click()
    expect(cards(page)).to_have_count(25)


def test_the_search_finds_what_the_server_finds_in_the_same_words(page: Page, folder: Path) -> None:
    shop = precomputed.load(folder)
    for text in ("mug", "mug number 1", "NUMBER", "kitch", "creme co", "", "shop", "bowl-0", "«", "ünï", "日本"):
        page.goto(f"search.html?q={quote(text)}")
        found = shop.search(Query(text), 0).total
        expect(page.get_by_role("status")).to_contain_text(re.compile(rf"^{found} product"))


@pytest.mark.parametrize("product_id", IDS)
def test_ids_of_all_kinds_have_a_page_and_answers(page: Page, address: str, top: Path, product_id: str) -> None:
    title = f"Id {IDS.index(product_id)}"
    page.goto(f"search.html?q={quote(title)}")
    cards(page).filter(has=page.get_by_text(title, exact=True)).click()
    expect(heading(page)).to_have_text(title)
    name = file_name(product_id)
    for kind in ("products", "similar"):
        assert json.loads((top / "api" / "v1" / kind / f"{name}.json").read_text())["id"] == product_id
    if not name.startswith("sha256="):
        wanted = f"{address}api/v1/similar/{{}}.json"
        computed = page.evaluate(
            """async ([id, wanted]) => {
              const sign = (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase();
              const name = encodeURIComponent(id).replace(/[!'()*]|^\\./g, sign);
              return (await (await fetch(wanted.replace("{}", encodeURIComponent(name)))).json()).similar.length;
            }""",
            [product_id, wanted],
        )
        assert computed == 12


@pytest.mark.parametrize("path", ["search.html?q=mug", "search.html?q=unicorn", "p/mug-000.html"])
def test_axe_finds_nothing(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.locator("h1")).to_be_visible()
    found = AXE.run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("product_id", ["mug-000", "a/b c", "!'()*", ".hidden"])
def test_the_widget_reads_the_files(page: Page, host: Path, product_id: str) -> None:
    tag = f'<script src="window/lookalike.js" data-product="{product_id}" data-static defer></script>'
    (host / "shop" / "page.html").write_text(
        f'<!doctype html><title>Shop</title><link rel="icon" href="data:,"><body>{tag}'
    )
    page.goto("../page.html")
    photo = page.locator("lookalike-similar img").first
    photo.scroll_into_view_if_needed()
    expect(photo).to_be_visible()
    page.wait_for_function("photo => photo.naturalWidth > 0", arg=photo.element_handle())


def test_a_phone_shows_a_product_alone(browser: Browser, address: str) -> None:
    with visit(browser, address, viewport=PHONE, has_touch=True) as page:
        page.goto("")
        cards(page).first.click()
        expect(heading(page)).to_be_visible()
        expect(page.locator("#main")).to_be_hidden()
        for path in ("", "p/mug-000.html", "search.html?q=mug", "map/1.html", "report.html"):
            page.goto(path)
            assert too_narrow(page) == [], path


def test_without_scripts_the_pages_are_whole(browser: Browser, address: str) -> None:
    with visit(browser, address, viewport=DESKTOP, java_script_enabled=False) as page:
        page.goto("p/mug-000.html")
        expect(page.locator("#main")).to_be_hidden()
        expect(similar(page)).to_have_count(12)
        page.goto("search.html")
        expect(page.locator("noscript .nothing, .nothing").first).to_contain_text("JavaScript")


def test_files_are_browsed_without_a_server(browser: Browser, top: Path) -> None:
    with visit(browser, top.as_uri(), viewport=DESKTOP) as page:
        page.goto(f"{top.as_uri()}/index.html")
        assert page.evaluate("getComputedStyle(document.querySelector('.product-grid')).display") == "grid"
        cards(page).first.click()
        expect(heading(page)).to_be_visible()
        expect(page.locator("#main")).to_be_hidden()
        similar(page).first.click()
        expect(page.locator(".trail a")).to_have_count(2)
        page.goto(f"{top.as_uri()}/map/1.html")
        page.goto(f"{top.as_uri()}/search.html?q=mug")
        expect(page.get_by_role("status")).to_contain_text("web server")


def test_every_link_leads_to_a_file(top: Path) -> None:
    pages = [path for path in top.rglob("*.html") if path.name != "404.html"]
    assert len(pages) > 80
    for path in pages:
        base = path.relative_to(top).as_posix()
        for link in links(path):
            if link.startswith(("https://shop.example/", "data:", "#")):
                continue
            assert not link.startswith("/"), (base, link)
            target = unquote(urlsplit(urljoin(f"http://host/{quote(base)}", link)).path)[1:]
            assert (top / target).exists(), (base, link)


def test_the_page_of_what_is_not_there_knows_the_top_of_the_host(folder: Path, top: Path, tmp_path: Path) -> None:
    assert {link for link in links(top / "404.html") if not link.startswith(("/", "#"))} == {""}
    named = exported(folder, tmp_path / "site", public_url="https://shop.example/window")
    for link in links(named / "404.html"):
        assert link.startswith(("/window/", "https://shop.example/window/", "#")) or not link
    assert not list(top.glob("sitemap*"))


def test_with_a_public_address_engines_and_programs_are_told_it(folder: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    run("export", site, "--precomputed", folder, "--public-url", "https://shop.example/window/")
    locations = re.findall("<loc>(.*?)</loc>", (site / "sitemap.xml").read_text())
    assert "https://shop.example/window/p/mug-000.html" in locations
    for location in locations:
        assert (site / unquote(location.removeprefix("https://shop.example/window/"))).is_file(), location
    robots = (site / "robots.txt").read_text()
    assert "Disallow: /window/api/" in robots
    assert "Sitemap: https://shop.example/window/sitemap.xml" in robots
    said = (site / "p" / "mug-000.html").read_text()
    assert '<link rel="canonical" href="https://shop.example/window/p/mug-000.html">' in said
    assert json.loads((site / "api/v1/products/mug-000.json").read_text())["links"] == {
        "page": "https://shop.example/window/p/mug-000.html",
        "self": "https://shop.example/window/api/v1/products/mug-000.json",
        "similar": "https://shop.example/window/api/v1/similar/mug-000.json",
    }


def test_the_answers_of_the_api_are_files(folder: Path, top: Path) -> None:
    here, listed = top / "api" / "v1" / "pages", []
    following = "1.json"
    while following:
        page = json.loads((here / unquote(following)).read_text())
        listed += page["products"]
        following = page["links"]["next"]
    assert len(listed) == page["total"] == len(precomputed.load(folder))
    for product in listed:
        for address in product["links"].values():
            assert (here / unquote(address)).is_file(), address
        if product["image"]:
            assert (here / product["image"]["small"]).is_file()


def test_equal_lists_give_equal_bytes(folder: Path, top: Path, tmp_path: Path) -> None:
    assert content(exported(folder, tmp_path / "site")) == content(top)


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_processes_share_the_work_and_their_errors(folder: Path, top: Path, tmp_path: Path) -> None:
    export(folder, tmp_path / "site", Settings(), untracked, processes=3)
    assert content(tmp_path / "site") == content(top)

    def failing(product_id: str) -> int:
        raise ExportError(product_id)

    with pytest.raises(ExportError, match="a"):
        list(done(failing, ["a", "a", "a"], 2))
    with pytest.raises(ExportError, match="from outside"):
        list(done(lambda _: os._exit(9), ["a", "b"], 2))


def test_two_exports_to_one_folder_are_one_too_many(folder: Path, tmp_path: Path) -> None:
    with replacing(tmp_path / "site"), pytest.raises(ExportError, match="another process"):
        exported(folder, tmp_path / "site")


def test_images_may_lie_elsewhere(folder: Path, tmp_path: Path) -> None:
    bare = shutil.copytree(folder, tmp_path / "lists", ignore=shutil.ignore_patterns("images"))
    site = exported(bare, tmp_path / "site", image_base="https://cdn.example/")
    assert not (site / "images").exists()
    said = (site / "index.html").read_text()
    assert 'src="https://cdn.example/' in said
    assert "img-src &#39;self&#39; data: blob: https://cdn.example;" in said


def test_pages_say_a_policy_without_inline_scripts(top: Path) -> None:
    for path in top.rglob("*.html"):
        document = html.fromstring(path.read_bytes())
        (policy,) = document.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
        assert "script-src 'self';" in policy
        assert all(each.get("src") or each.get("type") == "application/ld+json" for each in document.iter("script"))


@pytest.fixture(scope="module")
def figured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with a report and a map, on which 60 products stand in rows."""
    products = [replace(each, product_type=f"Kind & {number % 12:02}") for number, each in enumerate(make_products(60))]
    folder = make_shop_folder(tmp_path_factory.mktemp("figured"), products)
    shop = precomputed.load(folder)
    ids = [each.id for each in products]
    lists = {each: shop.neighbours(each) for each in ids}
    places = {each: (800 + 1000 * (number % 9), 1000 + 1000 * (number // 9)) for number, each in enumerate(ids)}
    labels = {each.id: each.category for each in products}
    report = evaluate([Judged("shop", lists)], labels, [], products, ids, random_pairs=[-0.2, 0.1, 0.3])
    extras = Extras(layout=Layout(places, len(ids)), report=report_bytes(report))
    writer.write(folder, BUILD, list(shop), lists, extras=extras)
    return exported(folder, tmp_path_factory.mktemp("site") / "below")


@pytest.fixture
def figures(browser: Browser, figured: Path) -> Iterator[Page]:
    with (
        file_server(figured.parent) as address,
        visit(browser, f"{address}/below/", allowed=GL, viewport=DESKTOP) as page,
    ):
        yield page


def place(graph: Locator, product_id: str) -> tuple[float, float]:
    """Where the dot of a product is seen."""
    expect(graph.locator(".main-svg").first).to_be_visible()
    graph.scroll_into_view_if_needed()
    x, y = graph.evaluate(
        """(graph, id) => {
          const { data, _fullLayout: { xaxis, yaxis } } = graph;
          const { left, top } = graph.getBoundingClientRect();
          const [[trace, place]] = data.flatMap((trace) => trace.customdata.flatMap(
            ([address], place) => (address.endsWith(`/${id}.html`) ? [[trace, place]] : [])));
          return [left + xaxis._offset + xaxis.d2p(trace.x[place]), top + yaxis._offset + yaxis.d2p(trace.y[place])];
        }""",
        product_id,
    )
    return x, y


def test_a_dot_of_the_map_shows_its_product_and_leads_to_it(figures: Page) -> None:
    figures.goto("map/1.html")
    graph, card = figures.locator(".chart-map"), figures.locator(".map-card")
    x, y = place(graph, "bowl-031")
    figures.mouse.move(x, y)
    expect(card).to_have_text("Bowl number 31")
    figures.wait_for_function("document.querySelector('.map-card img').naturalWidth > 0")
    shown, box = card.bounding_box(), graph.bounding_box()
    assert shown
    assert box
    assert box["x"] <= shown["x"] <= box["x"] + box["width"] - shown["width"]
    assert box["y"] <= shown["y"] <= box["y"] + box["height"] - shown["height"]
    figures.mouse.move(x, box["y"] + 3)
    expect(card).to_be_hidden()
    figures.mouse.move(x, y)
    expect(card).to_be_visible()
    figures.mouse.down()
    figures.mouse.up()
    expect(figures).to_have_url(re.compile(r"/below/p/bowl-031\.html$"))
    expect(heading(figures)).to_have_text("Bowl number 31")


def test_a_finger_sees_the_product_of_a_dot_before_it_opens(browser: Browser, figured: Path) -> None:
    with (
        file_server(figured) as address,
        visit(browser, f"{address}/", allowed=GL, viewport=PHONE, has_touch=True, is_mobile=True) as page,
    ):
        page.goto("map/1.html")
        page.touchscreen.tap(*place(page.locator(".chart-map"), "bowl-031"))
        expect(page.locator(".map-card")).to_have_text("Bowl number 31")
        page.locator(".map-card").tap()
        expect(heading(page)).to_have_text("Bowl number 31")


@pytest.mark.parametrize("number", [1, 11])
def test_a_category_sets_its_dots_off(figures: Page, figured: Path, number: int) -> None:
    """Also one that has no colour of its own."""
    opaque = """document.querySelector(".chart-map").data.flatMap(({ marker, customdata }) =>
      customdata.filter((_, dot) => (marker.opacity?.[dot] ?? 1) === 1).map(([, , , category]) => category))"""
    figures.goto("map/1.html")
    place(figures.locator(".chart-map"), "mug-000")
    assert len(figures.evaluate(opaque)) == 60
    figures.locator(".chip", has_text=f"Kind & {number:02}").click()
    expect(figures).to_have_url(re.compile(rf"/map/Kind%2520%2526%2520{number:02}-1\.html$"))
    place(figures.locator(".chart-map"), "mug-000")
    assert figures.evaluate(opaque) == [f"Kind & {number:02}"] * 5
    assert [path.name for path in (figured / "figures").glob("map*")] == ["map.json"]


def test_graphs_follow_the_theme(figures: Page) -> None:
    figures.goto("report.html")
    graphs = figures.locator(".chart")
    expect(graphs.locator(".main-svg:first-child")).to_have_count(graphs.count())
    assert graphs.count() >= 3
    fill = "document.querySelector('.chart-precision .legendtext').style.fill"
    before = figures.evaluate(fill)
    figures.locator(".theme-switch").click()
    figures.wait_for_function(f"{fill} !== '{before}'")
    assert figures.evaluate(fill) == "rgb(232, 234, 237)"
    figures.reload()
    figures.wait_for_function(f"{fill} === 'rgb(232, 234, 237)'")


def test_plotly_is_loaded_for_graphs_alone(figures: Page) -> None:
    asked: list[str] = []
    figures.on("request", lambda request: asked.append(request.url))
    for path, count in (("", 0), ("p/mug-000.html", 0), ("search.html", 0), ("report.html", 1), ("map/1.html", 1)):
        asked.clear()
        figures.goto(path, wait_until="networkidle")
        assert sum("plotly" in url for url in asked) == count, path


@pytest.mark.parametrize("scripts", [True, False])
def test_without_a_server_or_scripts_cards_and_tables_stand_for_graphs(
    browser: Browser, figured: Path, scripts: bool
) -> None:
    with visit(browser, figured.as_uri(), viewport=DESKTOP, java_script_enabled=scripts) as page:
        page.goto(f"{figured.as_uri()}/map/1.html")
        expect(page.locator(".map")).to_be_hidden()
        expect(cards(page)).to_have_count(48)
        page.goto(f"{figured.as_uri()}/report.html")
        expect(page.locator("table").first).to_be_visible()
        for chart in page.locator(".chart").all():
            expect(chart).to_be_hidden()
        page.goto(f"{figured.as_uri()}/p/mug-000.html")
        expect(page.locator(".site-main")).to_be_hidden()


@pytest.mark.parametrize("path", ["map/1.html", "report.html"])
def test_axe_finds_nothing_about_graphs(figures: Page, path: str) -> None:
    figures.goto(path)
    expect(figures.locator(".main-svg").first).to_be_visible()
    found = AXE.run(figures, options=RULES)
    assert found.violations_count == 0, found.generate_report()


def test_links_of_figures_lead_to_files(figured: Path) -> None:
    drawn = json.loads((figured / "figures" / "map.json").read_text())["figure"]["data"]
    told = [dot for trace in drawn for dot in trace["customdata"]]
    assert len(told) == 60
    for address, title, photo, _ in told:
        assert title
        assert (figured / "figures" / unquote(address)).is_file()
        assert (figured / "figures" / photo).is_file()


@pytest.mark.parametrize("count", [1, 5])
def test_small_catalogues(browser: Browser, tmp_path: Path, count: int) -> None:
    site = exported(make_shop_folder(tmp_path / "lists", make_products(count)), tmp_path / "site")
    with file_server(site) as address, visit(browser, f"{address}/", viewport=DESKTOP) as page:
        page.goto("")
        expect(cards(page)).to_have_count(count)
        cards(page).first.click()
        expect(similar(page)).to_have_count(count - 1)


def test_a_renewed_site_takes_the_place_of_the_former(tmp_path: Path) -> None:
    site = exported(make_shop_folder(tmp_path / "one", make_products(3)), tmp_path / "site")
    exported(make_shop_folder(tmp_path / "other", make_products(2)), site)
    assert {path.name for path in (site / "p").iterdir()} == {"mug-000.html", "bowl-001.html"}
    assert {path.name for path in tmp_path.iterdir()} == {"one", "other", "site"}


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    folder = make_shop_folder(tmp_path / "lists", make_products(2))
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "thesis.txt").write_text("mine")
    answer = run("export", tmp_path / "site", "--precomputed", folder, status=20)
    assert answer.stderr.count("\n") == 1
    assert "did not write" in answer.stderr
    assert content(tmp_path / "site").keys() == {"thesis.txt"}
    (tmp_path / "file").write_text("mine")
    run("export", tmp_path / "file", "--precomputed", folder, status=20)


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    exported(make_shop_folder(tmp_path / "lists", make_products(2)), tmp_path / "site")
    assert (tmp_path / "site" / MARK).is_file()


def test_without_lists_nothing_is_written(tmp_path: Path) -> None:
    answer = run("export", tmp_path / "site", "--precomputed", tmp_path / "nothing", status=16)
    assert "no manifest.json" in answer.stderr
    assert not (tmp_path / "site").exists()
    run("export", tmp_path / "site", "--public-url", "shop.example", status=18)


SHARED = """import sys
from contextlib import nullcontext
from pathlib import Path
from storefront.export.render_site import export
from storefront.settings import Settings
export(*map(Path, sys.argv[1:]), Settings(), lambda done, _: nullcontext(done), 2)"""


@pytest.mark.parametrize("shared", [False, True])
def test_an_export_that_is_killed_leaves_the_former_site(folder: Path, tmp_path: Path, shared: bool) -> None:
    """Its workers end with it, so that the next export finds the draft free."""
    site = exported(make_shop_folder(tmp_path / "lists", make_products(3)), tmp_path / "site")
    before = content(site)
    alone = ["-m", "storefront", "export", str(site), "--precomputed", str(folder)]
    command = [sys.executable, *(["-c", SHARED, str(folder), str(site)] if shared else alone)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as killed:
        while killed.poll() is None and not (tmp_path / ".site.draft" / "new" / "p").is_dir():
            time.sleep(0.005)
        os.kill(killed.pid, signal.SIGKILL)
    assert content(site) == before
    assert content(exported(folder, site)) != before
    assert {path.name for path in tmp_path.iterdir()} == {"lists", "site"}


def test_a_failure_leaves_the_former_site(folder: Path, tmp_path: Path) -> None:
    site = exported(make_shop_folder(tmp_path / "lists", make_products(3)), tmp_path / "site")
    before = content(site)

    def failing(_: Iterable[int], __: int) -> nullcontext[Iterable[int]]:
        raise ExportError("stopped")

    with pytest.raises(ExportError):
        export(folder, site, Settings(), failing)
    assert content(site) == before


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/", "index.html"),
        ("/?page=2", "all/2.html"),
        ("/?category=Mugs", "c/Mugs-1.html"),
        ("/?category=Mugs-1&page=2", "c/Mugs-1-2.html"),
        ("/?category=..%2F&page=3", "c/%2E.%2F-3.html"),
        ("/p/a%2Fb", "p/a%2Fb.html"),
        ("/map", "map/1.html"),
        ("/map?category=Mugs&page=2", "map/Mugs-2.html"),
        ("/map/0123456789ab/4.json", "map/0123456789ab/4.json"),
        ("/api/v1/products/a%2Fb/similar", "api/v1/similar/a%2Fb.json"),
        ("/api/v1/products/a%2Fsimilar", "api/v1/products/a%2Fsimilar.json"),
        ("/api/v1/products?per_page=100&page=7", "api/v1/pages/7.json"),
        (f"/p/{'x' * 201}", f"p/sha256={hashlib.sha256(b'x' * 201).hexdigest()}.html"),
    ],
)
def test_each_address_is_a_file(address: str, name: str) -> None:
    assert file_of(address) == name
