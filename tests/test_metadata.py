"""OpenGraph's product tags and microdata."""

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.product import Price
from scraper.draft import Draft
from scraper.sources import metadata

URL = "https://shop.example/p/mug"


def tagged(**tags: str | list[str]) -> str:
    """A page with the tags; `og__type` stands for `og:type`."""
    pairs = [
        (name.replace("__", ":"), content)
        for name, contents in tags.items()
        for content in ([contents] if isinstance(contents, str) else contents)
    ]
    metas = "".join(f'<meta property="{name}" content="{content}">' for name, content in pairs)
    return f"<!doctype html><html><head><title>Shop</title>{metas}</head><body><p>Mug</p></body></html>"


def opengraph(**tags: str | list[str]) -> list[Draft]:
    return metadata.opengraph(tagged(**tags), URL, Counter())


def microdata(body: str, head: str = "") -> list[Draft]:
    html = f"<!doctype html><html><head><title>Shop</title>{head}</head><body>{body}</body></html>"
    return metadata.microdata(html, URL, Counter())


def item(inner: str, kind: str = "Product", more: str = "") -> str:
    return f'<div itemscope itemtype="https://schema.org/{kind}" {more}>{inner}</div>'


def inr(amount: str) -> Price:
    return Price(Decimal(amount), "INR")


def test_product_tags_become_one_draft() -> None:
    found = opengraph(
        og__type="product",
        og__title="Blue mug &amp; saucer",
        og__description="Holds tea.",
        og__url="/p/mug?colour=blue#top",
        og__image=["/1.jpg", "//cdn.example/2.jpg", "/1.jpg", "data:image/gif;base64,R0lGOD"],
        og__image__secure_url="https://shop.example/again.jpg",
        product__price__amount="1,299.00",
        product__price__currency="INR",
        product__availability="out of stock",
        product__brand="Potter",
        product__category="Kitchen &gt; Mugs",
        product__retailer_item_id="M-1",
        product__item_group_id="G1",
    )
    assert found == [
        Draft(
            source="opengraph",
            id="M-1",
            title="Blue mug & saucer",
            description="Holds tea.",
            link="https://shop.example/p/mug?colour=blue",
            images=("https://shop.example/1.jpg", "https://cdn.example/2.jpg"),
            price=inr("1299.00"),
            availability="out_of_stock",
            brand="Potter",
            product_type="Kitchen > Mugs",
            group="G1",
        )
    ]


@pytest.mark.parametrize("kind", ["product", "og:product", "product.item", "product.group", "Product"])
def test_product_like_types_are_products(kind: str) -> None:
    assert [(draft.title, draft.link) for draft in opengraph(og__type=kind, og__title="Mug")] == [("Mug", URL)]


@pytest.mark.parametrize("kind", ["website", "article", "product.of.the.year", ""])
def test_other_types_are_none_unless_they_name_a_price(kind: str) -> None:
    assert opengraph(og__type=kind, og__title="Mug") == []
    for name in ("og__price", "product__price"):
        (draft,) = opengraph(og__type=kind, **{f"{name}__amount": "7", f"{name}__currency": "inr"})
        assert draft.price == inr("7.00")


@pytest.mark.parametrize(
    ("amounts", "price", "sale_price"),
    [
        ({"price": "40", "sale_price": "30"}, "40.00", "30.00"),
        ({"original_price": "40", "price": "30"}, "40.00", "30.00"),
        ({"original_price": "30", "price": "30"}, "30.00", None),
        ({"sale_price": "30"}, "30.00", None),
        ({"original_price": "20", "price": "30"}, "20.00", None),
        ({"price": "Free"}, "0.00", None),
        ({"price": ""}, None, None),
    ],
)
def test_regular_and_sale_prices(amounts: dict[str, str], price: str | None, sale_price: str | None) -> None:
    tags = {f"product__{name}__amount": amount for name, amount in amounts.items()}
    tags |= {f"product__{name}__currency": "INR" for name in amounts}
    (draft,) = opengraph(og__type="product", **tags)
    assert (draft.price, draft.sale_price) == (price and inr(price), sale_price and inr(sale_price))


