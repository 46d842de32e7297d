"""The search by photo: where a photo is chosen, and the products that look like it."""

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from catalogue.product import Neighbour
from storefront import cards
from storefront.aria import HIDDEN, data, described, labelled
from storefront.markup import control, with_attributes
from storefront.page import Page
from storefront.site import Site
from storefront.uploads import FIELD
from storefront.urls import HOME, PHOTO

SIMILAR = 12
HINT = "by-photo-hint"
CORNERS = ("left top", "right top", "left bottom", "right bottom")


def photo_page(site: Site) -> Page:
    """The page before a photo is chosen; where nothing can look at one, it says so."""
    return _page(site, []) if site.photo_search else _without(site)


def found_page(site: Site, neighbours: Sequence[Neighbour]) -> Page:
    """The page with what looks like a photo."""
    return _page(site, results(site, neighbours), counted(site, neighbours))


def refused_page(site: Site, status: int) -> Page:
    """The page with what is wrong with a photo."""
    return _page(site, refusal(site, status), refused(site, status)) if site.photo_search else _without(site)


def counted(site: Site, neighbours: Sequence[Neighbour]) -> str:
    """`12 products look like it`."""
    texts = site.texts.photo_texts
    if not neighbours:
        return texts.found_none
    return (texts.found_one if len(neighbours) == 1 else texts.found_many).format(count=site.count(len(neighbours)))


def results(site: Site, neighbours: Sequence[Neighbour]) -> list[Component]:
    """What looks like a photo, best first, as cards."""
    said = counted(site, neighbours)
    if not neighbours:
        return [html.P(said, className="nothing")]
    return [
        html.H2(said, className="section-title"),
        cards.similar_grid(site, neighbours, eager=True),
        html.P(site.texts.similarity_explained, className="explained"),
    ]


def refused(site: Site, status: int) -> str:
    """What a visitor reads of an answer that is no list."""
    said = site.texts.photo_texts.refused
    return said.get(status, said[500])


def refusal(site: Site, status: int) -> list[Component]:
    """The same in place of the cards."""
    return [html.P(refused(site, status), className="nothing")]


def _page(site: Site, shown: Sequence[Component], said: str = "") -> Page:
    texts = site.texts.photo_texts
    search = html.Div(
        [
            html.Div([_form(site), _stage(site)], className="by-photo-side"),
            html.Div(shown, className="by-photo-results"),
        ],
        className="by-photo",
        **data(by_photo="", looking=texts.looking, failed=refused(site, 500)),
    )
    return Page(
        title=texts.title,
        description=texts.explained,
        main=[*_heading(site, texts.explained), search],
        announcement=said or texts.title,
        indexed=not said,
        address=PHOTO,
    )


def _without(site: Site) -> Page:
    texts = site.texts.photo_texts
    out: list[Any] = [texts.missing, " ", html.A(site.texts.see_all, href=HOME)]
    heading = html.H1(texts.title, className="page-title", tabIndex="-1")
    return Page(
        title=texts.title,
        description=texts.missing,
        main=[heading, html.P(out, className="nothing")],
        announcement=texts.missing,
        indexed=False,
        address=PHOTO,
    )


def _heading(site: Site, lead: str) -> list[Component]:
    title = html.H1(site.texts.photo_texts.title, className="page-title", tabIndex="-1")
    return [title, html.P(lead, className="page-lead")]


def _form(site: Site) -> Component:
    """A form that works without scripts; with them, a photo is sent as soon as it is chosen."""
    texts = site.texts.photo_texts
    chosen = {"type": "file", "name": FIELD, "accept": "image/*"}
    drop = html.Label(
        [
            html.Span(className="by-photo-mark", **HIDDEN),
            html.Span(texts.drop, className="by-photo-drop-text"),
            html.Span(texts.another, className="by-photo-another"),
            control("Input", **chosen),
        ],
        className="by-photo-drop",
    )
    camera = html.Label(
        [texts.take, control("Input", **chosen, capture="environment")],
        className="by-photo-take btn btn-outline-secondary",
    )
    send = html.Noscript(html.Button(texts.search, className="btn btn-primary"))
    form = html.Form([drop, camera, send], className="by-photo-form")
    return with_attributes(form, action=PHOTO, method="post", enctype="multipart/form-data")


def _stage(site: Site) -> Component:
    """Where `assets/photo.js` shows the photo, with a frame around the part that is searched with."""
    texts = site.texts.photo_texts
    corners = [html.Span(className="by-photo-corner", **data(corner=corner)) for corner in CORNERS]
    frame = html.Div(
        corners,
        className="by-photo-frame",
        role="application",
        tabIndex="0",
        **labelled(texts.part),
        **described(by=HINT),
    )
    canvas = html.Canvas(className="by-photo-canvas", role="img", **labelled(texts.own))
    whole = html.Button(texts.whole, type="button", className="by-photo-whole btn btn-sm btn-outline-secondary")
    hint = html.P(texts.part_hint, id=HINT, className="by-photo-hint")
    return html.Div(
        [html.Div([canvas, frame], className="by-photo-photo"), whole, hint], className="by-photo-stage", hidden=True
    )
