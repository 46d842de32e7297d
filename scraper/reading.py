"""Answers → drafts and further addresses: which source reads which role. Nothing is fetched here."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qs, urlsplit

from w3lib.encoding import html_to_unicode

from catalogue.errors import Unfetched
from scraper.draft import Draft
from scraper.fetch import Answer, noai
from scraper.hosts import AGENT
from scraper.site import Listing, Role, Site
from scraper.sources import jsonld, merchant, metadata, selectors, shopify, sitemap, woocommerce
from scraper.store import Task

_META = re.compile(r"<meta\b[^<>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""(?<![\w-])(name|content)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)


@dataclass
class Reading:
    """What an answer holds: drafts with the keys of their products, further addresses, and what was skipped.

    The drafts of a long feed are made while they are taken. `shown` are the products of a page that names a next one.
    """

    drafts: Iterable[tuple[str, Draft]] = ()
    links: Iterable[tuple[Role, str]] = ()
    skips: Counter[str] = field(default_factory=Counter)
    shown: frozenset[str] = frozenset()


def read(site: Site, task: Task, answer: Answer) -> Reading:
    """Read a document by its role. Raises Unfetched when it is not what its role says."""
    return _READERS[task.role](site, task, answer)


def html_of(answer: Answer) -> str:
    """A page's text, its encoding found as browsers do."""
    return html_to_unicode(answer.headers.get("Content-Type"), answer.content)[1]


def page_drafts(site: Site, html: str, url: str, skips: Counter[str]) -> list[Draft]:
    """What all readers of product pages find on one, the most trusted first."""
    page = site.product
    found: list[Draft] = []
    for reader in page.read if page else ():
        if reader == "jsonld":
            found += jsonld.drafts(html, url, skips)
        elif reader == "microdata":
            found += metadata.microdata(html, url, skips)
        elif reader == "opengraph":
            found += metadata.opengraph(html, url, skips)
        elif page and (rules := site.rules(page)).selectors:
            found += selectors.product(html, url, rules, skips)
    return found


def machine_drafts(html: str, url: str, skips: Counter[str]) -> list[Draft]:
    """What the first reader that finds anything on a page finds there."""
    for read_page in (jsonld.drafts, metadata.microdata, metadata.opengraph):
        if found := read_page(html, url, skips):
            return found
    return []


def _feed(_: Site, task: Task, answer: Answer) -> Reading:
    skips: Counter[str] = Counter()
    return Reading(numbered(task.url, merchant.drafts(answer.body, answer.url, skips)), (), skips)


def _shopify(site: Site, task: Task, answer: Answer) -> Reading:
    skips: Counter[str] = Counter()
    if not shopify.is_products(answer.content):
        raise Unfetched("not Shopify's products.json", answer.headers.get("Content-Type", ""))
    found = shopify.drafts(answer.content, answer.url, site.currency, skips)
    following = shopify.page_address(task.url, _number(task.url) + 1)
    return Reading(numbered(task.url, found), [("shopify", following)] if found or skips else (), skips, _shown(found))


def _woocommerce(_: Site, task: Task, answer: Answer) -> Reading:
    skips: Counter[str] = Counter()
    if not woocommerce.is_products(answer.content):
        raise Unfetched("not WooCommerce's products", answer.headers.get("Content-Type", ""))
    found = woocommerce.drafts(answer.content, answer.url, skips)
    number = _number(task.url)
    more = number < woocommerce.pages(answer.headers)
    links: list[tuple[Role, str]] = [("woocommerce", woocommerce.page_address(task.url, number + 1))] if more else []
    return Reading(numbered(task.url, found), links, skips, _shown(found))


def _sitemap(site: Site, task: Task, answer: Answer) -> Reading:
    skips: Counter[str] = Counter()
    return Reading((), _sitemap_links(site, task, answer, skips), skips)


def _sitemap_links(site: Site, task: Task, answer: Answer, skips: Counter[str]) -> Iterator[tuple[Role, str]]:
    wanted = re.compile(site.sitemap.pages if site.sitemap else "")
    for entry in sitemap.entries(answer.body, task.url, skips):
        if not site.manners.welcomes(urlsplit(entry.address).hostname or ""):
            skips["sitemap entry of another host"] += 1
        elif entry.kind == "sitemap":
            yield "sitemap", entry.address
        elif wanted.search(entry.address):
            yield "product", entry.address


