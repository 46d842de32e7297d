"""What a run found, and whether the shop still is what its site file says."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from catalogue import atomic
from catalogue.errors import Drift
from scraper.compose import FIELDS
from scraper.site import Site

NAME = "report.json"


@dataclass
class Report:
    """Counts of one run: of products, images and addresses, of what was skipped by reason, and of fields by source.

    `read` counts documents that were read, `before` the products of the last table; `resting` says until when, in
    seconds since the epoch, hosts are to be left alone.
    """

    products: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    images: int = 0
    placeholders: dict[str, tuple[str, int]] = field(default_factory=dict)
    fields: dict[str, dict[str, int]] = field(default_factory=dict)
    skipped: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)
    resting: dict[str, float] = field(default_factory=dict)
    before: int = 0
    read: int = 0
    complete: bool = False

    def count(self, sources: Mapping[str, str]) -> None:
        """Count one product, whose fields come from these sources."""
        self.products += 1
        for name in FIELDS:
            if source := sources.get(name):
                by_source = self.fields.setdefault(name, {})
                by_source[source] = by_source.get(source, 0) + 1

    def coverage(self, name: str) -> float:
        """The share of products that have a field, in [0, 1]."""
        return sum(self.fields.get(name, {}).values()) / self.products if self.products else 0.0

    def write(self, folder: Path) -> None:
        """Write report.json in one step."""
        shares = {name: round(self.coverage(name), 4) for name in FIELDS}
        entries = vars(self) | {"coverage": shares}
        atomic.write_bytes(folder / NAME, json.dumps(entries, indent=1, sort_keys=True, ensure_ascii=False).encode())


def check(site: Site, report: Report) -> None:
    """Raise Drift, naming the field and its selector, when the shop is no longer what the site file says."""
    if not report.products:
        raise Drift(f"no products found. {_where(site)} {_told(report)}".strip())
    for name in FIELDS:
        wanted: float = getattr(site.coverage, name)
        if report.coverage(name) < wanted:
            share = f"{report.coverage(name):.0%} of {report.products} products have one, expected {wanted:.0%}"
            raise Drift(f"{name}: {share}. {_field(site, name)} Mend it, or lower coverage.{name} in the site file.")
    if report.complete and report.products < site.coverage.kept * report.before:
        raise Drift(
            f"{report.products} products where there were {report.before}. {_where(site)} The last table is kept. "
            "If the shop did shrink, lower coverage.kept in the site file."
        )


def _where(site: Site) -> str:
    """Which entries of the site file the products come through."""
    listing = site.listing
    if listing:
        named = {"listing.item": listing.item, "listing.link": listing.link}
        return "Do these still match: " + ", ".join(f"{name} = {css!r}" for name, css in named.items() if css) + "?"
    return f"Look at what {', '.join(site.sources)} offer now: python -m scraper probe {site.start}"


def _field(site: Site, name: str) -> str:
    """Which selectors the field comes from."""
    tables = {"product": site.product, "listing": site.listing}
    named = {f"{table}.{name}": getattr(fields, name) for table, fields in tables.items() if fields}
    found = ", ".join(f"{entry} = {css!r}" for entry, css in named.items() if css)
    return f"The shop may have changed what {found} should match." if found else f"It comes from {site.sources}."


def _told(report: Report) -> str:
    skipped: Mapping[str, int] = report.skipped + report.failed + report.refused
    return "Skipped: " + ", ".join(f"{count} {reason}" for reason, count in sorted(skipped.items())) if skipped else ""
