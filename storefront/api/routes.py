"""The catalogue as JSON for other programs: read-only, versioned, described by `openapi`."""

import hashlib
from collections.abc import Callable
from functools import lru_cache, partial
from urllib.parse import parse_qs

import flask
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import BaseConverter

from catalogue.encoding import dump
from storefront.api.openapi import Json
from storefront.api.resources import Given, described, product, products, similar
from storefront.context import Context
from storefront.server.headers import renewable
from storefront.urls import API, BY_PHOTO, DOCUMENT, PRODUCTS, SIMILAR

KEPT = 256  # answers that stay in memory, some 5 kB each and 50 kB at most
Resource = Callable[[Context, str, Given], Json]  # one of `resources`
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type, If-None-Match",
    "Access-Control-Expose-Headers": "ETag, Retry-After, X-Catalogue-Version",
    "Access-Control-Max-Age": "86400",
}


class Anything(BaseConverter):
    """The rest of an address: ids hold slashes, and may begin with one."""

    regex = r"[\s\S]*"
    part_isolating = False
    weight = 300  # more than any other converter, so that all other rules come first


def register(server: flask.Flask, context: Context) -> None:
    """Answer below `/api/`: products, one product, its similar products, and the OpenAPI document."""
    server.url_map.converters["anything"] = Anything
    _register_answers(server, context)
    _register_errors(server)
    _register_origins(server, context.settings.cors_origins)


def _register_answers(server: flask.Flask, context: Context) -> None:
    @lru_cache(KEPT)
    def content(resource: Resource, product_id: str, query: bytes) -> bytes:
        return dump(resource(context, product_id, parse_qs(query.decode(errors="replace"), keep_blank_values=True)))

    def answer(resource: Resource, product_id: str = "") -> flask.Response:
        query = flask.request.query_string
        asked = repr((context.build, resource.__name__, product_id, query)).encode(errors="replace")
        body, tag = content(resource, product_id, query), hashlib.sha256(asked).hexdigest()[:16]
        response = renewable(body, "application/json", tag)
        response.headers["X-Catalogue-Version"] = context.shop.manifest.version
        return response

    server.add_url_rule(PRODUCTS, "api_products", partial(answer, products))
    server.add_url_rule(DOCUMENT, "api_document", partial(answer, described))

    @server.get(f"{PRODUCTS}/<anything:rest>", merge_slashes=False)
    def api_product(rest: str) -> flask.Response:
        # As it was sent: in an id that ends in `/similar`, the slash is percent-encoded.
        sent = str(flask.request.environ.get("RAW_URI", rest)).partition("?")[0]
        if rest.endswith(SIMILAR) and sent.endswith(SIMILAR):
            return answer(similar, rest.removesuffix(SIMILAR))
        return answer(product, rest)

    @server.get(BY_PHOTO)
    def api_no_photo() -> flask.Response:
        raise MethodNotAllowed(["POST", "OPTIONS"], "Send a photo by POST.")

    @server.get(f"{API}<anything:rest>", merge_slashes=False)
    def api_nothing(rest: str) -> flask.Response:
        raise NotFound(f"There is nothing at {API}{rest}. {context.at(DOCUMENT)} describes what there is.")


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
    @server.after_request
    def share(response: flask.Response) -> flask.Response:
        """Let scripts of the sites `origins` read what the API answers."""
        if origins and flask.request.path.startswith(API):
            response.vary.add("Origin")
            origin = flask.request.headers.get("Origin", "")
            if origin in origins or "*" in origins:
                response.headers["Access-Control-Allow-Origin"] = "*" if "*" in origins else origin
                response.headers.update(PREFLIGHT)
        return response
