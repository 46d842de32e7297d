"""Attributes for assistive technology, which Dash's components take by their HTML names."""

from typing import Any


def labelled(text: str) -> dict[str, Any]:
    """What a screen reader calls a part of the page."""
    return {"aria-label": text}


def announced() -> dict[str, Any]:
    """A part of the page that is read out when it changes."""
    return {"aria-live": "polite"}
