"""Shares and measures as readers of a language write them, and the bars that show them."""

from typing import Any

from babel import Locale
from babel.numbers import format_decimal, format_percent
from dash import html
from dash.development.base_component import Component

from catalogue.report import Estimate, PrecisionAt
from storefront.aria import HIDDEN


def percent(share: float, locale: str) -> str:
    """`76%` in `en`; with a decimal near the ends, where it says more: `0.4%`, `99.7%`."""
    pattern = Locale.parse(locale).percent_formats[None].pattern
    near = 0 < share < 0.01 or 0.99 < share < 1
    return format_percent(share, pattern.replace("##0", "##0.0") if near else pattern, locale)


def decimal(value: float, digits: int, locale: str) -> str:
    """`0.70` of 0.7 with two digits in `en`."""
    return format_decimal(value, f"0.{'0' * digits}", locale)


def signed(value: float, locale: str) -> str:
    """`+0.3`, `−0.3` with a minus sign as wide as the plus, `0.0`."""
    return format_decimal(value, "+0.0;−0.0", locale) if abs(value) >= 0.05 else decimal(0, 1, locale)


def sized(name: str, *children: Any, **lengths: float) -> Component:
    """A part of a chart whose lengths, from 0 to 1, are custom properties for the style sheet."""
    made = html.Span(list(children), className=name)
    made.__dict__["style"] = {f"--{length}": f"{value:.4f}" for length, value in lengths.items()}
    return made


def rate(share: Estimate, at: PrecisionAt, kind: int) -> Component:
    """A bar with its interval, and where chance and the best lists would be; the numbers stand beside it."""
    parts = [
        sized("rate-best", value=at.reachable),
        sized(f"rate-fill way-{min(kind, 2)}", value=share.value),
        sized("rate-chance", value=at.chance),
        sized("rate-interval", low=share.low, high=share.high),
    ]
    return html.Span(parts, className="rate", **HIDDEN)
