"""The answers of the API as JSON values: products, one product, and its similar products."""

from collections.abc import Iterable
from functools import cache
from urllib.parse import quote, urlencode

from werkzeug.exceptions import NotFound

from catalogue.encoding import Entry
from catalogue.errors import UnknownProduct
from catalogue.precomputed import SIZES
from catalogue.product import Neighbour, Price, Thumbnail
from catalogue.reasons import Reason
from catalogue.search import Query
from storefront.api.openapi import BANDS, NEIGHBOURS, OPENAPI, SEARCH, Json, read
from storefront.context import Context
from storefront.urls import BY_PHOTO, PRODUCTS, SIMILAR, product_address, shop_address

Given = dict[str, list[str]]  # a query as it was sent


def products(context: Context, _: str, given: Given) -> Json:
    """A page of what a query finds. Raises BadRequest."""
    values = read(SEARCH, given)
    page, size = values["page"], values["per_page"]
    found = context.shop.search(Query(values["q"], values["category"], values["sort"]), size, (page - 1) * size)
    pages = -(-found.total // size)

    def link(number: int) -> str:
        asked = {name: text for name, (text, *_) in given.items()} | {"page": number}
        return context.known(f"{PRODUCTS}?{urlencode(asked)}")

    near = {"self": page, "previous": min(page - 1, pages), "next": page + 1 if page < pages else 0}
    return {
        "total": found.total,
        "page": page,
        "pages": pages,
        "products": [basics(context, entry) for entry in found.entries],
        "categories": [{"name": name, "count": count} for name, count in context.shop.categories(values["q"])],
        "links": {name: link(number) if number else None for name, number in near.items()},
    }


def product(context: Context, product_id: str, given: Given) -> Json:
    """All values of one product. Raises BadRequest and NotFound."""
    read({}, given)
    entry = _entry(context, product_id)
    values = basics(context, entry) | _picked(entry.product, "description", "product_type", "link", "added")
    return values | {"images": [_image(context, each) for each in entry.thumbnails]}


def similar(context: Context, product_id: str, given: Given) -> Json:
    """The products that look most similar, the most similar first. Raises BadRequest and NotFound."""
    values = read(NEIGHBOURS, given)
    shop, most = context.shop, NEIGHBOURS["k"]["maximum"]
    _entry(context, product_id)
    listed = shop.neighbours(product_id, most) if values["in_stock"] else shop.stored(product_id)
    near = [each for each in beside(context, listed) if values["category"] in ("", each["category"])]
    return {"id": product_id, "similar": near[: values["k"]]}


def beside(context: Context, neighbours: Iterable[Neighbour]) -> list[Json]:
    """The products of a list, each with its similarity and the reasons for it."""
    return [
        {
            **basics(context, entry),
            "link": shop_address(entry.product.link),
            "similarity": near.similarity,
            "band": context.band(near.similarity, BANDS),
            "reasons": words(near.reasons),
        }
        for near, entry in context.shop.listed(neighbours)
    ]


def described(context: Context, _: str, given: Given) -> Json:
    """The OpenAPI document of this shop. Raises BadRequest."""
    read({}, given)
    paths = {path: item for path, item in OPENAPI["paths"].items() if context.photo_search or path != BY_PHOTO}
    info = OPENAPI["info"] | {"title": context.settings.name}
    return {**OPENAPI, "info": info, "servers": [{"url": context.base or "/"}], "paths": paths}


def basics(context: Context, entry: Entry) -> Json:
    """The values of a product that stand in every answer."""
    own = entry.product
    address = f"{PRODUCTS}/{quote(own.id, safe='')}"
    links = {"self": address, "similar": address + SIMILAR, "page": product_address(own.id)}
    return {
        **_picked(own, "id", "title", "brand", "category", "availability"),
        "price": _money(own.price),
        "sale_price": _money(own.sale_price),
        "image": _image(context, entry.thumbnails[0]) if entry.thumbnails else None,
        "links": {name: context.known(link) for name, link in links.items()},
    }


def _money(price: Price | None) -> Json | None:
    return {"amount": str(price.amount), "currency": price.currency} if price else None


def _image(context: Context, thumbnail: Thumbnail) -> Json:
    small, large = (context.known(context.settings.image_base + thumbnail.path(size)) for size in SIZES)
    return {"small": small, "large": large, **_picked(thumbnail, "width", "height", "colour")}


def _picked(value: object, *names: str) -> Json:
    return {name: getattr(value, name) for name in names}


@cache
def words(flags: int) -> list[str]:
    """The reasons that two products have in common, as words."""
    return [str(reason.name).lower() for reason in Reason if reason in Reason(flags)]


def _entry(context: Context, product_id: str) -> Entry:
    try:
        return context.shop.entries([product_id])[0]
    except UnknownProduct:
        raise NotFound(f"No product has the id {product_id!r}.") from None
