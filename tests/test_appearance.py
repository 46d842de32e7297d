"""The look of the pages beside the pictures of tests/baselines, and how much of a change those notice."""

from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.appearance import PAGES, baseline, difference, looks, take
from tests.serving import ROOT
from tests.visiting import served, visit

FONTS = ("serif", "monospace", "Liberation Sans Narrow, Arial Narrow, sans-serif")
NO_ASIDE = ".site-aside { display: none !important } .site-main { display: block !important; flex: 1 !important }"
NO_PHOTOS = ".picture img { visibility: hidden }"
UNSTYLED = """for (const sheet of document.styleSheets) sheet.disabled ||= sheet.href?.includes("lookalike")"""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """A visitor of the demo shop with its committed lists."""
    with served(ROOT / "precomputed") as address, visit(browser, address) as visitor:
        yield visitor


def alike(page: Page, name: str, theme: str, width: int) -> bool:
    return difference(Image.open(baseline(name, theme, width)), take(page)).is_small


@pytest.mark.parametrize("name", PAGES)
def test_pages_look_as_they_did(page: Page, name: str) -> None:
    changed = [look for look in looks(page, PAGES[name]) if not alike(page, name, *look)]
    assert changed == [], "Where this is meant, take the pictures anew with python -m tests.appearance"


@pytest.mark.parametrize("font", FONTS)
def test_other_fonts_look_alike(page: Page, font: str) -> None:
    for theme, width in looks(page, PAGES["product"]):
        page.add_style_tag(content=f"* {{ font-family: {font} !important }}")
        assert alike(page, "product", theme, width)


@pytest.mark.parametrize("styles", [NO_ASIDE, NO_PHOTOS], ids=["no aside", "no photos"])
def test_a_missing_part_is_seen(page: Page, styles: str) -> None:
    for theme, width in looks(page, PAGES["product"]):
        page.add_style_tag(content=styles)
        assert not alike(page, "product", theme, width)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_without_styles_is_seen(page: Page, name: str) -> None:
    for theme, width in looks(page, PAGES[name]):
        page.evaluate(UNSTYLED)
        assert not alike(page, name, theme, width)


@pytest.mark.parametrize("name", PAGES)
def test_the_wrong_theme_is_seen(name: str) -> None:
    for width in (390, 1360):
        light, dark = (Image.open(baseline(name, theme, width)) for theme in ("light", "dark"))
        assert not difference(light, dark).is_small
