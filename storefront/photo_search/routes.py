"""The answers to a photo: a page for people, a part of it for `assets/photo.js`, JSON for programs."""

from collections.abc import Callable, Sequence

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
from storefront.parts import as_json, written
from storefront.photo_search.uploads import Queue
from storefront.server.headers import UNKEPT
from storefront.urls import BY_PHOTO, PHOTO

SPARE = 4  # times as many are looked for as are shown, as some may be sold out


def register(server: flask.Flask, context: Context, queue: Queue, document: Callable[[], str]) -> None:
    """Answer POST to the page and to the API; `document` writes the page that `flask.g.written` holds."""

    @server.post(PHOTO)
    def by_photo() -> flask.Response:
        status, after = 200, None
        try:
            query = read({"box": PARAMETERS["box"]}, flask.request.args.to_dict(flat=False))
            near = similar(context, queue, part_of(query["box"]), photo.SIMILAR, in_stock=True)
            said, shown = photo.found(context, near)
        except HTTPException as error:
            status, after = error.code or 500, error.get_response().headers.get("Retry-After")
            said, shown = photo.refused(context, status)
        if flask.request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
            content = as_json({"announcement": said, "results": freeze(shown)})
            answer = flask.Response(content, status, UNKEPT, mimetype="application/json")
        else:
            flask.g.written = written(context, photo.photo_page(context, said, shown), PHOTO)
            answer = flask.Response(document(), status)
        if after:
            answer.headers["Retry-After"] = after
        return answer

    @server.post(BY_PHOTO)
    def api_similar_to_photo() -> flask.Response:
        values = read(PARAMETERS, flask.request.args.to_dict(flat=False))
        near = similar(context, queue, part_of(values["box"]), values["k"], in_stock=values["in_stock"])
        head = UNKEPT | {"X-Catalogue-Version": context.shop.manifest.version}
        return flask.Response(dump({"similar": beside(context, near)}), headers=head, mimetype="application/json")


def similar(context: Context, queue: Queue, part: Part | None, k: int, *, in_stock: bool) -> Sequence[Neighbour]:
    """Up to `k` products, the most similar first, to the photo of the request. Raises HTTPException."""
    near = context.shop.listed(queue.similar(flask.request, part, SPARE * k))
    return [each for each, entry in near if entry.product.available or not in_stock][:k]
