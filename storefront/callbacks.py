"""Every callback of the site, so that one file says how it reacts.

The hot path is clientside: `show` in `assets/callbacks.js` fetches the component tree of a page's parts, made by the
functions of `pages/`, with one GET that browsers keep for good. Callbacks in Python look up precomputed data.
"""

from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, ctx, no_update, set_props

from catalogue.errors import UnknownProduct
from storefront import ids
from storefront.components.base import Frozen
from storefront.context import Context
from storefront.pages.map import dot_card
from storefront.pages.product import gallery
from storefront.urls import main_address, product_id_of


def register(app: Dash, context: Context) -> None:
    """Register the callbacks on this app alone: several can live in one process."""
    _clientside(app)

    @app.callback(
        Output(ids.MAP_TOOLTIP, "show"),
        Output(ids.MAP_TOOLTIP, "bbox"),
        Output(ids.MAP_TOOLTIP, "children"),
        Input(ids.MAP, "hoverData"),
        State(ids.URL, "pathname"),
        State(ids.URL, "search"),
        prevent_initial_call=True,
    )
    def show_dot(hovered: dict[str, Any] | None, path: str, search: str) -> tuple[Any, ...]:
        match hovered:
            case {"points": [{"customdata": str(product_id), "bbox": dict(bbox)}]}:
                beside = main_address(path.removeprefix(context.settings.path_prefix), search)
                shown = dot_card(context, product_id, beside)
                return bool(shown), bbox, [Frozen(shown)]
        return False, no_update, no_update

    @app.callback(
        Output(ids.GALLERY, "is_open"),
        Output(ids.GALLERY_BODY, "children"),
        Input(ids.GALLERY_OF, "data"),
        prevent_initial_call=True,
    )
    def enlarge(asked: dict[str, Any]) -> tuple[Any, ...]:
        product_id = product_id_of(str(asked["path"]).removeprefix(context.settings.path_prefix))
        try:
            return True, gallery(context, product_id or "")
        except UnknownProduct:  # the lists have changed under an open page
            return False, no_update


def _clientside(app: Dash) -> None:
    """The functions of `assets/callbacks.js`."""

    def client(name: str, *wiring: Any, initially: bool = False) -> None:
        app.clientside_callback(ClientsideFunction("lookalike", name), *wiring, prevent_initial_call=not initially)

    client(
        "show",  # which sets the main column, the product's page, the link that closes it, and the text of the search
        Input(ids.URL, "href"),
        State(ids.SEARCH, "value"),
        State(ids.TEMPLATES, "data"),
        initially=True,
    )
    client("type", Input(ids.SEARCH, "value"))
    client("submit", Input(ids.SEARCH_FORM, "n_submit"), State(ids.SEARCH, "value"))
    client("sort", Input(ids.SORT, "value"))
    client("open", Input(ids.MAP, "clickData"))
    client("enlarge", Input(ids.MAP, "relayoutData"), State(ids.MAP, "figure"))
    client("copy", Output(ids.COPY, "className"), Output(ids.COPY, "aria-label"), Input(ids.COPY, "n_clicks"))
    client("gallery", Output(ids.GALLERY_OF, "data"), Input(ids.URL, "hash"))
    client("closed", Input(ids.GALLERY, "is_open"))
    client("theme", Input(ids.THEME, "n_clicks"))
    client(
        "recolour",
        Output(ids.figure(ALL), "figure"),  # type: ignore[arg-type] # Dash's own sign for any index
        Input(ids.THEME, "aria-label"),
        State(ids.TEMPLATES, "data"),
        State(ids.figure(ALL), "figure"),  # type: ignore[arg-type]
    )
    client(
        "searchByPhoto",
        Output(ids.PHOTO_RESULTS, "children"),
        Output(ids.ANNOUNCEMENT, "children", allow_duplicate=True),
        Input(ids.PHOTO, "data"),
    )


def failed(app: Dash, context: Context, error: Exception) -> None:
    """Tell the visitor of an exception in a callback, and nothing of the server in it; the log has the rest."""
    app.server.logger.error("the callback of %r failed", ctx.triggered_id, exc_info=error)
    set_props(ids.ALERT_TEXT, {"children": context.texts.failed})
    set_props(ids.ALERT, {"is_open": True})
