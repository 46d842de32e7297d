"""Prices and numbers as shoppers of a language read them."""

from functools import lru_cache

from babel import Locale
from babel.numbers import format_currency, format_decimal, get_currency_symbol

from catalogue.product import Price


@lru_cache(maxsize=4096)
def shown(price: Price, locale: str) -> str:
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
