"""The report as a page of the shop: its figures, its pictures, and what it says when there is little to say."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from catalogue import writer
from catalogue.content import Extras
from catalogue.precomputed import load
from catalogue.report import Report, report_bytes
from model.evaluation import Judged, evaluate
from storefront import create_app
from storefront.components import formatting
from storefront.components.render import to_html
from storefront.export.static_page import graphs_of
from storefront.pages import page_at
from storefront.pages.page import Page
from storefront.settings import Settings
from tests.shop_folder import BUILD, make_products, make_shop_folder
from tests.visiting import open_page, served, visit

COVERING = """[...document.querySelectorAll("#react-entry-point .chart")].filter((chart) =>
  [chart, ...chart.querySelectorAll(".main-svg")].some((part) =>
    part.getBoundingClientRect().bottom > chart.nextElementSibling.getBoundingClientRect().top + 1)
  ).map((chart) => chart.id)"""
HOSTILE = "<script>alert(1)</script>"


def make_report(folder: Path, *, judged: bool = True, ways: int = 2) -> Report:
    """Of the lists in the folder, each further way turned by some places."""
    shop = load(folder)
    products = list(shop.products)
    lists = {each.id: shop.neighbours(each.id) for each in products}
    turned = [
        Judged(["shop", "raw cosine"][way], {own: [*near[way:], *near[:way]] for own, near in lists.items()})
        for way in range(ways)
    ]
    labels = {each.id: each.category for each in products} if judged else {}
    ids = [each.id for each in products]
    return evaluate(turned, labels, [ids[:2], ids[2:17]], products, ids, random_pairs=[-0.2, 0.1, 0.3])


def reported(folder: Path, report: Report, language: str = "en") -> Page:
    """The report's page of the shop in the folder, written anew with it."""
    shop = load(folder)
    lists = {each.id: shop.stored(each.id) for each in shop.products}
    writer.write(folder, BUILD, list(shop), lists, extras=Extras(report=report_bytes(report)))
    return page_at(create_app(folder, Settings(language=language)).context, "/report")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    products = make_products(24)
    return make_shop_folder(tmp_path, [replace(products[0], title=HOSTILE), *products[1:]])


def text_of(page: Page) -> str:
    return re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", str(to_html(page.main)))).strip()


def test_the_figures_are_those_of_the_report(folder: Path) -> None:
    report = make_report(folder)
    page = reported(folder, report)
    text = text_of(page)
    ten = report.precisions[-1]
    assert f"Of ten products shown, {10 * ten.scores[0].share.value:.1f} are from the same category" in text
    assert f"at random it would be {10 * ten.chance:.1f}" in page.description
    for heading in ("The first place", "The first 5 places", "The first 10 places", "Bowls 12", "Mugs 12"):
        assert heading in text
    served = report.ways[0]
    assert f"{served.covered.count} of 24 products are shown in the first ten places" in text
    assert f"Unevenness (Gini) {served.gini.value:.2f}" in text
    assert "17 products have a photo that another product has too" in text
    assert all(f"{band.least.value:.2f}" in text for band in report.bands.bands) if report.bands else False


def test_every_picture_is_a_link_to_its_product(folder: Path) -> None:
    report = make_report(folder)
    html = str(to_html(reported(folder, report).main))
    linked = re.findall(r'href="/p/([^"?]*)[?]from=report"', html)
    hubs, twins = (
        [hub.product_id for hub in report.ways[0].hubs],
        [*report.duplicates.shown[0][:12], *report.duplicates.shown[1]],
    )
    worst = [
        product_id
        for each in report.worst
        for product_id in (each.product_id, *(place.product_id for place in each.places))
    ]
    assert len(linked) == len(hubs) + len(twins) + len(worst)
    assert set(linked) == {*hubs, *twins, *worst}
    assert html.count("<img") == len(linked)
    assert len(report.worst) == 20
    assert "and 3 more" in html
    assert HOSTILE not in html


