"""What docs/extending.md shows works as it is written there, on a copy of the project; so does the app in one file."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import DESKTOP
from tests.serving import ROOT, serving
from tests.visiting import cards, open_page, taken_over, visit

GUIDE = ROOT / "docs" / "extending.md"
CALLBACK = "^POST .*/_dash-update-component"
LINES = 40  # that an example may have
NEEDED = ("app.py", "gunicorn.conf.py", "assets", "catalogue", "model", "storefront", "precomputed")


def examples() -> dict[str, str]:
    """The changes of the guide by the headings above them."""
    sections = re.split(r"^## ", GUIDE.read_text(), flags=re.MULTILINE)[1:]
    found = {each.partition("\n")[0]: re.findall(r"```diff\n(.*?)```", each, re.DOTALL) for each in sections}
    return {heading: "".join(blocks) for heading, blocks in found.items() if blocks}


EXAMPLES = examples()


@contextmanager
def changed(folder: Path, heading: str) -> Iterator[str]:
    """The address of the demo shop, whose code has the change of a section."""
    for name in NEEDED:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copyfile
        copy(source, folder / name)
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    subprocess.run(
        ["git", "apply", "--whitespace=nowarn", "-"], cwd=folder, input=EXAMPLES[heading], text=True, check=True
    )
    command = [sys.executable, "-m", "gunicorn", "app:server"]
    with serving(command, folder=folder, environment={"PRECOMPUTED_DIR": "precomputed"}) as address:
        yield address


@contextmanager
def visited(browser: Browser, folder: Path, heading: str) -> Iterator[Page]:
    with changed(folder, heading) as address, visit(browser, address, allowed=CALLBACK, viewport=DESKTOP) as page:
        yield page


def test_examples_are_short() -> None:
    assert len(EXAMPLES) == 3
    for heading, change in EXAMPLES.items():
        assert len(re.findall(r"^[+-](?![+-])", change, re.MULTILINE)) < LINES, heading
    assert len((ROOT / "docs" / "examples" / "minimal.py").read_text().splitlines()) <= LINES + 3


def test_a_button_with_a_callback(browser: Browser, tmp_path: Path) -> None:
    with visited(browser, tmp_path, "A button with a callback") as page:
        open_page(page, "/p/mug-001")
        page.get_by_role("button", name="Cheapest like this").click()
        shown = page.locator("#cheapest-shown .product-card")
        expect(shown).to_have_count(1)
        shown.click()
        expect(page.locator("#product h1")).to_be_focused()


def test_a_new_page(browser: Browser, tmp_path: Path) -> None:
    with visited(browser, tmp_path, "A new page") as page:
        open_page(page, "/")
        page.locator(".site-nav").get_by_role("link", name="Sale").click()
        expect(page.locator("#main h1")).to_have_text("Sale")
        assert cards(page).count() > 3
        page.reload()
        taken_over(page)
        expect(page.locator("#main h1")).to_have_text("Sale")


def test_another_card(browser: Browser, tmp_path: Path) -> None:
    with visited(browser, tmp_path, "Another card") as page:
        open_page(page, "/")
        expect(cards(page).first.locator(".card-brand")).to_be_visible()
        cards(page).first.click()
        expect(page.locator("#product h1")).to_be_visible()


@pytest.fixture(scope="module")
def minimal() -> Iterator[str]:
    with serving([sys.executable, "-m", "docs.examples.minimal"]) as address:
        yield address


def test_the_app_in_one_file(browser: Browser, minimal: str) -> None:
    with visit(browser, minimal, allowed=CALLBACK, viewport=DESKTOP) as page:
        page.goto("/")
        buttons = page.get_by_role("button", name="Looks similar")
        expect(buttons).to_have_count(24)
        buttons.first.click()
        similar = page.locator("#similar .card")
        expect(similar).to_have_count(6)
        before = similar.first.inner_text()
        similar.first.get_by_role("button").click()
        expect(similar.first).not_to_have_text(before)
        assert page.locator(".card img").first.evaluate("each => each.decode().then(() => each.naturalWidth)")
