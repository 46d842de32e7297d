"""Prices as shoppers read them."""

from catalogue.product import Price

SYMBOLS = {"EUR": "€", "GBP": "£", "INR": "₹", "JPY": "¥", "USD": "$"}


def shown(price: Price) -> str:
    """`₹1,299` of `1299.00 INR`; minor units appear when there are any, other currencies by their code."""
    amount = price.amount
    digits = f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"
    symbol = SYMBOLS.get(price.currency)
    return f"{symbol}{digits}" if symbol else f"{price.currency} {digits}"
