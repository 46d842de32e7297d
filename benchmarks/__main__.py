"""The commands of `python -m benchmarks`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from benchmarks import extract, fetch, quality
from catalogue import command as command_line
from model import extractors
from model.progress import bar

Command = Callable[..., Any]


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
@click.option("--sheet", type=click.Path(path_type=Path), help="Draw the ten worst lists, such as worst.png.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def quality_command(folder: Path, name: str, weights: Path | None, sheet: Path | None, as_json: bool) -> None:
    """Precision at 5 for kind and family on FOLDER, which has a truth.csv, against plain squashed photos."""
    found = quality.measure(folder, extractors.load(name, weights), bar, sheet)
    if as_json:
        print(json.dumps(quality.as_rows(found), indent=1))
    else:
        Console().print(_table(found))


@cli.command("extract")
@click.argument("folder", default="data/demo", type=click.Path(path_type=Path))
@click.option("--images", default=320, show_default=True, type=click.IntRange(32), help="How many photos of FOLDER.")
@network_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def extract_command(folder: Path, images: int, name: str, weights: Path | None, as_json: bool) -> None:
    """Images per second from FOLDER's files to stored features on each engine, against the seed's way."""
    speeds = extract.measure(folder, images, name, weights, bar)
    if as_json:
        print(json.dumps(extract.as_rows(speeds), indent=1))
        return
    table = Table("way", "engine", "images/s", "ratio")
    for each in speeds:
        table.add_row(each.way, each.engine, f"{each.images_per_second:.1f}", f"{each.ratio:.2f}")
    Console().print(table)


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
        Console().print(_speeds(ours, theirs))
        print(f"ratio {fetch.ratio(ours, theirs):.2f}")


def _speeds(*contestants: fetch.Figures) -> Table:
    table = Table("downloader", "images/s", "whole command, s", "connections per host, at most")
    for each in contestants:
        table.add_row(each.name, f"{each.images_per_second:.0f}", f"{each.seconds:.1f}", str(each.connections))
    return table


def _table(found: list[quality.Quality]) -> Table:
    table = Table("preset", "label", "products", "precision@5", "by chance", "at best")
    for each in found:
        figures = each.precision
        shares = (f"{value:.3f}" for value in (figures.value, figures.chance, figures.reachable))
        table.add_row(each.preset, each.label, str(figures.products), *shares)
    return table


if __name__ == "__main__":
    command_line.run(cli, "python -m benchmarks")