@pytest.mark.parametrize(
    ("amount", "currency", "reason"),
    [
        ("NaN", "INR", "unreadable price"),
        ("-5", "INR", "negative price"),
        ("5", "", "price without currency"),
        ("5 - 9", "INR", "range of prices"),
    ],
)
def test_prices_that_need_a_word_are_counted(amount: str, currency: str, reason: str) -> None:
    skips: Counter[str] = Counter()
    html = tagged(product__price__amount=amount, product__price__currency=currency)
    (draft,) = metadata.opengraph(html, URL, skips)
    assert draft.price == (inr("5.00") if reason == "range of prices" else None)
    assert skips == {reason: 1}


def test_secure_pictures_count_when_there_are_no_others() -> None:
    assert opengraph(og__type="product", og__image__secure_url="/s.jpg")[0].images == ("https://shop.example/s.jpg",)


def test_microdata_of_a_product_page() -> None:
    body = item(
        '<h1 itemprop="name">Blue mug &amp; saucer</h1><img itemprop="image" src="/1.jpg">'
        '<a itemprop="image" href="2.jpg"><img src="small.jpg"></a><img itemprop="image" data-src="/lazy.jpg">'
        '<div itemprop="description"><p>Holds <b>tea</b>.</p><script>steal()</script></div>'
        '<meta itemprop="sku" content="M-1">'
        + item('<span itemprop="name">Potter</span>', "Brand", 'itemprop="brand"')
        + item(
            '<span itemprop="price" content="1299.00">₹1,299</span><meta itemprop="priceCurrency" content="INR">'
            '<link itemprop="availability" href="http://schema.org/OutOfStock"><a itemprop="url" href="/p/1">buy</a>',
            "Offer",
            'itemprop="offers"',
        )
        + item(
            '<span itemprop="name">Teapot</span>', more='itemprop="isRelatedTo"'
        )
    )  # fmt: skip
    (draft,) = microdata(body)
    assert draft == Draft(
        source="microdata",
        id="M-1",
        title="Blue mug & saucer",
        description="Holds tea.",
        link="https://shop.example/p/1",
        images=("https://shop.example/1.jpg", "https://shop.example/p/2.jpg"),
        price=inr("1299.00"),
        availability="out_of_stock",
        brand="Potter",
    )


def test_microdata_takes_the_lowest_of_a_range() -> None:
    prices = '<meta itemprop="lowPrice" content="7"><meta itemprop="highPrice" content="9">'
    offer = item(f'{prices}<meta itemprop="priceCurrency" content="INR">', "AggregateOffer", 'itemprop="offers"')
    skips: Counter[str] = Counter()
    (draft,) = metadata.microdata(item(f'<b itemprop="name">Mug</b>{offer}'), URL, skips)
    assert (draft.price, skips) == (inr("7.00"), {"range of prices": 1})


def test_a_price_for_people_is_read_where_there_is_no_other() -> None:
    offer = '<b itemprop="price">Rs. 1,299</b><meta itemprop="priceCurrency" content="INR">'
    assert microdata(item(f'<b itemprop="name">Mug</b>{offer}'))[0].price == inr("1299.00")


def test_several_products_have_their_own_addresses() -> None:
    names = ("Mug", "Pot")
    body = "".join(item(f'<a itemprop="url" href="/{name}"><b itemprop="name">{name}</b></a>') for name in names)
    found = [(draft.title, draft.link) for draft in microdata(body)]
    assert found == [("Mug", "https://shop.example/Mug"), ("Pot", "https://shop.example/Pot")]


