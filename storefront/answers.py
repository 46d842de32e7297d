"""What the API answers: products, one product, and what looks similar to it, as JSON values."""

from collections.abc import Iterable
from urllib.parse import quote, urlencode

from werkzeug.exceptions import NotFound

from catalogue.encoding import Entry
from catalogue.errors import UnknownProduct
from catalogue.product import Neighbour, Price, Thumbnail
from catalogue.reasons import Reason
from catalogue.search import Query
from storefront.openapi import BANDS, NEIGHBOURS, PRODUCTS, SEARCH, SIMILAR, Json, document, read
from storefront.site import Site
from storefront.urls import product_address, shop_address

Given = dict[str, list[str]]  # a query as it was sent


def products(site: Site, _: str, given: Given) -> Json:
    """A page of what a query finds. Raises BadRequest."""
    values = read(SEARCH, given)
    page, size = values["page"], values["per_page"]
    found = site.shop.search(Query(values["q"], values["category"], values["sort"]), size, (page - 1) * size)
    pages = -(-found.total // size)
    asked = {name: text for name, (text, *_) in given.items()}

    def link(number: int) -> str:
        return site.known(f"{PRODUCTS}?{urlencode({**asked, 'page': number})}")

    return {
        "total": found.total,
        "page": page,
        "pages": pages,
        "products": [basics(site, entry) for entry in found.entries],
        "categories": [{"name": name, "count": count} for name, count in site.shop.categories(values["q"])],
        "links": {
            "self": link(page),
            "previous": link(min(page - 1, pages)) if page > 1 and pages else None,
            "next": link(page + 1) if page < pages else None,
        },
    }


def product(site: Site, product_id: str, given: Given) -> Json:
    """All that is known of one product. Raises BadRequest and NotFound."""
    read({}, given)
    entry = _entry(site, product_id)
    own = entry.product
    return {
        **basics(site, entry),
        "description": own.description,
        "product_type": own.product_type,
        "link": own.link,
        "added": own.added,
        "images": [image(site, thumbnail) for thumbnail in entry.thumbnails],
    }


def similar(site: Site, product_id: str, given: Given) -> Json:
    """The products that look most similar, the most similar first. Raises BadRequest and NotFound."""
    values = read(NEIGHBOURS, given)
    shop, most = site.shop, NEIGHBOURS["k"]["maximum"]
    _entry(site, product_id)
    listed = shop.neighbours(product_id, most) if values["in_stock"] else shop.stored(product_id)
    near = [each for each in beside(site, listed) if values["category"] in ("", each["category"])]
    return {"id": product_id, "similar": near[: values["k"]]}


def beside(site: Site, neighbours: Iterable[Neighbour]) -> list[Json]:
    """What is said of products in a list."""
    listed = list(neighbours)
    found = zip(listed, site.shop.entries(near.product_id for near in listed), strict=True)
    return [
        {
            **basics(site, entry),
            "link": shop_address(entry.product.link),
            "similarity": near.similarity,
            "band": band(site, near.similarity),
            "reasons": words(near.reasons),
        }
        for near, entry in found
    ]


def described(site: Site, _: str, given: Given) -> Json:
    """The OpenAPI document. Raises BadRequest."""
    read({}, given)
    return document(site.settings.name, site.base, by_photo=site.photo_search)


def basics(site: Site, entry: Entry) -> Json:
    """What is said of a product wherever it stands."""
    own = entry.product
    address = f"{PRODUCTS}/{quote(own.id, safe='')}"
    return {
        "id": own.id,
        "title": own.title,
        "brand": own.brand,
        "category": own.category,
        "availability": own.availability,
        "price": money(own.price),
        "sale_price": money(own.sale_price),
        "image": image(site, entry.thumbnails[0]) if entry.thumbnails else None,
        "links": {
            "self": site.known(address),
            "similar": site.known(address + SIMILAR),
            "page": site.known(product_address(own.id)),
        },
    }


def money(price: Price | None) -> Json | None:
    return {"amount": str(price.amount), "currency": price.currency} if price else None


def image(site: Site, thumbnail: Thumbnail) -> Json:
    return {
        "small": site.known(site.image(thumbnail, 160)),
        "large": site.known(site.image(thumbnail, 320)),
        "width": thumbnail.width,
        "height": thumbnail.height,
        "colour": thumbnail.colour,
    }


def band(site: Site, similarity: float) -> str:
    """The first of BANDS whose least similarity is reached, empty below all of them and without a report."""
    return next((name for least, name in zip(site.least, BANDS, strict=False) if similarity >= least), "")


def words(flags: int) -> list[str]:
    """What two products have in common, as words."""
    return [str(reason.name).lower() for reason in Reason if reason in Reason(flags)]


def _entry(site: Site, product_id: str) -> Entry:
    try:
        return site.shop.entries([product_id])[0]
    except UnknownProduct:
        raise NotFound(f"No product has the id {product_id!r}.") from None
