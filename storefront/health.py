"""Whether the process lives and whether it can serve, for those who watch over it."""

import sqlite3

import flask

from catalogue.encoding import dump
from storefront.photos import Reception
from storefront.site import Site
from storefront.urls import HEALTH, READY


def register(server: flask.Flask, site: Site, reception: Reception) -> None:
    """Answer `/healthz`, which asks nothing, and `/readyz`, which asks the catalogue."""

    @server.get(HEALTH)
    def healthy() -> flask.Response:
        return _unkept(flask.Response("ok\n", mimetype="text/plain"))

    @server.get(READY)
    def ready() -> flask.Response:
        manifest = site.shop.manifest
        told = {
            "ready": _answers(site, server),
            "catalogue": manifest.version,
            "extractor": manifest.build.extractor,
            "products": len(site.shop),
            "photo_search": reception.is_open,
        }
        return _unkept(flask.Response(dump(told), 200 if told["ready"] else 503, mimetype="application/json"))


def _answers(site: Site, server: flask.Flask) -> bool:
    """Whether the catalogue can be asked for a product."""
    try:
        _ = "" in site.shop
    except (sqlite3.Error, OSError) as error:
        server.logger.error("the catalogue cannot be asked: %s", error)
        return False
    return True


def _unkept(response: flask.Response) -> flask.Response:
    response.headers["Cache-Control"] = "no-store"
    return response
