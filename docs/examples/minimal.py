"""The whole idea in one file: a grid, a click, what looks similar. Run it with `python -m docs.examples.minimal`."""

from pathlib import Path

import dash_bootstrap_components as dbc
from dash import ALL, Dash, Input, Output, callback, ctx, html
from flask import send_from_directory

from catalogue.precomputed import load
from catalogue.search import Query

FOLDER = Path("precomputed").resolve()
shop = load(FOLDER)


def card(entry, note=""):
    """A product as a Bootstrap card with a button."""
    photo = entry.thumbnails[0].path(320) if entry.thumbnails else ""
    button = dbc.Button("Looks similar", id={"type": "similar", "id": entry.product.id}, size="sm", class_name="mt-2")
    body = dbc.CardBody([html.H6(entry.product.title), html.Small(note or entry.product.category), html.Div(button)])
    return dbc.Col(dbc.Card([dbc.CardImg(src=f"/images/{photo}", top=True), body], class_name="h-100"))


def row(cards):  # side by side
    return dbc.Row(list(cards), class_name="row-cols-2 row-cols-md-4 row-cols-lg-6 g-3 mb-4")


@callback(Output("similar", "children"), Input({"type": "similar", "id": ALL}, "n_clicks"), prevent_initial_call=True)
def show(clicks):
    """Nothing is computed here: the build has done it, and the callback looks it up."""
    near = shop.listed(shop.neighbours(ctx.triggered_id["id"], k=6)) if any(clicks) else []
    return row(card(entry, f"{neighbour.similarity:.2f}") for neighbour, entry in near)


app = Dash(assets_folder=str(Path("assets").resolve()), assets_ignore=r"\.js$|lookalike|alone")
app.server.add_url_rule("/images/<path:name>", "photo", lambda name: send_from_directory(FOLDER / "images", name))
grid = row(map(card, shop.search(Query(), 24).entries))
app.layout = dbc.Container([html.H1("Looks similar"), html.Div(id="similar"), grid], class_name="py-4")

if __name__ == "__main__":
    app.run()  # on the port that PORT names, or 8050
