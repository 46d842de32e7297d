"""The commands of `python -m model`: each parses its arguments and calls one function."""

import sys
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click
import numpy as np
from PIL import Image
from rich.console import Console
from rich.table import Table

from catalogue import command as command_line
from model import agreement, extractors, query, sheet
from model.build import Report, build, extract
from model.extractors import ENGINES, REFERENCE, Extractor
from model.features import write_arrays
from model.progress import bar
from model.ranking import PRESETS, Preset

Command = Callable[..., Any]


def shared_options(command: Command) -> Command:
    """Options of every command that runs a network."""
    for option in (
        click.option("--preset", default="shop", show_default=True, type=click.Choice(sorted(PRESETS)),
                     help="shop: letterboxed on white. classic: squashed, nearest neighbour, lists of 5."),
        click.option("--engine", default=REFERENCE, show_default=True, type=click.Choice([*ENGINES, "auto"]),
                     help="What runs the network. auto: the fastest that agrees with tensorflow on FOLDER's photos."),
        click.option("--weights", type=click.Path(path_type=Path), help="A file of weights for the extractor."),
        click.option("--extractor", "name", default="vgg16", show_default=True,
                     type=click.Choice(sorted(extractors.EXTRACTORS)), help="The network that sees the photos."),
    ):  # fmt: skip
        command = option(command)
    return command


@click.group()
def cli() -> None:
    """From a folder of products and photos to lists of what looks similar."""


@cli.command("build")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--out", default="precomputed", show_default=True, type=click.Path(path_type=Path), help="Where to.")
@click.option("--k", type=click.IntRange(1, 1000), help="Length of the lists; the preset's own unless given.")
@shared_options
def build_command(folder: Path, out: Path, k: int | None, **network: Any) -> None:
    """Everything from the photos in FOLDER to the lists in --out; again to update them."""
    extractor, preset = _chosen(folder, **network)
    report = build(folder, out, extractor, preset, k or preset.k, bar)
    Console().print(_closing_table(report))
    print(f"{out} holds version {report.manifest.version}")


@cli.command("extract")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The .npz file to write.")
@shared_options
def extract_command(folder: Path, out: Path, **network: Any) -> None:
    """Write the ids (N,) and vectors (N, D) float32 of FOLDER's main photos."""
    extracted = extract(folder, *_chosen(folder, **network), bar)
    write_arrays(out, ids=np.array(extracted.ids), vectors=extracted.vectors)
    print(f"{out} holds {len(extracted.ids)} vectors of {extracted.vectors.shape[1]} values")


@cli.command("similar")
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("wanted", metavar="ID|IMAGE")
@click.option("--k", default=5, show_default=True, type=click.IntRange(1, 1000), help="How many.")
@click.option("--sheet", "sheet_path", type=click.Path(path_type=Path), help="Write a contact sheet, such as x.png.")
@shared_options
def similar_command(folder: Path, wanted: str, k: int, sheet_path: Path | None, **network: Any) -> None:
    """The products in FOLDER most similar to a product or to an image file."""
    extractor, preset = _chosen(folder, **network)
    extracted = extract(folder, extractor, preset, bar)
    answer = query.similar(extracted, wanted, extractor, preset.fit, k)
    titles = {product.id: product.title for product in extracted.products}
    Console().print(_similar_table(answer, titles))
    if sheet_path:
        asked = sheet.Picture(answer.photo, answer.title, wanted)
        found = [
            sheet.Picture(
                extracted.gathered.photos[near.product_id][0].path, titles[near.product_id], f"{near.similarity:.4f}"
            )
            for near in answer.neighbours
        ]
        sheet.save(sheet.draw([asked, *found]), sheet_path)
        print(f"{sheet_path} shows them")


def _chosen(folder: Path, name: str, weights: Path | None, engine: str, preset: str) -> tuple[Extractor, Preset]:
    """What the shared options say."""
    load, settings = partial(extractors.load, name, weights), PRESETS[preset]
    if engine == "auto":
        engine = agreement.choose(folder, load, settings.fit, bar)
        print(f"{engine} is the fastest engine that agrees with tensorflow", file=sys.stderr)
    with Console(stderr=True).status(f"loading {name}"):
        return load(engine), settings


def _closing_table(report: Report) -> Table:
    manifest = report.manifest
    table = Table("built", "", title=None)
    rows = {
        "products": manifest.products,
        "with similar products": manifest.listed,
        "photos": manifest.photos,
        "features new": report.new,
        "features reused": report.reused,
    }
    for label, count in rows.items():
        table.add_row(label, str(count))
    for name in report.damaged:
        table.add_row(f"damaged, extracted again: {name}", "")
    for reason, count in sorted(manifest.drops.items()):
        table.add_row(f"dropped: {reason}", str(count))
    table.columns[1].justify = "right"
    return table


def _similar_table(answer: query.Answer, titles: dict[str, str]) -> Table:
    table = Table("", "id", "title", "similarity", title=f"similar to {answer.title}")
    for number, near in enumerate(answer.neighbours, start=1):
        table.add_row(str(number), near.product_id, titles[near.product_id], f"{near.similarity:.4f}")
    table.columns[3].justify = "right"
    return table


def main() -> None:
    """Run a command; an error of ours is one line and its exit code."""
    warnings.filterwarnings("ignore", module="PIL")  # broken metadata of photos that can be used all the same
    warnings.filterwarnings("error", category=Image.DecompressionBombWarning)
    command_line.run(cli, "python -m model")


if __name__ == "__main__":
    main()
