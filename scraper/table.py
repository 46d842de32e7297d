"""A store → products.csv: products put together, placeholders kept out, what is new told from what was there."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from catalogue import feed
from catalogue.product import Product
from scraper.compose import Composed, compose
from scraper.crawl import OVER_LIMIT
from scraper.faces import Faces
from scraper.report import Report
from scraper.site import Site
from scraper.store import Store

TABLE = "products.csv"
_GONE = ("HTTP 404", "HTTP 410")


def survey(site: Site, store: Store) -> Report:
    """Everything that can be told before the table is written."""
    found = store.findings
    report = Report(skipped=found.skips(), examples=found.examples(), before=found.published()[0])
    for role, state, reason, count in found.counts():
        tally = {"failed": report.failed, "refused": report.refused}.get(state)
        if tally is not None:
            tally[f"{role}: {reason}"] += count
        elif state == "done":
            report.images += count if role == "image" else 0
            report.read += count if role != "image" else 0
    report.complete = found.complete and not report.skipped[OVER_LIMIT]
    with Faces(site) as faces:
        for composed in _composed(site, store, report):
            report.count(composed.sources)
            sha256 = found.image(composed.product.image_link)[1]
            if sha256:
                faces.add(sha256, composed.product.image_link, composed.product.title)
        report.placeholders = faces.placeholders()
    return report


def publish(site: Site, store: Store, folder: Path, report: Report) -> None:
    """Write products.csv in one step, and count in the report what was added, changed and removed."""
    found = store.findings
    turn = found.published()[1] + 1
    report.products = 0
    with store.saving():
        feed.write_table(folder / TABLE, _published(site, store, report, turn))
        report.removed = found.withdraw(turn)
    if report.complete:
        with store.saving():
            gone = found.prune()
        for file in gone:
            (folder / file).unlink(missing_ok=True)


def _published(site: Site, store: Store, report: Report, turn: int) -> Iterator[Product]:
    shown: set[tuple[str, str]] = set()
    for composed in _composed(site, store, report=None):
        if composed.group:
            variant = (composed.group, composed.product.image_link)
            if variant in shown:
                report.skipped["variant with the same picture"] += 1
                continue
            shown.add(variant)
        product = replace(composed.product, image_files=tuple(_files(store, composed.product, report.placeholders)))
        news = store.findings.publish(product.id, hashlib.sha256(repr(product).encode()).hexdigest(), turn)
        if news == "duplicate":
            report.skipped["duplicate id"] += 1
            continue
        report.added += news == "added"
        report.changed += news == "changed"
        report.products += 1
        yield product


def _composed(site: Site, store: Store, report: Report | None) -> Iterator[Composed]:
    """All products that have a title and whose page is not gone."""
    ranks = {source: rank for rank, source in enumerate(_precedence(site))}
    for key in store.findings.product_keys():
        state, reason = store.state(key, "product")
        drafts = sorted(store.findings.drafts(key), key=lambda draft: ranks.get(draft.source, len(ranks)))
        composed = compose(key, drafts)
        missing = "product page gone" if reason in _GONE and state == "refused" else ""
        missing = missing or ("" if composed.product.title else "product without title")
        if not missing:
            yield composed
        elif report:
            report.skipped[missing] += 1


def _precedence(site: Site) -> tuple[str, ...]:
    """Sources from the most to the least trusted."""
    pages = site.product.read if site.product else ()
    return ("local", "merchant", "shopify", "woocommerce", *pages, "listing")


def _files(store: Store, product: Product, placeholders: Mapping[str, object]) -> Iterator[str]:
    kept = set()
    for url in (product.image_link, *product.additional_image_links):
        file, sha256 = store.findings.image(url)
        if file and sha256 not in placeholders and file not in kept:
            kept.add(file)
            yield file
