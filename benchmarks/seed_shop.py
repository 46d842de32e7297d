"""The seed's design on our lists, to be measured beside the storefront: 48 buttons are 48 inputs of one callback.

The callback finds out which of them was clicked, and its answer is the list of similar products as components.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import flask
from dash import Dash, Input, Output, callback_context, html
from dash.development.base_component import Component

from catalogue import precomputed
from catalogue.encoding import Entry
from catalogue.search import Query
from catalogue.shop import Shop
from storefront.pages.product import SIMILAR
from storefront.server.headers import FOR_GOOD
from storefront.urls import IMAGES

SHOWN = 48
STYLE = """<style>
body { margin: 0; font-family: system-ui; }
.columns { display: grid; grid-template-columns: 1fr 440px; gap: 16px; }
.product-grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(168px, 1fr)); gap: 12px; }
.similar-grid { grid-template-columns: repeat(3, 1fr); }
.product-card img { width: 100%; height: auto; aspect-ratio: 1; object-fit: contain; }
#product { position: sticky; top: 0; align-self: start; }
</style></head>"""


def create_server() -> flask.Flask:
    """For gunicorn: the shop of the folder that PRECOMPUTED_DIR names. Raises PrecomputedError."""
    folder = Path(os.environ["PRECOMPUTED_DIR"])
    shop = precomputed.load(folder)
    app = Dash(__name__, compress=True, title="The seed's design")
    app.index_string = app.index_string.replace("</head>", STYLE)
    app.layout = _layout(shop)
    _register(app, shop)
    server: flask.Flask = app.server
    photos = folder.resolve() / precomputed.IMAGES

    @server.get(f"{IMAGES}<path:name>")
    def photo(name: str) -> flask.Response:
        answer = flask.send_from_directory(photos, name)
        answer.headers["Cache-Control"] = FOR_GOOD
        return answer

    return server


def _layout(shop: Shop) -> Component:
    cards = [
        html.Button(_content(entry), id=f"button-{place}", className="product-card")
        for place, entry in enumerate(_shown(shop))
    ]
    return html.Div(
        [html.Div(html.Div(cards, className="product-grid"), id="main"), html.Div(id="product")], className="columns"
    )


def _register(app: Dash, shop: Shop) -> None:
    buttons = [Input(f"button-{place}", "n_clicks") for place in range(len(_shown(shop)))]

    @app.callback(Output("product", "children"), *buttons, prevent_initial_call=True)
    def show(*_: int | None) -> list[Component]:
        clicked = str(callback_context.triggered_id)
        product = _shown(shop)[int(clicked.removeprefix("button-"))].product
        near = shop.entries(each.product_id for each in shop.neighbours(product.id, SIMILAR))
        similar = [html.Div(_content(entry), className="product-card") for entry in near]
        return [html.H1(product.title), html.Div(similar, className="product-grid similar-grid")]


def _shown(shop: Shop) -> Sequence[Entry]:
    return shop.search(Query(), SHOWN).entries


def _content(entry: Entry) -> list[Component]:
    """Its photo and title."""
    address = IMAGES + entry.thumbnails[0].path(320)
    return [html.Img(src=address), html.Span(entry.product.title, className="card-name")]
