"""Visits to the shop in a real browser. Whatever goes wrong on a page fails the test that opened it."""

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.serving import serving

PATIENCE = 30_000  # milliseconds: graphs come with a large script, and other tests run beside
NO_CARD = "GPU stall due to ReadPixels"


def served(folder: Path, **environment: str) -> AbstractContextManager[str]:
    """The address of the shop whose lists are in `folder`, behind gunicorn with these variables."""
    variables = {"PRECOMPUTED_DIR": str(folder), **environment}
    return serving([sys.executable, "-m", "gunicorn", "app:server"], environment=variables)


@contextmanager
def visit(browser: Browser, address: str, *, allowed: str = "", **options: Any) -> Iterator[Page]:
    """A page of a visitor of their own, to whom paths are relative to `address`, watched as below."""
    context = visitor(browser, address, **options)
    try:
        with watched(context, allowed) as page:
            yield page
    finally:
        context.close()


def visitor(browser: Browser, address: str, **options: Any) -> BrowserContext:
    context = browser.new_context(base_url=address, **options)
    context.set_default_timeout(10_000)
    return context


@contextmanager
def watched(context: BrowserContext, allowed: str = "") -> Iterator[Page]:
    """A tab. At the end it raises AssertionError when something went wrong in it.

    That is each error of a script, each error or warning of the console (the policy's violations are such) and each
    request that is not a GET, as no click asks Dash; but for those that hold what the pattern `allowed` finds, and for
    a remark of Chromium on graphs that are drawn without a graphics card.
    """
    page, wrong = context.new_page(), list[str]()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda each: wrong.append(each.text) if each.type in ("error", "warning") else None)
    page.on("request", lambda asked: wrong.append(f"{asked.method} {asked.url}") if asked.method != "GET" else None)
    try:
        yield page
    finally:
        page.close()
    fine = re.compile(f"{NO_CARD}|{allowed}" if allowed else NO_CARD)
    unexpected = [each for each in wrong if not fine.search(each)]
    if unexpected:
        raise AssertionError("\n".join(unexpected))


def open_page(page: Page, path: str) -> None:
    """Go to a page and wait until the scripts have taken it over."""
    page.goto(path)
    taken_over(page)


def taken_over(page: Page) -> None:
    expect(page.locator("#first")).to_have_count(0, timeout=PATIENCE)


def cards(page: Page) -> Locator:
    """The products of the catalogue's page."""
    return page.locator("#main .product-card")


def similar(page: Page) -> Locator:
    """The products of the first list."""
    return page.locator("#product .similar-grid").first.locator(".product-card")


def card(page: Page, title: str) -> Locator:
    """A product of the catalogue's page."""
    return cards(page).filter(has=page.get_by_text(title, exact=True))


def heading(page: Page) -> Locator:
    """The name of the product that is shown."""
    return page.locator("#product h1")


def too_narrow(page: Page, widths: Sequence[int] = (320, 390, 800, 1360)) -> list[int]:
    """Those widths of the window in which something is wider than it."""
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(width)
    return found
