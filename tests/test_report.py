"""The quality report as a file, as a page in a real browser, and as rows of text."""

import base64
import io
import json
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from playwright.sync_api import sync_playwright

from catalogue.product import Neighbour
from catalogue.report import FORMAT, Report, parse_report, report_bytes
from model.evaluation import Judged, evaluate
from model.report_page import page, table_rows
from tests.browser import launch
from tests.factories import encoded, json_values, make_photo, make_product

IDS = [f"p{number:02}" for number in range(24)]
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7 * 7 }}'
WEBP = {each: encoded(make_photo(f"#{number * 10:02x}6f4a"), "WEBP") for number, each in enumerate(IDS)}
JPEG = encoded(make_photo(), "JPEG")


def make_report(*, categories: bool = True, ways: int = 3, count: int = 24) -> Report:
    """Products of two categories; each way's lists begin one product further on."""
    ids = IDS[:count]
    named = []
    for way in range(ways):
        turned = {each: [*ids[row + 1 + way :], *ids[:row]] for row, each in enumerate(ids)}
        found = {
            each: [Neighbour(near, round(0.95 - place / 50, 4)) for place, near in enumerate(nears[:12])]
            for each, nears in turned.items()
        }
        named.append(Judged(["ranked", "raw cosine", HOSTILE][way], found))
    labels = {each: f"Mugs {HOSTILE}" if row % 3 else "Bowls" for row, each in enumerate(ids)} if categories else {}
    products = [make_product(each) for each in ids]
    return evaluate(named, labels, [ids[:2], ids[2:5], ids[5:20]], products, ids, random_pairs=[-0.2, 0.1, 0.3])


REPORT = make_report()