def test_breadcrumbs_of_microdata_are_the_category() -> None:
    entries = "".join(
        item(f'<b itemprop="name">{name}</b><meta itemprop="position" content="{place}">', "ListItem",
             'itemprop="itemListElement"')
        for place, name in enumerate(["Home", "Mugs", "Mug"], 1)
    )  # fmt: skip
    (draft,) = microdata(item(entries, "BreadcrumbList") + item('<h1 itemprop="name">Mug</h1>'))
    assert (draft.product_type, draft.link) == ("Mugs", URL)


def test_relative_addresses_honour_the_base_of_the_page() -> None:
    base = '<base href="https://cdn.example/x/">'
    (draft,) = microdata(item('<img itemprop="image" src="a.jpg">'), base)
    assert draft.images == ("https://cdn.example/x/a.jpg",)
    html = tagged(og__type="product", og__image="a.jpg").replace("<title>", f"{base}<title>")
    assert metadata.opengraph(html, URL, Counter())[0].images == ("https://cdn.example/x/a.jpg",)


def test_what_extruct_cannot_read_is_counted() -> None:
    skips: Counter[str] = Counter()
    html = item('<a itemprop="url" href="http://[">Mug</a>')
    assert metadata.microdata(html, URL, skips) == []
    assert metadata.opengraph("<!-- nothing else -->", URL, skips) == []
    assert skips == {"broken microdata": 1, "broken OpenGraph": 1}


@pytest.mark.parametrize("html", ["", "  ", "<p>plain", "\ud800", "a\x00b"])
def test_pages_without_metadata_have_no_products(html: str) -> None:
    skips: Counter[str] = Counter()
    assert metadata.opengraph(html, URL, skips) == metadata.microdata(html, URL, skips) == []
    assert not skips


def test_a_page_with_an_xml_declaration_is_read() -> None:
    html = '<?xml version="1.0" encoding="ISO-8859-1"?>\n' + tagged(og__type="product", og__title="Tássa")
    assert [draft.title for draft in metadata.opengraph(html, URL, Counter())] == ["Tássa"]


def test_deeply_nested_items_end() -> None:
    nested = '<div itemscope itemprop="offers" itemtype="https://schema.org/Offer">' * 3_000
    html = f'{item("<b itemprop=name>Mug</b>")}{nested}<b itemprop="price">7</b>'
    skips: Counter[str] = Counter()
    assert metadata.microdata(html, URL, skips) == []
    assert skips == {"broken microdata": 1}


def test_a_chain_of_references_ends() -> None:
    chain = "".join(f'<div itemscope id="i{n}" itemref="i{n + 1}" itemprop="offers">7</div>' for n in range(3_000))
    skips: Counter[str] = Counter()
    assert metadata.microdata(f"{item('<b itemprop=name>Mug</b>')}{chain}", URL, skips) == []
    assert skips == {"broken microdata": 1}


def test_many_items_side_by_side_are_read() -> None:
    html = "".join(item(f"<b itemprop=name>Mug {n}</b>") for n in range(100))
    assert len(metadata.microdata(html, URL, Counter())) == 100


SNIPPETS = st.sampled_from(
    [
        '<div itemscope itemtype="http://schema.org/Product">', '<div itemprop="offers" itemscope>', "</div>", "\x00",
        '<img itemprop="image" src="//">', '<a itemprop="url name brand" href="http://[::1">', "text", "&#xD800;",
        '<div itemscope itemref="a b" id="a" itemprop>', '<meta property="og:type" content="product">', "<html>",
        "<!--", "<head>",
        '<meta property="product:price:amount" content="-1e9999">', '<meta property=":" content="">', "<svg>", "<?x?>",
    ]
)  # fmt: skip


@given(st.lists(SNIPPETS, max_size=12).map("".join))
def test_no_page_raises(html: str) -> None:
    skips: Counter[str] = Counter()
    assert len(metadata.opengraph(html, URL, skips)) <= 1
    assert all(draft.title or draft.images for draft in metadata.microdata(html, URL, skips))
