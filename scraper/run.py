"""One run: a site → data/SHOP/, from where the last run stopped."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from catalogue.alone import alone
from catalogue.errors import Incomplete, Refused, SiteError
from scraper import images, local, report, table
from scraper.crawl import OVER_LIMIT, Crawl
from scraper.fetch import Fetcher
from scraper.progress import Show
from scraper.report import Report
from scraper.site import Site
from scraper.store import Store

_LOCK = ".scrape.lock"


def run(site: Site, folder: Path, show: Show, *, refresh: bool = False) -> Report:
    """Fetch what is missing, or with `refresh` look at everything again, and write products.csv and report.json.

    Raises SiteError, Refused, Drift, DiskError; the table of an earlier run then stays as it is. What is incomplete
    is returned: `settle` tells.
    """
    taken = SiteError(f"another run is at work on {folder}. Wait for it, or give another --out.")
    with alone(folder / _LOCK, taken), _opened(folder) as store:
        _sweep(folder)
        store.again(_lost(store, folder))
        store.begin(site.seeds(), site.fingerprint, refresh=refresh)
        local.take_in(site, store, folder, show)
        with Fetcher(site.manners) as fetcher:
            Crawl(site, store, fetcher, folder, show).run()
        found = table.survey(site, store)
        found.resting = store.resting()
        found.write(folder)
        if found.resting and not found.products:
            settle(found)
        _check_reached(found)
        report.check(site, found)
        table.publish(site, store, folder, found)
        found.write(folder)
        return found


def settle(found: Report) -> None:
    """Raise Incomplete when the same command may still get something, saying what and when."""
    if found.resting:
        host, until = max(found.resting.items(), key=lambda entry: entry[1])
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(until))
        raise Incomplete(f"{host} asks to be left alone until {when}. Run the same command again after that.")
    if found.failed:
        reasons = ", ".join(f"{count} × {reason}" for reason, count in found.failed.most_common(3))
        raise Incomplete(f"{found.failed.total()} addresses are missing ({reasons}). Run the same command again.")
    if found.skipped[OVER_LIMIT]:
        raise Incomplete("there are more pages than limits.pages allows. Raise it in the site file, and run again.")


def _check_reached(found: Report) -> None:
    """Nothing at all came back: the shop is away, or does not want to be read."""
    troubles = found.failed + found.refused
    if found.products or found.read or not troubles:
        return
    reason = troubles.most_common(1)[0][0]
    example = next(iter(found.examples.values()), [""])[0]
    raise Refused(f"nothing could be fetched: {reason} ({example}).")


def _sweep(folder: Path) -> None:
    """Take away what a killed run was writing."""
    for place in (folder, folder / images.FOLDER):
        for draft in place.glob(".*.tmp"):
            draft.unlink()


def _lost(store: Store, folder: Path) -> list[int]:
    """Images whose files are gone, or empty after a power cut."""
    lost = []
    for number, file in store.files():
        path = folder / file
        if not path.is_file() or not path.stat().st_size:
            path.unlink(missing_ok=True)
            lost.append(number)
    return lost


@contextmanager
def _opened(folder: Path) -> Iterator[Store]:
    store = Store(folder)
    try:
        yield store
    finally:
        store.close()
