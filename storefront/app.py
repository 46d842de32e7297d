"""The app factory: the layout, and what each address answers."""

import re
import threading
from dataclasses import dataclass
from pathlib import Path

import flask
from dash import Dash
from werkzeug.exceptions import NotFound
from werkzeug.middleware.proxy_fix import ProxyFix

from catalogue import precomputed
from catalogue.errors import DiskError
from catalogue.shop import Shop
from storefront import (
    api,
    below,
    chart,
    document,
    headers,
    health,
    images,
    parts,
    photo_answers,
    request_ids,
    sharing,
    static,
    widget,
)
from storefront.layout import layout
from storefront.openapi import BY_PHOTO
from storefront.photos import Reception
from storefront.settings import Settings
from storefront.site import ASSETS, Site
from storefront.uploads import told
from storefront.urls import HOME, PHOTO
from storefront.written import Pages

ASKING = ("GET", "HEAD", "OPTIONS")
UPLOADS = (PHOTO, BY_PHOTO)
# `document` has the first three, and sites as files the others.
NOT_FOR_DASH = r"^(bootstrap\.min\.css|lookalike\.css|theme\.js|alone\.css|files\.js|find\.js)$|\.test\.js$"


@dataclass(frozen=True)
class Served:
    """The lists that an application answers from, for the one that takes its place."""

    folder: Path
    shop: Shop

    @classmethod
    def by(cls, server: flask.Flask) -> "Served":
        served: Served = server.extensions[cls.__name__]
        return served


class Storefront(Dash):
    """Dash whose first HTML is the page itself."""

    def __init__(self, site: Site) -> None:
        super().__init__(
            "lookalike",
            assets_folder=str(ASSETS),
            assets_ignore=NOT_FOR_DASH,
            assets_path_ignore=["^widget$"],  # for other sites' pages
            title=site.settings.name,
            update_title="",
            compress=True,
            requests_pathname_prefix=site.at(HOME),
            serve_locally=True,
        )
        self.site, self.pages = site, Pages(site)

    def script_addresses(self) -> list[str]:
        """Where the scripts of every page lie on this server. No callback can be registered after this."""
        self._setup_server()
        addresses = re.findall(r'src="([^"]+)"', self._generate_scripts_html())
        return [address.removeprefix(self.site.settings.path_prefix) for address in addresses]

    def interpolate_index(self, **parts: str) -> str:  # type: ignore[override] # Dash calls it by names
        """The HTML that every address answers before Dash takes over."""
        return document.of(self.site, self.pages, self.get_asset_url, **parts)


def create_app(folder: str | Path, settings: Settings | None = None) -> Storefront:
    """The app for the lists in `folder`, set by the environment unless told otherwise.

    Raises PrecomputedError when the lists cannot be read, and SettingsError.
    """
    folder = Path(folder).resolve()  # at once: it may be a link that is switched
    settings = settings or Settings.of()
    shop = precomputed.load(folder, images=settings.serves_images)
    reception = Reception(folder / precomputed.PHOTO, shop.manifest.version)
    site = Site(shop, settings, photo_search=reception.is_open)
    app = Storefront(site)
    app.layout = layout(site)
    server = app.server
    server.extensions[Served.__name__] = Served(folder, shop)
    parts.register(server, site, app.pages)
    chart.register(server, site)
    images.register(server, folder / precomputed.IMAGES)
    api.register(server, site, reception)
    photo_answers.register(server, site, reception, app.index)
    widget.register(server, site, app.get_asset_url)
    sharing.register_sitemap(server, site)
    health.register(server, site, reception)
    headers.register(app, site)
    request_ids.register()
    _refuse_bodies(server)
    _prepare_search(app, site)
    files = static.kept(ASSETS, app.script_addresses())
    answering = static.Static(server.wsgi_app, files, folder / precomputed.IMAGES)
    server.wsgi_app = ProxyFix(headers.Headed(answering))  # a platform's router names scheme and visitor
    below.register(server, site.settings.path_prefix)
    return app


def _refuse_bodies(server: flask.Flask) -> None:
    """Only photos are sent here: whoever slowly sends something else, such as a callback, shall not keep a thread."""

    @server.before_request
    def refuse() -> None:
        request = flask.request
        if request.method not in ASKING and request.path not in UPLOADS:
            with told(request):
                raise request.routing_exception or NotFound


def _prepare_search(app: Storefront, site: Site) -> None:
    """Make the index of words once the first answer is out: neither a start nor a fork waits for it."""
    first = threading.Lock()

    def prepare() -> None:
        try:
            site.shop.prepare_search()
        except DiskError as error:
            app.server.logger.error("%s", error)  # a search tries again

    def begin(response: flask.Response) -> flask.Response:
        if first.acquire(blocking=False):
            response.call_on_close(threading.Thread(target=prepare, daemon=True).start)
        return response

    app.server.after_request(begin)
