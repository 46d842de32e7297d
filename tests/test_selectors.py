"""CSS selectors on listing and product pages."""

from collections import Counter

import pytest
from bs4 import BeautifulSoup

from scraper.sources import selectors
from scraper.sources.selectors import Rules, Selector
from scraper.values import Separators

URL = "https://shop.example/all/?page=1"


def rules(**css: str) -> Rules:
    return Rules({name: Selector.parse(text) for name, text in css.items()}, "INR", Separators(".", ","))


LISTING = """
<base href="/shop/">
<article><h3><a href="mug" title="The whole name">The who…</a></h3><b>₹1,299.00</b>
  <img src="data:image/gif;base64,R0lGOD" data-src="//cdn.example/mug.jpg"></article>
<article><h3>No link</h3></article>
<article><h3><a href="bowl">Bowl &amp; lid</a></h3><b>Sold out</b>
  <img srcset="bowl-300.jpg 300w, bowl-900.jpg 900w, bowl-600.jpg 600w" src="bowl.jpg"></article>
<a class="next" href="?page=2">more</a>
"""


def test_a_listing_gives_products_links_and_the_next_page() -> None:
    skips: Counter[str] = Counter()
    found = selectors.listing(
        LISTING, URL, Selector.parse("article"),
        rules(link="h3 a", title="h3 a@title", price="b", image="img", next="a.next"), skips,
    )  # fmt: skip
    assert found.links == ("https://shop.example/shop/mug", "https://shop.example/shop/bowl")
    assert found.next == "https://shop.example/shop/?page=2"
    mug, bowl = found.drafts
    assert (mug.title, str(mug.price), mug.images) == (
        "The whole name",
        "1299.00 INR",
        ("https://cdn.example/mug.jpg",),
    )
    assert (bowl.title, bowl.price) == ("", None)
    assert bowl.images == ("https://shop.example/shop/bowl-900.jpg",)
    assert skips == {"item without link": 1, "unreadable price": 1}


def test_without_an_item_each_link_stands_in_its_parent() -> None:
    found = selectors.listing(LISTING, URL, None, rules(link="h3 a"), Counter())
    assert found.links == ("https://shop.example/shop/mug", "https://shop.example/shop/bowl")
    assert found.next == ""


PRODUCT = """
<h1> Mug <script>steal()</script><small>no. 4</small></h1><p class="price">Now <i>₹ 999</i></p>
<meta itemprop="price" content="999.50">
<div class="crumbs"><a>Home</a><a>Kitchen</a><a>Mugs</a></div>
<div class="gallery"><a href="/big.jpg"><img src="/small.jpg"></a><img src="/small.jpg"><img src="/side.jpg"></div>
<p class="stock">Currently unavailable</p>
"""


def test_a_product_page_gives_one_product() -> None:
    css = {"title": "h1", "price": "meta[itemprop=price]@content", "image": ".gallery img",
           "category": ".crumbs a:not(:first-child)", "availability": ".stock"}  # fmt: skip
    (mug,) = selectors.product(PRODUCT, URL, rules(**css), Counter())
    assert mug.title == "Mug no. 4"
    assert str(mug.price) == "999.50 INR"
    assert mug.images == ("https://shop.example/small.jpg", "https://shop.example/side.jpg")
    assert (mug.product_type, mug.availability) == ("Kitchen > Mugs", "out_of_stock")


def test_a_chosen_attribute_is_the_one_that_is_read() -> None:
    (mug,) = selectors.product(PRODUCT, URL, rules(image=".gallery a@href", price=".price"), Counter())
    assert mug.images == ("https://shop.example/big.jpg",)
    assert str(mug.price) == "999.00 INR"


def test_a_page_where_nothing_matches_has_no_product() -> None:
    assert selectors.product("<p>Gone</p>", URL, rules(title="h1"), Counter()) == []


@pytest.mark.parametrize("text", ["a[", "", "h3 >> a", ":nonsense(a)"])
def test_broken_css_is_told_when_the_file_is_read(text: str) -> None:
    with pytest.raises(ValueError, match="is not a CSS selector"):
        Selector.parse(text)


@pytest.mark.parametrize(
    ("text", "css", "attribute"), [("a@href", "a", "href"), ("img @data-src", "img", "data-src"), ("a", "a", "")]
)
def test_selectors_read_as_css_and_attribute(text: str, css: str, attribute: str) -> None:
    assert Selector.parse(text) == Selector(css, attribute)
    assert Selector.parse(str(Selector(css, attribute))) == Selector(css, attribute)


def test_an_attribute_that_is_not_there_is_no_text() -> None:
    page = BeautifulSoup("<a>x</a><a title='y'>z</a>", "lxml")
    assert Selector.parse("a@title").texts(page) == ["y"]
