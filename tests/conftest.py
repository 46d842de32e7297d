"""What tests of the site share: the app of a folder, a real browser, a shop of 60 products, and a visitor."""

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from storefront.app import Storefront, create_app
from storefront.context import Context
from storefront.settings import Settings
from tests.browser import launch
from tests.serving import ROOT
from tests.shop_folder import make_products, make_shop_folder
from tests.visiting import served, visit, visitor, watched

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1360, "height": 900}

SLOWEST = ("test_readme", "test_crash", "test_vgg16", "test_oscar", "test_quality", "test_benchmarks")

hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slowest modules first: of two processes that share the modules none has the last of them to itself."""
    items.sort(key=lambda item: not item.path.name.startswith(SLOWEST))


@pytest.fixture(scope="module")
def app(folder: Path) -> Storefront:
    """The site of the module's own `folder`."""
    return create_app(folder, Settings())


@pytest.fixture(scope="module")
def context(app: Storefront) -> Context:
    return app.context


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A shop of 60 products in two categories."""
    with served(make_shop_folder(tmp_path_factory.mktemp("served"), make_products(60))) as shop:
        yield shop


@pytest.fixture(scope="session")
def demo() -> Iterator[str]:
    """The demo shop with its committed lists."""
    with served(ROOT / "precomputed") as shop:
        yield shop


@pytest.fixture(scope="module")  # not of the session: tests of other modules start Playwright themselves
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def desktop(browser: Browser, address: str) -> BrowserContext:
    """A visitor who comes again and again, and so has the scripts already."""
    return visitor(browser, address, viewport=DESKTOP)


@pytest.fixture
def page(desktop: BrowserContext) -> Iterator[Page]:
    """A tab in a wide window."""
    with watched(desktop) as tab:
        yield tab


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Page]:
    """A tab on a phone."""
    with visit(browser, address, viewport=PHONE, has_touch=True) as tab:
        yield tab
