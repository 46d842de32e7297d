"""Attributes for assistive technology and for scripts, which Dash's components take by their HTML names."""

from typing import Any

GRID: dict[str, Any] = {"data-keys": "grid"}  # the cards in it can be walked through with the arrow keys
HIDDEN: dict[str, Any] = {"aria-hidden": "true"}


def labelled(text: str) -> dict[str, Any]:
    """What a screen reader calls a part of the page."""
    return {"aria-label": text}


def described(by: str) -> dict[str, Any]:
    """A part of the page that the element of the id `by` explains."""
    return {"aria-describedby": by}


def announced() -> dict[str, Any]:
    """A part of the page that is read out when it changes."""
    return {"aria-live": "polite"}


def current(*, present: bool) -> dict[str, Any]:
    """A link that leads where the visitor is."""
    return {"aria-current": "page"} if present else {}


def data(**values: str) -> dict[str, Any]:
    """`data-…` attributes, which scripts read."""
    return {f"data-{name.replace('_', '-')}": value for name, value in values.items()}
