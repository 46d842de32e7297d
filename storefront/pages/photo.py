"""The search by photo: where a photo is chosen, and the products that look like it."""

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from catalogue.product import Neighbour
from storefront import ids
from storefront.components import cards
from storefront.components.base import HIDDEN, FileInput, Img, labelled
from storefront.context import Context
from storefront.pages.not_found import page_without
from storefront.pages.page import Page
from storefront.urls import PHOTO
from storefront.urls import PHOTO_FIELD as FIELD

SIMILAR = 12
ENDS = ("start", "end")  # of both sides
CORNERS: list[dict[str, Any]] = [{"data-corner": f"{across} {down}"} for across in ENDS for down in ENDS]


def photo_page(context: Context, said: str = "", shown: Sequence[Component] = ()) -> Page:
    """The page, with an answer once a photo was sent; where no model can look at photos, it says so."""
    texts = context.texts.of_photo
    if not context.photo_search:
        return page_without(context, texts.title, texts.missing, PHOTO)
    side = html.Div([_form(context), _stage(context)], className="by-photo-side")
    results = html.Div(shown, id=ids.PHOTO_RESULTS, className="by-photo-results")
    told: dict[str, Any] = {"data-looking": texts.looking, "data-failed": context.texts.refused(500)}
    return Page(
        title=texts.title,
        description=texts.explained,
        main=[
            html.H1(texts.title, className="page-title", tabIndex="-1"),
            html.P(texts.explained, className="page-lead"),
            html.Div([side, results], className="by-photo", **told),
        ],
        announcement=said or texts.title,
        indexed=not said,
        address=PHOTO,
    )


def found(context: Context, neighbours: Sequence[Neighbour]) -> tuple[str, list[Component]]:
    """`12 products look like it`, and their cards, best first."""
    texts, count = context.texts.of_photo, len(neighbours)
    if not count:
        return texts.found_none, [html.P(texts.found_none, className="nothing")]
    said = (texts.found_one if count == 1 else texts.found_many).format(count=context.count(count))
    return said, [
        html.H2(said, className="section-title"),
        cards.similar_grid(context, neighbours, PHOTO, eager=True),
        html.P(context.texts.similarity_explained, className="explained"),
    ]


def refused(context: Context, status: int) -> tuple[str, list[Component]]:
    """The reason, also in place of the cards."""
    said = context.texts.refused(status)
    return said, [html.P(said, className="nothing")]


def _form(context: Context) -> Component:
    """A form that works without scripts; with them, a photo is sent as soon as it is chosen."""
    texts = context.texts.of_photo
    drop: list[Any] = [
        html.Span(className="by-photo-mark", **HIDDEN),
        html.Span(texts.drop, className="by-photo-drop-text"),
        html.Span(texts.another, className="by-photo-another"),
        FileInput(name=FIELD, accept="image/*"),
    ]
    camera: list[Any] = [texts.take, FileInput(name=FIELD, accept="image/*", capture="environment")]
    inputs = [
        html.Label(drop, className="by-photo-drop"),
        html.Label(camera, className="by-photo-take btn btn-outline-secondary"),
        html.Noscript(html.Button(texts.search, className="btn btn-primary")),
    ]
    way: dict[str, Any] = {"action": context.at(PHOTO), "method": "post", "encType": "multipart/form-data"}
    return html.Form(inputs, className="by-photo-form", **way)


def _stage(context: Context) -> Component:
    """The place where `assets/photo.js` shows the photo, with a frame around the part that is searched with."""
    texts = context.texts.of_photo
    corners = [html.Span(className="by-photo-corner", **corner) for corner in CORNERS]
    named: dict[str, Any] = {**labelled(texts.part), "aria-description": texts.part_hint}
    frame = html.Div(corners, className="by-photo-frame", role="application", tabIndex="0", **named)
    image = Img(className="by-photo-image", alt=texts.own)
    whole = html.Button(texts.whole, type="button", className="by-photo-whole btn btn-sm btn-outline-secondary")
    hint = html.P(texts.part_hint, className="by-photo-hint")
    return html.Div(
        [html.Div([image, frame], className="by-photo-photo"), whole, hint], className="by-photo-stage", hidden=True
    )
