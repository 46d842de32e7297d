"""The commands of `python -m model`: each parses its arguments and calls one function."""

import sys
import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import click
import numpy as np
from PIL import Image
from rich.console import Console
from rich.table import Table

from catalogue import command as command_line
from model import agreement, calibration, extractors, query, sheet
from model.build import Report, build, extract
from model.extractors import ENGINES, OPENVINO, Extractor
from model.features import write_arrays
from model.images import View
from model.plan import Plan, plan
from model.progress import bar
from model.ranking import PRESETS, Preset

Command = Callable[..., Any]


class ViewNames(click.ParamType[tuple[View, ...]]):
    """Views by their names, with commas between them."""

    name = "VIEWS"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[View, ...]:
        try:
            return tuple(dict.fromkeys(View.parse(name.strip()) for name in value.split(",")))
        except ValueError as error:
            self.fail(str(error), param, ctx)


def shared_options(command: Command) -> Command:
    """Options of every command that runs a network."""
    for option in (
        click.option("--views", type=ViewNames(), help="What the network sees of each photo, such as"
                     " letterbox,crop: letterbox, crop or squash, @PIXELS after it for another size. The preset's own"
                     " unless given; each costs as much as the first."),
        click.option("--mirror", is_flag=True, help="See each view mirrored too, and average. Costs as much again."),
        click.option("--preset", default="shop", show_default=True, type=click.Choice(sorted(PRESETS)),
                     help="shop: the whole photo on white, and its middle. classic: squashed, nearest neighbour, lists"
                     " of 5."),
        click.option("--engine", default=OPENVINO, show_default=True, type=click.Choice([*ENGINES, "auto"]),
                     help="What runs the network. auto: the fastest that agrees with the reference on its photos."),
        click.option("--weights", type=click.Path(path_type=Path), help="A file of weights for the extractor."),
        click.option("--extractor", "name", default="vgg16", show_default=True, metavar="NAME|FILE.toml",
                     help=f"The network that sees the photos: {', '.join(sorted(extractors.EXTRACTORS))}, or a file"
                     " that describes an ONNX model."),
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
@click.option("--dry-run", is_flag=True, help="Say what would be done and about how long it takes.")
@shared_options
def build_command(folder: Path, out: Path, k: int | None, dry_run: bool, **network: Any) -> None:
    """Everything from the photos in FOLDER to the lists in --out; again to update them."""
    extractor, preset = _chosen(folder, **network)
    if dry_run:
        Console().print(_plan_table(plan(folder, extractor, preset.views, bar)))
        return
    report = build(folder, out, extractor, preset, k or preset.k, bar)
    Console().print(_closing_table(report))
    print(f"{out} holds version {report.manifest.version}")


@cli.command("extract")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The .npz file to write.")
@click.option("--every-photo", is_flag=True, help="A row for each photo of each product, its file in `photos`.")
@shared_options
def extract_command(folder: Path, out: Path, every_photo: bool, **network: Any) -> None:
    """Write the ids (N,) and vectors (N, D) float32 of FOLDER's main photos."""
    extracted = extract(folder, *_chosen(folder, **network), bar)
    ids, vectors, named = extracted.ids, extracted.vectors, {}
    if every_photo:
        rows = extracted.every_photo()
        ids, vectors = rows.ids, rows.vectors
        named["photos"] = np.array([path.relative_to(folder).as_posix() for path in rows.paths])
    write_arrays(out, ids=np.array(ids), vectors=vectors, **named)
    print(f"{out} holds {len(vectors)} vectors of {vectors.shape[1]} values")


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
    answer = query.similar(extracted, wanted, extractor, preset.views, k)
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


def _chosen(
    folder: Path,
    name: str,
    weights: Path | None,
    engine: str,
    preset: str,
    views: tuple[View, ...] | None,
    mirror: bool,
) -> tuple[Extractor, Preset]:
    """What the shared options say."""
    settings = PRESETS[preset]
    shown = views or settings.views
    if mirror:
        shown = tuple(replace(view, mirrored=mirrored) for view in shown for mirrored in (False, True))
    with Console(stderr=True).status(f"loading {name}"):
        network = extractors.network(name, weights)
    load = partial(calibration.on_engine, folder, network, fit=shown[0].fit, track=bar)
    if engine == "auto":
        engine = agreement.choose(folder, network, load, shown[0].fit, bar)
        print(f"{engine} is the fastest engine that agrees with {network.engines[0]}", file=sys.stderr)
    return load(engine), replace(settings, views=shown)


def _closing_table(report: Report) -> Table:
    manifest, changes = report.manifest, report.changes
    table = Table("built", "", title=None)
    rows = {
        "products": manifest.products,
        "products added": changes.added,
        "products removed": changes.removed,
        "with similar products": manifest.listed,
        "lists changed": changes.lists,
        "photos": manifest.photos,
        "photos removed": changes.photos_removed,
        "features new": report.extraction.new,
        "features reused": report.extraction.reused,
    }
    for label, count in rows.items():
        table.add_row(label, str(count))
    for name in report.extraction.damaged:
        table.add_row(f"damaged, extracted again: {name}", "")
    _add_drops(table, manifest.drops)
    return table


def _plan_table(found: Plan) -> Table:
    table = Table("to be built", "", title=None)
    table.add_row("products", str(found.products))
    table.add_row("photos", str(found.photos))
    for view, count in found.missing.items():
        table.add_row(f"features to extract, {view}", str(count))
    table.add_row("about, for those", f"{timedelta(seconds=round(found.seconds))}")
    _add_drops(table, found.drops)
    return table


def _add_drops(table: Table, drops: Mapping[str, int]) -> None:
    for reason, count in sorted(drops.items()):
        table.add_row(f"dropped: {reason}", str(count))
    table.columns[1].justify = "right"


def _similar_table(answer: query.Answer, titles: dict[str, str]) -> Table:
    table = Table("", "id", "title", "similarity", title=f"similar to {answer.title}")
    for number, near in enumerate(answer.neighbours, start=1):
        table.add_row(str(number), near.product_id, titles[near.product_id], f"{near.similarity:.4f}")
    table.columns[3].justify = "right"
    return table


def _one_line(message: Warning | str, *_: Any, **__: Any) -> None:
    print(f"warning: {message}", file=sys.stderr)


def main() -> None:
    """Run a command; an error of ours is one line and its exit code."""
    warnings.filterwarnings("ignore", module="PIL")  # broken metadata of photos that can be used all the same
    warnings.filterwarnings("error", category=Image.DecompressionBombWarning)
    warnings.showwarning = _one_line
    command_line.run(cli, "python -m model")


if __name__ == "__main__":
    main()
