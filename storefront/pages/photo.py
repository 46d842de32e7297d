"""The search by photo: where a photo is chosen, and the products that look like it."""

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from catalogue.product import Neighbour
from storefront import ids
from storefront.components import cards
from storefront.components.base import Element, Img, hyphened
from storefront.context import Context
from storefront.pages.page import Page, page_without
from storefront.urls import PHOTO, PHOTO_FIELD

SIMILAR = 12
CORNERS = [f"{across} {down}" for across in ("start", "end") for down in ("start", "end")]  # ends of both sides
FIELD = {"kind": "Input", "type": "file", "name": PHOTO_FIELD, "accept": "image/*"}


def photo_page(context: Context, said: str = "", shown: Sequence[Component] = ()) -> Page:
    """The page, with an answer once a photo was sent; where no model can look at photos, it says so."""
    texts = context.texts.of_photo
    if not context.photo_search:
        return page_without(context, texts.title, texts.missing, PHOTO)
    side = html.Div([_form(context), _stage(context)], className="by-photo-side")
    results = html.Div(shown, id=ids.PHOTO_RESULTS, className="by-photo-results")
    told = hyphened(data_looking=texts.looking, data_failed=context.texts.refused(500))
    main = [
        html.H1(texts.title, className="page-title", tabIndex="-1"),
        html.P(texts.explained, className="page-lead"),
        html.Div([side, results], className="by-photo", **told),
    ]
    return Page(texts.title, texts.explained, main, announcement=said or texts.title, indexed=not said, address=PHOTO)


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
    drop = [
        html.Span(className="by-photo-mark", **hyphened(aria_hidden="true")),
        html.Span(texts.drop, className="by-photo-drop-text"),
        html.Span(texts.another, className="by-photo-another"),
        Element(**FIELD),
    ]
    camera: list[Any] = [texts.take, Element(**FIELD, capture="environment")]
    inputs = [
        html.Label(drop, className="by-photo-drop"),
        html.Label(camera, className="by-photo-take btn btn-outline-secondary"),
        html.Noscript(html.Button(texts.search, className="btn btn-primary")),
    ]
    action = context.at(PHOTO)
    return html.Form(inputs, className="by-photo-form", action=action, method="post", encType="multipart/form-data")


def _stage(context: Context) -> Component:
    """The place where `assets/photo.js` shows the photo, with a frame around the part that is searched with."""
    texts = context.texts.of_photo
    corners = [html.Span(className="by-photo-corner", **hyphened(data_corner=each)) for each in CORNERS]
    named = hyphened(aria_label=texts.part, aria_description=texts.part_hint)
    frame = html.Div(corners, className="by-photo-frame", role="application", tabIndex="0", **named)
    image = Img(className="by-photo-image", alt=texts.own)
    content = [
        html.Div([image, frame], className="by-photo-photo"),
        html.Button(texts.whole, type="button", className="by-photo-whole btn btn-sm btn-outline-secondary"),
        html.P(texts.part_hint, className="by-photo-hint"),
    ]
    return html.Div(content, className="by-photo-stage", hidden=True)
