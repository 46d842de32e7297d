"""The first HTML of a page is the markup that Dash mounts in its place, so that nothing moves when it takes over."""

import json
from difflib import unified_diff
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.conftest import DESKTOP
from tests.visiting import open_page, visit

PATHS = ("/", "/?q=mug&sort=price", "/p/basket-001?category=Baskets", "/map", "/report", "/photo", "/nowhere")

# The elements of both as [name, attributes, content]. Left out are attributes that scripts set, graphs as they are
# drawn, the trail of this visit, and the address behind a product where none is shown.
TREES = """(html) => {
  const SCRIPTED = ["aria-current", "data-dash-is-loading", "selected", "value", "with-product", "dash-graph--pending"];
  const ours = (name) => !SCRIPTED.includes(name);
  const told = (element) => {
    const { classList, style } = element;
    const names = element.getAttributeNames().filter(ours);
    const found = Object.fromEntries(names.map((name) => [name, element.getAttribute(name)]));
    if (found.class) found.class = [...classList].filter(ours).sort();
    const set = [...style].filter((name) => name.startsWith("--"));
    found.style = set.map((name) => [name, style.getPropertyValue(name).trim()]).sort();
    if (element.matches("input, select")) found.value = element.value;
    if (element.matches(".theme-switch")) delete found["aria-label"];
    if (element.matches("section:not(:has(.product)) .close")) delete found.href;
    return found;
  };
  const tree = (element) => {
    if (element.matches(".dash-graph, .trail, noscript")) return [];
    element.normalize();
    const shown = [...element.childNodes].filter((node) => !node.matches?.(".dcc-tooltip-bounding-box"));
    return shown.map((node) => node.data ?? [node.localName, told(node), tree(node)]);
  };
  const first = new DOMParser().parseFromString(html, "text/html").querySelector("#first");
  return [first, document.querySelector("#react-entry-point")].map(tree);
}"""


@pytest.mark.parametrize("path", PATHS)
def test_the_first_html_is_what_dash_mounts(browser: Browser, demo: str, path: str) -> None:
    with visit(browser, demo, allowed="status of 404", viewport=DESKTOP) as page:
        html = page.request.get(path).text()
        open_page(page, path)
        first, mounted = page.evaluate(TREES, html)
    if told := difference(first, mounted):
        raise AssertionError(told)


def difference(one: Any, other: Any) -> str:
    first, mounted = (json.dumps(tree, indent=1, sort_keys=True).splitlines() for tree in (one, other))
    return "\n".join(unified_diff(first, mounted, "first", "mounted", lineterm=""))
