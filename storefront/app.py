"""The app factory: pages from a precomputed folder, callbacks on the instance, headers on every answer."""

import html as markup
import os
from pathlib import Path

import flask
from dash import Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from catalogue import precomputed
from catalogue.shop import Shop
from storefront import ids
from storefront.aria import announced
from storefront.pages import NAME, Page, page_at
from storefront.urls import HOME, IMAGES

ASSETS = Path(__file__).parent.parent / "assets"
YEAR = 365 * 24 * 3600  # seconds


class Storefront(Dash):
    """Dash whose first HTML has the page's own title, language and description."""

    def __init__(self, shop: Shop) -> None:
        super().__init__(
            NAME, assets_folder=str(ASSETS), title=NAME, update_title="", compress=True, serve_locally=True
        )
        self.shop = shop

    def interpolate_index(
        self,
        metas: str = "",
        title: str = "",  # noqa: ARG002 - replaced by the page's own
        css: str = "",
        config: str = "",
        scripts: str = "",
        app_entry: str = "",
        favicon: str = "",
        renderer: str = "",
    ) -> str:
        """The HTML that every address answers before Dash takes over."""
        page = page_at(self.shop, flask.request.path, flask.request.query_string.decode(), encoded=False)
        flask.g.found = page.found
        own_title = markup.escape(title_of(page))
        return INDEX.format(
            metas=metas,
            title=own_title,
            css=css,
            config=config,
            scripts=scripts,
            app_entry=app_entry,
            favicon=favicon,
            renderer=renderer,
        )


def create_app(folder: str | Path) -> Storefront:
    """The app for the lists in `folder`. Raises PrecomputedError when they cannot be read."""
    shop = precomputed.load(folder)
    app = Storefront(shop)
    app.layout = layout()
    _register_callbacks(app, shop)
    _configure(app.server, Path(folder).resolve() / precomputed.IMAGES)
    return app


def layout() -> Component:
    """What stands on every page; the callback fills `ids.PAGE`."""
    return html.Div(
        [
            dcc.Location(id=ids.URL),
            dcc.Store(id=ids.TITLE),
            html.A("Skip to the products", href=f"#{ids.PAGE}", className="skip-link"),
            html.Header(dcc.Link(NAME, href=HOME, className="brand-name"), className="site-header"),
            html.Main(id=ids.PAGE, className="site-main", tabIndex="-1"),
            html.Div(id=ids.ANNOUNCEMENT, className="visually-hidden", **announced()),
        ]
    )


def title_of(page: Page) -> str:
    return NAME if page.title == NAME else f"{page.title} – {NAME}"


def _register_callbacks(app: Storefront, shop: Shop) -> None:
    @app.callback(
        Output(ids.PAGE, "children"),
        Output(ids.TITLE, "data"),
        Input(ids.URL, "pathname"),
        Input(ids.URL, "search"),
    )
    def show(path: str | None, search: str | None) -> tuple[Component, str]:
        page = page_at(shop, path or HOME, search or "")
        return page.content, title_of(page)

    app.clientside_callback(
        "title => { document.title = title || document.title; return title }",
        Output(ids.ANNOUNCEMENT, "children"),
        Input(ids.TITLE, "data"),
    )


def _configure(server: flask.Flask, images: Path) -> None:
    server.secret_key = os.environ.get("SECRET_KEY")  # workers must agree on it; without one each signs for itself
    server.config["SEND_FILE_MAX_AGE_DEFAULT"] = YEAR  # Dash's asset addresses carry the time of the last change

    @server.get(f"{IMAGES}<path:name>")
    def image(name: str) -> flask.Response:
        response = flask.send_from_directory(images, name, max_age=YEAR)
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
        return response

    @server.after_request
    def not_found(response: flask.Response) -> flask.Response:
        """Dash answers 200 at every address: one that names nothing is a 404."""
        if not flask.g.get("found", True):
            response.status_code = 404
        return response


INDEX = """<!doctype html>
<html lang="en">
<head>
{metas}
<title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
{favicon}
{css}
</head>
<body>
{app_entry}
<footer>{config}{scripts}{renderer}</footer>
</body>
</html>
"""
