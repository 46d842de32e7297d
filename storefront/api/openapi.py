"""What the API takes and gives: its parameters, by which requests are read, and the OpenAPI document of it all."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from werkzeug.exceptions import BadRequest

from catalogue.product import AVAILABILITIES
from catalogue.reasons import Reason
from catalogue.search import SORTS
from storefront.urls import BY_PHOTO, DOCUMENT, LONGEST, PRODUCTS, SIMILAR

BANDS = ("very similar", "similar", "loosely similar")

Json = dict[str, Any]
Part = tuple[float, float, float, float]  # left, top, width and height of a photo, as shares of its sides


def _whole(default: int, most: int) -> Json:
    return {"type": "integer", "minimum": 1, "maximum": most, "default": default}


SEARCH: dict[str, Json] = {
    "q": {"type": "string", "maxLength": LONGEST, "default": ""},
    "category": {"type": "string", "maxLength": LONGEST, "default": ""},
    "sort": {"type": "string", "enum": list(SORTS), "default": SORTS[0]},
    "page": _whole(1, 1_000_000),
    "per_page": _whole(48, 100),
}
NEIGHBOURS: dict[str, Json] = {
    "k": _whole(12, 100),
    "category": {"type": "string", "maxLength": LONGEST, "default": ""},
    "in_stock": {"type": "boolean", "default": True},
}
PHOTO: dict[str, Json] = {
    "k": _whole(12, 24),
    "box": {"type": "string", "pattern": r"^([01]|0?\.[0-9]{1,6})(,([01]|0?\.[0-9]{1,6})){3}$"},
    "in_stock": {"type": "boolean", "default": True},
}
MEANINGS = {
    "q": "Words that a product must have, or the beginnings of words; empty for all products.",
    "category": "The category that products must be in, as `categories` names it; empty for any.",
    "sort": "The order. Without `q`, `relevance` is the order of the catalogue.",
    "page": "The page, counted from 1; beyond the last one there are no products.",
    "per_page": "Products on a page.",
    "k": "How many similar products at most; a list is as long as the catalogue's build made it.",
    "in_stock": "Whether products that are sold out are left out.",
    "box": "The part of the photo to search with: left, top, width and height as shares of its sides, upright.",
}


def read(parameters: Mapping[str, Json], given: Mapping[str, list[str]]) -> Json:
    """The values of a query by name, with their defaults. Raises BadRequest, which says what is allowed."""
    for name, texts in given.items():
        if name not in parameters:
            raise BadRequest(f"There is no parameter {name!r} here. Use {_any_of(parameters)}.")
        if len(texts) > 1:
            raise BadRequest(f"The parameter {name} is given {len(texts)} times. Give it once.")
    return {name: _value(name, schema, given.get(name)) for name, schema in parameters.items()}


def _value(name: str, schema: Json, given: list[str] | None) -> object:
    if given is None:
        return schema.get("default", "")
    (text,) = given
    match schema:
        case {"type": "boolean"} if text in ("true", "false"):
            return text == "true"
        case {"type": "integer", "maximum": most} if _is_whole(text) and 1 <= int(text) <= most:
            return int(text)
        case {"enum": names} if text in names:
            return text
        case {"pattern": pattern} if re.fullmatch(pattern, text):
            return text
        case {"maxLength": most} if len(text) <= most:
            return text
    raise BadRequest(f"The parameter {name} is {text[:LONGEST]!r}. Use {_allowed(schema)}.")


def part_of(box: str) -> Part | None:
    """Of `0.25,0.1,0.5,0.8`; none of nothing, which is the whole photo. Raises BadRequest."""
    if not box:
        return None
    left, top, width, height = map(float, box.split(","))
    if not (0 < width <= 1 - left + 1e-6 and 0 < height <= 1 - top + 1e-6):
        raise BadRequest(f"The box {box} does not lie in the photo: left + width and top + height are at most 1.")
    return left, top, min(width, 1 - left), min(height, 1 - top)


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


def _any_of(names: Iterable[str]) -> str:
    listed = ", ".join(names)
    return f"any of: {listed}" if listed else "none"


def _allowed(schema: Json) -> str:
    match schema:
        case {"type": "boolean"}:
            return "true or false"
        case {"type": "integer", "maximum": most}:
            return f"a whole number from 1 to {most}"
        case {"enum": names}:
            return f"one of: {', '.join(names)}"
        case {"pattern": _}:
            return "left,top,width,height as shares of the sides, such as 0.25,0.1,0.5,0.8"
    return f"at most {schema['maxLength']} characters"


def document(name: str, server: str, *, by_photo: bool) -> Json:
    """The OpenAPI 3.1 document of the shop `name`, whose addresses stand at `server`.

    `by_photo` says whether it can be searched by photo.
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": name,
            "version": "1.0.0",
            "description": "The catalogue, and what looks similar to each product. Read-only; no key is needed.",
        },
        "servers": [{"url": server or "/"}],
        "paths": {
            PRODUCTS: _get("listProducts", "Products, searched and page by page", "Products", SEARCH),
            f"{PRODUCTS}/{{id}}": _get("getProduct", "One product", "Product", {}, of_product=True),
            f"{PRODUCTS}/{{id}}{SIMILAR}": _get(
                "listSimilar", "What looks similar, the most similar first", "Similar", NEIGHBOURS, of_product=True
            ),
            **({BY_PHOTO: _by_photo()} if by_photo else {}),
            DOCUMENT: _get("getDocument", "This document", "Document", {}),
        },
        "components": {"schemas": SCHEMAS},
    }


