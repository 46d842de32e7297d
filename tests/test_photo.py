"""The search by photo in a real browser, with the real network of the demo shop's bundle."""

import base64
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.serving import ROOT
from tests.test_accessibility import RULES, violations
from tests.visiting import heading, open_page, too_narrow, visit

MUG = ROOT / "data" / "demo" / "images" / "mug-001.webp"
LAMP = ROOT / "data" / "demo" / "images" / "lamp-001.webp"
SENT = "^POST "  # what this page alone does
PATIENCE = 20_000  # milliseconds


@pytest.fixture
def page(browser: Browser, demo: str) -> Iterator[Page]:
    with visit(browser, demo, allowed=SENT, viewport={"width": 1360, "height": 900}) as tab:
        open_page(tab, "/photo")
        yield tab


def found(page: Page) -> Locator:
    return page.locator(".by-photo-results .product-card")


def choose(page: Page, photo: Path | dict[str, Any]) -> None:
    page.set_input_files(".by-photo-drop input", photo)  # type: ignore[arg-type] # a dict of its own kind


def asked(page: Page) -> list[str]:
    """The bodies' types of the photos that are sent from now on."""
    sent: list[str] = []
    page.on("request", lambda each: sent.append(each.headers["content-type"]) if each.method == "POST" else None)
    return sent


def first(page: Page, address: str) -> None:
    """Beside other tests an answer may have to wait for a place, and for those that nobody wants any more."""
    expect(found(page).first).to_have_attribute("href", f"{address}?from=photo", timeout=PATIENCE)


def test_a_photo_of_a_product_finds_it(page: Page) -> None:
    sent = asked(page)
    choose(page, MUG)
    expect(found(page)).to_have_count(12)
    first(page, "/p/mug-001")
    expect(found(page).first.locator(".band")).to_have_text("Very similar")
    expect(page.locator("#announcement")).to_have_text("12 products look like it")
    assert sent == ["image/jpeg"]


@pytest.mark.parametrize("way", ["drop", "paste"])
def test_a_photo_is_dropped_or_pasted(page: Page, way: str) -> None:
    page.evaluate(
        """([content, way]) => {
            const bytes = Uint8Array.from(atob(content), (each) => each.charCodeAt(0));
            const data = new DataTransfer();
            data.items.add(new File([bytes], "lamp.webp", { type: "image/webp" }));
            const given = { bubbles: true, cancelable: true };
            if (way === "paste") document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, ...given }));
            else for (const kind of ["dragover", "drop"]) {
                document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: data, ...given }));
            }
        }""",
        [base64.b64encode(LAMP.read_bytes()).decode(), way],
    )
    first(page, "/p/lamp-001")


def test_a_part_is_searched_with(page: Page) -> None:
    """Half of the picture is a lamp, half is a mug."""
    choose(page, {"name": "two.png", "mimeType": "image/png", "buffer": _side_by_side()})
    expect(found(page)).to_have_count(12)
    frame, whole = page.locator(".by-photo-frame"), page.get_by_role("button", name="Whole photo")
    expect(whole).to_be_disabled()
    frame.focus()
    for _ in range(25):
        page.keyboard.press("Shift+ArrowLeft")
    first(page, "/p/mug-001")
    box = frame.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 1.6, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    first(page, "/p/lamp-001")
    whole.click()
    expect(whole).to_be_disabled()


def test_a_found_product_opens_beside_it_and_back_restores_all(page: Page) -> None:
    sent = asked(page)
    choose(page, MUG)
    found(page).nth(1).click()
    expect(heading(page)).to_have_text("Ink Dipped Mug")
    expect(found(page)).to_have_count(12)
    page.get_by_role("link", name="Map").click()
    expect(page.get_by_role("heading", level=1, name="Map of looks")).to_be_visible(timeout=PATIENCE)
    page.go_back()
    page.go_back()
    expect(page).to_have_url("/photo")
    first(page, "/p/mug-001")
    expect(page.locator(".by-photo-image")).to_be_visible()
    assert len(sent) == 1


def test_what_is_no_picture_is_told(browser: Browser, demo: str) -> None:
    with visit(browser, demo, allowed=f"{SENT}|status of 415") as page:
        open_page(page, "/photo")
        choose(page, {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"})
        expect(page.locator(".by-photo-results")).to_contain_text("This is no picture in a format that is known here.")
        expect(page.locator(".by-photo-stage")).to_be_hidden()
        choose(page, MUG)
        first(page, "/p/mug-001")


def test_the_link_to_it_stands_beside_the_search(page: Page) -> None:
    open_page(page, "/")
    page.get_by_role("link", name="Search by photo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Search by photo")
    expect(page.get_by_role("heading", level=1)).to_be_focused()


def test_it_is_used_without_scripts(browser: Browser, demo: str) -> None:
    with visit(browser, demo, allowed=SENT, java_script_enabled=False) as page:
        page.goto("/photo")
        choose(page, MUG)
        page.get_by_role("button", name="Find what looks like it").click()
        first(page, "/p/mug-001")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_too_wide(page: Page, theme: Any) -> None:
    page.emulate_media(color_scheme=theme)
    choose(page, MUG)
    expect(found(page)).to_have_count(12)
    for width in (390, 1360):
        page.set_viewport_size({"width": width, "height": 900})
        assert violations(page, RULES) == []
    assert too_narrow(page) == []


def _side_by_side() -> bytes:
    photos = [Image.open(path).convert("RGB").resize((400, 400)) for path in (MUG, LAMP)]
    both = Image.new("RGB", (800, 400))
    for place, photo in enumerate(photos):
        both.paste(photo, (400 * place, 0))
    file = BytesIO()
    both.save(file, "PNG")
    return file.getvalue()
