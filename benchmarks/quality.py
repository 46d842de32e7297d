"""Do products of one kind and of one family find each other? Measured on a catalogue with a `truth.csv`.

The search sees photos alone: kinds and families are only used to judge its lists. The baseline is the tutorials' way on
the same network: photos squashed to a square, plain cosine.
"""

import csv
from dataclasses import asdict, dataclass
from pathlib import Path

from catalogue.errors import CatalogueError
from model import sheet
from model.build import Extracted, extract
from model.evaluation import Lists, Precision, precision_at, worst
from model.extractors import Extractor
from model.progress import Track
from model.ranking import PRESETS, rank

K = 5
WORST = 10
LABELS = ("kind", "family")
BASELINE = "classic"


@dataclass(frozen=True)
class Quality:
    """Precision at 5 of one preset's lists, for one of LABELS."""

    preset: str
    label: str
    precision: Precision


def measure(folder: Path, extractor: Extractor, track: Track, sheet_path: Path | None = None) -> list[Quality]:
    """Precision at 5 for kind and family, of each preset; the ten worst lists of `shop` are drawn to `sheet_path`.

    Raises CatalogueError when the folder has no `truth.csv` with those columns.
    """
    truth = read_truth(folder / "truth.csv")
    found: list[Quality] = []
    for preset in (BASELINE, "shop"):
        extracted = extract(folder, extractor, PRESETS[preset], track)
        lists = rank(extracted.ids, extracted.vectors, K)
        found += [Quality(preset, label, precision_at(lists, truth[label], K)) for label in LABELS]
        if sheet_path and preset == "shop":
            sheet.save(sheet.draw(_worst_lists(extracted, lists, truth["family"])), sheet_path)
    return found


def as_rows(found: list[Quality]) -> list[dict[str, object]]:
    """Plain values for JSON."""
    return [{"preset": each.preset, "label": each.label, **asdict(each.precision)} for each in found]


def read_truth(path: Path) -> dict[str, dict[str, str]]:
    """Each label of each product: `read_truth(path)["kind"]["mug-001"] == "mug"`. Raises CatalogueError."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        return {label: {row["id"]: row[label] for row in rows} for label in LABELS}
    except (OSError, KeyError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path} needs the columns id, kind and family ({error}).") from error


def _worst_lists(extracted: Extracted, lists: Lists, labels: dict[str, str]) -> list[sheet.Picture]:
    """A row for each of the worst lists: the product, then its five neighbours with their family."""
    pictures = []
    for product_id in worst(lists, labels, K, WORST):
        pictures.append(_picture(extracted, product_id, labels, "asked"))
        pictures += [_picture(extracted, n.product_id, labels, f"{n.similarity:.4f}") for n in lists[product_id]]
    return pictures


def _picture(extracted: Extracted, product_id: str, labels: dict[str, str], note: str) -> sheet.Picture:
    photo = extracted.gathered.photos[product_id][0].path
    return sheet.Picture(photo, f"{product_id} {labels.get(product_id, '')}", note)
