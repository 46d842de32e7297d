"""The search by photo: where a photo is chosen, and the products that look like it."""

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from catalogue.product import Neighbour
from storefront import ids
from storefront.components import cards
from storefront.components.base import HIDDEN, FileInput, labelled
from storefront.context import Context
from storefront.pages.not_found import page_without
from storefront.pages.page import Page
from storefront.urls import PHOTO
from storefront.urls import PHOTO_FIELD as FIELD

SIMILAR = 12
CORNERS = ("left top", "right top", "left bottom", "right bottom")


def photo_page(context: Context) -> Page:
    """The page before a photo is chosen; where no model can look at one, it says so."""
    return _page(context, [])


def found_page(context: Context, neighbours: Sequence[Neighbour]) -> Page:
    """The page with the products that look like a photo."""
    return _page(context, results(context, neighbours), counted(context, neighbours))


def refused_page(context: Context, status: int) -> Page:
    """The page with the reason why a photo was refused."""
    return _page(context, refusal(context, status), context.texts.refused(status))


def counted(context: Context, neighbours: Sequence[Neighbour]) -> str:
    """`12 products look like it`."""
    texts = context.texts.of_photo
    if not neighbours:
        return texts.found_none
    return (texts.found_one if len(neighbours) == 1 else texts.found_many).format(count=context.count(len(neighbours)))


def results(context: Context, neighbours: Sequence[Neighbour]) -> list[Component]:
    """The products that look like a photo, best first, as cards."""
    said = counted(context, neighbours)
    if not neighbours:
        return [html.P(said, className="nothing")]
    return [
        html.H2(said, className="section-title"),
        cards.similar_grid(context, neighbours, PHOTO, eager=True),
        html.P(context.texts.similarity_explained, className="explained"),
    ]


def refusal(context: Context, status: int) -> list[Component]:
    """The reason in place of the cards."""
    return [html.P(context.texts.refused(status), className="nothing")]


def _page(context: Context, shown: Sequence[Component], said: str = "") -> Page:
    texts = context.texts.of_photo
    if not context.photo_search:
        return page_without(context, texts.title, texts.missing, PHOTO)
    side = html.Div([_form(context), _stage(context)], className="by-photo-side")
    found = html.Div(shown, id=ids.PHOTO_RESULTS, className="by-photo-results")
    told = {"data-looking": texts.looking, "data-failed": context.texts.refused(500)}
    return Page(
        title=texts.title,
        description=texts.explained,
        main=[
            html.H1(texts.title, className="page-title", tabIndex="-1"),
            html.P(texts.explained, className="page-lead"),
            html.Div([side, found], className="by-photo", **told),
        ],
        announcement=said or texts.title,
        indexed=not said,
        address=PHOTO,
    )


def _form(context: Context) -> Component:
    """A form that works without scripts; with them, a photo is sent as soon as it is chosen."""
    texts = context.texts.of_photo
    drop: list[Any] = [
        html.Span(className="by-photo-mark", **HIDDEN),
        html.Span(texts.drop, className="by-photo-drop-text"),
        html.Span(texts.another, className="by-photo-another"),
        FileInput(name=FIELD, accept="image/*"),
    ]
    camera = [texts.take, FileInput(name=FIELD, accept="image/*", capture="environment")]
    content = [
        html.Label(drop, className="by-photo-drop"),
        html.Label(camera, className="by-photo-take btn btn-outline-secondary"),
        html.Noscript(html.Button(texts.search, className="btn btn-primary")),
    ]
    return html.Form(
        content, action=context.at(PHOTO), method="post", encType="multipart/form-data", className="by-photo-form"
    )


def _stage(context: Context) -> Component:
    """Where `assets/photo.js` shows the photo, with a frame around the part that is searched with."""
    texts = context.texts.of_photo
    corners = [html.Span(className="by-photo-corner", **{"data-corner": corner}) for corner in CORNERS]
    frame = html.Div(
        corners,
        className="by-photo-frame",
        role="application",
        tabIndex="0",
        **labelled(texts.part),
        **{"aria-description": texts.part_hint},
    )
    canvas = html.Canvas(className="by-photo-canvas", role="img", **labelled(texts.own))
    whole = html.Button(texts.whole, type="button", className="by-photo-whole btn btn-sm btn-outline-secondary")
    hint = html.P(texts.part_hint, className="by-photo-hint")
    photo = html.Div([canvas, frame], className="by-photo-photo")
    return html.Div([photo, whole, hint], className="by-photo-stage", hidden=True)
