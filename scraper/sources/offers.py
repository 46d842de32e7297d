"""What a product costs and whether it is there, from its schema.org offers."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from catalogue.product import Availability, Price
from scraper.sources.objects import Item, Objects, text
from scraper.values import Separators, amount, availability, stated, visible_price

_AMOUNT_LIMIT = 60


@dataclass(frozen=True, slots=True)
class Asked:
    """What a shop asks now, and what it asks regularly: the same unless the product is on sale."""

    now: Price
    regular: Price


def offers_of(product: Item, objects: Objects) -> list[Item]:
    """The offers of a product and those inside an AggregateOffer; the product itself when it states its own price."""
    opened: list[Item] = []
    for offer in objects.items(product, "offers"):
        opened.append(offer)
        shared = {"priceCurrency": offer.get("priceCurrency")}
        opened.extend(shared | inner for inner in objects.items(offer, "offers"))
    return opened or [product]


def lowest(offers: Sequence[Item], objects: Objects, skips: Counter[str]) -> tuple[Price | None, Price | None]:
    """The price and, when that is reduced, the sale price of the cheapest offer in the first one's currency.

    An AggregateOffer over several prices is counted as `range of prices`.
    """
    asked = [found for offer in offers for found in _asked(offer, objects, skips)]
    if not asked:
        return None, None
    same = (each for each in asked if each.now.currency == asked[0].now.currency)
    best = min(same, key=lambda each: each.now.amount)
    return best.regular, best.now if best.now != best.regular else None


def best_availability(offers: Sequence[Item], objects: Objects) -> Availability | None:
    """In stock if any offer is, else what the first one that says anything says."""
    values = [value for offer in offers for value in objects.values(offer, "availability")]
    names = (value.get("@id") if isinstance(value, dict) else value for value in values)
    found = [known for known in (availability(text(name)) for name in names) if known]
    return "in_stock" if "in_stock" in found else next(iter(found), None)


def price(value: object, currency: object, skips: Counter[str]) -> Price | None:
    """An amount as machines write it, or as people do where a page puts that into the same field: `Rs. 1,299`."""
    words, code = text(value, _AMOUNT_LIMIT), text(currency, 3).upper()
    tried: Counter[str] = Counter()
    found = amount(words, code, tried) if code else stated(words, tried)
    if tried["unreadable price"]:
        return visible_price(words, code, Separators(), skips)
    skips.update(tried)
    return found


def _asked(offer: Item, objects: Objects, skips: Counter[str]) -> Iterator[Asked]:
    """What one offer asks; nothing when it names no price."""
    regular, current = _specified(offer, objects, skips)
    now = _lower(offer, offer.get("priceCurrency"), skips) or current or regular
    if now:
        reduced = regular and regular.currency == now.currency and regular.amount > now.amount
        yield Asked(now, regular if regular and reduced else now)


def _specified(offer: Item, objects: Objects, skips: Counter[str]) -> tuple[Price | None, Price | None]:
    """The regular and the current price among the `priceSpecification`s of an offer."""
    found: dict[bool, Price] = {}
    # A price per litre stands beside the price itself; a member's price is not everyone's.
    specifications = [each for each in objects.items(offer, "priceSpecification") if not each.get("validForMemberTier")]
    for each in sorted(specifications, key=lambda each: "referenceQuantity" in each):
        stated_price = _lower(each, each.get("priceCurrency") or offer.get("priceCurrency"), skips)
        if stated_price:
            found.setdefault(_is_regular(each), stated_price)
    return found.get(True), found.get(False)


def _is_regular(specification: Item) -> bool:
    kind = text(specification.get("priceType")).rsplit("/", 1)[-1]
    return kind in ("ListPrice", "StrikethroughPrice", "MSRP", "SRP")


def _lower(offer: Item, currency: object, skips: Counter[str]) -> Price | None:
    """`lowPrice` or `price`, whichever is there."""
    low = price(offer.get("lowPrice"), currency, skips)
    high = price(offer.get("highPrice"), currency, Counter())
    if low and high and low != high:
        skips["range of prices"] += 1
    return low or price(offer.get("price"), currency, skips) or price(offer.get("minPrice"), currency, skips)