def _get(operation: str, summary: str, schema: str, query: Mapping[str, Json], *, of_product: bool = False) -> Json:
    answers = {"200": _answer("What was asked for.", schema, HEADERS), "400": _answer("A value makes no sense.")}
    answers["304"] = {"description": "Nothing has changed since the answer that If-None-Match names."}
    answers["405"] = _answer("Another method than GET, HEAD and OPTIONS.", headers={"Allow": _text("The methods.")})
    if of_product:
        answers["404"] = _answer("No product has this id.")
    parameters = [*([ID] if of_product else []), *_in_query(query)]
    return {"get": {"operationId": operation, "summary": summary, "parameters": parameters, "responses": answers}}


def _in_query(parameters: Mapping[str, Json]) -> list[Json]:
    return [
        {"name": name, "in": "query", "description": MEANINGS[name], "schema": schema}
        for name, schema in parameters.items()
    ]


def _by_photo() -> Json:
    binary: Json = {"type": "string", "format": "binary"}
    form: Json = {"type": "object", "properties": {"photo": binary}, "required": ["photo"]}
    later = {"Retry-After": _text("Seconds after which to send it again.")}
    answers = {
        "200": _answer("What was asked for.", "Alike"),
        "429": _answer("Too many photos at once.", headers=later),
        **{status: _answer(description) for status, description in REFUSED.items()},
    }
    return {
        "post": {
            "operationId": "listSimilarToPhoto",
            "summary": "What looks like a photo, the most similar first",
            "parameters": _in_query(PHOTO),
            "requestBody": {
                "required": True,
                "content": {"image/*": {"schema": binary}, "multipart/form-data": {"schema": form}},
            },
            "responses": answers,
        }
    }


def _answer(description: str, schema: str = "Error", headers: Json | None = None) -> Json:
    content = {"application/json": {"schema": _ref(schema)}}
    if schema in EXAMPLES:
        content["application/json"]["example"] = EXAMPLES[schema]
    return {"description": description, "content": content, **({"headers": headers} if headers else {})}


