"""Visits in a real Chromium: clicks, first loads, and ways back, at the speed of a phone's network or of loopback.

The clock is the page's own, in `visits.js`. "Painted" is the first frame after the one in which something was put in
place.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Error, Page, ViewportSize

from benchmarks.web_process import ServeError

WATCH = Path(__file__).with_name("visits.js").read_text()
WINDOW: ViewportSize = {"width": 1360, "height": 900}
MEGABIT = 1_000_000 / 8
NETWORK = {"offline": False, "latency": 100, "downloadThroughput": 9 * MEGABIT, "uploadThroughput": 1.5 * MEGABIT}  # 4G
SLOWER = 4  # times, of the processor of a phone
HOVER = 200  # milliseconds
REST = 100  # milliseconds between clicks
SETTLED = 1000  # milliseconds after which nothing larger is painted
DASH = "/_dash-component-suites/"


@dataclass(frozen=True)
class Clicks:
    """Milliseconds from each click to the list of similar products and to its pictures; `posts` of all of them."""

    lists: list[float]
    pictures: list[float]
    posts: int


@dataclass(frozen=True)
class Load:
    """A first visit: milliseconds to the paints and until Dash has taken over, the shifts, bytes and requests."""

    fcp: float
    lcp: float
    taken: float
    cls: float
    dash_bytes: int
    other_bytes: int
    requests: int


@dataclass
class Traffic:
    """Bytes by address as they go over the network."""

    addresses: dict[str, str] = field(default_factory=dict)
    sizes: Counter[str] = field(default_factory=Counter)

    def watch(self, session: CDPSession) -> None:
        session.on("Network.requestWillBeSent", self._asked)
        session.on("Network.loadingFinished", self._finished)

    def of(self, part: str) -> int:
        return sum(size for address, size in self.sizes.items() if part in address)

    def _asked(self, event: dict[str, Any]) -> None:
        self.addresses[event["requestId"]] = event["request"]["url"]

    def _finished(self, event: dict[str, Any]) -> None:
        address = self.addresses[event["requestId"]]
        if address.startswith("http"):
            self.sizes[address] += int(event["encodedDataLength"])


def clicks(browser: Browser, address: str, count: int, *, hover: bool, throttled: bool) -> Clicks:
    """On `count` different cards, at most 48. Raises ServeError when one does not show what it should."""
    found, posts = [], []
    with _visitor(browser) as (page, session):
        page.goto(address)
        page.evaluate("measured.settled()")
        if throttled:
            session.send("Network.emulateNetworkConditions", NETWORK)
        page.on("request", lambda asked: posts.append(asked.url) if asked.method == "POST" else None)
        for place in range(count):
            found.append(_click(page, place, hover=hover))
            page.wait_for_timeout(REST)
    return Clicks([each["list"] for each in found], [each["pictures"] for each in found], len(posts))


def load(browser: Browser, address: str) -> Load:
    """With nothing cached, on a phone's network and processor."""
    traffic = Traffic()
    with _visitor(browser) as (page, session):
        traffic.watch(session)
        session.send("Network.emulateNetworkConditions", NETWORK)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.goto(address)
        page.evaluate("measured.loaded()")
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(SETTLED)
        found = page.evaluate("measured.loaded()")
    dash_bytes = traffic.of(DASH)
    return Load(
        fcp=found["fcp"],
        lcp=found["lcp"],
        taken=found["taken"],
        cls=found["cls"],
        dash_bytes=dash_bytes,
        other_bytes=traffic.of("") - dash_bytes,
        requests=len(traffic.sizes),
    )


def ways_back(browser: Browser, address: str, count: int) -> tuple[list[float], list[float]]:
    """Milliseconds of Back to a product and Forward from it, from `count` products at most 48, on a phone's network."""
    back, forward = [], []
    with _visitor(browser) as (page, session):
        page.goto(address)
        page.evaluate("measured.settled()")
        session.send("Network.emulateNetworkConditions", NETWORK)
        for place in range(count):
            _click(page, place, hover=False)
            other = page.locator("a.page-number[href='/?page=2']").first
            other.scroll_into_view_if_needed()
            product = page.evaluate("measured.resting()")
            other.click()
            page.wait_for_url("**/?page=2")
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(REST)
            after = page.evaluate("measured.resting()")
            back.append(page.evaluate("before => measured.step(-1, before)", product))
            forward.append(page.evaluate("before => measured.step(1, before)", after))
            page.evaluate("before => measured.step(-1, before)", product)
    return back, forward


def _click(page: Page, place: int, *, hover: bool) -> dict[str, float]:
    """A click with the mouse in the middle of a card."""
    card = page.locator("#main .product-card").nth(place)
    page.mouse.move(1, 1)  # or a card that is scrolled to where it rests would count as pointed at
    card.evaluate("card => card.scrollIntoView({ block: 'center', behavior: 'instant' })")
    title = card.locator(".card-name").text_content()
    page.evaluate("title => { window.clicked = measured.click(title); }", title)
    box = card.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    if hover:
        page.wait_for_timeout(HOVER)
    page.mouse.down()
    page.mouse.up()
    times: dict[str, float] = page.evaluate("window.clicked")
    return times


@contextmanager
def _visitor(browser: Browser) -> Iterator[tuple[Page, CDPSession]]:
    context = browser.new_context(viewport=WINDOW)
    try:
        context.add_init_script(WATCH)
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        yield page, session
    except Error as error:
        raise ServeError(f"the browser says: {error.message.splitlines()[0]}") from error
    finally:
        context.close()
