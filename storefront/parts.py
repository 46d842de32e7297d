"""Pages as JSON: what the scripts fetch, keep, and put in place without asking Dash."""

import flask

from catalogue.encoding import dump
from storefront.lasting import gone, lasting
from storefront.site import Site
from storefront.urls import ADDRESS, PAGES
from storefront.written import Pages, Written


def register(server: flask.Flask, site: Site, pages: Pages) -> None:
    """Answer `/page/BUILD?at=ADDRESS`: immutable, as the build is in the address."""

    @server.get(f"{PAGES}<build>")
    def part(build: str) -> flask.Response:
        if build != site.build:
            return gone()
        written = pages.at(flask.request.args.get(ADDRESS, "/"))
        status = 200 if written.page.found else 404
        return lasting(flask.Response(dump(as_json(site, written)), status, mimetype="application/json"))


def as_json(site: Site, written: Written) -> dict[str, object]:
    """What `assets/pages.js` reads; what is None stays as it is shown."""
    return {
        "title": written.title,
        "announcement": written.page.announcement,
        "main": written.main,
        "product": written.product,
        "visited": _visited(site, written),
    }


def _visited(site: Site, written: Written) -> dict[str, str] | None:
    """What the trail keeps of a product."""
    page = written.page
    if page.entry is None:
        return None
    return {"title": page.title, "photo": site.at(site.image(page.photo, 160)) if page.photo else ""}
