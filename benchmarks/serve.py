"""What a visitor waits for and what the web process takes, each figure beside its target and the seed's design.

A real Chromium visits gunicorn on this machine. The figures are for a machine that does nothing else: the browser needs
the processor too.
"""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from benchmarks import drawn_shop, rates, visits, web_process
from benchmarks.web_process import page_part
from model.progress import Track
from storefront.openapi import PRODUCTS, SIMILAR
from storefront.urls import HOME, product_address
from tests.browser import launch

SEED = "benchmarks.seed_shop:create_server()"
BACKS = 10  # products that are left and come back to
POPULAR = 100  # products, fewer than the web process keeps
ASKED = 200  # varied requests before the memory is read again


@dataclass(frozen=True)
class Figure:
    """A measured value; `most` and `least` are its targets, `seed` is what the seed's design took."""

    part: str
    name: str
    value: float
    unit: str
    most: float | None = None
    least: float | None = None
    seed: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the target is, nothing without one."""
        if self.most is None and self.least is None:
            return None
        return (self.most is None or self.value <= self.most) and (self.least is None or self.value >= self.least)

    @property
    def ratio(self) -> float | None:
        """The seed's value by ours: how many times as long it took."""
        return self.seed / self.value if self.seed is not None and self.value else None


@dataclass(frozen=True)
class Plan:
    """How much is measured: products of the shop that is visited, and of those whose memory is; clicks of each kind."""

    products: int = 5000
    sizes: tuple[int, ...] = (10_000, 100_000)
    clicks: int = 36
    loads: int = 5
    seconds: float = 3.0


@dataclass(frozen=True)
class Kind:
    """How is clicked, and how many milliseconds the list may take at the median and at the 95th percentile."""

    name: str
    hover: bool
    throttled: bool
    p50: float | None = None
    p95: float | None = None


CLICKS = (
    Kind("4G, hovered", hover=True, throttled=True, p50=50, p95=80),
    Kind("4G, not hovered", hover=False, throttled=True, p50=170),
    Kind("loopback, not hovered", hover=False, throttled=False),
)


@dataclass(frozen=True)
class Served:
    """A drawn shop: its folder and the ids of its products."""

    folder: Path
    ids: Sequence[str]


Part = Callable[[Served, Plan, Track], list[Figure]]


def measure(plan: Plan, parts: Sequence[str], track: Track) -> list[Figure]:
    """The figures of some of PARTS and of MEMORY. Raises ServeError."""
    found: list[Figure] = []
    if set(parts) & set(PARTS):
        with TemporaryDirectory(prefix="lookalike-serve-") as name:
            shop = _drawn(Path(name), plan.products, track)
            found += [figure for part in PARTS if part in parts for figure in PARTS[part](shop, plan, track)]
    if MEMORY in parts:
        found += [figure for size in plan.sizes for figure in _memory(size, track)]
    return found


def as_rows(figures: Iterable[Figure]) -> list[dict[str, object]]:
    """Plain values for JSON."""
    return [{**asdict(each), "met": each.met, "ratio": each.ratio} for each in figures]


def _clicks(shop: Served, plan: Plan, track: Track) -> list[Figure]:
    found: list[Figure] = []
    with (
        web_process.running(shop.folder) as ours,
        web_process.running(shop.folder, SEED) as seed,
        sync_playwright() as playwright,
        launch(playwright) as browser,
    ):
        for kind in track(CLICKS, "clicking", len(CLICKS)):
            done, seeds = (
                visits.clicks(browser, each.address, plan.clicks, hover=kind.hover, throttled=kind.throttled)
                for each in (ours, seed)
            )
            found += _of_kind(kind, done, seeds)
    return found


def _of_kind(kind: Kind, ours: visits.Clicks, seed: visits.Clicks) -> list[Figure]:
    measured = (
        ("list", ours.lists, seed.lists, (kind.p50, kind.p95)),
        ("pictures", ours.pictures, seed.pictures, NONE),
    )
    found = [
        Figure("clicks", f"{kind.name}: {what}, {name}", level(own), "ms", most, seed=level(others))
        for what, own, others, targets in measured
        for (name, level), most in zip(LEVELS.items(), targets, strict=True)
    ]
    posts, seeds = (each.posts / len(each.lists) for each in (ours, seed))
    return [*found, Figure("clicks", f"{kind.name}: POSTs a click", posts, "", 0, seed=seeds)]


