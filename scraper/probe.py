"""What a shop offers: each source asked for once, politely, with a product from each that answers."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from os.path import commonprefix
from urllib.parse import urlsplit

from catalogue.errors import CatalogueError, Unfetched
from scraper.draft import Draft
from scraper.fetch import Answer, Fetcher, Wanted
from scraper.reading import html_of, machine_drafts
from scraper.site import Site
from scraper.sources import jsonld, merchant, metadata, shopify, sitemap, woocommerce
from scraper.values import address

ORDER = ("feed", "shopify", "woocommerce", "sitemap", "listing", "jsonld", "microdata", "opengraph")
_BYTES = 50_000_000
_SITEMAPS = 4
_PAGES = 5
_READERS: dict[str, Callable[[str, str, Counter[str]], list[Draft]]] = {
    "jsonld": jsonld.drafts,
    "microdata": metadata.microdata,
    "opengraph": metadata.opengraph,
}


@dataclass(frozen=True)
class Offer:
    """A source that answers: its name in site files (or a page's reader), where it is, and a product of it."""

    source: str
    address: str
    sample: Draft
    pages: str = ""


@dataclass
class Offers:
    """All that a shop offers, the best first, and why the others are not among it."""

    start: str
    found: list[Offer] = field(default_factory=list)
    absent: dict[str, str] = field(default_factory=dict)
    currency: str = ""

    def named(self, *sources: str) -> list[Offer]:
        """The offers of some sources."""
        return [offer for offer in self.found if offer.source in sources]


def probe(url: str, *, delay: float, allow_private: bool, contact: str) -> Offers:
    """Ask the shop at `url`. Raises Refused when it cannot be reached or does not want to be read."""
    site = Site(start=url, delay=delay, allow_private=allow_private, contact=contact)
    with Fetcher(site.manners) as fetcher:
        first = fetcher.fetch(Wanted(url, _BYTES))
        asked = _Asked(fetcher, Offers(url))
        asked.feed(first)
        asked.shopify()
        asked.woocommerce()
        asked.pages(first)
        asked.offers.found.sort(key=lambda offer: ORDER.index(offer.source))
        return asked.offers


class _Asked:
    """The questions to one shop, one after the other."""

    def __init__(self, fetcher: Fetcher, offers: Offers) -> None:
        self._fetcher, self.offers = fetcher, offers
        self._skips: Counter[str] = Counter()

    def feed(self, first: Answer) -> None:
        """The address may be a feed itself."""
        try:
            sample = next(merchant.drafts(first.body, first.url, self._skips), None)
        except CatalogueError:
            sample = None
        self._note("feed", first.url, sample, "the address is not a Merchant Center feed")

    def shopify(self) -> None:
        """`/products.json`, and the currency from `/meta.json`."""
        where = shopify.page_address(self.offers.start, 1)
        answer = self._get("shopify", where)
        if answer is None or not shopify.is_products(answer.content):
            self.offers.absent.setdefault("shopify", "no products.json")
            return
        self.offers.currency = self._currency()
        found = shopify.drafts(answer.content, answer.url, self.offers.currency, self._skips)
        self._note("shopify", address(self.offers.start, "/"), next(iter(found), None), "products.json is empty")

    def woocommerce(self) -> None:
        """The Store API."""
        answer = self._get("woocommerce", woocommerce.page_address(self.offers.start, 1))
        if answer is None or not woocommerce.is_products(answer.content):
            self.offers.absent.setdefault("woocommerce", "no Store API")
            return
        found = woocommerce.drafts(answer.content, answer.url, self._skips)
        self._note("woocommerce", address(self.offers.start, "/"), next(iter(found), None), "the Store API is empty")

    def pages(self, first: Answer) -> None:
        """Sitemaps and JSON-LD lists, and what the pages that they name, or the first one, say of products."""
        where, mapped = self._sitemap_pages()
        html = html_of(first)
        drafts = machine_drafts(html, first.url, self._skips)
        listed = [*jsonld.links(html, first.url), *(draft.link for draft in drafts if draft.link)]
        telling = [page for page in mapped if self._tells(page)][:2]
        self._read(first)
        if drafts or any(self._tells(page) for page in listed[:2]):
            self._note("listing", first.url, self.offers.named(*_READERS)[0].sample, "")
        if telling:
            sample = self.offers.named(*_READERS)[0].sample
            self.offers.found.append(Offer("sitemap", where, sample, _pattern(telling)))
        else:
            self.offers.absent["sitemap"] = f"{where} names no page that tells its product" if where else "no sitemap"

    def _tells(self, page: str) -> bool:
        answer = self._get("page", page)
        return answer is not None and self._read(answer)

    def _read(self, answer: Answer) -> bool:
        """Note what the readers find on a page; whether it is a page of one product."""
        html = html_of(answer)
        alone = False
        for reader, read in _READERS.items():
            found = read(html, answer.url, self._skips)
            alone = alone or len(found) == 1
            if found and not self.offers.named(reader):
                self._note(reader, answer.url, found[0], "")
        return alone

    def _sitemap_pages(self) -> tuple[str, list[str]]:
        """The first sitemap that answers, and some pages that it leads to, spread over it."""
        named = self._fetcher.robots(self.offers.start).sitemaps
        for start in (*named, address(self.offers.start, "/sitemap.xml")):
            pages: list[str] = []
            waiting, seen = [start], set[str]()
            while waiting and len(seen) < _SITEMAPS and not pages:
                current = waiting.pop(0)
                seen.add(current)
                answer = self._get("sitemap", current)
                for entry in sitemap.entries(answer.body, current, self._skips) if answer else ():
                    (pages if entry.kind == "page" else waiting).append(entry.address)
                waiting = sorted(set(waiting) - seen, key=lambda link: "product" not in link)
            if pages:
                likely = [page for page in pages if re.search(r"product|/p/|item|catalogue|shop|\d", page)] or pages
                return start, likely[:: max(1, len(likely) // _PAGES)][:_PAGES]
        return "", []

    def _currency(self) -> str:
        answer = self._get("meta", address(self.offers.start, "/meta.json"))
        found = re.search(rb'"currency"\s*:\s*"([A-Z]{3})"', answer.content) if answer else None
        return found[1].decode() if found else ""

    def _get(self, source: str, url: str) -> Answer | None:
        try:
            return self._fetcher.fetch(Wanted(url, _BYTES))
        except Unfetched as error:
            self.offers.absent[source] = str(error)
            return None

    def _note(self, source: str, where: str, sample: Draft | None, otherwise: str) -> None:
        if sample:
            self.offers.found.append(Offer(source, where, sample))
            self.offers.absent.pop(source, None)
        else:
            self.offers.absent[source] = otherwise


def _pattern(pages: list[str]) -> str:
    """What the addresses of product pages have in common, as a regular expression."""
    paths = [urlsplit(page).path for page in pages]
    common = commonprefix(paths).rpartition("/")[0]  # noqa: RUF071 - of letters
    return re.escape(f"{common}/") if common.strip("/") else ""
