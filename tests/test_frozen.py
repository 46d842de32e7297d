"""Components mounted as one, those that Dash lacks, and the HTML of both."""

from pathlib import Path
from typing import Any

import dash_bootstrap_components as dbc
import orjson
import pytest
from dash import dcc, html
from dash.development.base_component import Component
from markupsafe import Markup

from storefront.components.base import NAMESPACE, Element, Frozen, Img, freeze, hyphened
from storefront.components.render import to_html
from storefront.components.shell import shell
from storefront.context import Context
from storefront.pages import page_at
from storefront.parts import as_json
from tests.shop_folder import make_products, make_shop_folder

SCRIPT = "<script>alert(1)</script>"
QUOTES = "\"'><b onclick=x>&amp;"
ADDRESSES = ("/", "/?q=mug&sort=price", "/?q=zzz", "/p/mug-004?category=Mugs", "/p/nobody", "/map", "/report", "/photo")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_shop_folder(tmp_path_factory.mktemp("shop"), make_products(60))


def kinds(content: Any) -> list[Any]:
    """The names of components, those inside a live one as a list behind it."""
    found: list[Any] = []
    for part in content if isinstance(content, list) else [content]:
        found.append(type(part).__name__)
        if not isinstance(part, Frozen) and isinstance(getattr(part, "children", None), list):
            found.append(kinds(part.children))
    return found


def test_parts_without_an_id_become_one() -> None:
    made = freeze([html.H1("Mugs"), "and", html.P("bowls")])
    assert kinds(made) == ["Frozen"]
    assert [getattr(part, "children", part) for part in made[0].tree] == ["Mugs", "and", "bowls"]


def test_parts_with_an_id_stay_and_the_order_is_kept() -> None:
    made = freeze([html.H1("Mugs"), html.P("all"), html.Button("Buy", id="buy"), html.I("!"), dcc.Store(id="store")])
    assert kinds(made) == ["Frozen", "Button", "Frozen", "Store"]
    assert to_html(made) == '<h1>Mugs</h1><p>all</p><button id="buy">Buy</button><i>!</i>'


def test_what_holds_a_live_part_is_live_and_the_rest_of_it_is_frozen() -> None:
    form = html.Form(
        [html.Label("Sort"), html.Span(html.Div([html.B("!"), dcc.Input(id="order")])), html.I(), html.I()]
    )
    made = freeze(html.Section([html.P("above"), form]))
    assert kinds(made) == ["Section", ["Frozen", "Form", ["Frozen", "Span", ["Div", ["Frozen", "Input"]], "Frozen"]]]


def test_an_id_of_many_is_one_too() -> None:
    assert kinds(freeze([html.P(), html.Div(id={"type": "figure", "index": "map"})])) == ["Frozen", "Div"]


@pytest.mark.parametrize("content", [None, [], (), [None, None]])
def test_nothing_is_nothing(content: Any) -> None:
    assert freeze(content) == []
    assert to_html(content) == ""


def test_what_is_given_is_not_changed() -> None:
    form = html.Form([html.Label("Sort"), dcc.Input(id="order")])
    freeze(form)
    assert kinds(form) == ["Form", ["Label", "Input"]]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_frozen_page_is_the_same_page(context: Context, address: str) -> None:
    page = page_at(context, *address.partition("?")[::2])
    for content in (page.main, page.product):
        assert to_html(freeze(content)) == to_html(content)
    layout = shell(context, page.main, page.product)
    assert to_html(freeze(layout)) == to_html(layout)


@pytest.mark.parametrize("address", ADDRESSES)
def test_few_components_of_a_page_are_mounted(context: Context, address: str) -> None:
    """Each one that is mounted costs a click some of its milliseconds."""
    page = page_at(context, *address.partition("?")[::2])
    assert mounted(freeze(page.main)) + mounted(freeze(page.product)) <= 20


def mounted(content: Any) -> int:
    if isinstance(content, list | tuple):
        return sum(map(mounted, content))
    return 1 + mounted(getattr(content, "children", None)) if isinstance(content, Component) else 0


