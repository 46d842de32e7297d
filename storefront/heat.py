"""Where in two photos their similarity comes from, drawn over them."""

from typing import Any

from catalogue.encoding import Entry
from catalogue.product import Neighbour
from storefront.site import Site


def maps(site: Site, entry: Entry, similar: list[Neighbour]) -> Any:
    """Nothing yet where the build has no heat maps."""
    return None
