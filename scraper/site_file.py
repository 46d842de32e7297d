"""What a probe found → a site file that runs, or a commented start where only selectors are left."""

import json
from urllib.parse import urlsplit

from scraper.probe import Offer, Offers

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
    tables = [table for offer in offers.found if (table := _table(offer, offers))]
    tables += [] if tables or not offers.found else [_page_table(offers)]
    first, others = (tables[0], tables[1:]) if tables else (_SELECTORS, [])
    noted = "".join(f"\n# Offered too:{table.replace(chr(10), chr(10) + '# ').rstrip('# ')}" for table in others)
    return _head(offers) + first + noted


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


def _table(offer: Offer, offers: Offers) -> str:
    if offer.source in ("feed", "shopify", "woocommerce"):
        return f"\n[{offer.source}]\naddress = {json.dumps(offer.address)}\n"
    if offer.source == "sitemap":
        pages = f"pages = {json.dumps(offer.pages)}\n" if offer.pages else ""
        return f"\n[sitemap]\naddress = {json.dumps(offer.address)}\n{pages}{_product_table(offers)}"
    return ""


def _page_table(offers: Offers) -> str:
    """Without a sitemap, the address itself is a listing whose pages speak JSON-LD, or the one product's page."""
    return f'\n[listing]\naddress = ""\n# next = "a.next"  # the link to the next page\n{_product_table(offers)}'


def _product_table(offers: Offers) -> str:
    readers = [offer.source for offer in offers.named("jsonld", "microdata", "opengraph")]
    return f"\n[product]\nread = {json.dumps(readers)}\n"
