"""The commands of `python -m scraper`: each parses its arguments and calls one function."""

import time
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from catalogue import atomic, command
from catalogue.errors import SiteError
from scraper import site as sites
from scraper.probe import Offers, probe
from scraper.progress import bar
from scraper.report import Report
from scraper.run import run, settle
from scraper.site_file import site_file
from scraper.status import Status, status


@click.group()
def cli() -> None:
    """From a shop's address, feed or folder to data/SHOP: products.csv and images."""


@cli.command("run")
@click.argument("file", metavar="SITE.toml", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The folder to fetch into: data/SHOP.")
@click.option("--start", help="Read the same kind of shop at another address.")
@click.option("--only", multiple=True, type=click.Choice(sites.SOURCES), help="Use this source of the file alone.")
@click.option("--refresh", is_flag=True, help="Look at everything again, and report what changed.")
@click.option("--delay", type=click.FloatRange(0), help="Seconds between two requests to one host.")
@click.option("--allow-private", is_flag=True, help="Reach private and loopback addresses too.")
@click.option("--contact", help="An address or page for the shop's owner, in the User-Agent.")
def run_command(file: Path, out: Path, only: tuple[str, ...], refresh: bool, **options: Any) -> None:
    """Fetch what SITE.toml describes into --out; again to resume."""
    changes = {name: value for name, value in options.items() if value}
    if options["delay"] is not None:
        changes["delay"] = options["delay"]
    site = sites.load(file, only, **changes)
    with bar(str(out)) as show:
        report = run(site, out, show, refresh=refresh)
    Console().print(_closing_table(report))
    print(f"{out} holds {report.products} products")
    settle(report)


@cli.command("probe")
@click.argument("url")
@click.option("--write", "target", type=click.Path(path_type=Path), help="Write a site file for the shop.")
@click.option("--delay", default=1.0, show_default=True, type=click.FloatRange(0), help="Seconds between requests.")
@click.option("--allow-private", is_flag=True, help="Reach private and loopback addresses too.")
@click.option("--contact", default="", help="An address or page for the shop's owner, in the User-Agent.")
def probe_command(url: str, target: Path | None, delay: float, allow_private: bool, contact: str) -> None:
    """Tell which sources the shop at URL offers, the best first, with a product from each."""
    if target and target.exists():
        raise SiteError(f"{target} exists already. Give another name, or remove it.")
    with Console(stderr=True).status(f"asking {url}"):
        offers = probe(url, delay=delay, allow_private=allow_private, contact=contact)
    Console().print(_offers_table(offers))
    if target:
        atomic.write_bytes(target, site_file(offers).encode())
        print(f"{target} is written. Run it with: python -m scraper run {target} --out data/SHOP")


@cli.command("status")
@click.argument("folder", type=click.Path(path_type=Path))
def status_command(folder: Path) -> None:
    """Tell how far the fetching into FOLDER is; also while a run is at work."""
    Console().print(_status_table(status(folder)))


def _closing_table(report: Report) -> Table:
    table = _plain_table("fetched")
    counts = {
        "products": report.products, "added": report.added, "changed": report.changed, "removed": report.removed,
        "images": report.images,
    }  # fmt: skip
    for label, count in counts.items():
        table.add_row(label, str(count))
    for name, by_source in report.fields.items():
        table.add_row(f"with {name}", ", ".join(f"{count} {source}" for source, count in by_source.items()))
    for url, count in report.placeholders.values():
        table.add_row(f"placeholder on {count} products", url)
    for reason, count in sorted((report.skipped + report.refused).items()):
        table.add_row(f"skipped: {reason}", str(count))
    for reason, count in sorted(report.failed.items()):
        table.add_row(f"missing: {reason}", str(count))
    return table


def _offers_table(offers: Offers) -> Table:
    table = Table("source", "where", "a product", title=f"{offers.start} offers, the best first")
    for offer in offers.found:
        sample = offer.sample
        words = (sample.title, str(sample.price or ""), f"{len(sample.images)} images")
        table.add_row(offer.source, offer.address, " · ".join(word for word in words if word))
    for source, reason in offers.absent.items():
        table.add_row(f"no {source}", reason, "")
    return table


def _status_table(found: Status) -> Table:
    table = _plain_table("addresses")
    for label, count in found.counts.items():
        table.add_row(label, str(count))
    for host, until in found.resting.items():
        table.add_row(f"resting: {host}", time.strftime("until %Y-%m-%d %H:%M", time.localtime(until)))
    table.add_row("products in products.csv", str(found.products))
    return table


def _plain_table(title: str) -> Table:
    table = Table(title, "")
    table.columns[1].justify = "right"
    return table


def main() -> None:
    """Run a command; an error of ours is one line and its exit code."""
    command.run(cli, "python -m scraper")


if __name__ == "__main__":
    main()
