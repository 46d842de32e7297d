"""What of a catalogue is asked for, and what is found."""

import unicodedata
from dataclasses import dataclass
from typing import Literal, get_args

from catalogue.encoding import Entry

Sort = Literal["relevance", "price", "price-down", "title", "newest"]
SORTS: tuple[Sort, ...] = get_args(Sort)
WORDS, LONGEST = 16, 64  # words of a text that are looked for, and characters of each


@dataclass(frozen=True)
class Query:
    """Products of `category` that have each word of `text`, or words that begin so; what is empty asks for nothing.

    Without text "relevance" is the order of the ids. "price" is the lowest first, "price-down" the highest; products
    without a price, or without a date for "newest", come last.
    """

    text: str = ""
    category: str = ""
    sort: Sort = "relevance"


@dataclass(frozen=True)
class Found:
    """One page of what was found, and how many there are on all pages."""

    entries: tuple[Entry, ...]
    total: int


def expression(text: str) -> str:
    """The text for FTS5, each word quoted so that nothing in it is an operator; empty where there is no word."""
    sound = text.encode(errors="ignore").decode().replace("\0", " ")
    words = [word[:LONGEST].replace('"', '""') for word in sound.split() if any(map(_counts, word[:LONGEST]))]
    return " AND ".join(f'"{word}"*' for word in words[:WORDS])


def _counts(character: str) -> bool:
    """Whether it is part of a word, as FTS5's tokenizer sees it: a letter, a number, or of private use."""
    category = unicodedata.category(character)
    return category[0] in "LN" or category == "Co"
