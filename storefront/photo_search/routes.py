"""The answers to a photo: a page for people, a part of it for the `searchByPhoto` callback, JSON for programs."""

from collections.abc import Callable, Sequence
from typing import Any

import flask
from werkzeug.exceptions import HTTPException

from catalogue.encoding import dump
from catalogue.product import Neighbour
from storefront.api.openapi import PHOTO as PARAMETERS
from storefront.api.openapi import Part, part_of, read
from storefront.api.resources import beside
from storefront.components.base import freeze
from storefront.context import Context
from storefront.pages import photo
from storefront.pages.page import Page
from storefront.parts import as_json, written
from storefront.photo_search.queue import Queue
from storefront.urls import BY_PHOTO, PHOTO

SPARE = 4  # times as many are looked for as are shown, as some may be sold out


def register(server: flask.Flask, context: Context, queue: Queue, document: Callable[[], str]) -> None:
    """Answer POST to the page and to the API; `document` writes the page that `flask.g.written` holds."""

    @server.post(PHOTO)
    def by_photo() -> flask.Response:
        as_part = flask.request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
        try:
            query = read({"box": PARAMETERS["box"]}, flask.request.args.to_dict(flat=False))
            near = similar(context, queue, part_of(query["box"]), photo.SIMILAR, in_stock=True)
        except HTTPException as error:
            return _refused(context, error, document, as_part=as_part)
        if as_part:
            return _part(photo.counted(context, near), photo.results(context, near), 200)
        return _html(context, photo.found_page(context, near), 200, document)

    @server.post(BY_PHOTO)
    def api_similar_to_photo() -> flask.Response:
        values = read(PARAMETERS, flask.request.args.to_dict(flat=False))
        near = similar(context, queue, part_of(values["box"]), values["k"], in_stock=values["in_stock"])
        answer = _unkept(dump({"similar": beside(context, near)}), 200)
        answer.headers["X-Catalogue-Version"] = context.shop.manifest.version
        return answer


def similar(context: Context, queue: Queue, part: Part | None, k: int, *, in_stock: bool) -> Sequence[Neighbour]:
    """Up to `k` products, the most similar first, to the photo of the request. Raises HTTPException."""
    near = context.shop.listed(queue.similar(flask.request, part, SPARE * k))
    return [each for each, entry in near if entry.product.available or not in_stock][:k]


def _refused(context: Context, error: HTTPException, document: Callable[[], str], *, as_part: bool) -> flask.Response:
    status = error.code or 500
    if as_part:
        answer = _part(context.texts.refused(status), photo.refusal(context, status), status)
    else:
        answer = _html(context, photo.refused_page(context, status), status, document)
    if after := error.get_response().headers.get("Retry-After"):
        answer.headers["Retry-After"] = after
    return answer


def _part(said: str, shown: Any, status: int) -> flask.Response:
    return _unkept(as_json({"announcement": said, "results": freeze(shown)}), status)


def _unkept(content: bytes, status: int) -> flask.Response:
    return flask.Response(content, status, mimetype="application/json", headers={"Cache-Control": "no-store"})


def _html(context: Context, page: Page, status: int, document: Callable[[], str]) -> flask.Response:
    flask.g.written = written(context, page, PHOTO)
    return flask.Response(document(), status, mimetype="text/html")