def test_a_frozen_tree_is_sent_as_components() -> None:
    (sent,) = orjson.loads(as_json(freeze([html.P(["a", Img(src="/x.webp", alt="")])])))
    assert (sent["namespace"], sent["type"], list(sent["props"])) == (NAMESPACE, "Frozen", ["tree"])
    (paragraph,) = sent["props"]["tree"]
    image = paragraph["props"]["children"][1]
    assert (image["namespace"], image["type"]) == ("dash_html_components", "Img")
    given = {name: value for name, value in image["props"].items() if value is not None}
    assert given == {"alt": "", "decoding": "async", "src": "/x.webp"}


def test_a_link_is_an_anchor() -> None:
    named = hyphened(aria_label="All mugs", aria_current=None)
    link = html.A("Mugs", href="/?category=Mugs", className="chip", **named)
    assert to_html(link) == '<a aria-label="All mugs" class="chip" href="/?category=Mugs">Mugs</a>'


def test_a_picture_has_what_dash_does_not_let_through() -> None:
    image = Img(src="/l.webp", srcSet="/s.webp 160w, /l.webp 320w", sizes="126px", alt="", width=40, loading="lazy")
    assert to_html(image) == (
        '<img alt="" decoding="async" loading="lazy" sizes="126px" src="/l.webp" '
        'srcset="/s.webp 160w, /l.webp 320w" width="40">'
    )
    assert "loading" not in to_html(Img(src="/l.webp"))


def test_an_element_has_what_dash_does_not_let_through() -> None:
    assert to_html(Element("Input", type="file", accept="image/*", capture="environment")) == (
        '<input accept="image/*" capture="environment" type="file">'
    )


def test_an_element_has_its_attributes_as_html_names_them() -> None:
    label = html.Label("Sort", htmlFor="sort", tabIndex="-1", **hyphened(data_to_dark="Dark"))
    assert to_html(label) == '<label data-to-dark="Dark" for="sort" tabindex="-1">Sort</label>'
    assert to_html(html.Form(encType="multipart/form-data")) == '<form enctype="multipart/form-data"></form>'
    assert to_html(html.Div(hidden=True)) == "<div hidden></div>"
    assert to_html(html.Div(hidden=False, title=None, n_clicks=1)) == "<div></div>"
    tone: Any = {"--tone": "#fff"}
    assert to_html(html.Span(id="x", style=tone)) == '<span id="x" style="--tone:#fff"></span>'


def test_components_of_bootstrap_are_their_elements() -> None:
    assert to_html(dbc.Input(type="hidden", name="q", value="mug")) == (
        '<input class="form-control" name="q" step="any" type="hidden" value="mug">'
    )
    options = [{"label": "Title", "value": "title"}, {"label": "<Price>", "value": "price"}]
    assert to_html(dbc.Select(id="sort", options=options, value="price", size="sm")) == (
        '<select class="form-select form-select-sm" id="sort"><option disabled hidden value=""></option>'
        '<option value="title">Title</option><option selected value="price">&lt;Price&gt;</option></select>'
    )
    assert to_html(dbc.Toast("Gone", id="alert", is_open=False)) == ""
    assert to_html([dcc.Store(id="store", data=SCRIPT), dcc.Location(id="url"), dcc.Tooltip(id="tooltip")]) == ""


@pytest.mark.parametrize("text", [SCRIPT, QUOTES, "</title>", "a\0b", "&lt;", "\ud800"])
def test_no_text_leaves_its_place(text: str) -> None:
    shown = to_html(html.P([text, html.B(text), html.A(text, href=text), Img(src=text, alt=text)], title=text))
    assert shown.count("<") == 7
    assert shown.count('"') == 8 + 2
    assert Markup.escape(text) in shown
    options = [{"label": text, "value": text}]
    boxes = to_html([dbc.Input(value=text, placeholder=text), dbc.Select(options=options)])
    assert boxes.count("<") == 7
    assert SCRIPT not in boxes


def test_only_markup_is_not_escaped() -> None:
    assert to_html(html.P([Markup("<b>bold</b>"), "<b>"])) == "<p><b>bold</b>&lt;b&gt;</p>"


def test_an_id_of_many_is_written_as_dash_writes_it() -> None:
    graph = dcc.Graph(id={"type": "figure", "index": "map"}, className="chart")
    assert to_html(graph) == (
        '<div class="dash-graph chart" id="{&#34;index&#34;:&#34;map&#34;,&#34;type&#34;:&#34;figure&#34;}"></div>'
    )
