"""The commands of `python -m benchmarks`."""

import json
import signal
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from benchmarks import (
    extract,
    fetch,
    memory,
    neighbours,
    quality,
    reproduce_seed,
    scale,
    serve,
    slug,
)
from benchmarks.figure import Figure
from catalogue import command as command_line
from model import calibration, extractors
from model.cluster.worker import Recipe
from model.extractors import openvino
from model.extractors.engine import OnEngine
from model.progress import bar

Command = Callable[..., Any]

WIDE = 140  # columns


def network_options(command: Command) -> Command:
    """Options of the commands that run a network."""
    for option in (
        click.option("--weights", type=click.Path(path_type=Path), help="A file of weights for the extractor."),
        click.option("--extractor", "name", default="efficientnet-lite0", show_default=True,
                     type=click.Choice(sorted(extractors.EXTRACTORS)), help="The network that sees the photos."),
    ):  # fmt: skip
        command = option(command)
    return command


@click.group()
def cli() -> None:
    """Figures about quality and speed, each beside a baseline of the same run."""


@cli.command("quality")
@click.argument("folder", default="data/demo", type=click.Path(path_type=Path))
@network_options
@click.option(
    "--engine",
    default=extractors.OPENVINO,
    show_default=True,
    type=click.Choice(extractors.ENGINES),
    help="What runs the network.",
)
@click.option("--sheet", type=click.Path(path_type=Path), help="Draw the ten worst lists, such as worst.png.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def quality_command(
    folder: Path, name: str, weights: Path | None, engine: str, sheet: Path | None, as_json: bool
) -> None:
    """Precision of FOLDER's lists by what the network sees of each photo, against plain squashed photos."""
    network = extractors.network(name, weights)
    extractor = calibration.on_engine(folder, network, engine, "letterbox", bar)
    steps = quality.ladder(extractor, any_size=network.any_size)
    found = quality.measure(folder, extractor, steps, bar, sheet)
    if as_json:
        print(json.dumps(quality.as_rows(found), indent=1))
    else:
        _print(_table(found))


@cli.command("extract")
@click.argument("folder", default="data/demo", type=click.Path(path_type=Path))
@click.option("--images", default=320, show_default=True, type=click.IntRange(32), help="How many photos of FOLDER.")
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1), help="How often, for the median.")
@network_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def extract_command(folder: Path, images: int, rounds: int, name: str, weights: Path | None, as_json: bool) -> None:
    """Images per second from FOLDER's files to stored features on each engine, against the seed's way."""
    speeds = extract.measure(folder, images, rounds, extractors.network(name, weights), bar)
    if as_json:
        print(json.dumps(extract.as_rows(speeds), indent=1))
        return
    table = Table("way", "engine", "images/s", "ratio")
    for each in speeds:
        table.add_row(each.way, each.engine, f"{each.images_per_second:.1f}", f"{each.ratio:.2f}")
    _print(table)


@cli.command("memory")
@click.option("--photos", "counts", multiple=True, default=(1000, 10_000), show_default=True, type=click.IntRange(1))
@network_options
@click.option("--engine", "engines", multiple=True, type=click.Choice(extractors.ENGINES), help="All unless given.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def memory_command(
    counts: tuple[int, ...], name: str, weights: Path | None, engines: tuple[str, ...], as_json: bool
) -> None:
    """The most memory that extraction takes, of few photos and of many, on each engine."""
    peaks = memory.measure(name, weights, engines or openvino.available(extractors.network(name, weights)), counts, bar)
    if as_json:
        print(json.dumps(memory.as_rows(peaks), indent=1))
        return
    table = Table("engine", "photos", "MB")
    for each in peaks:
        table.add_row(each.engine, str(each.photos), str(each.megabytes))
    _print(table)