def _loads(shop: Served, plan: Plan, track: Track) -> list[Figure]:
    found: list[Figure] = []
    with web_process.running(shop.folder) as web, sync_playwright() as playwright, launch(playwright) as browser:
        for path in (HOME, product_address(shop.ids[plan.products // 2])):
            rounds = track(range(plan.loads), f"loading {path[:3]}", plan.loads)
            found += _of_loads(path, [visits.load(browser, web.address + path) for _ in rounds])
    return found


def _of_loads(path: str, loads: Sequence[visits.Load]) -> list[Figure]:
    page = "/" if path == HOME else "/p/ID"

    def figure(name: str, unit: str, value: Callable[[visits.Load], float], most: float | None = None) -> Figure:
        return Figure("load", f"{page}: {name}", median(map(value, loads)), unit, most)

    return [
        figure("first contentful paint", "ms", lambda load: load.fcp),
        figure("largest contentful paint", "ms", lambda load: load.lcp, 1500),
        figure("taken over by Dash", "ms", lambda load: load.taken),
        figure("layout shift", "", lambda load: load.cls, 0.01),
        figure("transferred", "kB", lambda load: (load.dash_bytes + load.other_bytes) / 1000, 600),
        figure("of it Dash's own scripts", "kB", lambda load: load.dash_bytes / 1000),
        figure("the rest", "kB", lambda load: load.other_bytes / 1000, 250),
        figure("requests", "", lambda load: load.requests),
    ]


def _back(shop: Served, plan: Plan, track: Track) -> list[Figure]:
    with web_process.running(shop.folder) as web, sync_playwright() as playwright, launch(playwright) as browser:
        (ways,) = [
            visits.ways_back(browser, web.address, min(BACKS, plan.clicks)) for _ in track([None], "going back", 1)
        ]
    return [
        Figure("back", f"{name}, {kind}", level(times), "ms", most)
        for name, times in zip(("Back to a product", "Forward from it"), ways, strict=True)
        for (kind, level), most in zip(LEVELS.items(), (100, None), strict=True)
    ]


def _rates(shop: Served, plan: Plan, track: Track) -> list[Figure]:
    lists = {"every product in turn": shop.ids, OFTEN_ASKED: shop.ids[:POPULAR]}
    found: list[Figure] = []
    with web_process.running(shop.folder) as web:
        build = web.build()
        for name, which in track(product(ADDRESSES, lists), "asking", len(ADDRESSES) * len(lists)):
            rate = rates.measure(web.port, [ADDRESSES[name](build, each) for each in lists[which]], plan.seconds)
            found += [
                Figure("rate", f"{name}, {which}", rate.per_second, "1/s", least=RATES.get((name, which))),
                Figure("rate", f"{name}, {which}: connections opened anew", rate.reopened, ""),
                Figure("rate", f"{name}, {which}: failed", rate.failed, "", 0),
            ]
    return found


SIMILAR_BY_API, OFTEN_ASKED = "similar by the API", f"{POPULAR} products"
RATES = {(SIMILAR_BY_API, OFTEN_ASKED): 1000}  # of lists that are asked for again and again
ADDRESSES: dict[str, Callable[[str, str], str]] = {
    SIMILAR_BY_API: lambda _, product_id: f"{PRODUCTS}/{product_id}{SIMILAR}",
    "page of a product": lambda build, product_id: page_part(build, product_address(product_id)),
}


def _memory(size: int, track: Track) -> list[Figure]:
    with TemporaryDirectory(prefix="lookalike-serve-") as name:
        shop = _drawn(Path(name), size, track)
        with web_process.running(shop.folder) as web:
            loaded, _ = web.memory()
            for path in track(_varied(web.build(), shop.ids), "varied requests", ASKED):
                web.get(path)
            used, shared = web.memory()
    seconds, most = (2, 110) if size <= 10_000 else (5, 200) if size <= 100_000 else (None, None)
    named = f"{size:,} products"
    return [
        Figure("memory", f"{named}: first answer", web.seconds, "s", seconds),
        Figure("memory", f"{named}: worker after the start", loaded, "MB", most),
        Figure("memory", f"{named}: worker after {ASKED} requests", used, "MB", most),
        Figure("memory", f"{named}: its share of what is shared", shared, "MB"),
    ]


def _varied(build: str, ids: Sequence[str]) -> list[str]:
    """Addresses as visitors and programs ask for them, alike every time."""
    rng = random.Random(0)
    kinds: list[Callable[[], str]] = [
        lambda: product_address(rng.choice(ids)),
        lambda: page_part(build, product_address(rng.choice(ids))),
        lambda: page_part(build, f"{HOME}?page={rng.randrange(1, len(ids) // 48)}"),
        lambda: f"{HOME}?q={rng.choice(drawn_shop.COLOURS)}+{rng.choice(drawn_shop.KINDS)}&sort=price",
        lambda: f"{PRODUCTS}/{rng.choice(ids)}{SIMILAR}",
    ]
    return [kinds[number % len(kinds)]() for number in range(ASKED)]


def _drawn(folder: Path, count: int, track: Track) -> Served:
    (ids,) = [drawn_shop.make(folder, count) for _ in track([None], f"drawing {count:,}", 1)]
    return Served(folder, ids)


def _p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20, method="inclusive")[-1]


LEVELS: dict[str, Callable[[Sequence[float]], float]] = {"p50": median, "p95": _p95}
NONE = (None, None)  # targets of these

MEMORY = "memory"
PARTS: dict[str, Part] = {"clicks": _clicks, "load": _loads, "back": _back, "rate": _rates}
