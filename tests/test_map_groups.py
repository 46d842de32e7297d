"""Names on the map: planted neighbourhoods are found, and nothing else is named."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.encoding import SIDE, Place
from catalogue.product import MapGroup, Product
from model.map_groups import LINE, LONGEST, MOST, named
from tests.factories import make_product, texts
from tests.serving import ROOT

KINDS = {"Mugs": (2000, 2000), "Bowls": (8000, 2000), "Lamps": (2000, 8000), "Chairs": (8000, 8000)}
COUNT = 40  # products of each kind
any_place = st.tuples(st.integers(0, SIDE - 1), st.integers(0, SIDE - 1))
any_title = texts() | st.sampled_from(["mug", "a mug", "b" * 50])

Map = tuple[list[Product], list[Place]]


def planted(titles: dict[str, str] | None = None) -> Map:
    """Products of each of KINDS around its place, and as many of no kind all over the map.

    With `titles` by the kind there are no categories.
    """
    random = np.random.default_rng(7)
    near = [(kind, random.integers(-900, 900, (COUNT, 2)) + middle) for kind, middle in KINDS.items()]
    spread = [*near, ("", random.integers(0, SIDE, (COUNT, 2)))]
    kinds = [kind for kind, places in spread for _ in places]
    products = [
        make_product(f"p{row:03}", f"The {(titles or {}).get(kind, '')} {4711 + row}", product_type=f"Home > {kind}")
        for row, kind in enumerate(kinds)
    ]
    if titles:
        products = [replace(each, product_type="") for each in products]
    return products, [(x, y) for _, places in spread for x, y in places.tolist()]


def names(groups: Sequence[MapGroup]) -> set[str]:
    return {group.name for group in groups}


def test_planted_categories_are_found_at_their_places() -> None:
    groups = named(*planted())
    assert names(groups) == {*KINDS}
    for group in groups:
        assert max(abs(a - b) for a, b in zip(group.place, KINDS[group.name], strict=True)) < 300
        assert 0.9 * COUNT <= group.count <= COUNT
    assert groups == tuple(sorted(groups, key=lambda group: (-group.count, group.name)))


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        ({"Mugs": "with MUG no. 1", "Bowls": "für eine Bowl, 30 cm"}, {"MUG", "Bowl"}),
        ({"Mugs": "größe: 3", "Bowls": "t-shirt (xl)"}, {"Größe", "T-shirt"}),
        ({"Mugs": "кружка 12", "Bowls": "«Миска»"}, {"Кружка", "Миска"}),
        ({"Mugs": "कटोरी", "Bowls": "青花瓷 12", "Lamps": "مصباح"}, {"कटोरी", "青花瓷", "مصباح"}),
        ({"Mugs": "12 345 a4 1080p", "Bowls": "and for the"}, set()),
    ],
)
def test_without_categories_words_of_titles_name_them(titles: dict[str, str], expected: set[str]) -> None:
    assert names(named(*planted(titles))) == expected


def test_a_word_is_spelt_as_most_titles_spell_it() -> None:
    products, places = planted({"Mugs": "mug"})
    shouted = [replace(each, title=each.title.upper()) if row % 3 else each for row, each in enumerate(products)]
    assert names(named(shouted, places)) == {"MUG"}


def test_a_word_that_a_category_says_already_is_left_out() -> None:
    products, places = planted()
    products = [replace(each, title=f"A {each.category[:-1]} of clay") for each in products]
    assert names(named(products, places)) == {*KINDS}


def test_a_part_of_a_category_may_be_named_beside_it() -> None:
    products, places = planted()
    mugs = [row for row, each in enumerate(products) if each.category == "Mugs"]
    for row in mugs[:10]:
        products[row] = replace(products[row], title="Striped", product_type="")
        places[row] = (4300 + row, 4300)
    assert names(named(products, places)) == {*KINDS, "Striped"}


def test_what_is_everywhere_stands_out_nowhere() -> None:
    products, places = planted()
    assert named([replace(each, product_type="Home", title="Clay") for each in products], places) == ()


def test_a_category_on_two_islands_is_named_on_the_larger_one() -> None:
    products, places = planted()
    merged = [replace(each, product_type="Bowls") if row < COUNT // 2 else each for row, each in enumerate(products)]
    (bowls,) = [group for group in named(merged, places) if group.name == "Bowls"]
    assert max(abs(a - b) for a, b in zip(bowls.place, KINDS["Bowls"], strict=True)) < 300


def test_of_many_kinds_the_largest_are_named_and_no_label_covers_another() -> None:
    random = np.random.default_rng(3)
    middles = random.integers(500, 9500, (100, 2)).repeat(np.arange(5, 105), axis=0)
    kinds = np.arange(100).repeat(np.arange(5, 105))
    places = np.clip(middles + random.integers(-200, 200, middles.shape), 0, SIDE - 1)
    products = [make_product(f"p{row:04}", product_type=f"Kind {kind}") for row, kind in enumerate(kinds)]
    groups = named(products, [(x, y) for x, y in places.tolist()])
    assert len(groups) == MOST
    assert np.mean([group.count for group in groups]) > 60
    for one, other in combinations(groups, 2):
        right, up = (abs(a - b) for a, b in zip(one.place, other.place, strict=True))
        assert up >= LINE or right >= 700


@pytest.mark.parametrize("count", [0, 1, 3])
def test_few_products_have_no_neighbourhoods(count: int) -> None:
    products = [make_product(f"p{row}", "Mug", product_type="Mugs") for row in range(count)]
    assert named(products, [(row, 9999) for row in range(count)]) == ()


@given(st.lists(st.tuples(any_place, any_title, st.sampled_from(["", "Mugs", "x" * 50])), max_size=20))
def test_any_text_can_be_on_a_map(drawn: list[tuple[Place, str, str]]) -> None:
    products = [make_product(f"p{row}", title, product_type=kind) for row, (_, title, kind) in enumerate(drawn)]
    for group in named(products, [place for place, _, _ in drawn]):
        assert 0 < len(group.name) <= LONGEST
        assert 3 <= group.count <= len(products)
        assert all(0 <= each < SIDE for each in group.place)


def test_hostile_texts_are_only_text() -> None:
    tag = "<script>alert(1)</script>"
    products, places = planted({"Mugs": tag, "Bowls": "'; DROP"})
    assert names(named(products, places)) == {"Script", "DROP"}
    products, places = planted()
    marked = [replace(each, product_type=f'{each.product_type}" onload=<&amp;\u202e') for each in products]
    assert 'Mugs" onload=<&amp;\u202e' in names(named(marked, places))


PRINTED = "from tests.test_map_groups import *; print(named(*planted({'Mugs': 'blue mug', 'Bowls': 'oval bowl'})))"


def test_equal_input_gives_equal_names_in_every_process() -> None:
    said = []
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", PRINTED]
        said.append(subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True).stdout)
    assert said[0] == said[1]
    assert b"MapGroup" in said[0]
