"""What the map is drawn from, as JSON."""

from functools import lru_cache

import flask

from storefront.dots import PART, dots_of, drawn, told
from storefront.lasting import gone, lasting
from storefront.site import Site
from storefront.urls import CHARTS


def register(server: flask.Flask, site: Site) -> None:
    """Answer `/map/BUILD.json`, and `/map/BUILD/PART.json` for some dots: immutable, as the build is in the address."""

    @lru_cache(maxsize=1)
    def content() -> bytes:
        dots = dots_of(site)
        return drawn(dots) if dots else b""

    @server.get(f"{CHARTS}<build>.json")
    def chart(build: str) -> flask.Response:
        return _answer(content() if build == site.build else b"")

    @server.get(f"{CHARTS}<build>/<int:part>.json")
    def some(build: str, part: int) -> flask.Response:
        dots = dots_of(site)
        known = build == site.build and dots is not None and part * PART < len(dots.ids)
        return _answer(told(site, dots, part) if dots and known else b"")


def _answer(content: bytes) -> flask.Response:
    return lasting(flask.Response(content, mimetype="application/json")) if content else gone()
