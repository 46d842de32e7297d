"""Do products of one kind find each other? Measured on a catalogue with labels, for what the network sees of a photo.

The search sees photos alone: labels are only used to judge its lists. They are the columns of a `truth.csv`, kind and
family, or without one the catalogue's own categories. The baseline is the tutorials' way on the same network: photos
squashed to a square, plain cosine.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from catalogue import feed
from catalogue.errors import CatalogueError
from model import sheet
from model.build import Extracted, extract
from model.evaluation import Lists, Precision, precision_at, worst
from model.extractors import Extractor
from model.images import View
from model.progress import Track
from model.ranking import PRESETS, Preset, rank

KS = (1, 5, 10)
SHEET_K = 5
WORST = 10
LABELS = ("kind", "family")
SHOP = PRESETS["shop"].views

Views = tuple[View, ...]
Truth = Mapping[str, Mapping[str, str]]  # of each label's name, each product's label


@dataclass(frozen=True)
class Quality:
    """Precision of the lists that some views give, for one label; `cost` is in passes of a photo of usual size."""

    views: Views
    cost: float
    label: str
    precisions: tuple[Precision, ...]


def ladder(extractor: Extractor, *, any_size: bool) -> list[Views]:
    """What is compared: the tutorials' squash first, then more and more of each photo."""
    letterbox, crop, large = View("letterbox"), View("crop"), View("letterbox", extractor.size * 10 // 7)
    both = (letterbox, crop)
    steps: list[Views] = [(View("squash"),), (letterbox,), (crop,), mirrored((letterbox,)), both, mirrored(both)]
    return [*steps, (*both, large), mirrored((*both, large))] if any_size else steps


def mirrored(views: Views) -> Views:
    """Each view, plain and mirrored."""
    return tuple(replace(view, mirrored=side) for view in views for side in (False, True))


def named(views: Views) -> str:
    """The views in a few words."""
    plain = ", ".join(str(view) for view in views if not view.mirrored)
    return f"{plain}; mirrored too" if any(view.mirrored for view in views) else plain


def measure(
    folder: Path, extractor: Extractor, steps: Sequence[Views], track: Track, sheet_path: Path | None = None
) -> list[Quality]:
    """Precision at each of KS, of the lists of each step; the ten worst lists of `shop` are drawn to `sheet_path`.

    Raises CatalogueError when the folder has no labels.
    """
    truth = read_truth(folder)
    found: list[Quality] = []
    for views in steps:
        extracted = extract(folder, extractor, Preset("measured", views, max(KS)), track)
        lists = rank(extracted.ids, extracted.vectors, max(KS))
        cost = sum(((view.size or extractor.size) / extractor.size) ** 2 for view in views)
        for label, labels in truth.items():
            found.append(Quality(views, cost, label, tuple(precision_at(lists, labels, k) for k in KS)))
        if sheet_path and views == SHOP:
            sheet.save(sheet.draw(_worst_lists(extracted, lists, list(truth.values())[-1])), sheet_path)
    return found


def as_rows(found: list[Quality]) -> list[dict[str, object]]:
    """Plain values for JSON."""
    return [
        {"views": [str(view) for view in each.views], "cost": round(each.cost, 2), "label": each.label, **asdict(one)}
        for each in found
        for one in each.precisions
    ]


def read_truth(folder: Path) -> Truth:
    """Each label of each product: `read_truth(folder)["kind"]["mug-001"] == "mug"`. Raises CatalogueError."""
    path = folder / "truth.csv"
    if not path.exists():
        labels = {product.id: product.product_type for product in feed.read(folder).products}
        if len(set(labels.values())) < 2:
            raise CatalogueError(f"{folder} needs a truth.csv, or products in two product_types, to judge lists by.")
        return {"product_type": labels}
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        return {label: {row["id"]: row[label] for row in rows} for label in LABELS}
    except (OSError, KeyError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path} needs the columns id, kind and family ({error}).") from error


def _worst_lists(extracted: Extracted, lists: Lists, labels: Mapping[str, str]) -> list[sheet.Picture]:
    """A row for each of the worst lists: the product, then its five neighbours with their label."""
    pictures = []
    for product_id in worst(lists, labels, SHEET_K, WORST):
        pictures.append(_picture(extracted, product_id, labels, "asked"))
        nears = lists[product_id][:SHEET_K]
        pictures += [_picture(extracted, near.product_id, labels, f"{near.similarity:.4f}") for near in nears]
    return pictures


def _picture(extracted: Extracted, product_id: str, labels: Mapping[str, str], note: str) -> sheet.Picture:
    photo = extracted.gathered.photos[product_id][0].path
    return sheet.Picture(photo, f"{product_id} {labels.get(product_id, '')}", note)
