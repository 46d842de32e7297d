"""Pages as they are sent: the parts that the `show` callback mounts, and the first HTML."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import flask
import orjson
from dash.development.base_component import Component
from markupsafe import Markup

from storefront.components import cards
from storefront.components.base import freeze, properties
from storefront.components.render import to_html
from storefront.components.shell import shell
from storefront.context import Context
from storefront.pages import page_at
from storefront.pages.page import Page
from storefront.server.headers import FOR_GOOD, UNKEPT
from storefront.urls import ADDRESS, HOME, PARTS, PRODUCT, Browsing, main_address

KEPT = 128  # pages that stay in memory in each form, up to 60 kB each


@dataclass(frozen=True)
class Written:
    """A page without its components, the title of its window, and the whole layout around it as HTML."""

    page: Page
    title: str
    html: Markup


class Pages:
    """The pages of a site by their addresses, as browsers write these; a catalogue does not change in a process."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.html = lru_cache(KEPT)(self._html)
        self.parts = lru_cache(KEPT)(self._parts)

    def _html(self, address: str) -> Written:
        path, _, search = address.partition("?")
        return written(self._context, page_at(self._context, path, search), address)

    def _parts(self, address: str) -> tuple[bytes, bool]:
        path, _, search = address.partition("?")
        page = page_at(self._context, path, search)
        return as_json(parts_of(self._context, page, main_address(path, search))), page.found


def register(server: flask.Flask, context: Context, pages: Pages) -> None:
    """Answer `/page/BUILD?at=ADDRESS`: immutable, as the build is in the address."""

    @server.get(f"{PARTS}<build>")
    def part(build: str) -> flask.Response:
        if build != context.build:
            return flask.Response(status=410, mimetype="text/plain", headers=UNKEPT)  # the page has to be loaded anew
        content, found = pages.parts(flask.request.args.get(ADDRESS, HOME))
        kept = {"Cache-Control": FOR_GOOD}
        return flask.Response(content, 200 if found else 404, kept, mimetype="application/json")


def parts_of(context: Context, page: Page, beside: str) -> dict[str, Any]:
    """A page as `assets/callbacks.js` mounts it; parts that are None stay as they are shown."""
    return {
        "title": window_title(context, page),
        "announcement": page.announcement,
        "main": None if page.main is None else freeze(page.main),
        "product": None if page.product is None else freeze(page.product),
        "step": freeze(cards.step(context, page.entry, beside)) if page.entry else None,
    }


def written(context: Context, page: Page, address: str) -> Written:
    """The page in its layout; beside a product stands the page that its address names."""
    path, _, search = address.partition("?")
    beside = main_address(path, search) if path.startswith(PRODUCT) else address
    main = page.main
    if main is None:
        main = page_at(context, *beside.partition("?")[::2]).main
    text = Browsing.parse(beside.partition("?")[2]).query.text
    layout = to_html(shell(context, main, page.product, text, beside if page.entry else HOME))
    bare = replace(page, main=None, product=None)  # components take ten times the memory of their HTML
    return Written(bare, window_title(context, page), layout)


def window_title(context: Context, page: Page) -> str:
    name = context.settings.name
    return name if page.title == name else f"{page.title} – {name}"


def as_json(value: Any) -> bytes:
    """Components as Dash sends them."""
    return orjson.dumps(value, default=_plain)


def address_of(request: flask.Request) -> str:
    """The address as the browser wrote it: WSGI has decoded its path."""
    query = request.query_string.decode(errors="replace")
    return quote(request.path) + (f"?{query}" if query else "")


def _plain(value: object) -> Any:
    if isinstance(value, Component):
        return {"props": properties(value), "type": value._type, "namespace": value._namespace}
    raise TypeError(f"{type(value).__name__} is no component")
