"""What a visitor waits for and what the web process takes, each figure beside its target and the seed's design.

A real Chromium visits gunicorn on this machine. The figures are for a machine that does nothing else: the browser needs
the processor too.
"""

import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from benchmarks import drawn_shop, rates, sizes, visits, web_process
from benchmarks.figure import LEVELS, Figure
from benchmarks.web_process import page_part
from model.progress import Track
from storefront.urls import HOME, PRODUCTS, SIMILAR, product_address
from tests.browser import launch
from tests.serving import ROOT

SEED = "benchmarks.seed_shop:create_server()"
BACKS = 10  # products that are left and come back to
POPULAR = 100  # products, fewer than the web process keeps


@dataclass(frozen=True)
class Plan:
    """How much is measured: products of the shop that is visited, and of those whose size is; clicks of each kind."""

    products: int = 5000
    sizes: tuple[int, ...] = (10_000, 100_000)
    clicks: int = 36
    loads: int = 5
    seconds: float = 3.0
    against: str = ""  # a commit whose first loads and lists are measured in turns with ours


@dataclass(frozen=True)
class Kind:
    """A way to click, and the shares of the seed's time that a list may take at the median and the 95th percentile."""

    name: str
    hover: bool
    throttled: bool
    p50: float | None = None
    p95: float | None = None


CLICKS = (
    Kind("4G, hovered", hover=True, throttled=True, p50=0.4, p95=0.5),
    Kind("4G, not hovered", hover=False, throttled=True, p50=0.8),
    Kind("loopback, not hovered", hover=False, throttled=False, p50=1.0),
)


@dataclass(frozen=True)
class Served:
    """A drawn shop: its folder and the ids of its products."""

    folder: Path
    ids: Sequence[str]


Part = Callable[[Served, Plan, Track], list[Figure]]


def measure(plan: Plan, parts: Sequence[str], track: Track) -> list[Figure]:
    """The figures of some of PARTS, of MEMORY and of BUILT. Raises ServeError."""
    found: list[Figure] = []
    if set(parts) & set(PARTS):
        with TemporaryDirectory(prefix="lookalike-serve-") as name:
            shop = _drawn(Path(name), plan.products, track)
            found += [figure for part in PARTS if part in parts for figure in PARTS[part](shop, plan, track)]
    if MEMORY in parts:
        found += [figure for size in plan.sizes for figure in sizes.measure(size, plan.seconds, track)]
    if BUILT in parts:
        found += [figure for size in plan.sizes for figure in sizes.built(size, plan.seconds, track)]
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
        Figure(
            "clicks",
            f"{kind.name}: {what}, {name}",
            level(own),
            "ms",
            share and share * level(others),
            seed=level(others),
        )
        for what, own, others, targets in measured
        for (name, level), share in zip(LEVELS.items(), targets, strict=True)
    ]
    posts, seeds = (each.posts / len(each.lists) for each in (ours, seed))
    return [*found, Figure("clicks", f"{kind.name}: POSTs a click", posts, "", 0, seed=seeds)]


def _loads(shop: Served, plan: Plan, track: Track) -> list[Figure]:
    """First visits; with a commit to compare with, each beside one of its own."""
    found: list[Figure] = []
    with _both(shop, plan) as webs, sync_playwright() as playwright, launch(playwright) as browser:
        for path in (HOME, product_address(shop.ids[plan.products // 2])):
            rounds = track(range(plan.loads), f"loading {path[:3]}", plan.loads)
            loads = [[visits.load(browser, web.address + path) for web in webs] for _ in rounds]
            found += _of_loads(path, *zip(*loads, strict=True))
    return found


def _of_loads(path: str, loads: Sequence[visits.Load], before: Sequence[visits.Load] = ()) -> list[Figure]:
    page = "/" if path == HOME else "/p/ID"

    def figure(name: str, unit: str, value: Callable[[visits.Load], float], most: float | None = None) -> Figure:
        former = median(map(value, before)) if before else None
        return Figure("load", f"{page}: {name}", median(map(value, loads)), unit, most, seed=former)

    latest = median(load.lcp for load in before) if before else 1500
    return [
        figure("first contentful paint", "ms", lambda load: load.fcp),
        figure("largest contentful paint", "ms", lambda load: load.lcp, latest),
        figure("taken over by Dash", "ms", lambda load: load.taken),
        figure("layout shift", "", lambda load: load.cls, 0.01),
        figure("transferred", "kB", lambda load: (load.dash_bytes + load.other_bytes) / 1000, 520),
        figure("of it Dash's own scripts", "kB", lambda load: load.dash_bytes / 1000),
        figure("the rest", "kB", lambda load: load.other_bytes / 1000, 250),
        figure("requests", "", lambda load: load.requests),
    ]


@contextmanager
def _both(shop: Served, plan: Plan) -> Iterator[list[web_process.WebProcess]]:
    """Our web process, and that of a commit to compare with, on a shop that its own code has drawn."""
    with ExitStack() as opened:
        webs = [opened.enter_context(web_process.running(shop.folder))]
        if plan.against:
            root = Path(opened.enter_context(TemporaryDirectory(prefix="lookalike-serve-")))
            archive = subprocess.run(["git", "archive", plan.against], cwd=ROOT, capture_output=True, check=True)
            subprocess.run(["tar", "x"], cwd=root, input=archive.stdout, check=True)
            drawing = "import sys, pathlib, benchmarks.drawn_shop as d; d.make(pathlib.Path('drawn'), int(sys.argv[1]))"
            subprocess.run([sys.executable, "-c", drawing, str(plan.products)], cwd=root, check=True)
            webs.append(opened.enter_context(web_process.running(root / "drawn", root=root)))
        yield webs


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
    with _both(shop, plan) as (web, *before):
        build = web.build()
        for name, which in track(product(ADDRESSES, lists), "asking", len(ADDRESSES) * len(lists)):
            paths = [ADDRESSES[name](build, each) for each in lists[which]]
            rate = rates.measure(web.port, paths, plan.seconds)
            compared = before if name == SIMILAR_BY_API else []
            former = [rates.measure(other.port, paths, plan.seconds).per_second for other in compared]
            least = former[0] if former else RATES.get((name, which))
            found += [
                Figure("rate", f"{name}, {which}", rate.per_second, "1/s", least=least),
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


def _drawn(folder: Path, count: int, track: Track) -> Served:
    (ids,) = [drawn_shop.make(folder, count) for _ in track([None], f"drawing {count:,}", 1)]
    return Served(folder, ids)


NONE = (None, None)  # targets of these

MEMORY = "memory"  # and what else depends on the number of products: `sizes`
BUILT = "built"  # the same of shops with lists of their own, and what these take; as long as a build of that size
PARTS: dict[str, Part] = {"clicks": _clicks, "load": _loads, "back": _back, "rate": _rates}
