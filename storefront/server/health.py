"""Whether the process lives and whether it can serve, for monitors and platforms."""

import sqlite3

import flask

from catalogue.encoding import dump
from storefront.context import Context
from storefront.server.headers import UNKEPT
from storefront.urls import HEALTH, READY


def register(server: flask.Flask, context: Context) -> None:
    """Answer `/healthz`, which asks nothing, and `/readyz`, which asks the catalogue."""

    @server.get(HEALTH)
    def healthy() -> flask.Response:
        return flask.Response("ok\n", headers=UNKEPT, mimetype="text/plain")

    @server.get(READY)
    def ready() -> flask.Response:
        manifest, is_ready = context.shop.manifest, True
        try:
            _ = "" in context.shop
        except (sqlite3.Error, OSError) as error:
            server.logger.error("the catalogue cannot be asked: %s", error)
            is_ready = False
        told = {
            "ready": is_ready, "catalogue": manifest.version, "extractor": manifest.build.extractor,
            "products": len(context.shop), "photo_search": context.photo_search,
        }  # fmt: skip
        return flask.Response(dump(told), 200 if is_ready else 503, UNKEPT, mimetype="application/json")
