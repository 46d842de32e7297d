"""What a policy lets into a list, and how short lists are filled."""

import numpy as np
import pytest

from catalogue.product import Price, Product
from model.filling import Field
from model.neighbours.exact import TopK, top_k
from model.neighbours.normalize import unit
from model.policy import Policy, Traits, diverse, kept, preferred
from tests.factories import make_product

CUP, BOWL, BARE, SOLD = 0, 1, 2, 3


def catalogue() -> list[Product]:
    return [
        make_product("cup", product_type="Kitchen > Cups", price=Price.parse("10.00 EUR")),
        make_product("bowl", product_type="Kitchen > Bowls", price=Price.parse("25.00 EUR")),
        make_product("bare"),
        make_product(
            "sold",
            product_type="Cups",
            price=Price.parse("90.00 EUR"),
            sale_price=Price.parse("15.00 EUR"),
            availability="out_of_stock",
        ),
    ]


def allowed(policy: Policy, asked: int, found: int) -> bool:
    return bool(Traits.of(catalogue()).allowed(policy, np.array([asked]), np.array([found]))[0])


@pytest.mark.parametrize(
    ("policy", "asked", "found", "expected"),
    [
        (Policy(), CUP, BOWL, True),
        (Policy("same"), CUP, BOWL, False),
        (Policy("same"), CUP, SOLD, True),  # the most specific part of the category counts
        (Policy("same"), CUP, BARE, False),
        (Policy("same"), BARE, CUP, True),  # it has no category to keep to
        (Policy("prefer"), CUP, BOWL, True),
        (Policy(price_factor=2), CUP, BOWL, False),
        (Policy(price_factor=2), BOWL, CUP, False),
        (Policy(price_factor=2), CUP, SOLD, True),  # the sale price is what is paid
        (Policy(price_factor=2.5), CUP, BOWL, True),
        (Policy(price_factor=2), CUP, BARE, True),  # not known, so not against it
    ],
)
def test_what_may_stand_in_a_list(policy: Policy, asked: int, found: int, expected: bool) -> None:
    assert allowed(policy, asked, found) is expected


def test_prices_in_other_currencies_are_not_compared() -> None:
    traits = Traits.of(
        [make_product("a", price=Price.parse("1.00 EUR")), make_product("b", price=Price.parse("99.00 INR"))]
    )
    assert traits.near_in_price(np.array([0]), np.array([1]), 2).all()


def test_what_is_not_kept_leaves_no_gap() -> None:
    near = TopK(np.array([[4, 7, 2]]), np.array([[0.9, 0.8, 0.7]]))
    found = kept(near, np.array([[True, False, True]]))
    assert found.indices.tolist() == [[4, 2, -1]]
    assert found.similarities.tolist() == [[0.9, 0.7, -np.inf]]


def test_preferred_ones_come_first_in_their_order() -> None:
    near = TopK(np.array([[4, 7, 2, -1]]), np.array([[0.9, 0.8, 0.7, -np.inf]]))
    found = preferred(near, np.array([[False, True, True, False]]))
    assert found.indices.tolist() == [[7, 2, 4, -1]]


def test_diversity_passes_over_what_looks_like_the_first() -> None:
    rows = unit(np.array([[1, 0, 0], [1, 0.1, 0], [1, 0.11, 0], [0.6, 0, 0.8]], dtype=np.float32))
    near = top_k(rows, 3)
    plain, varied = diverse(near, rows, 0.0, 3), diverse(near, rows, 0.5, 3)
    assert plain.indices.tolist() == near.indices.tolist()
    assert near.indices[0].tolist() == [1, 2, 3]
    assert varied.indices[0].tolist() == [1, 3, 2]


def test_a_short_list_is_filled_from_the_whole_catalogue() -> None:
    rows = unit(np.random.default_rng(2).standard_normal((40, 8)).astype(np.float32))
    near = top_k(rows, 3)
    odd = np.arange(40) % 2

    def same(
        asked: "np.typing.NDArray[np.int64]", found: "np.typing.NDArray[np.int64]"
    ) -> "np.typing.NDArray[np.bool_]":
        alike: np.typing.NDArray[np.bool_] = odd[asked] == odd[found]
        return alike

    only = kept(near, same(np.arange(40)[:, None], near.indices))
    filled = Field(rows, np.zeros(40)).filled(only, same, 6)
    similar = rows @ rows.T
    for row in range(40):
        others = [other for other in range(40) if other != row and odd[other] == odd[row]]
        expected = sorted(others, key=lambda other: -similar[row, other])[:6]
        assert [index for index in filled.indices[row].tolist() if index >= 0] == expected


def test_a_full_list_is_left_alone() -> None:
    rows = unit(np.random.default_rng(2).standard_normal((10, 4)).astype(np.float32))
    near = top_k(rows, 5)

    def anything(
        asked: "np.typing.NDArray[np.int64]", found: "np.typing.NDArray[np.int64]"
    ) -> "np.typing.NDArray[np.bool_]":
        return np.ones(np.broadcast_shapes(asked.shape, found.shape), dtype=np.bool_)

    assert Field(rows, np.zeros(10)).filled(near, anything, 5) is near
