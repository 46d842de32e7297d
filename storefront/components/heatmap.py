"""Where in two photos their similarity comes from, laid over them."""

import base64
import struct
import zlib
from math import isqrt

from dash import html
from dash.development.base_component import Component

from catalogue.encoding import Entry
from catalogue.product import Neighbour
from storefront.components import cards
from storefront.components.base import Img
from storefront.components.formatting import decimal
from storefront.context import Context
from storefront.urls import HOME, product_address

LEVELS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"  # 0 to 63, as builds have them
PALE, WARM = (247, 247, 245, 0.82), (222, 142, 84, 0.12)  # red, green, blue, and how much they cover of the photo


def maps(context: Context, entry: Entry, similar: list[Neighbour], beside: str = HOME) -> Component | None:
    """The first neighbours that are shown, each pair of photos under its heat maps; nothing where there are none."""
    product_id, texts = entry.product.id, context.texts
    heats = context.shop.heats(product_id)
    stored = context.shop.stored(product_id) if heats else []  # sold-out neighbours have maps too
    made = dict(zip((near.product_id for near in stored), heats, strict=False))
    shown = context.shop.listed([near for near in similar if near.product_id in made])
    pairs = [html.Li(_pair(context, entry, other, near, made[near.product_id], beside)) for near, other in shown]
    content = [html.Summary(texts.heat_title), html.P(texts.heat_explained), html.Ul(pairs, className="heat-pairs")]
    return html.Details(content, className="heat") if pairs else None


def png(text: str) -> bytes:
    """A square picture of a pixel for each level of `text`, which are row by row: pale at 0, clear and warm at 63."""
    side = isqrt(len(text))
    rows = (b"".join(map(_pixel, text[start : start + side])) for start in range(0, len(text), side))
    header = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)  # 8 bits of red, green, blue and alpha
    chunks = [b"IHDR" + header, b"IDAT" + zlib.compress(b"\0" + b"\0".join(rows), 9), b"IEND"]
    framed = (struct.pack(">I", len(each) - 4) + each + struct.pack(">I", zlib.crc32(each)) for each in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(framed)


def _pair(context: Context, own: Entry, other: Entry, near: Neighbour, heat: str, beside: str) -> Component:
    similarity = f"{context.texts.similarity} {decimal(near.similarity, context.texts.locale)}"
    score = html.Span(similarity, className="heat-score")
    name = html.Span(other.product.title, className="heat-name")
    photos = [_photo(context, entry, each) for entry, each in zip((own, other), heat.split(" "), strict=True)]
    href = context.at(product_address(other.product.id, beside))
    return html.A([html.Span(photos, className="heat-photos"), name, " ", score], href=href)


def _photo(context: Context, entry: Entry, heat: str) -> Component:
    alt = context.texts.heat_on.format(title=entry.product.title)
    picture = cards.picture(context, entry.thumbnails, "", cards.HERO, eager=False)
    source = f"data:image/png;base64,{base64.b64encode(png(heat)).decode()}"
    return html.Span([picture, Img(src=source, alt=alt, loading="lazy")], className="heat-photo")


def _pixel(level: str) -> bytes:
    """Between PALE and WARM, each counting by how much it covers."""
    warm = LEVELS.index(level) / (len(LEVELS) - 1)
    of_pale, of_warm = PALE[3] * (1 - warm), WARM[3] * warm
    mixed = (round((a * of_pale + b * of_warm) / (of_pale + of_warm)) for a, b in zip(PALE[:3], WARM, strict=False))
    return bytes([*mixed, round(255 * (of_pale + of_warm))])
