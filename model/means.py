"""What a build computes with: this machine alone, unless it is given others."""

from dataclasses import dataclass

from model.features import Way, here
from model.neighbours.search import Search, search


@dataclass(frozen=True)
class Means:
    """What extracts photos and what searches for neighbours. Whatever they are, the results are the same."""

    extract: Way
    search: Search


HERE = Means(here, search)
