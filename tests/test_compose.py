"""Several sources, one product; what stands for no picture; what counts as drift."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.errors import Drift
from catalogue.product import AVAILABILITIES
from scraper.compose import compose, id_of
from scraper.draft import Draft
from scraper.faces import Faces
from scraper.report import Report, check
from scraper.site import parse
from tests.factories import prices, texts

PAGE = "https://shop.example/mug/"
SITE = parse({"start": "https://shop.example/", "listing": {"item": "article", "link": "a", "title": "h3"}})


def test_each_field_comes_from_the_first_source_that_has_it() -> None:
    drafts = [
        Draft("jsonld", title="Mug", link=PAGE, images=("https://shop.example/1.jpg", "https://shop.example/2.jpg")),
        Draft("listing", id="7", title="Mug, seen in a list", brand="Tarn", images=("https://shop.example/thumb.jpg",)),
    ]
    composed = compose(PAGE, drafts)
    assert (composed.product.id, composed.product.title, composed.product.brand) == ("7", "Mug", "Tarn")
    assert composed.product.link == PAGE
    assert composed.product.image_link == "https://shop.example/1.jpg"
    assert composed.product.additional_image_links == ("https://shop.example/2.jpg",)
    assert composed.sources["title"] == composed.sources["image"] == "jsonld"
    assert composed.sources["brand"] == "listing"
    assert "price" not in composed.sources


@pytest.mark.parametrize(
    ("link", "id"),
    [
        ("https://shop.example/catalogue/the-mug_12/", "the-mug_12"),
        ("https://shop.example/mug.html?x=1", "mug"),
        ("https://shop.example/?product=12", "product-12"),
        ("https://shop.example/a%2F..%2F..%2Fb", "b"),
        ("https://shop.example/%E5%8F%B0", "台"),
        ("https://shop.example/" + "x" * 300, "x" * 80),
    ],
)
def test_an_id_is_made_of_the_address_when_the_shop_gives_none(link: str, id: str) -> None:
    assert id_of(link) == id


@given(st.builds(Draft, source=texts(1), title=texts(), brand=texts(), images=st.lists(texts(1), max_size=3).map(tuple),
                 price=st.none() | prices(), availability=st.none() | st.sampled_from(AVAILABILITIES)))  # fmt: skip
def test_a_draft_is_stored_whole(draft: Draft) -> None:
    assert Draft.unpacked(draft.packed()) == draft


def placeholders(*faces: tuple[str, str, str], **entries: object) -> set[str]:
    with Faces(parse({"start": "https://shop.example/", "shopify": {}, **entries})) as found:
        for face in faces:
            found.add(*face)
        return set(found.placeholders())


def test_one_picture_on_unlike_products_stands_for_no_picture() -> None:
    titles = ("Black tea", "Green tea", "Coffee", "Walnuts", "Cumin")
    assert placeholders(*(("grey", "https://x/1.png", title) for title in titles)) == {"grey"}
    assert placeholders(*(("grey", "https://x/1.png", title) for title in titles[:4])) == set()


def test_variants_of_one_product_may_share_their_picture() -> None:
    sizes = (f"Linen shirt, size {size}" for size in ("S", "M", "L", "XL", "XXL", "3XL"))
    assert placeholders(*(("shirt", "https://x/1.png", title) for title in sizes)) == set()


def test_a_telling_name_needs_only_two_products() -> None:
    faces = [("grey", "https://x/no-image.png", "Tea"), ("grey", "https://x/no-image.png", "Coffee")]
    assert placeholders(*faces) == {"grey"}
    assert placeholders(faces[0]) == set()


def test_a_site_file_names_a_placeholder() -> None:
    assert placeholders(("grey", "https://x/soon.png", "Tea"), placeholders=["soon"]) == {"grey"}


def report(products: int = 10, **fields: int) -> Report:
    found = {name: {"selectors": count} for name, count in fields.items()}
    return Report(products=products, fields=found, complete=True)


def test_a_shop_that_is_as_it_was_has_not_drifted() -> None:
    check(SITE, report(title=10, image=6))


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (Report(), "no products found. Do these still match: listing.item = 'article', listing.link = 'a'?"),
        (report(title=9, image=10), "title: 90% of 10 products have one, expected 95%. The shop may have changed what "
                                    "listing.title = 'h3' should match."),
        (report(title=10, image=4), "image: 40% of 10 products have one, expected 50%."),
    ],
)  # fmt: skip
def test_drift_is_told_with_the_selector(found: Report, told: str) -> None:
    with pytest.raises(Drift) as raised:
        check(SITE, found)
    assert str(raised.value).startswith(told)
    assert raised.value.exit_code == 5


def test_a_shop_that_lost_half_its_products_has_drifted() -> None:
    found = report(title=10, image=10)
    found.before = 21
    with pytest.raises(Drift, match="10 products where there were 21"):
        check(SITE, found)
