"""Single values as shops write them → ours: texts, addresses, prices, availability. Pure functions."""

import json
import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from urllib.parse import urljoin, urlsplit

from price_parser import Price as VisiblePrice
from w3lib.html import replace_entities

from catalogue.product import Availability, Price
from scraper.markup import parsed

TITLE_LIMIT = 300
TEXT_LIMIT = 5_000  # Merchant Center's own limit for descriptions
_ADDRESS_LIMIT = 2_000
_DIGITS_LIMIT = Decimal(10) ** 12 - 1  # rounding must not reach the thirteen digits that Price.parse refuses
# Symbols that only one currency uses; `$`, `kr` and `¥` need the site file's currency.
_SYMBOLS = {"₹": "INR", "€": "EUR", "£": "GBP", "₺": "TRY", "₽": "RUB", "₩": "KRW", "₪": "ILS", "zł": "PLN", "฿": "THB",
            "₫": "VND", "₴": "UAH", "₦": "NGN", "R$": "BRL", "CHF": "CHF", "Kč": "CZK", "Ft": "HUF"}  # fmt: skip
_RANGE = re.compile(r"\d\s*(?:-|–|—|\bto\b|\bbis\b)\s*[^\d\s]{0,4}\s*\d", re.IGNORECASE)
_NEGATIVE = re.compile(r"^[^\d]*[-−]\s*[^\d\s]{0,3}\s*\d")
_AVAILABILITY: dict[str, Availability] = {
    "instock": "in_stock", "limitedavailability": "in_stock", "onlineonly": "in_stock", "instoreonly": "in_stock",
    "available": "in_stock", "true": "in_stock", "1": "in_stock", "limitedstock": "in_stock",
    "outofstock": "out_of_stock", "soldout": "out_of_stock", "discontinued": "out_of_stock", "oos": "out_of_stock",
    "unavailable": "out_of_stock", "notavailable": "out_of_stock", "false": "out_of_stock", "0": "out_of_stock",
    "preorder": "preorder", "presale": "preorder", "availablefororder": "preorder",
    "backorder": "backorder", "onbackorder": "backorder", "madetoorder": "backorder",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Separators:
    """How a shop writes amounts for people to read; empty leaves the decision to price-parser."""

    decimal: str = ""
    thousands: str = ""


def plain(text: object, limit: int = TEXT_LIMIT) -> str:
    """Readable text of at most `limit` characters: entities resolved, markup and scripts gone, blanks collapsed.

    >>> plain("Caf&eacute; &amp; <b>Co</b><script>steal()</script>")
    'Café & Co'
    """
    if not isinstance(text, (str, int, float)) or isinstance(text, bool):
        return ""
    words = _encodable(replace_entities(str(text)))
    if re.search(r"<[/!a-zA-Z]", words):
        words = _without_markup(words)
    words = "".join(" " if ord(letter) < 32 or 0x7F <= ord(letter) < 0xA0 else letter for letter in words)
    return " ".join(words.split())[:limit].rstrip()


def address(base: str, link: object) -> str:
    """The absolute http(s) address of a link on the page `base`, without its fragment; empty for everything else."""
    if not isinstance(link, str) or not link.strip() or len(link) > _ADDRESS_LIMIT:
        return ""
    try:
        absolute = urljoin(base, link.strip())
        parts = urlsplit(absolute)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        return ""
    if any(ord(letter) < 33 for letter in absolute):
        absolute = re.sub(r"[\x00-\x20]", lambda match: f"%{ord(match[0]):02X}", absolute)
    return _encodable(absolute.partition("#")[0])


def amount(value: object, currency: object, skips: Counter[str]) -> Price | None:
    """The price of a machine-readable field, such as `1299.00` or `"1,299.00"` with `"INR"`.

    None, counted in `skips`, for `unreadable price`, `negative price` and `price without currency`; None alone for an
    empty field.
    """
    text = str(value).strip() if value is not None and not isinstance(value, bool) else ""
    if not text:
        return None
    if text.lower() == "free":
        text = "0"
    try:
        number = Decimal(_point(text))
    except InvalidOperation:
        skips["unreadable price"] += 1
        return None
    return _price(number, str(currency or "").strip().upper(), skips)


def stated(text: object, skips: Counter[str]) -> Price | None:
    """The price of a field that holds amount and currency together, in either order: `1299.00 INR`, `INR 1,299`."""
    words = str(text or "").strip()
    code = re.search(r"(?<![A-Za-z])([A-Za-z]{3})(?![A-Za-z])", words)
    if not code or words.lower() == "free":
        return amount(words, "", skips)
    return amount((words[: code.start()] + words[code.end() :]).strip(), code[1], skips)


def visible_price(text: str, currency: str, separators: Separators, skips: Counter[str]) -> Price | None:
    """The price that a page shows to people, in `currency` unless the text names a currency of its own.

    The lower end of a range counts, as `range of prices` in `skips`; what is unreadable or negative is None.
    """
    if not text.strip():
        return None
    if _NEGATIVE.match(text):
        skips["negative price"] += 1
        return None
    if _RANGE.search(text):
        skips["range of prices"] += 1
    cleaned = text.replace(separators.thousands, "") if separators.thousands else text
    found = VisiblePrice.fromstring(cleaned, decimal_separator=separators.decimal or None)
    if found.amount is None:
        skips["unreadable price"] += 1
        return None
    symbol = (found.currency or "").strip()
    own = symbol if re.fullmatch(r"[A-Z]{3}", symbol) else _SYMBOLS.get(symbol, "")
    return _price(found.amount, own or currency, skips)


def availability(value: object) -> Availability | None:
    """`InStock`, `https://schema.org/OutOfStock`, `in stock`, `True` … → ours; None when it says nothing."""
    words = re.sub(r"[\s_-]", "", str(value if value is not None else "").rstrip("/").rsplit("/", 1)[-1]).lower()
    return _AVAILABILITY.get(words)


def path_of(parts: list[str]) -> str:
    """A category path in Merchant Center's spelling, without repetitions: `Kitchen > Mugs`."""
    kept: list[str] = []
    for part in (plain(part, TITLE_LIMIT).strip(" >/") for part in parts):
        if part and (not kept or kept[-1] != part):
            kept.append(part)
    return " > ".join(kept)


def read_json(content: bytes) -> object:
    """What JSON says; None for what is no JSON, is nested too deep, or has numbers of too many digits."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def members(value: object) -> dict[str, object]:
    """The members of a JSON object; none when the value is anything else."""
    return value if isinstance(value, dict) else {}


def entries(value: object) -> list[object]:
    """The entries of a JSON array; none when the value is anything else."""
    return value if isinstance(value, list) else []


def _encodable(words: str) -> str:
    """Without lone surrogates, which JSON can say and no file can hold."""
    return words.encode("utf-8", "replace").decode()


def _without_markup(words: str) -> str:
    words = re.sub(r"<\?[^>]*>", " ", words)  # word processors leave `<?xml:namespace …>`, which bs4 warns about
    soup = parsed(words)
    for unseen in soup(["script", "style", "template", "noscript"]):
        unseen.decompose()
    return soup.get_text(" " if soup.find(["p", "br", "div", "li", "td"]) else "")


def _point(text: str) -> str:
    """`1,299.00`, `1.299,00` and `1299,5` with a point for the decimals; the last separator is the decimal one."""
    text = text.replace(" ", "").replace("\u00a0", "").replace("'", "")
    comma, point = text.rfind(","), text.rfind(".")
    if comma > point >= 0:
        return text.replace(".", "").replace(",", ".")
    if point > comma >= 0 or re.fullmatch(r"-?\d{1,3}(,\d{2,3})*,\d{3}", text):
        return text.replace(",", "")
    return text.replace(",", ".")


def _price(number: Decimal, currency: str, skips: Counter[str]) -> Price | None:
    if not number.is_finite() or number >= _DIGITS_LIMIT:
        skips["unreadable price"] += 1
    elif number < 0:
        skips["negative price"] += 1
    elif not re.fullmatch(r"[A-Z]{3}", currency):
        skips["price without currency"] += 1
    else:
        return Price(_rounded(abs(number)), currency)  # "-0" is not negative, and Price.parse wants no sign
    return None


def _rounded(number: Decimal) -> Decimal:
    """At most four decimals and no exponent, as Price.parse reads them back."""
    exact = number.quantize(Decimal("0.0001")).normalize()
    return exact.quantize(Decimal("0.01")) if int(exact.as_tuple().exponent) > -2 else exact
