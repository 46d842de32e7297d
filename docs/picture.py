"""Takes the README's picture of the served lists: `python -m docs.picture`."""

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from catalogue import atomic
from tests.browser import launch
from tests.serving import serving

TARGET = Path(__file__).parent / "demo.webp"
DESKTOP, PHONE = (1280, 860), (390, 844)
PHONE_WIDTH = 330  # pixels of the phone in the picture
PHONE_SCROLL = 60  # pixels: past the trail
MARGIN = 28
GROUND = "#d9dce1"


def main() -> None:
    """A product beside the grid in light colours, with a phone in dark ones before it."""
    with serving([sys.executable, "-m", "gunicorn", "app:server"]) as address, sync_playwright() as playwright:
        browser = launch(playwright)
        shots = []
        for path, (width, height), dark in (
            (f"{address}/p/teapot-001", DESKTOP, False),
            (f"{address}/p/mug-001", PHONE, True),
        ):
            page = browser.new_page(
                viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
            )
            page.goto(path, wait_until="networkidle")
            page.evaluate(f"window.scrollTo(0, {PHONE_SCROLL if dark else 0})")
            shots.append(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
        browser.close()
    file = io.BytesIO()
    _composed(*shots).save(file, "WEBP", quality=86)
    atomic.write_bytes(TARGET, file.getvalue())


def _composed(desktop: Image.Image, phone: Image.Image) -> Image.Image:
    phone = phone.resize((PHONE_WIDTH, round(phone.height * PHONE_WIDTH / phone.width)), Image.Resampling.LANCZOS)
    size = (desktop.width + MARGIN * 2 + PHONE_WIDTH // 2, desktop.height + MARGIN * 2)
    picture = Image.new("RGB", size, GROUND)
    picture.paste(desktop, (MARGIN, MARGIN))
    picture.paste(phone, (size[0] - MARGIN - PHONE_WIDTH, size[1] - MARGIN - phone.height))
    return picture


if __name__ == "__main__":
    main()
