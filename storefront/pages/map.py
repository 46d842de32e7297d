"""The map: every product a dot, up to a number that can be drawn, and those products as cards in its order."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from html import escape  # of texts for Plotly, which reads some tags in them

from dash import dcc, html
from dash.development.base_component import Component

from catalogue.errors import UnknownProduct
from catalogue.product import Placed
from storefront import ids
from storefront.components import cards
from storefront.components.charts import COLOURED, GREY, ZOOM, graph
from storefront.components.pagination import CHIPS, PER_PAGE, chips, counted, page_count, pagination
from storefront.context import Context
from storefront.pages.page import Page, page_without
from storefront.urls import MAP, Browsing, product_address

MOST = 100_000  # dots that are drawn
ROOM = 500_000  # square pixels of a map, by which dots are large or small
FIRST, LAST = -300, 10_300  # of both axes, with room for the dots at the edges
PALE = 0.12  # opacity of the dots of other categories than the one that is asked for


@dataclass(frozen=True)
class Dots:
    """Products with a place, or some of very many; neighbours on the map are mostly neighbours in the order too.

    `counts` are the numbers of all dots, by an empty name, and of each category's, the largest first. `placed` products
    have a place, with and without a dot.
    """

    some: tuple[Placed, ...]
    counts: Mapping[str, int]
    placed: int


@lru_cache(maxsize=1)
def dots_of(context: Context) -> Dots | None:
    """Nothing where the build has no map."""
    some, placed = context.shop.places(MOST)
    counts = Counter(sorted(each.category for each in some if each.category)).most_common()
    return Dots(tuple(sorted(some, key=_along)), {"": len(some), **dict(counts)}, placed) if some else None


def _along(dot: Placed) -> list[int]:
    """The quarter of the square that a dot lies in, the quarter of that quarter, and so on."""
    x, y = dot.place
    return [(x >> bit & 1) + 2 * (y >> bit & 1) for bit in range(13, -1, -1)]


def map_page(context: Context, wanted: Browsing) -> Page:
    """The map with one category set off, where one is asked for, and a page of its products."""
    texts, dots = context.texts, dots_of(context)
    if dots is None:
        return page_without(context, texts.map_title, texts.map_missing, MAP)
    shown = [dot for dot in dots.some if wanted.query.category in ("", dot.category)]
    wanted = replace(wanted, page=min(wanted.page, page_count(len(shown))))
    first = (wanted.page - 1) * PER_PAGE
    entries = context.shop.entries(dot.product_id for dot in shown[first : first + PER_PAGE])
    nothing = html.P(texts.nothing_in_category, className="nothing")
    # Where pages are files, all of them draw one file.
    drawn = graph("map", [], {}) if context.is_files else chart(context, dots, wanted.query.category)
    return Page(
        texts.map_title,
        texts.map_explained,
        [
            html.H1(texts.map_title, className="page-title", tabIndex="-1"),
            html.P(" ".join([texts.map_explained, *_left_out(context, dots)]), className="page-lead"),
            html.Div([drawn, dcc.Tooltip(id=ids.MAP_TOOLTIP)], className="map"),
            chips(context, wanted, MAP, dots.counts.items()) if len(dots.counts) > 1 else None,
            html.H2(texts.map_listed, className="section-title"),
            html.P(counted(context, len(shown), wanted.page), className="result-count map-count", role="status"),
            cards.grid(context, entries, wanted.address(MAP)) if entries else nothing,
            pagination(context, wanted, MAP, len(shown)),
        ],
        announcement=f"{texts.map_title}. {context.counted(len(shown))}",
        indexed=wanted == Browsing(),
        address=MAP,
    )


def offered(context: Context) -> list[tuple[str, int]]:
    """All dots and those of the categories that the map links, with their counts."""
    dots = dots_of(context)
    return list(dots.counts.items())[: CHIPS + 1] if dots else [("", 0)]


def dot_card(context: Context, product_id: str, beside: str = MAP) -> list[Component]:
    """The photo and title beside a dot, which lead to the product; nothing for an unknown one."""
    try:
        (entry,) = context.shop.entries([product_id])
    except UnknownProduct:
        return []
    content = [cards.picture(context, entry.thumbnails, "", "140px", eager=True), html.Span(entry.product.title)]
    return [html.A(content, href=context.at(product_address(product_id, beside)), className="map-card")]


def chart(context: Context, dots: Dots, chosen: str = "") -> Component:
    """A trace for each of the largest categories, and the chosen one, over one in grey for all others.

    Dots know the ids of products.
    """
    named = [name for number, name in enumerate(dots.counts) if number <= COLOURED or name == chosen]
    traces: dict[str, list[Placed]] = {name: [] for name in named}
    for dot in dots.some:
        traces.get(dot.category, traces[""]).append(dot)
    size = min(11.0, max(3.0, 0.4 * (ROOM / len(dots.some)) ** 0.5))
    data = [
        {
            "type": "scattergl", "mode": "markers", "name": escape(name, quote=False) or context.texts.others,
            "x": [dot.place[0] for dot in found], "y": [dot.place[1] for dot in found],
            "customdata": [dot.product_id for dot in found], "hoverinfo": "none",
            "marker": {"size": size, **({} if name else {"color": GREY})},
            "opacity": 0.9 if chosen in ("", name) else PALE,
        }
        for name, found in traces.items()
        if found
    ]  # fmt: skip
    axis = {"visible": False, "range": [FIRST, LAST]}
    labels = [
        {"x": group.place[0], "y": group.place[1], "text": escape(group.name, quote=False), "borderpad": 2}
        for group in context.shop.map_groups()
    ]
    layout = {
        "xaxis": axis, "yaxis": axis, "dragmode": "pan", "annotations": labels, "hovermode": "closest",
        "uirevision": f"of {chosen}",  # another theme leaves the dots where they were moved to
        "meta": {"wide": LAST - FIRST}, "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "legend": {
            "orientation": "h", "y": 0, "yanchor": "top", "itemclick": "toggleothers", "itemdoubleclick": "toggle",
        },
    }  # fmt: skip
    return graph("map", data, layout, ZOOM)


def _left_out(context: Context, dots: Dots) -> list[str]:
    """Sentences about products without a dot."""
    texts, shown, lost = context.texts, len(dots.some), len(context.shop) - dots.placed
    some = texts.map_some.format(count=context.count(shown), placed=context.count(dots.placed))
    without = (texts.map_left_out_one if lost == 1 else texts.map_left_out_many).format(count=context.count(lost))
    return [*([some] if shown < dots.placed else []), *([without] if lost else [])]
