"""What a number of products costs the web process: start, memory, disk, searches, pages, and lists by the API."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from string import ascii_lowercase
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from benchmarks import built_shop, drawn_shop, rates
from benchmarks.built_shop import Made
from benchmarks.drawn_shop import COLOURS, KINDS, LOOKS, SENTENCES
from benchmarks.figure import LEVELS, Figure
from benchmarks.neighbours import apart
from benchmarks.web_process import WebProcess, page_part, running
from model.progress import Track
from storefront.urls import HOME, MAP, PRODUCTS, SIMILAR, product_address

ASKED = 200  # varied requests before the memory is read again
SEARCHES = 40  # of each kind
OFTEN, SELDOM = 100, 5000  # products whose lists are asked for: fewer than are kept in memory, and more
ELSEWHERE = 100_000  # products from which on photos are served from elsewhere
MEGABYTE = 2**20
BUDGETS = ((10_000, 2, 110), (100_000, 5, 200), (1_000_000, 10, 400))  # products; seconds to an answer; MB of a worker
KINDS_OF_FILES = {"lists": "neighbours-*", "lists of other categories": "elsewhere-*", "all": "*"}
SEARCH_P95, SIMILAR_RATE = 100, 1000  # milliseconds; answers a second

Words = Callable[[random.Random], Mapping[str, str]]


def _title(rng: random.Random, *words: Sequence[str]) -> str:
    return " ".join(rng.choice(each) for each in words)


def _absurd(rng: random.Random) -> str:
    """Letters that nearly every product has, whole sentences, signs, and words that nothing has."""
    letters = "".join(rng.sample(ascii_lowercase, 2))
    wide = rng.choice(" ".join(SENTENCES).split())
    texts = (letters[0], " ".join(letters), wide, rng.choice(SENTENCES), f'"{letters}* OR (', f"{letters}zzz" * 99)
    return rng.choice(texts)


KINDS_OF_SEARCH: dict[str, Words] = {
    "one word": lambda rng: {"q": _title(rng, (*COLOURS, *KINDS, *LOOKS)), "page": str(rng.randrange(1, 40))},
    "two words": lambda rng: {"q": _title(rng, COLOURS, KINDS), "page": str(rng.randrange(1, 9))},
    "three words": lambda rng: {"q": _title(rng, LOOKS, COLOURS, KINDS)},
    "words begun": lambda rng: {"q": f"{_title(rng, COLOURS)[:3]} {_title(rng, KINDS)[: rng.randrange(1, 4)]}"},
    "a number": lambda rng: {"q": str(rng.randrange(10**5))},
    "in a category": lambda rng: {"q": _title(rng, COLOURS, LOOKS), "category": f"{_title(rng, KINDS).capitalize()}s"},
    "by price": lambda rng: {"q": _title(rng, COLOURS, KINDS), "sort": rng.choice(("price", "price-down"))},
    "a category by title": lambda rng: {
        "category": f"{_title(rng, KINDS).capitalize()}s",
        "sort": "title",
        "page": str(rng.randrange(1, 99)),
    },
    "absurd": lambda rng: {"q": _absurd(rng)},
}


def measure(size: int, seconds: float, track: Track) -> list[Figure]:
    """The figures of a drawn shop of `size` products; rates are measured for some seconds. Raises ServeError."""
    with TemporaryDirectory(prefix="lookalike-serve-") as name:
        folder, files = Path(name) / "lists", Path(name) / "files"
        files.mkdir()
        own = size <= ELSEWHERE
        (ids,) = [drawn_shop.make(folder, size, pictures=own) for _ in track([None], f"drawing {size:,}", 1)]
        return served(folder, ids, files, seconds, track)


def built(size: int, seconds: float, track: Track) -> list[Figure]:
    """What it takes to build a shop of `size` products from drawn features, and the same figures of it."""
    with TemporaryDirectory(prefix="lookalike-serve-") as name:
        folder, files = Path(name) / "lists", Path(name) / "files"
        files.mkdir()
        made: Made = apart(built_shop.make, folder, track, size)
        stages = [*made.stages.each(), *apart(built_shop.check, folder).each()]
        found = [Figure("built", f"{size:,} products: {each}", value, unit) for each, value, unit in stages]
        found += _of_lists(folder, made)
        return [*found, *served(folder, made.ids, files, seconds, track)]


def _of_lists(folder: Path, made: Made) -> list[Figure]:
    """How many bytes lists take, and how good they are."""
    count = len(made.ids)
    figures: list[tuple[str, float, str]] = [
        (f"bytes a product, {kind}", sum(f.stat().st_size for f in folder.glob(f"*/{pattern}")) / count, "B")
        for kind, pattern in KINDS_OF_FILES.items()
    ]
    figures += [
        ("products in no list's first ten", made.orphans, ""),
        ("first tens that a product is in, at most", made.most, ""),
        ("of the first ten, drawn as the same kind", 100 * made.own_kind, "%"),
        ("groups of duplicates", made.groups, ""),
    ]
    return [Figure("built", f"{count:,} products: {name}", value, unit) for name, value, unit in figures]


def served(folder: Path, ids: Sequence[str], files: Path, seconds: float, track: Track) -> list[Figure]:
    """The figures of a drawn shop that is there; the web process keeps its database in the folder `files`."""
    least, most = next((budget[1:] for budget in BUDGETS if len(ids) <= budget[0]), (None, None))
    elsewhere = {} if (folder / "images").is_dir() else {"IMAGE_BASE_URL": "https://images.example"}
    found: list[Figure] = []

    def figure(name: str, value: float, unit: str, most: float | None = None, least: float | None = None) -> None:
        found.append(Figure("memory", f"{len(ids):,} products: {name}", value, unit, most, least))

    with running(folder, environment={**elsewhere, "TMPDIR": str(files)}) as web:
        loaded, _ = web.memory()
        waited = _seconds(web, f"{HOME}?q={COLOURS[0]}")
        figure("first answer", web.seconds, "s", least)
        figure("worker after the start", loaded, "MB", most)
        figure("a search right after the start", waited, "s")
        for path in track(_varied(web.build(), ids), "varied requests", ASKED):
            web.get(path)
        used, shared = web.memory()
        figure(f"worker after {ASKED} requests", used, "MB", most)
        figure("its share of what is shared", shared, "MB")
        for name, value, unit, budget in _searches(web, track):
            figure(name, value, unit, most=budget)
        for name, which, per_second in (
            (f"lists of {OFTEN} products by the API", ids[:: -(-len(ids) // OFTEN)], SIMILAR_RATE),
            ("lists of all kinds of products by the API", random.Random(1).sample(ids, min(len(ids), SELDOM)), None),
        ):
            rate = rates.measure(web.port, [f"{PRODUCTS}/{each}{SIMILAR}" for each in which], seconds)
            figure(name, rate.per_second, "1/s", least=per_second)
            figure(f"{name}: failed", rate.failed, "", most=0)
        for name, path in _whole(web.build(), len(ids)).items():
            figure(name, 1000 * _seconds(web, path), "ms")
        used, shared = web.memory()
        figure("worker after all that", used, "MB", most)
        figure("its share of what is shared after all that", shared, "MB")
        figure("its database on disk", sum(each.stat().st_size for each in files.iterdir()) / MEGABYTE, "MB")
    return found


def _searches(web: WebProcess, track: Track) -> list[tuple[str, float, str, float | None]]:
    """Milliseconds of the pages that searches of each kind find, and of all together."""
    rng, build = random.Random(0), web.build()
    times: dict[str, list[float]] = {}
    for name in track(KINDS_OF_SEARCH, "searching", len(KINDS_OF_SEARCH)):
        paths = [page_part(build, f"{HOME}?{urlencode(KINDS_OF_SEARCH[name](rng))}") for _ in range(SEARCHES)]
        times[name] = [1000 * _seconds(web, path) for path in paths]
    times["all"] = [each for kind in times.values() for each in kind]
    return [
        (f"searches, {name}: {level}", of(each), "ms", SEARCH_P95 if (name, level) == ("all", "p95") else None)
        for name, each in times.items()
        for level, of in LEVELS.items()
    ]


def _whole(build: str, count: int) -> dict[str, str]:
    """Addresses that concern the whole catalogue."""
    return {
        "the last page": f"{HOME}?page={count // 48}",
        "the last page by price": f"{HOME}?sort=price&page={count // 48}",
        "the first map": MAP,
        "its parts": page_part(build, MAP),
        "a part of the sitemap": "/sitemap-1.xml" if count > 50_000 else "/sitemap.xml",
    }


def _seconds(web: WebProcess, path: str) -> float:
    begun = time.perf_counter()
    web.get(path)
    return time.perf_counter() - begun


def _varied(build: str, ids: Sequence[str]) -> list[str]:
    """Addresses as visitors and programs ask for them, alike every time."""
    rng = random.Random(0)
    kinds: list[Callable[[], str]] = [
        lambda: product_address(rng.choice(ids)),
        lambda: page_part(build, product_address(rng.choice(ids))),
        lambda: page_part(build, f"{HOME}?page={rng.randrange(1, len(ids) // 48)}"),
        lambda: f"{HOME}?q={rng.choice(COLOURS)}+{rng.choice(KINDS)}&sort=price",
        lambda: f"{PRODUCTS}/{rng.choice(ids)}{SIMILAR}",
    ]
    return [kinds[number % len(kinds)]() for number in range(ASKED)]
