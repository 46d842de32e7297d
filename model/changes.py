"""What a new build changes, for its closing table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalogue.encoding import Entry
from catalogue.product import Neighbour
from catalogue.shop import Shop
from model.naming import Named


@dataclass(frozen=True)
class Changes:
    """What differs from the lists that were there: products and photos by number, and lists of products in both."""

    added: int
    removed: int
    photos_removed: int
    lists: int


def changes(before: Shop | None, entries: Sequence[Entry], lists: Mapping[str, Sequence[Neighbour]]) -> Changes:
    """Between the lists that were there and new ones."""
    if before is None:
        return Changes(len(entries), 0, 0, 0)
    ids = {entry.product.id for entry in entries}
    now = Named.of(list(lists), lists)
    # Without the reasons, which change with prices and names.
    differ = [
        each != [(near, score) for near, score, _ in now.places(own)] for own, each in before.all_stored() if own in ids
    ]
    shown = {thumbnail.source for entry in entries for thumbnail in entry.thumbnails}
    showed = {thumbnail.source for entry in before for thumbnail in entry.thumbnails}
    return Changes(
        added=len(ids) - len(differ),
        removed=len(before) - len(differ),
        photos_removed=len(showed - shown),
        lists=sum(differ),
    )
