"""What a probe found → a site file that runs, or a commented start where only selectors are left."""

import json
from urllib.parse import urlsplit, urlunsplit

from scraper.probe import Offer, Offers
from scraper.site import SOURCES

_HEAD = """\
# Written by: python -m scraper probe {start}
# docs/site-files.md explains every entry.
start = {start}
# contact = "you@example.com"  # who is asking; the shop sees it in the User-Agent
{currency}
{hosts}
"""
_SELECTORS = """
# This shop publishes nothing for machines, as far as was seen: name its elements, and take away the marks.
# [listing]
# address = "/"                        # a page that lists products
# item = "article.product"             # what holds one product on it
# link = "h3 a"                        # the link to its page
# next = "li.next a"                   # the link to the next page of the listing
#
# [product]
# title = "h1"
# price = ".price"
# image = ".gallery img"               # the best of srcset and lazy attributes is taken
# category = ".breadcrumb a"
# availability = ".stock"
"""


def site_file(offers: Offers) -> str:
    """The text of a site file: the best source is used, the others stand beside it as comments."""
    tables = [table for offer in offers.found if (table := _table(offer, offers.start))]
    first = tables[0] if tables else _SELECTORS
    pages = _product_table(offers) if offers.named("sitemap", "listing") else ""
    others = "".join(f"\n# Offered too:\n{_commented(table)}" for table in tables[1:])
    return (
        _head(offers)
        + first
        + (pages if first.startswith(("\n[sitemap]", "\n[listing]")) else _commented(pages))
        + others
    )


def _head(offers: Offers) -> str:
    currencies = [offers.currency, *(str(o.sample.price.currency) for o in offers.found if o.sample.price)]
    currency = next(filter(None, currencies), "")
    home = urlsplit(offers.start).hostname
    images = {urlsplit(image).hostname or "" for offer in offers.found for image in offer.sample.images}
    hosts = sorted(images - {home, ""})
    return _HEAD.format(
        start=json.dumps(offers.start),
        currency=f"currency = {json.dumps(currency)}"
        if currency
        else '# currency = "EUR"  # for prices that name none',
        hosts=f"hosts = {json.dumps(hosts)}  # where its images are"
        if hosts
        else "# hosts = []  # where else images are",
    )


def _table(offer: Offer, start: str) -> str:
    if offer.source not in SOURCES:
        return ""
    pages = f"pages = {json.dumps(offer.pages)}\n" if offer.pages else ""
    more = '# next = "a.next"  # the link to the next page\n' if offer.source == "listing" else ""
    return f"\n[{offer.source}]\naddress = {json.dumps(_from(start, offer.address))}\n{pages}{more}"


def _from(start: str, address: str) -> str:
    """An address as it is seen from the shop's own, so that the file can be moved."""
    here, there = urlsplit(start), urlsplit(address)
    inside = here[:2] == there[:2]
    return urlunsplit(("", "", there.path or "/", there.query, "")) if inside else address


def _product_table(offers: Offers) -> str:
    readers = [offer.source for offer in offers.named("jsonld", "microdata", "opengraph")]
    return f"\n[product]\nread = {json.dumps(readers)}\n"


def _commented(table: str) -> str:
    return "".join(f"# {line}\n" for line in table.strip().splitlines())
