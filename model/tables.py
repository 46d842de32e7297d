"""What the commands print."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from rich.markup import escape
from rich.table import Table

from catalogue.report import Estimate, PrecisionAt, Report
from model import asking
from model.build import Built
from model.bundle import Bundled
from model.plan import Plan

CATEGORIES = 30  # of a quality report's table; the report has more


def closing_table(built: Built) -> Table:
    manifest, changes = built.manifest, built.changes
    table = Table("built", "", title=None)
    rows = {
        "products": manifest.products,
        "products added": changes.added,
        "products removed": changes.removed,
        "with similar products": manifest.listed,
        "lists changed": changes.lists,
        "groups of duplicates": built.groups,
        "photos": manifest.photos,
        "photos removed": changes.photos_removed,
        "features new": built.new,
        "features reused": built.reused,
    }
    for label, count in rows.items():
        table.add_row(label, str(count))
    for name in built.damaged:
        table.add_row(f"damaged, extracted again: {name}", "")
    _add_drops(table, manifest.drops)
    return table


def plan_table(found: Plan) -> Table:
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


def similar_table(answer: asking.Answer, titles: dict[str, str]) -> Table:
    table = Table("", "id", "title", "similarity", title=f"similar to {answer.title}")
    for number, near in enumerate(answer.neighbours, start=1):
        table.add_row(str(number), near.product_id, titles[near.product_id], f"{near.similarity:.4f}")
    table.columns[3].justify = "right"
    return table


def precision_table(made: Bundled) -> Table:
    """The precisions that were measured, the one that was taken last."""
    bundle = made.bundle
    table = Table("network", "MB", "compressed", "cosine", "same of ten", "ms", "")
    for each in made.measured:
        found = each.candidate
        figures = (f"{found.megabytes:.1f}", f"{found.compressed:.1f}", f"{found.cosine:.4f}", f"{found.overlap:.4f}")
        table.add_row(found.precision, *figures, f"{each.milliseconds:.0f}", "taken" if each.agrees else "")
    table.add_section()
    table.add_row(f"features in {bundle.kind}", "", "", "", f"{bundle.recall:.4f}", "", "taken")
    table.columns[0].no_wrap = True
    for column in table.columns[1:6]:
        column.justify = "right"
    return table


def report_table(report: Report) -> Table:
    """The figures of a quality report."""
    rows = [[escape(cell) for cell in row] for row in table_rows(report)]
    table = Table(*rows[0])
    for row in rows[1:]:
        table.add_row(*row)
    table.columns[0].min_width = len("precision@10,")
    for column in table.columns[1:]:
        column.justify = "right"
    return table


def table_rows(report: Report) -> list[tuple[str, ...]]:
    """The figures of a quality report, the first row being the columns' names; intervals are those of the first way."""
    rows = [("figure", *(way.name for way in report.ways), "chance", "95 % interval")]
    rows += [row for at in report.precisions for row in _precision_rows("", at)]
    for category in report.categories[:CATEGORIES]:
        rows += _precision_rows(f", {category.name} ({category.products})", category.precisions[-1])[:1]
    rows.append(_way_row("coverage@10", [way.covered.share for way in report.ways]))
    rows.append(_way_row("orphans", [way.orphans.share for way in report.ways]))
    rows.append(_way_row("lists with the most-listed product", [way.hub.share for way in report.ways]))
    rows.append(_way_row("Gini coefficient of places", [way.gini for way in report.ways]))
    blank = ("",) * (len(report.ways) - 1)
    for band in report.bands.bands if report.bands else ():
        rows.append((f"{band.name}, from", _number(band.least.value), *blank, "", _between(band.least)))
    rows.append(("groups of duplicates", str(report.duplicates.groups), *blank, "", ""))
    return rows


def _precision_rows(of: str, at: PrecisionAt) -> list[tuple[str, ...]]:
    shares = [score.share for score in at.scores]
    values = [_number(share.value) for share in shares]
    rows = [(f"precision@{at.k}{of}", *values, _number(at.chance), _between(shares[0]))]
    if at.gain:
        name = f"precision@{at.k}{of}, gain on {at.scores[1].way}"
        rows.append((name, f"{at.gain.value:+.3f}", *[""] * (len(values) - 1), "", _between(at.gain)))
    return rows


def _way_row(name: str, figures: Sequence[Estimate]) -> tuple[str, ...]:
    return (name, *(_number(each.value) for each in figures), "", _between(figures[0]))


def _number(value: float) -> str:
    return f"{value:.3f}"


def _between(figure: Estimate) -> str:
    return f"{figure.low:.3f} to {figure.high:.3f}"
