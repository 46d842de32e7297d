"""Documents as Jinja templates. Values are escaped, and an application is not needed to render them."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

BUFFERED = 200  # pieces of a template that are sent as one
ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=select_autoescape(("html", "xml")),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    auto_reload=False,
)
ENVIRONMENT.policies["json.dumps_kwargs"] = {"sort_keys": True, "separators": (",", ":"), "ensure_ascii": False}


def render(name: str, **values: Any) -> str:
    """A whole document."""
    return ENVIRONMENT.get_template(name).render(values)


def stream(name: str, **values: Any) -> Iterable[str]:
    """A document piece by piece, made as it is read."""
    pieces = ENVIRONMENT.get_template(name).stream(values)
    pieces.enable_buffering(BUFFERED)
    return pieces
