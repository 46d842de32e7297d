"""The quality report as a file and as rows of text."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.product import Neighbour
from catalogue.report import FORMAT, Report, parse_report, report_bytes
from model.evaluation import Judged, evaluate
from model.tables import table_rows
from tests.factories import json_values, make_product

IDS = [f"p{number:02}" for number in range(24)]
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7 * 7 }}'


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


# The file.


@given(st.booleans(), st.integers(1, 3), st.integers(0, 24))
@settings(deadline=None, max_examples=8)
def test_what_is_written_is_read(categories: bool, ways: int, count: int) -> None:
    report = make_report(categories=categories, ways=ways, count=count)
    content = report_bytes(report)
    assert parse_report(content) == report
    assert report_bytes(parse_report(content)) == content
    assert table_rows(report)


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
