"""What Heroku would make of the last commit: its size by part, its start, and its memory in use, beside the budgets.

Sizes are in MB of 10**6 bytes, memory in MB of 2**20, as a dyno's is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks import dyno, seeded_bundle, slug_parts, slug_tree, slug_visits
from benchmarks.figure import Figure
from benchmarks.slug_parts import Part
from benchmarks.slug_tree import SlugError
from benchmarks.web_process import WebProcess
from model.progress import Track
from storefront.urls import BY_PHOTO, HOME
from tests.serving import ROOT

COMMITTED, NONE, VGG16 = "committed", "none", "vgg16"
PHOTO_SEARCH = (COMMITTED, NONE, VGG16)
MB = 1_000_000
HEROKU = 500.0  # MB, compressed: https://devcenter.heroku.com/articles/slug-compiler
BUDGETS = {COMMITTED: 150.0, NONE: 60.0, VGG16: 220.0}  # MB, compressed
WORKER, WORKER_WITH_PHOTOS = 110.0, 400.0  # MB resident, at 10,000 products or fewer
COLD_START = 2.0  # seconds to the first answer
PHOTO_ANSWER = {
    COMMITTED: 1000.0,
    VGG16: 1500.0,
}  # milliseconds for the products that look like a photo of 12 megapixels
STARTS = 3
NAMED = 3  # parts that are named when a slug is too large


@dataclass(frozen=True)
class Plan:
    """Which photo search the slug has; how much it is used, and by how many workers (app.json's number when None)."""

    photo: str = COMMITTED
    clicks: int = 500
    photos: int = 50
    workers: int | None = None


@dataclass(frozen=True)
class Report:
    """A measured slug; `notes` say what stands behind the figures."""

    parts: list[Part]
    figures: list[Figure]
    notes: list[str]


def measure(plan: Plan, track: Track, repository: Path = ROOT) -> Report:
    """Raises SlugError when there is no slug or it does not start; what is over a budget is for `settle`."""
    with TemporaryDirectory(prefix="lookalike-slug-") as name:
        tree = Path(name) / "app"
        commit = _assembled(plan, tree, track, repository)
        parts = slug_parts.measured(tree, track)
        has_bundle = (tree / slug_tree.BUNDLE / "manifest.json").is_file()
        figures = [*sizes(parts, plan.photo), *_lived(plan, tree, track, has_bundle=has_bundle)]
        workers = dyno.variables(tree, plan.workers)["WEB_CONCURRENCY"]
    notes = [
        f"commit {commit}, {workers} worker(s); the limit of {dyno.LIMIT} MB is {dyno.ENFORCED}",
        f"compressed as .tar.gz; {slug_parts.RUNTIME}: what the buildpack adds, from the Python that runs this",
    ]
    if not has_bundle:
        notes.append(f"no {slug_tree.BUNDLE}/ in it: no photo was searched with")
    return Report(parts, figures, notes)


def sizes(parts: Sequence[Part], photo: str) -> list[Figure]:
    """The whole beside Heroku's limit and ours."""
    whole = slug_parts.summed("slug", parts)
    return [
        Figure("slug", "compressed, Heroku's limit", whole.compressed / MB, "MB", HEROKU),
        Figure("slug", "compressed, our budget", whole.compressed / MB, "MB", BUDGETS[photo]),
        Figure("slug", "on disk", whole.on_disk / MB, "MB"),
    ]


def settle(report: Report) -> None:
    """Raises SlugError, in one line, for what is over a limit or a budget."""
    over = [figure for figure in report.figures if figure.met is False]
    if not over:
        return
    said = [f"{each.part}, {each.name}: {each.value:.1f} {each.unit} of {each.most:g}" for each in over]
    largest = sorted(report.parts, key=lambda part: -part.compressed)[:NAMED]
    named = ", ".join(f"{part.name} ({part.compressed / MB:.1f} MB)" for part in largest)
    raise SlugError(f"over the budget: {'; '.join(said)}. The largest parts are {named}.")


def as_rows(report: Report) -> dict[str, object]:
    """Plain values for JSON."""
    return {
        "parts": [asdict(part) for part in report.parts],
        "figures": [{**asdict(each), "met": each.met} for each in report.figures],
        "notes": report.notes,
    }


def _assembled(plan: Plan, tree: Path, track: Track, repository: Path) -> str:
    """The tree as Heroku has it; the answer is the commit's short name."""
    commit = slug_tree.export(repository, tree)
    if plan.photo == NONE:
        slug_tree.without_photos(tree)
    if plan.photo == VGG16:
        seeded_bundle.replace(tree, track)
    slug_tree.prune(tree)
    for _ in track([None], "pip install", 1):
        slug_tree.install(tree)
    slug_tree.check_modules(tree)
    return commit


def _lived(plan: Plan, tree: Path, track: Track, *, has_bundle: bool) -> list[Figure]:
    """What a dyno sees, until its memory is used up."""
    found = [Figure("start", f"cold, median of {STARTS}", _cold_start(plan, tree, track), "s", COLD_START)]
    watch = dyno.Watch()
    try:
        with dyno.running(tree, watch, plan.workers) as web:
            for figures in _used(plan, web, track, has_bundle=has_bundle):
                found += figures
    except SlugError:
        if not watch.is_over:
            raise
    return [*found, Figure("memory", "all processes at most", watch.peak, "MB", watch.most)]


def _cold_start(plan: Plan, tree: Path, track: Track) -> float:
    """Seconds to the first answer."""
    seconds = []
    for _ in track(range(STARTS), "starting", STARTS):
        slug_tree.forget_compiled(tree)
        with dyno.running(tree, dyno.Watch(), plan.workers) as web:
            seconds.append(web.seconds)
    return median(seconds)


def _used(plan: Plan, web: WebProcess, track: Track, *, has_bundle: bool) -> Iterator[list[Figure]]:
    for _ in range(3):
        web.get(HOME)
    yield _memory(web, "idle", WORKER)
    for address in track(slug_visits.addresses(web, plan.clicks), "clicking", plan.clicks):
        web.get(address)
    yield _memory(web, f"after {plan.clicks} clicks", WORKER)
    if has_bundle:
        yield _answers(plan, web, track)
        yield _memory(web, f"after {plan.photos} photos", WORKER_WITH_PHOTOS)


def _answers(plan: Plan, web: WebProcess, track: Track) -> list[Figure]:
    """How long photos take from the first byte that is sent to the last that is answered."""
    taken = []
    for photo, mimetype in track(slug_visits.photos(plan.photos), "searching by photo", plan.photos):
        begin = perf_counter()
        web.post(BY_PHOTO, photo, mimetype)
        taken.append(1000 * (perf_counter() - begin))
    return [
        Figure("photo", "the first, which loads the network", taken[0], "ms"),
        Figure("photo", "median", median(taken), "ms", PHOTO_ANSWER[plan.photo]),
    ]


def _memory(web: WebProcess, when: str, most: float) -> list[Figure]:
    resident, share = web.memory()
    return [
        Figure("memory", f"worker, {when}", resident, "MB", most),
        Figure("memory", f"its share of what is shared, {when}", share, "MB"),
    ]
