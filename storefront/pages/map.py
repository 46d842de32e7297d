"""The map: every product a dot, up to a number that can be drawn, and those products as cards in its order."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from dash import dcc, html
from dash.development.base_component import Component

from catalogue.errors import UnknownProduct
from catalogue.product import Placed
from storefront import ids
from storefront.components import cards
from storefront.components.charts import COLOURED, GREY, ZOOM, graph
from storefront.components.pagination import CHIPS, PER_PAGE, chips, counted, page_count, pagination
from storefront.context import Context
from storefront.pages.not_found import page_without
from storefront.pages.page import Page
from storefront.urls import MAP, Browsing, product_address

MOST = 100_000  # dots that are drawn
ROOM = 500_000  # square pixels of a map, by which dots are large or small
ISOLATE = {"itemclick": "toggleothers", "itemdoubleclick": "toggle"}
FIRST, LAST = -300, 10_300  # of both axes, with room for the dots at the edges
PALE = 0.12  # opacity of the dots of other categories than the one that is asked for


@dataclass(frozen=True)
class Dots:
    """Products with a place, or some of very many; neighbours on the map are mostly neighbours in the order too.

    `counts` are the categories with their numbers of dots, the largest first. `placed` products have a place, with and
    without a dot.
    """

    some: tuple[Placed, ...]
    counts: Mapping[str, int]
    placed: int

    def of(self, category: str) -> list[Placed]:
        """The dots of a category; all of them for an empty one."""
        return [each for each in self.some if category in ("", each.category)]


@lru_cache(maxsize=1)
def dots_of(context: Context) -> Dots | None:
    """Nothing where the build has no map."""
    some, placed = context.shop.places(MOST)
    found = Counter(each.category for each in some if each.category)
    counts = dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))
    return Dots(tuple(sorted(some, key=_along)), counts, placed) if some else None


def _along(dot: Placed) -> list[int]:
    """The quarter of the square that a dot lies in, the quarter of that quarter, and so on."""
    x, y = dot.place
    return [(x >> bit & 1) + 2 * (y >> bit & 1) for bit in range(13, -1, -1)]


def map_page(context: Context, wanted: Browsing) -> Page:
    """The map with one category set off, where one is asked for, and a page of its products."""
    texts, dots = context.texts, dots_of(context)
    if dots is None:
        return page_without(context, texts.map_title, texts.map_missing, MAP)
    shown = dots.of(wanted.query.category)
    wanted = replace(wanted, page=min(wanted.page, page_count(len(shown))))
    count = counted(context, len(shown), wanted.page)
    first = (wanted.page - 1) * PER_PAGE
    entries = context.shop.entries(dot.product_id for dot in shown[first : first + PER_PAGE])
    found = cards.grid(context, entries, wanted.address(MAP)) if entries else texts.nothing_in_category
    offered = [
        each for number, each in enumerate(dots.counts.items()) if number < CHIPS or each[0] == wanted.query.category
    ]
    # Where pages are files, all of them draw one file.
    drawn = graph("map", [], {}) if context.is_files else chart(context, dots, wanted.query.category)
    return Page(
        title=texts.map_title,
        description=texts.map_explained,
        main=[
            html.H1(texts.map_title, className="page-title", tabIndex="-1"),
            html.P(" ".join([texts.map_explained, *_left_out(context, dots)]), className="page-lead"),
            html.Div([drawn, dcc.Tooltip(id=ids.MAP_TOOLTIP)], className="map"),
            chips(context, wanted, MAP, len(dots.some), offered) if offered else None,
            html.H2(texts.map_listed, className="section-title"),
            html.P(count, className="result-count map-count", role="status"),
            found if entries else html.P(found, className="nothing"),
            pagination(context, wanted, MAP, len(shown)),
        ],
        announcement=f"{texts.map_title}. {context.counted(len(shown))}",
        indexed=wanted == Browsing(),
        address=MAP,
    )


def addresses(context: Context) -> Iterator[str]:
    """Of all pages of the map, and of each category that it offers."""
    dots = dots_of(context)
    offered = [("", len(dots.some)), *list(dots.counts.items())[:CHIPS]] if dots else [("", 0)]
    for name, count in offered:
        for page in range(1, page_count(count) + 1):
            yield Browsing(replace(Browsing().query, category=name), page).address(MAP)


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
    named = [name for number, name in enumerate(dots.counts) if number < COLOURED or name == chosen]
    traces: dict[str, list[Placed]] = {"": [], **{name: [] for name in named}}
    for dot in dots.some:
        traces.get(dot.category, traces[""]).append(dot)
    size = min(11.0, max(3.0, 0.4 * (ROOM / len(dots.some)) ** 0.5))
    data = [
        {
            "type": "scattergl", "mode": "markers", "name": escaped(name) or context.texts.others,
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
        {"x": group.place[0], "y": group.place[1], "text": escaped(group.name), "showarrow": False, "borderpad": 2}
        for group in context.shop.map_groups()
    ]
    layout = {
        "xaxis": axis, "yaxis": axis, "dragmode": "pan", "annotations": labels, "hovermode": "closest",
        "meta": {"wide": LAST - FIRST},
        "uirevision": f"of {chosen}",  # another theme leaves the dots where they were moved to
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "legend": {"orientation": "h", "y": 0, "yanchor": "top", **ISOLATE},
    }  # fmt: skip
    return graph("map", data, layout, ZOOM)


def escaped(text: str) -> str:
    """A text for Plotly, which reads some tags in it."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _left_out(context: Context, dots: Dots) -> list[str]:
    """Sentences about products without a dot."""
    texts, shown, lost = context.texts, len(dots.some), len(context.shop) - dots.placed
    some = texts.map_some.format(count=context.count(shown), placed=context.count(dots.placed))
    without = (texts.map_left_out_one if lost == 1 else texts.map_left_out_many).format(count=context.count(lost))
    return [*([some] if shown < dots.placed else []), *([without] if lost else [])]
