"""Prices, numbers and shares as readers of a language write them."""

from functools import lru_cache

from babel import Locale
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_symbol

from catalogue.product import Price


@lru_cache(maxsize=4096)
def money(price: Price, locale: str) -> str:
    """`₹1,299` of `1299.00 INR` in `en`; minor units appear when there are any."""
    pattern = Locale.parse(locale).currency_formats["standard"].pattern
    if get_currency_symbol(price.currency, locale)[-1].isalpha():
        pattern = pattern.replace("¤#", "¤\xa0#")  # `CHF 7`, as the Unicode locale data asks for
    whole = price.amount == price.amount.to_integral_value()
    pattern = pattern.replace(".00", "") if whole else pattern
    return format_currency(price.amount, price.currency, pattern, locale, currency_digits=not whole)


def count(number: int, locale: str) -> str:
    """`1,299` of 1299 in `en`."""
    return format_decimal(number, locale=locale)


def percent(share: float, locale: str) -> str:
    """`76%` in `en`; with a decimal near the ends, where it says more: `0.4%`, `99.7%`."""
    pattern = Locale.parse(locale).percent_formats[None].pattern
    near = 0 < share < 0.01 or 0.99 < share < 1
    return format_percent(share, pattern.replace("##0", "##0.0") if near else pattern, locale)


def decimal(value: float, locale: str, digits: int = 2) -> str:
    """`0.70` of 0.7 in `en`."""
    return format_decimal(value, f"0.{'0' * digits}", locale)


def signed(value: float, locale: str) -> str:
    """`+0.3`, `−0.3` with a minus sign as wide as the plus, `0.0`."""
    return format_decimal(value, "+0.0;−0.0", locale) if abs(value) >= 0.05 else decimal(0, locale, 1)