@cli.command("fetch")
@click.option("--images", default=2000, show_default=True, type=click.IntRange(8), help="How many images to download.")
@click.option(
    "--rounds", default=3, show_default=True, type=click.IntRange(1), help="How often each one downloads them."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def fetch_command(images: int, rounds: int, as_json: bool) -> None:
    """Images per second from eight hosts on this machine, without pauses, against img2dataset."""
    ours, theirs = fetch.measure(images, rounds, bar)
    if as_json:
        print(json.dumps(fetch.as_rows(ours, theirs), indent=1))
    else:
        _print(_speeds(ours, theirs))
        print(f"ratio {fetch.ratio(ours, theirs):.2f}")


@cli.command("neighbours")
@click.option("--case", "cases", multiple=True, default=neighbours.USUAL, show_default=True,
              type=click.Choice(list(neighbours.CASES)), help="How many products and values.")  # fmt: skip
@click.option("--rounds", default=1, show_default=True, type=click.IntRange(1), help="How often, for the median.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def neighbours_command(cases: tuple[str, ...], rounds: int, as_json: bool) -> None:
    """Seconds, memory and recall of the search for neighbours, against the seed's way and a blocked product.

    Of the seed's way 100 products are sorted, and the time for all is worked out from theirs.
    """
    figures = neighbours.measure(cases, rounds, bar)
    if as_json:
        print(json.dumps(neighbours.as_rows(figures), indent=1))
        return
    table = Table("case", "way", "seconds", "to the seed's way", "to the blocked product", "MB", "recall@12")
    for each in figures:
        ratios = [f"{ratio:.2f}" if ratio else "" for ratio in (each.to_seed, each.to_blocked)]
        found = f"{each.recall:.4f}" if each.recall >= 0 else ""
        table.add_row(each.case, each.way, f"{each.seconds:.2f}", *ratios, str(each.megabytes), found)
    _print(table)


@cli.command("reproduce-seed")
@click.option(
    "--images", "folder", required=True, type=click.Path(path_type=Path, file_okay=False),
    help="The folder of the seed's 56 images; those that it lacks are fetched.",
)  # fmt: skip
@click.option("--weights", required=True, type=click.Path(path_type=Path), help="Keras's file of weights for VGG16.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def reproduce_seed_command(folder: Path, weights: Path, as_json: bool) -> None:
    """The seed's images through the classic preset, against the similarities that the seed published."""
    with warnings.catch_warnings(action="ignore", category=UserWarning):  # of other weights: `settle` tells
        network = extractors.network("vgg16", weights)
    found = reproduce_seed.measure(folder, OnEngine(network, extractors.REFERENCE), bar)
    if as_json:
        print(json.dumps(reproduce_seed.as_rows(found), indent=1))
    else:
        _print(_pairs(found))
        print(reproduce_seed.summary(found))
    reproduce_seed.settle(found, weights)


@cli.command("scale")
@click.argument("folder", default="data/demo", type=click.Path(path_type=Path))
@click.option("--products", default=3409, show_default=True, type=click.IntRange(512), help="How many of FOLDER.")
@click.option("--rounds", default=1, show_default=True, type=click.IntRange(1), help="How often, for the median.")
@click.option("--only", "parts", multiple=True, default=scale.PARTS, type=click.Choice(scale.PARTS),
              help="All parts unless given.")  # fmt: skip
@network_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def scale_command(
    folder: Path, products: int, rounds: int, parts: tuple[str, ...], name: str, weights: Path | None, as_json: bool
) -> None:
    """A build of FOLDER on a Ray cluster of this machine, against the plain one, and two processes against one."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started ends too
    recipe = Recipe(name, weights, extractors.OPENVINO, None)
    figures = scale.measure(folder, products, rounds, recipe, parts, bar)
    if as_json:
        print(json.dumps(scale.as_rows(figures), indent=1))
    else:
        _print(_figures(figures))


@cli.command("serve")
@click.option("--products", default=5000, show_default=True, type=click.IntRange(97), help="Of the shop visited.")
@click.option("--sizes", multiple=True, default=(10_000, 100_000), show_default=True, type=click.IntRange(97),
              help="Products of the shops whose memory, start and searches are measured.")  # fmt: skip
@click.option("--clicks", default=36, show_default=True, type=click.IntRange(2, 48), help="How many of each kind.")
@click.option("--seconds", default=3.0, show_default=True, type=click.FloatRange(0.1), help="For each rate.")
@click.option("--only", "parts", multiple=True, default=(*serve.PARTS, serve.MEMORY),
              type=click.Choice([*serve.PARTS, serve.MEMORY, serve.BUILT]),
              help=f"All but {serve.BUILT} unless given, which builds the lists of the shops measured.")  # fmt: skip
@click.option("--against", default="", metavar="COMMIT", help="Measure its first loads and lists in the same run.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def serve_command(
    products: int,
    sizes: tuple[int, ...],
    clicks: int,
    seconds: float,
    parts: tuple[str, ...],
    against: str,
    as_json: bool,
) -> None:
    """Clicks, first loads, ways back, requests/s, memory and start of the storefront, against the seed's design.

    A Chromium visits gunicorn on loopback, at the speed of 4G where that is said.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started ends too
    figures = serve.measure(serve.Plan(products, sizes, clicks, seconds=seconds, against=against), parts, bar)
    if as_json:
        print(json.dumps(serve.as_rows(figures), indent=1))
    else:
        _print(_figures(figures))


@cli.command("slug")
@click.option("--photo", default=slug.COMMITTED, show_default=True, type=click.Choice(slug.PHOTO_SEARCH),
              help="The search by photo: as committed, left out, or by VGG16 with seeded weights.")  # fmt: skip
@click.option("--workers", type=click.IntRange(1), help="Of the web process; else as app.json says.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
def slug_command(photo: str, workers: int | None, as_json: bool) -> None:
    """The size of what Heroku makes of the last commit, its start and its memory, each beside its budget.

    Ends with exit code 1 when one of them is over it.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started ends too
    report = slug.measure(slug.Plan(photo=photo, workers=workers), bar)
    if as_json:
        print(json.dumps(slug.as_rows(report), indent=1))
    else:
        for table in (_parts(report), _budgets(report.figures)):
            Console().print(table)
        print(*report.notes, sep="\n")
    slug.settle(report)


def _parts(report: slug.Report) -> Table:
    table = Table("part", "compressed, MB", "on disk, MB")
    for part in report.parts:
        table.add_row(part.name, f"{part.compressed / slug.MB:.1f}", f"{part.on_disk / slug.MB:.1f}")
    return table


def _budgets(figures: list[Figure]) -> Table:
    table = Table("what", "figure", "budget", "met")
    for each in figures:
        most, met = (f"≤ {each.most:g}", "yes" if each.met else "no") if each.most is not None else ("", "")
        table.add_row(f"{each.part}: {each.name}", f"{each.value:.1f} {each.unit}", most, met)
    return table


def _figures(figures: list[Figure]) -> Table:
    table = Table("part", "what", "figure", "target", "met", "the seed's design", "ratio")
    for each in figures:
        target = f"≤ {each.most:g}" if each.most is not None else f"≥ {each.least:g}" if each.least is not None else ""
        met = "" if each.met is None else "yes" if each.met else "no"
        seed = "" if each.seed is None else f"{each.seed:.1f}"
        ratio = "" if each.ratio is None else f"{each.ratio:.2f}"
        table.add_row(each.part, each.name, f"{each.value:.6g} {each.unit}", target, met, seed, ratio)
    return table


def _pairs(found: reproduce_seed.Comparison) -> Table:
    table = Table("image", "published → found", "similarity published", "similarity found", "difference")
    for pair in found.pairs:
        figures = (f"{value:.7f}" for value in (pair.published.similarity, pair.similarity, pair.difference))
        table.add_row(pair.image, f"{pair.published.product_id} → {pair.found}", *figures)
    return table


def _speeds(*contestants: fetch.Figures) -> Table:
    table = Table("downloader", "images/s", "whole command, s", "connections per host, at most")
    for each in contestants:
        table.add_row(each.name, f"{each.images_per_second:.0f}", f"{each.seconds:.1f}", str(each.connections))
    return table


def _print(table: Table) -> None:
    """Into a file or a pipe as wide as its figures are."""
    Console(width=None if sys.stdout.isatty() else WIDE).print(table)


def _table(found: list[quality.Quality]) -> Table:
    precisions = (f"P@{k}" for k in quality.KS)
    table = Table("views", "order", "cost", "label", *precisions, "chance", "best @10", "orphans", "in lists, at most")
    for each in found:
        shares = [f"{one.value:.3f}" for one in each.precisions]
        last = each.precisions[-1]
        table.add_row(
            quality.named(each.views),
            "ranked" if each.ranked else "cosine",
            f"{each.cost:.1f}",
            each.label,
            *shares,
            f"{last.chance:.3f}",
            f"{last.reachable:.3f}",
            f"{each.orphans:.1%}",
            str(each.most),
        )
    return table


if __name__ == "__main__":
    command_line.run(cli, "python -m benchmarks")