def _listing(site: Site, task: Task, answer: Answer) -> Reading:
    skips: Counter[str] = Counter()
    table = site.listing
    if table is None:
        return Reading()
    html = html_of(answer)
    found = _listed(site, table, html, answer.url, skips)
    heeded = _heeded(site, answer, html, found.drafts, skips)
    links: list[tuple[Role, str]] = [("product", link) for link in found.links] if site.product else []
    # A page past the last one that shows the last one again would otherwise name a next page for ever.
    if found.next and found.links:
        links.append(("listing", found.next))
    if not found.links:
        skips["listing page without products"] += 1
    return Reading(_linked(task.url, heeded), links, skips, frozenset(found.links))


def _listed(site: Site, table: Listing, html: str, url: str, skips: Counter[str]) -> selectors.Listing:
    """By selectors, or without one for the links by what the page says for machines."""
    item = selectors.Selector.parse(table.item) if table.item else None
    if table.link:
        return selectors.listing(html, url, item, site.rules(table), skips)
    found = machine_drafts(html, url, skips)
    links = dict.fromkeys([*jsonld.links(html, url), *(draft.link for draft in found if draft.link)])
    return selectors.Listing(tuple(found), tuple(links), selectors.next_page(html, url, site.rules(table)))


def _product(site: Site, task: Task, answer: Answer) -> Reading:
    skips: Counter[str] = Counter()
    html = html_of(answer)
    found = _heeded(site, answer, html, page_drafts(site, html, answer.url, skips), skips)
    if not found:
        skips["page without a product"] += 1
    return Reading(_of_page(found, task.url, answer.url), (), skips)


def _heeded(site: Site, answer: Answer, html: str, found: Iterable[Draft], skips: Counter[str]) -> list[Draft]:
    """What a page lets machines use: after `noimageai` drafts without images. Raises Unfetched after `noai`."""
    said = _said_to_machines(html) if site.respect_noai else set()
    if "noai" in said:
        raise Unfetched("noai", answer.url, status=answer.status)
    if "noimageai" in said or (site.respect_noai and noai(answer.headers, image=True)):
        skips["noimageai"] += 1
        return [replace(draft, images=()) for draft in found]
    return list(found)


def _said_to_machines(html: str) -> set[str]:
    """The words of `<meta name="robots" content="…">`, and of those that name us."""
    said: set[str] = set()
    for tag in _META.findall(html):
        values = {name.lower(): "".join(value).strip().lower() for name, *value in _ATTRIBUTE.findall(tag)}
        if values.get("name") in ("robots", AGENT.lower()):
            said |= set(re.split(r"[\s,]+", values.get("content", "")))
    return said


def _of_page(found: list[Draft], asked: str, url: str) -> Iterator[tuple[str, Draft]]:
    """Drafts of a page belong to the page, however their own link is spelt; only further products stand alone."""
    own: dict[str, str] = {}
    for draft in found:
        first = own.setdefault(draft.source, draft.link)
        yield (asked if draft.link in (first, url, asked, "") else draft.link), draft


def numbered(url: str, found: Iterable[Draft]) -> Iterator[tuple[str, Draft]]:
    """Drafts of a feed are products of their own, whatever ids and links they share; the table keeps one of an id."""
    return ((f"{url}#{number}", draft) for number, draft in enumerate(found))


def _shown(found: Iterable[Draft]) -> frozenset[str]:
    return frozenset(draft.link or draft.id for draft in found)


def _number(url: str) -> int:
    """The page's number in an address that we made."""
    return int(parse_qs(urlsplit(url).query)["page"][0])


def _linked(url: str, found: Iterable[Draft]) -> Iterator[tuple[str, Draft]]:
    """Drafts of a listing belong to the pages that they link to, which may tell more of the same products."""
    return ((draft.link or key, draft) for key, draft in numbered(url, found))


_READERS = {
    "feed": _feed,
    "shopify": _shopify,
    "woocommerce": _woocommerce,
    "sitemap": _sitemap,
    "listing": _listing,
    "product": _product,
}
