"""Whether the process lives and whether it can serve, for monitors and platforms."""

import sqlite3

import flask

from catalogue.encoding import dump
from storefront.context import Context
from storefront.server.headers import UNKEPT
from storefront.urls import HEALTH, READY


def register(server: flask.Flask, context: Context) -> None:
    """Answer `/healthz`, which asks nothing, and `/readyz`, which asks the catalogue."""
    server.add_url_rule(HEALTH, HEALTH, lambda: flask.Response("ok\n", headers=UNKEPT, mimetype="text/plain"))

    @server.get(READY)
    def ready() -> flask.Response:
        manifest, status = context.shop.manifest, 200
        try:
            _ = "" in context.shop
        except (sqlite3.Error, OSError) as error:
            server.logger.error("the catalogue cannot be asked: %s", error)
            status = 503
        told = {
            "ready": status == 200, "catalogue": manifest.version, "extractor": manifest.build.extractor,
            "products": len(context.shop), "photo_search": context.photo_search,
        }  # fmt: skip
        return flask.Response(dump(told), status, UNKEPT, mimetype="application/json")
