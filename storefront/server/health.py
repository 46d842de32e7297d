"""Whether the process lives and whether it can serve, for those who watch over it."""

import sqlite3

import flask

from catalogue.encoding import dump
from storefront.context import Context
from storefront.urls import HEALTH, READY


def register(server: flask.Flask, context: Context) -> None:
    """Answer `/healthz`, which asks nothing, and `/readyz`, which asks the catalogue."""

    @server.get(HEALTH)
    def healthy() -> flask.Response:
        return _unkept(flask.Response("ok\n", mimetype="text/plain"))

    @server.get(READY)
    def ready() -> flask.Response:
        manifest = context.shop.manifest
        told = {
            "ready": _answers(context, server),
            "catalogue": manifest.version,
            "extractor": manifest.build.extractor,
            "products": len(context.shop),
            "photo_search": context.photo_search,
        }
        return _unkept(flask.Response(dump(told), 200 if told["ready"] else 503, mimetype="application/json"))


def _answers(context: Context, server: flask.Flask) -> bool:
    """Whether the catalogue can be asked for a product."""
    try:
        _ = "" in context.shop
    except (sqlite3.Error, OSError) as error:
        server.logger.error("the catalogue cannot be asked: %s", error)
        return False
    return True


def _unkept(response: flask.Response) -> flask.Response:
    response.headers["Cache-Control"] = "no-store"
    return response