class Tags(HTMLParser):
    """The elements of a page and the texts between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def words(self) -> str:
        return " ".join(self.text.split())


def shown(report: Report, titles: dict[str, str] | None = None) -> Tags:
    return Tags(page(report, WEBP.get, titles or {}))


# The file.


@given(st.booleans(), st.integers(1, 3), st.integers(0, 24))
@settings(deadline=None, max_examples=8)
def test_what_is_written_is_read(categories: bool, ways: int, count: int) -> None:
    report = make_report(categories=categories, ways=ways, count=count)
    content = report_bytes(report)
    assert parse_report(content) == report
    assert report_bytes(parse_report(content)) == content
    assert table_rows(report)
    assert "<h1>" in page(report, WEBP.get, {})


def test_the_file_is_sorted_short_and_says_its_format() -> None:
    value = json.loads(report_bytes(REPORT))
    assert value["format"] == FORMAT
    assert list(value) == sorted(value)
    assert not re.search(rb"\.\d{5}", report_bytes(REPORT))
    assert make_report() == REPORT


def changed(**parts: object) -> bytes:
    return json.dumps({**json.loads(report_bytes(REPORT)), **parts}).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        changed(format=0),
        changed(ways=[]),
        changed(products="24"),
        changed(products=True),
        changed(worst=None),
        changed(worst=[[]]),
        changed(surplus=1),
        changed(bands={"rule": "taste", "pairs": 1, "bands": []}),
        report_bytes(REPORT).replace(b'"low":', b'"low":1e999,"was":', 1),
        re.sub(rb'"low":[0-9.]+', b'"low":NaN', report_bytes(REPORT), count=1),
        re.sub(rb'"low":[0-9.]+', b'"low":' + b"9" * 400, report_bytes(REPORT), count=1),
    ],
)
def test_what_is_not_a_report_is_refused(content: bytes) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        parse_report(content)


@settings(max_examples=50)
@given(
    st.dictionaries(st.sampled_from(sorted(json.loads(report_bytes(REPORT)))), json_values(["low", "ways"]), min_size=1)
)
def test_broken_parts_are_refused_or_read_as_they_are(parts: dict[str, object]) -> None:
    content = changed(**parts)
    try:
        report = parse_report(content)
    except (ValueError, KeyError, TypeError):
        return
    assert parse_report(report_bytes(report)) == report


# The page.


def test_the_page_says_in_words_what_it_measured() -> None:
    words = shown(REPORT).words()
    at = REPORT.precisions[-1]
    value, chance = 10 * at.scores[0].share.value, 10 * at.chance
    assert (
        f"Of ten products shown, {value:.1f} are from the same category; at random it would be {chance:.1f}." in words
    )
    assert "Over 24 products that have a list and a category with others in it." in words
    assert "very similar" in words
    assert "The 20 worst lists" in words


def test_the_page_of_a_catalogue_without_categories_says_so() -> None:
    words = shown(make_report(categories=False, ways=1)).words()
    assert "do not name two categories that lists could be judged by" in words
    assert "same category;" not in words
    assert "3 pairs of products drawn at random" in words
    assert "whose first ten places are least similar" in words


@pytest.mark.parametrize("count", [0, 1, 2])
def test_hardly_any_products_have_a_page(count: int) -> None:
    words = shown(make_report(count=count)).words()
    assert f"of {count} products" in words or f"{count} of {count} products" in words


def test_hostile_texts_are_texts() -> None:
    found = shown(REPORT, dict.fromkeys(IDS, HOSTILE))
    assert not {"script", "img", "iframe", "link", "object", "embed"} & {tag for tag, _ in found.elements}
    assert found.text.count(HOSTILE) > 20
    assert HOSTILE in [attributes.get("aria-label") for _, attributes in found.elements]


def test_nothing_is_fetched_run_or_styled_in_place() -> None:
    found = shown(REPORT)
    for tag, attributes in found.elements:
        assert not {name for name in attributes if name == "style" or name.startswith("on")}
        for name in ("href", "src", "xlink:href", "srcset"):
            assert re.match(r"#p\d+$|data:image/|$", attributes.get(name) or ""), tag
    assert "url(" not in found.text
    assert "@import" not in found.text
    assert [tag for tag, _ in found.elements].count("style") == 1


def test_each_picture_is_embedded_once() -> None:
    html = page(REPORT, WEBP.get, {})
    for content in WEBP.values():
        assert html.count(base64.b64encode(content).decode()) == 1
    assert len(re.findall(r'<use href="#p\d+"', html)) > 200


def test_pictures_that_are_missing_or_strange_are_left_out() -> None:
    strange = {"p00": b"<svg onload=alert(1)>", "p01": b"", "p02": JPEG}
    html = page(REPORT, strange.get, {})
    assert re.findall(r'href="data:([^;]+);', html) == ["image/jpeg"]
    assert "onload" not in html
    assert "no picture" in html


def test_tables_have_captions_and_headed_rows_and_columns() -> None:
    found = shown(REPORT)
    tags = [tag for tag, _ in found.elements]
    assert tags.count("table") == tags.count("caption") == tags.count("thead") >= 5
    assert all(attributes.get("scope") for tag, attributes in found.elements if tag == "th")
    headings = [int(tag[1]) for tag in tags if re.match(r"h\d$", tag)]
    assert headings[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(headings))


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_a_browser_shows_it_without_complaint(width: int, scheme: str, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(page(REPORT, WEBP.get, {**dict.fromkeys(IDS, HOSTILE), "p01": "W" * 300}), encoding="utf-8")
    with sync_playwright() as playwright:
        browser = launch(playwright)
        tab = browser.new_page(
            viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light"
        )
        said: list[str] = []
        tab.on("console", lambda message: said.append(message.text))
        tab.on("dialog", lambda dialog: said.append(dialog.message))
        tab.goto(file.as_uri())
        assert tab.evaluate("document.documentElement.scrollWidth") == width
        ground = tab.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == ("rgb(18, 20, 22)" if scheme == "dark" else "rgb(247, 247, 245)")
        bars = tab.locator("svg.bar rect.fill-0").evaluate_all(
            "all => all.map(one => one.getBoundingClientRect().width)"
        )
        tracks = tab.locator("svg.bar rect.track").evaluate_all(
            "all => all.map(one => one.getBoundingClientRect().width)"
        )
        assert bars[0] / tracks[0] == pytest.approx(REPORT.precisions[0].scores[0].share.value, abs=0.02)
        photo = Image.open(io.BytesIO(tab.locator(".picture svg").first.screenshot())).convert("RGB")
        assert len(set(photo.resize((16, 16)).tobytes())) > 4  # not the blank frame
        browser.close()
    assert said == []


# The rows.


def test_rows_for_a_terminal_are_of_one_length_and_name_what_they_hold() -> None:
    rows = table_rows(REPORT)
    assert {len(row) for row in rows} == {6}
    assert rows[0] == ("figure", "ranked", "raw cosine", HOSTILE, "chance", "95 % interval")
    named = {row[0]: row for row in rows}
    at = REPORT.precisions[-1]
    assert named["precision@10"][1:3] == tuple(f"{score.share.value:.3f}" for score in at.scores[:2])
    assert at.gain is not None
    assert named["precision@10, gain on raw cosine"][1] == f"{at.gain.value:+.3f}"
    assert named["precision@10, Bowls (8)"][4] == f"{7 / 23:.3f}"
    assert {"coverage@10", "orphans", "very similar, from", "groups of duplicates"} <= set(named)


def test_rows_of_the_least_report() -> None:
    rows = table_rows(make_report(categories=False, ways=1, count=1))
    assert {len(row) for row in rows} == {4}
    assert not [row for row in rows if row[0].startswith("precision")]
