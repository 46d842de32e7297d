"""How far a folder's fetching is, read beside a run that may be at work."""

from dataclasses import dataclass
from pathlib import Path

from catalogue.errors import SiteError
from scraper.database import NAME
from scraper.store import Store


@dataclass(frozen=True)
class Status:
    """Addresses by role, state and reason; hosts that rest, until when in seconds since the epoch; products so far."""

    counts: dict[str, int]
    resting: dict[str, float]
    products: int


def status(folder: Path) -> Status:
    """The state of the fetching into `folder`. Raises SiteError when nothing was fetched into it."""
    if not (folder / NAME).is_file():
        raise SiteError(
            f"nothing was fetched into {folder} yet. Begin with: python -m scraper run SITE.toml --out {folder}"
        )
    store = Store(folder)
    try:
        labels = {
            f"{role} {state}" + (f": {reason}" if reason else ""): count
            for role, state, reason, count in store.findings.counts()
        }
        return Status(labels, store.resting(), store.findings.published()[0])
    finally:
        store.close()
