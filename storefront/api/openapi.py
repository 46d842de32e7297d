"""The OpenAPI document of any shop, and queries read by its parameters."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from werkzeug.exceptions import BadRequest

from storefront.urls import BY_PHOTO, LONGEST, PRODUCTS, SIMILAR, whole

BANDS = ("very similar", "similar", "loosely similar")

Json = dict[str, Any]
Part = tuple[float, float, float, float]  # left, top, width and height of a photo, as shares of its sides

OPENAPI: Json = json.loads(Path(__file__).with_name("openapi.json").read_text(encoding="utf-8"))


def _schemas(path: str, method: str) -> dict[str, Json]:
    """The schemas of a path's query parameters, by name."""
    parameters = OPENAPI["paths"][path][method]["parameters"]
    return {each["name"]: each["schema"] for each in parameters if each.get("in") == "query"}


SEARCH = _schemas(PRODUCTS, "get")
NEIGHBOURS = _schemas(f"{PRODUCTS}/{{id}}{SIMILAR}", "get")
PHOTO = _schemas(BY_PHOTO, "post")


def read(parameters: Mapping[str, Json], given: Mapping[str, list[str]]) -> Json:
    """The values of a query by name, with their defaults. Raises BadRequest, which says what is allowed."""
    for name, texts in given.items():
        if name not in parameters:
            known = f"any of: {', '.join(parameters)}" if parameters else "none"
            raise BadRequest(f"There is no parameter {name!r} here. Use {known}.")
        if len(texts) > 1:
            raise BadRequest(f"The parameter {name} is given {len(texts)} times. Give it once.")
    return {
        name: _value(name, schema, given[name][0]) if name in given else schema.get("default", "")
        for name, schema in parameters.items()
    }


def _value(name: str, schema: Json, text: str) -> object:
    value: object = text
    match schema:
        case {"type": "boolean"}:
            value, valid, allowed = text == "true", text in ("true", "false"), "true or false"
        case {"type": "integer", "maximum": most}:
            value, valid, allowed = whole(text), 1 <= whole(text) <= most, f"a whole number from 1 to {most}"
        case {"enum": names}:
            valid, allowed = text in names, f"one of: {', '.join(names)}"
        case {"pattern": pattern}:
            valid = re.fullmatch(pattern, text) is not None
            allowed = "left,top,width,height as shares of the sides, such as 0.25,0.1,0.5,0.8"
        case _:
            valid, allowed = len(text) <= schema["maxLength"], f"at most {schema['maxLength']} characters"
    if not valid:
        raise BadRequest(f"The parameter {name} is {text[:LONGEST]!r}. Use {allowed}.")
    return value


def part_of(box: str) -> Part | None:
    """The part of a photo that `0.25,0.1,0.5,0.8` names; None for the whole photo. Raises BadRequest."""
    if not box:
        return None
    left, top, width, height = map(float, box.split(","))
    if not (0 < width <= 1 - left + 1e-6 and 0 < height <= 1 - top + 1e-6):
        raise BadRequest(f"The box {box} does not lie in the photo: left + width and top + height are at most 1.")
    return left, top, min(width, 1 - left), min(height, 1 - top)
