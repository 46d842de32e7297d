"""What a photo that is sent is answered: the page with what looks like it, or that alone for the page's script."""

from collections.abc import Callable, Sequence

import flask
from werkzeug.exceptions import HTTPException

from catalogue.encoding import dump
from catalogue.product import Neighbour
from storefront import photo_page
from storefront.markup import to_html
from storefront.openapi import PHOTO as PARAMETERS
from storefront.openapi import Part, part_of, read
from storefront.page import Page
from storefront.photos import Reception
from storefront.site import Site
from storefront.urls import PHOTO
from storefront.written import written

SPARE = 4  # times as many are looked for as are shown, as some may be sold out


def register(server: flask.Flask, site: Site, reception: Reception, document: Callable[[], str]) -> None:
    """Answer `POST /photo`; `document` writes the page that `flask.g.written` holds."""

    @server.post(PHOTO)
    def by_photo() -> flask.Response:
        as_json = flask.request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
        try:
            query = read({"box": PARAMETERS["box"]}, flask.request.args.to_dict(flat=False))
            part = part_of(query["box"])
            near = similar(site, reception, part, photo_page.SIMILAR, in_stock=True)
        except HTTPException as error:
            return _refused(site, error, as_json=as_json)
        if as_json:
            return _json(photo_page.counted(site, near), to_html(photo_page.results(site, near), site.at), 200)
        return _html(site, photo_page.found_page(site, near), 200, document)

    def _refused(site: Site, error: HTTPException, *, as_json: bool) -> flask.Response:
        status = error.code or 500
        if as_json:
            refusal = to_html(photo_page.refusal(site, status), site.at)
            answer = _json(photo_page.refused(site, status), refusal, status)
        else:
            answer = _html(site, photo_page.refused_page(site, status), status, document)
        if after := error.get_response().headers.get("Retry-After"):
            answer.headers["Retry-After"] = after
        return answer


def similar(site: Site, reception: Reception, part: Part | None, k: int, *, in_stock: bool) -> Sequence[Neighbour]:
    """Up to `k` products, the most similar first, to the photo of the request. Raises HTTPException."""
    near = reception.similar(flask.request, part, SPARE * k)
    entries = site.shop.entries(each.product_id for each in near)
    found = zip(near, entries, strict=True)
    return [each for each, entry in found if entry.product.available or not in_stock][:k]


def _json(said: str, shown: str, status: int) -> flask.Response:
    """What `assets/photo.js` reads."""
    answer = flask.Response(dump({"announcement": said, "results": shown}), status, mimetype="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _html(site: Site, page: Page, status: int, document: Callable[[], str]) -> flask.Response:
    flask.g.written = written(site, page)
    return flask.Response(document(), status, mimetype="text/html")