def test_tables_have_captions_and_heads(folder: Path) -> None:
    html = str(to_html(reported(folder, make_report(folder)).main))
    tables = re.findall(r"<table.*?</table>", html, re.DOTALL)
    assert len(tables) == 5
    assert all("<caption" in table and 'scope="col"' in table and 'scope="row"' in table for table in tables)


def test_charts_show_the_numbers_of_the_tables_under_them(folder: Path) -> None:
    report = make_report(folder)
    figures = {graph.id["index"]: graph.figure for graph in graphs_of(reported(folder, report).main)}
    assert list(figures) == ["precision", "categories", "similarities", "exposure"]
    served, plain, chance, best = figures["precision"]["data"]
    shares = [at.scores[0].share for at in report.precisions]
    assert served["x"] == pytest.approx([share.value for share in shares], abs=1e-4)
    intervals = zip(served["error_x"]["arrayminus"], served["error_x"]["array"], strict=True)
    assert [low + high for low, high in intervals] == pytest.approx([s.high - s.low for s in shares], abs=2e-4)
    assert plain["name"] == "Plain cosine"
    assert chance["x"] == pytest.approx([at.chance for at in report.precisions], abs=1e-4)
    assert best["x"] == pytest.approx([at.reachable for at in report.precisions], abs=1e-4)
    assert figures["exposure"]["data"][0]["y"] == list(report.ways[0].listings)
    of_lists, at_random = figures["similarities"]["data"]
    assert sum(of_lists["y"]) == pytest.approx(1)
    assert sum(at_random["y"]) == pytest.approx(1)


def test_without_categories_the_report_says_so(folder: Path) -> None:
    page = reported(folder, make_report(folder, judged=False))
    text = text_of(page)
    assert "do not name two categories" in page.description
    assert "Category by category" not in text
    assert "least similar to the product" in text
    assert "Shown somewhere" in text


def test_one_way_has_no_difference(folder: Path) -> None:
    text = text_of(reported(folder, make_report(folder, ways=1)))
    assert "Plain cosine" not in text
    assert "Difference" not in text


def test_a_build_without_a_report_says_what_to_do(folder: Path) -> None:
    page = page_at(create_app(folder, Settings()).context, "/report")
    assert "python -m model build" in text_of(page)
    assert not page.indexed


def test_numbers_are_written_as_in_the_language(folder: Path) -> None:
    text = text_of(reported(folder, make_report(folder), "de"))
    assert "Wie gut die Listen sind" in text
    assert re.search(r"\d,\d\d bis \d,\d\d", text)
    assert "100\xa0%" in str(to_html(reported(folder, make_report(folder), "de").main))


@pytest.mark.parametrize(
    ("share", "english", "german"),
    [(0.764, "76%", "76\xa0%"), (0.004, "0.4%", "0,4\xa0%"), (0.997, "99.7%", "99,7\xa0%"), (1.0, "100%", "100\xa0%")],
)
def test_shares_have_a_decimal_near_the_ends(share: float, english: str, german: str) -> None:
    assert (formatting.percent(share, "en"), formatting.percent(share, "de")) == (english, german)


def test_differences_have_a_sign() -> None:
    assert [formatting.signed(value, "en") for value in (0.31, -0.26, 0.04, -0.04)] == ["+0.3", "−0.3", "0.0", "0.0"]


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 360)])
def test_a_browser_shows_it_without_scrolling_sideways(browser: Browser, folder: Path, theme: str, width: int) -> None:
    reported(folder, make_report(folder))
    size = {"width": width, "height": 800}
    with served(folder) as address, visit(browser, address, color_scheme=theme, viewport=size) as page:
        open_page(page, "/report")
        assert page.evaluate("document.documentElement.scrollWidth") == width
        charts = page.locator("#react-entry-point .chart .main-svg")
        expect(charts.first).to_be_visible()
        expect(page.locator("#react-entry-point .chart-precision .bars path").first).to_be_visible()
        assert page.evaluate(COVERING) == []
        page.locator(".photo").first.click()
        expect(page.locator(".product-title")).to_be_visible()
        assert page.locator(".report").is_visible() == (width > 992)
