"""The app factory: the layout, and what each address answers."""

import threading
from pathlib import Path

import flask
from dash import Dash
from werkzeug.middleware.proxy_fix import ProxyFix

from catalogue import precomputed
from catalogue.errors import DiskError
from storefront import api, chart, document, headers, images, parts, photo_answers, sharing, widget
from storefront.layout import layout
from storefront.photos import Reception
from storefront.settings import Settings
from storefront.site import ASSETS, Site
from storefront.written import Pages


class Storefront(Dash):
    """Dash whose first HTML is the page itself."""

    def __init__(self, site: Site) -> None:
        super().__init__(
            "lookalike",
            assets_folder=str(ASSETS),
            assets_ignore=r"^(bootstrap\.min\.css|lookalike\.css|theme\.js)$|\.test\.js$",  # `document` has these
            assets_path_ignore=["^widget$"],  # for other sites' pages
            title=site.settings.name,
            update_title="",
            compress=True,
            serve_locally=True,
        )
        self.site, self.pages = site, Pages(site)

    def interpolate_index(self, **parts: str) -> str:  # type: ignore[override] # Dash calls it by names
        """The HTML that every address answers before Dash takes over."""
        return document.of(self.site, self.pages, self.get_asset_url, **parts)


def create_app(folder: str | Path, settings: Settings | None = None) -> Storefront:
    """The app for the lists in `folder`, set by the environment unless told otherwise.

    Raises PrecomputedError when the lists cannot be read, and SettingsError.
    """
    shop = precomputed.load(folder)
    reception = Reception(Path(folder).resolve() / precomputed.PHOTO, shop.manifest.version)
    site = Site(shop, settings or Settings.of(), photo_search=reception.is_open)
    app = Storefront(site)
    app.layout = layout(site)
    server = app.server
    server.wsgi_app = ProxyFix(server.wsgi_app)  # a platform's router names the scheme
    parts.register(server, site, app.pages)
    chart.register(server, site)
    images.register(server, Path(folder).resolve() / precomputed.IMAGES)
    api.register(server, site, reception)
    photo_answers.register(server, site, reception, app.index)
    widget.register(server, site, app.get_asset_url)
    sharing.register_sitemap(server, site)
    headers.register(app, site)
    _prepare_search(app, site)
    return app


def _prepare_search(app: Storefront, site: Site) -> None:
    """Make the index of words once the first answer is out: neither a start nor a fork waits for it."""
    first = threading.Lock()

    def prepare() -> None:
        try:
            site.shop.prepare_search()
        except DiskError as error:
            app.logger.error("%s", error)  # a search tries again

    def begin(response: flask.Response) -> flask.Response:
        if first.acquire(blocking=False):
            response.call_on_close(threading.Thread(target=prepare, daemon=True).start)
        return response

    app.server.after_request(begin)
