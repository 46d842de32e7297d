"""The catalogue as JSON for other programs: read-only, versioned, described by `openapi`."""

import hashlib
from functools import lru_cache
from urllib.parse import parse_qs, quote, urlencode

import flask
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import BaseConverter

from catalogue.encoding import Entry, dump
from catalogue.errors import UnknownProduct
from catalogue.product import Price, Thumbnail
from catalogue.reasons import Reason
from catalogue.search import Query
from storefront.openapi import DOCUMENT, NEIGHBOURS, PRODUCTS, SEARCH, SIMILAR, Json, document, read
from storefront.site import Site
from storefront.urls import product_address

API = "/api/"
KEPT = 256  # answers that stay in memory, some 5 kB each and 50 kB at most
FRESH = 300  # seconds; a catalogue changes when the process does
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "If-None-Match",
    "Access-Control-Expose-Headers": "ETag, X-Catalogue-Version",
    "Access-Control-Max-Age": "86400",
}

Given = dict[str, list[str]]


class Anything(BaseConverter):
    """The rest of an address, whatever it is: ids hold slashes, and may begin with one."""

    regex = r"[\s\S]*"
    part_isolating = False
    weight = 300  # more than any other converter, so that all other rules come first


def register(server: flask.Flask, site: Site) -> None:
    """Answer below `/api/`: products, one product, what looks similar to it, and the OpenAPI document."""
    server.url_map.converters["anything"] = Anything
    _register_answers(server, site)
    _register_errors(server)
    _register_origins(server, site.settings.cors_origins)


def _register_answers(server: flask.Flask, site: Site) -> None:
    answers = {PRODUCTS: products, "": product, SIMILAR: similar, DOCUMENT: described}

    @lru_cache(KEPT)
    def content(name: str, product_id: str, query: bytes) -> tuple[bytes, str]:
        given = parse_qs(query.decode(errors="replace"), keep_blank_values=True)
        tag = hashlib.sha256(repr((site.build, name, product_id, query)).encode(errors="replace"))
        return dump(answers[name](site, product_id, given)), tag.hexdigest()[:16]

    def answer(name: str, product_id: str = "") -> flask.Response:
        body, tag = content(name, product_id, flask.request.query_string)
        response = flask.Response(body, mimetype="application/json")
        response.headers["Cache-Control"] = f"public, max-age={FRESH}, must-revalidate"
        response.headers["X-Catalogue-Version"] = site.shop.manifest.version
        response.set_etag(tag)
        response.make_conditional(flask.request)
        return response

    @server.get(PRODUCTS)
    def api_products() -> flask.Response:
        return answer(PRODUCTS)

    @server.get(DOCUMENT)
    def api_document() -> flask.Response:
        return answer(DOCUMENT)

    @server.get(f"{PRODUCTS}/<anything:rest>", merge_slashes=False)
    def api_product(rest: str) -> flask.Response:
        if _is_similar(rest):
            return answer(SIMILAR, rest.removesuffix(SIMILAR))
        return answer("", rest)

    @server.get(f"{API}<anything:rest>", merge_slashes=False)
    def api_nothing(rest: str) -> flask.Response:
        raise NotFound(f"There is nothing at {API}{rest}. {DOCUMENT} describes what there is.")


def _is_similar(rest: str) -> bool:
    """Whether an address ends in `/similar` as it was sent: in an id that ends so, the slash is percent-encoded."""
    sent = flask.request.environ.get("RAW_URI", rest)
    return rest.endswith(SIMILAR) and str(sent).partition("?")[0].endswith(SIMILAR)


def _register_errors(server: flask.Flask) -> None:
    @server.errorhandler(HTTPException)
    def failed(error: HTTPException) -> flask.Response | HTTPException:
        if not flask.request.path.startswith(API):
            return error
        response = flask.make_response(error.get_response())
        code = error.name.lower().replace(" ", "_")
        response.data = dump({"error": {"code": code, "message": error.description}})
        response.mimetype = "application/json"
        response.headers["Cache-Control"] = "no-store"
        return response


def _register_origins(server: flask.Flask, origins: tuple[str, ...]) -> None:
    if not origins:
        return

    @server.after_request
    def share(response: flask.Response) -> flask.Response:
        """Let scripts of the sites `origins` read what the API answers."""
        if flask.request.path.startswith(API):
            response.vary.add("Origin")
            origin = flask.request.headers.get("Origin", "")
            if origin in origins or "*" in origins:
                response.headers["Access-Control-Allow-Origin"] = "*" if "*" in origins else origin
                response.headers.update(PREFLIGHT)
        return response


def products(site: Site, _: str, given: Given) -> Json:
    """A page of what a query finds. Raises BadRequest."""
    values = read(SEARCH, given)
    page, size = values["page"], values["per_page"]
    found = site.shop.search(Query(values["q"], values["category"], values["sort"]), size, (page - 1) * size)
    pages = -(-found.total // size)
    asked = {name: text for name, (text, *_) in given.items()}

    def link(number: int) -> str:
        return f"{site.settings.public_url}{PRODUCTS}?{urlencode({**asked, 'page': number})}"

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
    found = zip(listed, shop.entries(near.product_id for near in listed), strict=True)
    near = [
        {**basics(site, entry), "similarity": each.similarity, "reasons": words(each.reasons)}
        for each, entry in found
        if values["category"] in ("", entry.product.category)
    ]
    return {"id": product_id, "similar": near[: values["k"]]}


def described(site: Site, _: str, given: Given) -> Json:
    """The OpenAPI document. Raises BadRequest."""
    read({}, given)
    return document(site.settings.name, site.settings.public_url)


def basics(site: Site, entry: Entry) -> Json:
    """What is said of a product wherever it stands."""
    own, base = entry.product, site.settings.public_url
    address = f"{base}{PRODUCTS}/{quote(own.id, safe='')}"
    return {
        "id": own.id,
        "title": own.title,
        "brand": own.brand,
        "category": own.category,
        "availability": own.availability,
        "price": money(own.price),
        "sale_price": money(own.sale_price),
        "image": image(site, entry.thumbnails[0]) if entry.thumbnails else None,
        "links": {"self": address, "similar": address + SIMILAR, "page": base + product_address(own.id)},
    }


def money(price: Price | None) -> Json | None:
    return {"amount": str(price.amount), "currency": price.currency} if price else None


def image(site: Site, thumbnail: Thumbnail) -> Json:
    base = site.settings.public_url if site.settings.image_base.startswith("/") else ""
    return {
        "small": base + site.image(thumbnail, 160),
        "large": base + site.image(thumbnail, 320),
        "width": thumbnail.width,
        "height": thumbnail.height,
        "colour": thumbnail.colour,
    }


def words(flags: int) -> list[str]:
    """What two products have in common, as words."""
    return [str(reason.name).lower() for reason in Reason if reason in Reason(flags)]


def _entry(site: Site, product_id: str) -> Entry:
    try:
        return site.shop.entries([product_id])[0]
    except UnknownProduct:
        raise NotFound(f"No product has the id {product_id!r}.") from None
