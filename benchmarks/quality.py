"""Do products of one kind find each other? Measured on a catalogue with labels: what the network sees, and ranking.

The search sees photos alone: labels are only used to judge its lists. They are the columns of a `truth.csv`, kind and
family, or without one the catalogue's own categories. The baseline is the tutorials' way on the same network: photos
squashed to a square, plain cosine.
"""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from catalogue import feed
from catalogue.errors import CatalogueError
from model import sheet
from model.balance import SHOWN
from model.evaluation import Lists, Precision, precision_at, worst
from model.extracted import Extracted, extract
from model.extractors import Extractor
from model.images import View
from model.lists import PRESETS, Preset
from model.progress import Track

KS = (1, 5, 10)
SHEET_K = 5
WORST = 10
LABELS = ("kind", "family")
SHOP = PRESETS["shop"]

Views = tuple[View, ...]
Truth = Mapping[str, Mapping[str, str]]  # of each label's name, each product's label


@dataclass(frozen=True)
class Quality:
    """Of the lists that some views give, in the order of plain cosine or `ranked`: precision by one label.

    `cost` is in passes of a photo of usual size. `orphans` is the share of products that no list shows in its first
    SHOWN places, and `most` in how many lists the one is that stands in most.
    """

    views: Views
    ranked: bool
    cost: float
    label: str
    precisions: tuple[Precision, ...]
    orphans: float
    most: int


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
    """Precision at each of KS of the lists of each step; the ten worst lists of `shop` are drawn to `sheet_path`.

    Raises CatalogueError when the folder has no labels.
    """
    truth = read_truth(folder)
    found: list[Quality] = []
    for views in steps:
        preset = replace(SHOP, views=views, k=max(KS))
        extracted = extract(folder, extractor, preset, track)
        for one in (replace(preset, ranked=False), preset):
            lists = extracted.lists(one, track).similar
            found += [_quality(extractor, one, label, labels, lists) for label, labels in truth.items()]
        if sheet_path and views == SHOP.views:
            sheet.save(sheet.draw(_worst_lists(extracted, lists, list(truth.values())[-1])), sheet_path)
    return found


def as_rows(found: list[Quality]) -> list[dict[str, object]]:
    """Plain values for JSON."""
    return [
        {
            "views": [str(view) for view in each.views],
            "ranked": each.ranked,
            "cost": round(each.cost, 2),
            "label": each.label,
            "orphans": round(each.orphans, 5),
            "most": each.most,
            **asdict(one),
        }
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


def _quality(extractor: Extractor, preset: Preset, label: str, labels: Mapping[str, str], lists: Lists) -> Quality:
    cost = sum(((view.size or extractor.size) / extractor.size) ** 2 for view in preset.views)
    shown = Counter(near.product_id for each in lists.values() for near in each[:SHOWN])
    orphans = sum(product_id not in shown for product_id in lists) / len(lists)
    precisions = tuple(precision_at(lists, labels, k) for k in KS)
    return Quality(preset.views, preset.ranked, cost, label, precisions, orphans, max(shown.values(), default=0))


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
