"""The commands of `python -m model`: each parses its arguments and calls one function."""

import sys
import warnings
from pathlib import Path
from typing import Any

import click
import numpy as np
from PIL import Image
from rich.console import Console

from catalogue import command as command_line
from catalogue.precomputed import PHOTO
from catalogue.report import report_bytes
from model import asking, cluster, judging, places, sheet, tables
from model.build import build
from model.bundle import bundle
from model.cluster.worker import Recipe
from model.extracted import extract
from model.features import write_arrays
from model.options import list_options, shared_options
from model.places import Anywhere, Here, Where
from model.plan import plan
from model.progress import bar

Folder = Here(path_type=Path)
work_option = click.option(
    "--work", type=Folder, help="Where copies of what lies at a URL are kept, else in the user's cache."
)


@click.group()
def cli() -> None:
    """From a folder of products and photos to lists of what looks similar."""


@cli.command("build")
@click.argument("folder", type=Anywhere())
@click.option("--out", default="precomputed", show_default=True, type=Anywhere(), help="Where to.")
@click.option("--heatmaps", is_flag=True, help="Store where in the photos the first three similarities come from.")
@click.option("--dry-run", is_flag=True, help="Say what would be done and about how long it takes.")
@click.option("--ray", is_flag=False, flag_value="", metavar="[HOST:PORT]", help="Extract and search on a Ray cluster;"
               " without an address, on one that is started for it on this machine.")  # fmt: skip
@work_option
@list_options
@shared_options
def build_command(
    folder: Where,
    out: Where,
    heatmaps: bool,
    dry_run: bool,
    ray: str | None,
    work: Path | None,
    **options: Any,
) -> None:
    """Everything from the photos in FOLDER to the lists in --out; again to update them. Both may be URLs: s3://…"""
    if dry_run:
        with places.catalogue(folder, work, bar) as source:
            with_ = source.chosen(**options)
            Console().print(tables.plan_table(plan(source.folder, with_.extractor, with_.preset.views, bar)))
        return
    places.check_apart(folder, out)
    with places.lists(out, work, bar) as lists, places.catalogue(folder, work, bar) as source:
        with_ = source.chosen(**options)
        recipe = Recipe.of(options["name"], options["weights"], with_.extractor)
        heated = with_.network if heatmaps else None
        with cluster.means(ray, source.folder, recipe) as means:
            built = build(source.folder, lists, with_.extractor, with_.preset, bar, heated, means)
    Console().print(tables.closing_table(built))
    print(f"{out} holds version {built.manifest.version}")


@cli.command("extract")
@click.argument("folder", type=Anywhere())
@click.option("--out", required=True, type=Folder, help="The .npz file to write.")
@click.option("--every-photo", is_flag=True, help="A row for each photo of each product, its file in `photos`.")
@work_option
@shared_options
def extract_command(folder: Where, out: Path, every_photo: bool, work: Path | None, **options: Any) -> None:
    """Write the ids (N,) and vectors (N, D) float32 of FOLDER's main photos."""
    with places.catalogue(folder, work, bar) as source:
        with_ = source.chosen(**options)
        extracted = extract(source.folder, with_.extractor, with_.preset, bar)
    ids, vectors, named = np.array(extracted.ids), extracted.vectors, {}
    if every_photo:
        ids, vectors = ids[extracted.photos.owners], extracted.photos.vectors
        named["photos"] = np.array([path.relative_to(source.folder).as_posix() for path in extracted.paths])
    write_arrays(out, ids=ids, vectors=vectors, **named)
    print(f"{out} holds {len(vectors)} vectors of {vectors.shape[1]} values")


@cli.command("similar")
@click.argument("folder", type=Anywhere())
@click.argument("wanted", metavar="ID|IMAGE")
@click.option("--sheet", "sheet_path", type=Folder, help="Write a contact sheet, such as x.png.")
@work_option
@list_options
@shared_options
def similar_command(folder: Where, wanted: str, sheet_path: Path | None, work: Path | None, **options: Any) -> None:
    """The products in FOLDER most similar to a product or to an image file, five unless --k says otherwise."""
    with places.catalogue(folder, work, bar) as source:
        with_ = source.chosen(**{**options, "k": options["k"] or 5})
        extracted = extract(source.folder, with_.extractor, with_.preset, bar)
    answer = asking.similar(extracted, wanted, with_.extractor, with_.preset, bar)
    titles = {product.id: product.title for product in extracted.products}
    Console().print(tables.similar_table(answer, titles))
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


@cli.command("bundle")
@click.argument("folder", type=Anywhere())
@click.option("--out", default="precomputed", show_default=True, type=Anywhere(), help="Where the lists of FOLDER are.")
@work_option
@shared_options
def bundle_command(folder: Where, out: Where, work: Path | None, **options: Any) -> None:
    """The search by photo of FOLDER, beside its lists in --out: the network in as few bits as agree, and features."""
    with places.lists(out, work, bar) as lists, places.catalogue(folder, work, bar) as source:
        with_ = source.chosen(**options)
        made = bundle(source.folder, lists, with_.network, with_.extractor, with_.preset, bar)
    if made.measured:
        Console().print(tables.precision_table(made))
    print(f"{out}/{PHOTO} holds version {made.bundle.version}{'' if made.measured else ', as before'}")


@cli.command("evaluate")
@click.argument("folder", type=Anywhere())
@click.option("--against", multiple=True, metavar="NAME|FILE.toml", help="Another extractor to compare with.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON instead of a table.")
@work_option
@list_options
@shared_options
def evaluate_command(folder: Where, against: tuple[str, ...], as_json: bool, work: Path | None, **options: Any) -> None:
    """How good the lists of FOLDER are, beside plain cosine and other extractors; as a page, the site's /report."""
    names = dict.fromkeys((options["name"], *against))
    with places.catalogue(folder, work, bar) as source:
        given = {name: source.chosen(**{**options, "name": name}) for name in names}
        report = judging.judge_all(source.folder, given, bar)
    if as_json:
        print(report_bytes(report).decode())
    else:
        Console().print(tables.report_table(report))


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
