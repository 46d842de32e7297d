"""What was measured once on a catalogue, kept as JSON beside its features."""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from catalogue import atomic
from catalogue.errors import FeaturesError

T = TypeVar("T")


def remembered(path: Path, parse: Callable[[Any], T], measure: Callable[[], object]) -> T:
    """What `parse` makes of the JSON in `path`; of what `measure` gives, when that is missing or cannot be parsed.

    Raises FeaturesError when it cannot be written, and what `measure` raises.
    """
    try:
        return parse(json.loads(path.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass  # not measured yet, or no longer readable
    found = measure()
    try:
        atomic.write_bytes(path, json.dumps(found, indent=1).encode())
    except OSError as error:
        raise FeaturesError(f"{path} cannot be written: {error.strerror}.") from error
    return parse(found)


def mark(parts: Sequence[str]) -> str:
    """16 hexadecimal digits that differ whenever one of `parts` does."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
