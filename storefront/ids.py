"""The ids of the components that callbacks read and change; scripts are told them in the document."""

from typing import Any

URL = "url"
CONTENT = "content"  # both columns
MAIN = "main"
PRODUCT = "product"  # the column of the product, with the trail above it
PRODUCT_PAGE = "product-page"
TRAIL = "trail"
CLOSE = "close"
SEARCH = "search"
SEARCH_FORM = "search-form"
SORT = "sort"
THEME = "theme"
ANNOUNCEMENT = "announcement"
ALERT = "alert"
ALERT_TEXT = "alert-text"
RETRY = "retry"
COPY = "copy-link"
GALLERY = "gallery"
GALLERY_OF = "gallery-of"  # the path of the product whose photos are asked for
GALLERY_BODY = "gallery-body"
MAP_TOOLTIP = "map-tooltip"
TEMPLATES = "templates"
PHOTO = "photo"  # the last one to be searched with, as a number
PHOTO_RESULTS = "photo-results"


def figure(name: str) -> dict[str, Any]:
    """The id of a graph; callbacks that concern every graph match the type."""
    return {"type": "figure", "index": name}


MAP = figure("map")
