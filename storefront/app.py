"""The app factory: the layout, the callbacks, and the answers of each address."""

from pathlib import Path
from threading import Lock, Thread

import flask
from dash import Dash
from werkzeug.exceptions import BadRequest, HTTPException, NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

from catalogue import precomputed
from catalogue.errors import DiskError
from catalogue.shop import Shop
from storefront import callbacks, document, parts, seo
from storefront.api import routes as api
from storefront.api import widget
from storefront.components.shell import shell
from storefront.context import ASSETS, Context
from storefront.photo_search import routes as photo_search
from storefront.photo_search.uploads import Queue, ending_after
from storefront.server import headers, health, static_files
from storefront.settings import Settings, check_prefix
from storefront.urls import BY_PHOTO, CALLBACKS, HOME, PHOTO

READ = ("GET", "HEAD", "OPTIONS")
LARGEST = 256_000  # bytes of a callback: a figure's points are among its inputs
SLOWEST = 5.0  # seconds in which they have to arrive
# `document` has the first three, graphs load the fourth, and sites as files have the others.
NOT_FOR_DASH = r"^(bootstrap\.min\.css|lookalike\.css|theme\.js|plotly-strict\.min\.js|alone\.css|files\.js|find\.js)$"


class Storefront(Dash):
    """Dash whose first HTML is the page itself; `folder` holds the lists."""

    def __init__(self, context: Context, folder: Path) -> None:
        server = flask.Flask("lookalike", static_folder=None)
        server.config["COMPRESS_ALGORITHM"] = ["br", "gzip"]  # Dash would leave gzip alone
        server.extensions["lookalike"] = self  # for the app that takes its place
        super().__init__(
            "lookalike",
            server=server,  # type: ignore[arg-type] # Dash forgets it among the types
            assets_folder=str(ASSETS),
            assets_ignore=NOT_FOR_DASH,
            assets_path_ignore=["^widget$"],  # for other sites' pages
            title=context.settings.name,
            update_title="",
            compress=True,
            requests_pathname_prefix=context.at(HOME),
            serve_locally=True,
            use_async=False,  # also where a package of the tests has brought asgiref
            suppress_callback_exceptions=True,  # pages come with components of their own
            on_error=lambda error: callbacks.failed(self, context, error),
        )
        self.context, self.folder, self.pages = context, folder, parts.Pages(context)
        self.layout = shell(context)

    def interpolate_index(self, **parts: str) -> str:  # type: ignore[override] # Dash calls it by names
        """The HTML that every address answers before Dash takes over."""
        return document.of(self.context, self.pages, **parts)


def create_app(folder: str | Path, settings: Settings | None = None) -> Storefront:
    """The app for the lists in `folder`, set by the environment unless told otherwise.

    Raises PrecomputedError when the lists cannot be read, and SettingsError.
    """
    folder = Path(folder).resolve()  # at once: it may be a link that is switched
    settings = settings or Settings.of()
    shop = precomputed.load(folder, images=settings.serves_images)
    queue = Queue(folder / precomputed.PHOTO, shop.manifest.version)
    context = Context(shop, settings, photo_search=queue.is_open)
    app = Storefront(context, folder)
    server: flask.Flask = app.server
    callbacks.register(app, context)
    parts.register(server, context, app.pages)
    api.register(server, context)
    photo_search.register(server, context, queue, app.index)
    widget.register(server, context)
    seo.register(server, context)
    health.register(server, context)
    headers.register(app, context)
    _limit_bodies(server)
    _refuse_malformed(server)
    _prepare_search(server, shop)
    files = static_files.serving(server.wsgi_app, ASSETS, folder / precomputed.IMAGES, app.registered_paths)
    server.wsgi_app = ProxyFix(headers.headed(files))  # type: ignore[method-assign] # a router names scheme and visitor
    if prefix := settings.path_prefix:  # whether the proxy before it takes that path away or passes it on
        check_prefix(prefix, [rule.rule for rule in server.url_map.iter_rules()])
        server.wsgi_app = DispatcherMiddleware(server.wsgi_app, {prefix: server.wsgi_app})  # type: ignore[method-assign]
    return app


def _limit_bodies(server: flask.Flask) -> None:
    """Photos and callbacks alone are sent here: a slow sender of others shall not keep a thread."""

    @server.before_request
    def limit() -> None:
        request = flask.request
        if request.path == CALLBACKS and request.method == "POST":
            request.max_content_length = LARGEST
            with ending_after(request, SLOWEST):
                request.get_data()
        elif request.method not in READ and request.path not in (PHOTO, BY_PHOTO):
            raise request.routing_exception or NotFound


def _refuse_malformed(server: flask.Flask) -> None:
    """Answer 400 where Dash cannot read a callback; an exception in a callback itself is told by `callbacks.failed`."""
    (endpoint,) = (rule.endpoint for rule in server.url_map.iter_rules() if rule.rule == CALLBACKS)
    dispatch = server.view_functions[endpoint]

    def dispatched() -> flask.typing.ResponseReturnValue:
        try:
            return server.ensure_sync(dispatch)()  # type: ignore[no-any-return]
        except HTTPException:
            raise
        except Exception as error:
            server.logger.warning("a callback that Dash cannot read: %s", type(error).__name__)
            raise BadRequest("This is no callback of the site.") from error

    server.view_functions[endpoint] = dispatched


def _prepare_search(server: flask.Flask, shop: Shop) -> None:
    """Make the index of words once the first answer is out: neither a start nor a fork waits for it."""
    first = Lock()

    def prepare() -> None:
        try:
            shop.prepare_search()
        except DiskError as error:
            server.logger.error("%s", error)  # a search tries again

    @server.after_request
    def begin(response: flask.Response) -> flask.Response:
        if first.acquire(blocking=False):
            response.call_on_close(Thread(target=prepare, daemon=True).start)
        return response
