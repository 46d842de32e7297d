"""Google Merchant Center feeds: XML, and tables with tabs, commas, semicolons or bars between their cells.

Source of the names: https://support.google.com/merchants/answer/7052112.
"""

from collections import Counter
from collections.abc import Iterator
from typing import IO

from catalogue.product import Availability
from scraper.draft import Draft
from scraper.sources.merchant_rows import Cells, rows
from scraper.values import TITLE_LIMIT, address, availability, path_of, plain, stated


def drafts(stream: IO[bytes], base: str, skips: Counter[str]) -> Iterator[Draft]:
    """The products of the feed at `base`, in its order; an id that comes again is left to the caller.

    Counts `row without id`, `item without title`, `unknown availability` and, as `merchant_rows` does, what cannot be
    read. Raises CatalogueError, with the first product, when the stream is no feed at all.
    """
    for cells in rows(stream, base, skips):
        draft = _draft(cells, base, skips)
        if not draft.id:
            skips["row without id"] += 1
        elif not draft.title:
            skips["item without title"] += 1
        else:
            yield draft


def _draft(cells: Cells, base: str, skips: Counter[str]) -> Draft:
    return Draft(
        source="merchant",
        id=plain(_first(cells, "id"), TITLE_LIMIT),
        title=plain(_first(cells, "title"), TITLE_LIMIT),
        description=plain(_first(cells, "description", "summary", "content")),
        link=address(base, _first(cells, "link")),
        images=_images(cells, base),
        price=stated(_first(cells, "price"), skips),
        sale_price=stated(_first(cells, "sale_price"), skips),
        availability=_availability(_first(cells, "availability"), skips),
        brand=plain(_first(cells, "brand"), TITLE_LIMIT),
        product_type=_category(cells),
        group=plain(_first(cells, "item_group_id"), TITLE_LIMIT),
    )


def _first(cells: Cells, *names: str) -> str:
    """The first text of the names, in their order, that is not blank."""
    return next((text for name in names for text in cells.get(name, ()) if text.strip()), "")


def _images(cells: Cells, base: str) -> tuple[str, ...]:
    links = [*cells.get("image_link", ())[:1], *cells.get("additional_image_link", ())]
    return tuple(dict.fromkeys(filter(None, (address(base, link) for link in links))))


def _availability(words: str, skips: Counter[str]) -> Availability | None:
    found = availability(words)
    if words and not found:
        skips["unknown availability"] += 1
    return found


def _category(cells: Cells) -> str:
    """The shop's own path, or else Google's, unless that is only its number."""
    path = plain(_first(cells, "product_type") or _first(cells, "google_product_category"))
    return "" if path.isdigit() else path_of(path.split(">"))