def _text(description: str) -> Json:
    return {"description": description, "required": True, "schema": {"type": "string"}}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(**properties: Json) -> Json:
    """An object that has all of the properties and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": sorted(properties),
        "additionalProperties": False,
    }


def _list(items: Json) -> Json:
    return {"type": "array", "items": items}


def _or_null(schema: Json) -> Json:
    return {"anyOf": [schema, {"type": "null"}]}


TEXT: Json = {"type": "string"}
REFUSED = {
    "400": "A value makes no sense, or there is no whole photo.",
    "405": "Another method than POST and OPTIONS.",
    "408": "The photo took too long to arrive.",
    "413": "The photo is larger than 10 MB.",
    "415": "The body is no picture in a known format.",
    "422": "The photo is damaged or has too many pixels.",
    "503": "The search by photo is not at hand.",
}
COUNT: Json = {"type": "integer", "minimum": 0}
PIXELS: Json = {"type": "integer", "minimum": 1, "maximum": 320}
ADDRESS: Json = {
    "type": "string",
    "format": "uri-reference",
    "description": "Absolute where the shop says its public address, else relative to the site.",
}
ID: Json = {
    "name": "id",
    "in": "path",
    "required": True,
    "description": "The product's id, percent-encoded, with its slashes.",
    "schema": {"type": "string", "minLength": 1},
    "examples": {"plain": {"value": "mug-001"}, "with a slash": {"value": "mugs/blue"}},
}
HEADERS: Json = {
    "ETag": _text("Stands for the answer; send it as If-None-Match."),
    "Cache-Control": _text("How long the answer may be kept without asking again."),
    "X-Catalogue-Version": _text("Stands for the whole content of the catalogue."),
}
BASICS: dict[str, Json] = {
    "id": TEXT,
    "title": TEXT,
    "brand": TEXT,
    "category": {**TEXT, "description": "The most specific part of `product_type`."},
    "availability": {"type": "string", "enum": list(AVAILABILITIES)},
    "price": {**_or_null(_ref("Price")), "description": "The regular price, where the shop names one."},
    "sale_price": {**_or_null(_ref("Price")), "description": "What is paid now, where that differs."},
    "image": {**_or_null(_ref("Image")), "description": "The main photo."},
    "links": _object(self=ADDRESS, similar=ADDRESS, page=ADDRESS),
}
NEAR: dict[str, Json] = {
    "link": {**TEXT, "description": "The product's page in the shop; empty where the shop names none of the web."},
    "band": {
        "type": "string",
        "enum": [*BANDS, ""],
        "description": "What `similarity` means in this catalogue; empty below all, and without a report.",
    },
    "similarity": {"type": "number", "minimum": -1, "maximum": 1, "description": "The cosine of the two features."},
    "reasons": {
        **_list({"type": "string", "enum": [str(reason.name).lower() for reason in Reason]}),
        "description": "What else the two have in common.",
    },
}
SCHEMAS: Json = {
    "Price": _object(
        amount={"type": "string", "pattern": r"^\d+(\.\d+)?$"}, currency={"type": "string", "pattern": "^[A-Z]{3}$"}
    ),
    "Image": _object(
        small={**ADDRESS, "description": "WebP, its longest side 160 pixels."},
        large={**ADDRESS, "description": "WebP, its longest side 320 pixels."},
        width=PIXELS,
        height=PIXELS,
        colour={"type": "string", "pattern": "^#[0-9a-f]{6}$", "description": "The dominant colour."},
    ),
    "Basics": _object(**BASICS),
    "Product": _object(
        **BASICS, description=TEXT, product_type=TEXT, link=TEXT, added=TEXT, images=_list(_ref("Image"))
    ),
    "Products": _object(
        total=COUNT,
        page={"type": "integer", "minimum": 1},
        pages=COUNT,
        products=_list(_ref("Basics")),
        categories=_list(_object(name=TEXT, count=COUNT)),
        links=_object(self=ADDRESS, previous=_or_null(ADDRESS), next=_or_null(ADDRESS)),
    ),
    "Similar": _object(id=TEXT, similar=_list(_object(**BASICS, **NEAR))),
    "Alike": _object(similar=_list(_object(**BASICS, **NEAR))),
    "Document": {"type": "object", "required": ["openapi", "info", "paths"]},
    "Error": _object(error=_object(code=TEXT, message=TEXT)),
}
_MUG: Json = {
    "id": "mug-001",
    "title": "Mug in blue stoneware",
    "brand": "",
    "category": "Mugs",
    "availability": "in_stock",
    "price": {"amount": "499.00", "currency": "INR"},
    "sale_price": None,
    "image": {
        "small": "/images/7a/3f09c21d5b8e4a6c01-160.webp",
        "large": "/images/7a/3f09c21d5b8e4a6c01-320.webp",
        "width": 320,
        "height": 320,
        "colour": "#27406b",
    },
    "links": {
        "self": f"{PRODUCTS}/mug-001",
        "similar": f"{PRODUCTS}/mug-001{SIMILAR}",
        "page": "/p/mug-001",
    },
}
_NEAR: Json = {**_MUG, "link": "https://shop.example/mug-001", "similarity": 0.9312, "band": "similar", "reasons": []}
EXAMPLES: Json = {
    "Products": {
        "total": 1,
        "page": 1,
        "pages": 1,
        "products": [_MUG],
        "categories": [{"name": "Mugs", "count": 1}],
        "links": {"self": f"{PRODUCTS}?q=blue+mug", "previous": None, "next": None},
    },
    "Product": {
        **_MUG,
        "description": "Holds 350 ml.",
        "product_type": "Kitchen & Dining > Mugs",
        "link": "",
        "added": "",
        "images": [_MUG["image"]],
    },
    "Similar": {"id": "mug-002", "similar": [{**_NEAR, "reasons": ["shape", "category"]}]},
    "Alike": {"similar": [_NEAR]},
    "Error": {"error": {"code": "not_found", "message": "No product has the id 'mug-999'."}},
}
