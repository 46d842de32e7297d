"""The head of a page, as search engines and shared links read it; `templates/head.html` writes it."""

from dataclasses import dataclass

import flask

from catalogue.product import Availability, Thumbnail
from storefront.context import Context
from storefront.pages.page import Page
from storefront.urls import HOME

SCHEMA = "https://schema.org/"
STATES: dict[Availability, str] = {
    "in_stock": "InStock",
    "out_of_stock": "OutOfStock",
    "preorder": "PreOrder",
    "backorder": "BackOrder",
}


@dataclass(frozen=True)
class Head:
    """A page of the shop `site`, and the absolute addresses of page and photo, empty where they are not known."""

    page: Page
    site: str
    url: str
    photo: str

    @classmethod
    def of(cls, context: Context, page: Page, base: str) -> "Head":
        """The head of a page of the site at `base`, which has no slash at its end; empty where nobody knows it."""
        url = base + context.path(page.address or HOME) if base else ""
        return cls(page, context.settings.name, url, photo_address(context, page.photo, base))

    @property
    def product(self) -> dict[str, object]:
        """The product in schema.org's words; values that the shop does not have are left out."""
        if self.page.entry is None:
            return {}
        product = self.page.entry.product
        offer = product.paid and _thing(
            "Offer",
            price=str(product.paid.amount),
            priceCurrency=product.paid.currency,
            availability=SCHEMA + STATES[product.availability],
            url=self.url,
        )
        return {"@context": SCHEMA} | _thing(
            "Product",
            name=product.title,
            image=self.photo,
            description=product.description,
            sku=product.id,
            brand=product.brand and _thing("Brand", name=product.brand),
            category=product.product_type,
            url=self.url,
            offers=offer,
        )


def _thing(kind: str, **values: object) -> dict[str, object]:
    return {"@type": kind, **{name: value for name, value in values.items() if value}}


def base_of(context: Context) -> str:
    """The address of the site, without a slash at its end: as it is set, else as it was asked."""
    return context.settings.public_url or flask.request.host_url.rstrip("/") + context.settings.path_prefix


def photo_address(context: Context, thumbnail: Thumbnail | None, base: str) -> str:
    """The absolute address of the larger size, empty without a photo or where nobody knows it."""
    address = context.settings.image_base + thumbnail.path(320) if thumbnail else ""
    return address if not address.startswith("/") else base and base + address
