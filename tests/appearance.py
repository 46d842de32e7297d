"""How the pages look, small and blurred, so that other fonts look alike and a missing part does not.

`python -m tests.appearance` takes the pictures of tests/baselines anew, when a change of the look is meant.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from io import BytesIO
from itertools import product
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter, ImageStat
from playwright.sync_api import Page, expect, sync_playwright

from tests.browser import launch
from tests.serving import ROOT
from tests.visiting import open_page, served, visit

BASELINES = Path(__file__).parent / "baselines"
PAGES = {"browse": "/", "product": "/p/basket-001", "search": "/?q=bowl&sort=price"}
SIZES = {390: 844, 1360: 900}  # width and height of the window
SCALE = 8  # pixels of a window to one of a picture
ASIDE, ALONG = 1, 10  # pixels of a picture by which a part may have moved: other fonts break lines elsewhere
CLEARLY = 32  # of 255: more than a line of text differs from another, less than a photo from a ground
MEAN, SHARE = 8.0, 0.045  # other fonts come to 6 and 0.03 at most, a page without styles or aside to 12 and 0.11


@dataclass(frozen=True)
class Difference:
    """`mean` of all pixels, from 0 to 255; `share` of the pixels that differ clearly, from 0 to 1."""

    mean: float
    share: float

    @property
    def is_small(self) -> bool:
        return self.mean <= MEAN and self.share <= SHARE


def difference(one: Image.Image, other: Image.Image) -> Difference:
    """How much of either picture, which have one size, has nothing like it near the same place of the other."""
    assert one.size == other.size
    blurred = [picture.convert("RGB").filter(ImageFilter.GaussianBlur(1)) for picture in (one, other)]
    unlike = [_unlike(*blurred), _unlike(*reversed(blurred))]
    histograms = [picture.histogram() for picture in unlike]
    return Difference(
        mean=max(ImageStat.Stat(picture).mean[0] for picture in unlike),
        share=max(sum(histogram[CLEARLY:]) / sum(histogram) for histogram in histograms),
    )


def _unlike(one: Image.Image, other: Image.Image) -> Image.Image:
    """How far each pixel of `one` is from the likest pixel near its place in `other`."""
    steps = product(range(-ASIDE, ASIDE + 1), range(-ALONG, ALONG + 1))
    return reduce(ImageChops.darker, (_apart(one, _moved(other, step)) for step in steps))


def _moved(picture: Image.Image, step: tuple[int, int]) -> Image.Image:
    """The picture shifted; what comes in at an edge is what was there."""
    moved = picture.copy()
    moved.paste(picture, step)
    return moved


def _apart(one: Image.Image, other: Image.Image) -> Image.Image:
    red, green, blue = ImageChops.difference(one, other).split()
    return ImageChops.lighter(ImageChops.lighter(red, green), blue)


def take(page: Page) -> Image.Image:
    """What the window shows, an eighth as large."""
    page.wait_for_function(PHOTOS_ARE_THERE)
    shot = Image.open(BytesIO(page.screenshot())).convert("RGB")
    return shot.resize((shot.width // SCALE, shot.height // SCALE), Image.Resampling.BOX)


PHOTOS_ARE_THERE = """[...document.images].every((photo) =>
  photo.complete || photo.getBoundingClientRect().top > innerHeight || !photo.checkVisibility())"""


def looks(page: Page, path: str) -> Iterator[tuple[str, int]]:
    """Show a page in one look after the other: each theme in each width."""
    open_page(page, path)
    for width, height in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
            expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
            yield theme, width


def baseline(name: str, theme: str, width: int) -> Path:
    return BASELINES / f"{name}-{theme}-{width}.png"


def renew() -> None:
    BASELINES.mkdir(exist_ok=True)
    with served(ROOT / "precomputed") as address, sync_playwright() as playwright:
        browser = launch(playwright)
        with visit(browser, address) as page:
            for name, path in PAGES.items():
                for theme, width in looks(page, path):
                    take(page).save(baseline(name, theme, width), optimize=True)
        browser.close()


if __name__ == "__main__":
    renew()
