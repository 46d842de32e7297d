"""schema.org in JSON-LD: which products a page has, and what it says of each."""

import json
import time
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.product import Price
from scraper.draft import Draft
from scraper.sources import jsonld

URL = "https://shop.example/p/mug"


def page(*blocks: object, head: str = "") -> str:
    scripts = (block if isinstance(block, str) else json.dumps(block) for block in blocks)
    return f"<html><head>{head}</head><body>" + "".join(
        f'<script type="application/ld+json">{script}</script>' for script in scripts
    )


def read(*blocks: object, head: str = "") -> list[Draft]:
    return jsonld.drafts(page(*blocks, head=head), URL, Counter())


def mug(**changes: Any) -> dict[str, Any]:
    return {"@context": "https://schema.org", "@type": "Product", "name": "Mug", "image": "/i/mug.jpg"} | changes


def inr(amount: str) -> Price:
    return Price(Decimal(amount), "INR")


def test_a_product_page_becomes_one_draft() -> None:
    product = mug(
        name="Blue mug",
        sku="M-1",
        description="Holds <b>tea</b>.",
        image=["https://cdn.example/1.jpg", "https://cdn.example/2.jpg"],
        brand={"@type": "Brand", "name": "Potter"},
        category="Kitchen > Mugs",
        offers={
            "@type": "Offer", "price": "1299.00", "priceCurrency": "INR", "availability": "https://schema.org/InStock",
        },
    )  # fmt: skip
    assert read(product) == [
        Draft(
            source="jsonld",
            id="M-1",
            title="Blue mug",
            description="Holds tea.",
            link=URL,
            images=("https://cdn.example/1.jpg", "https://cdn.example/2.jpg"),
            price=inr("1299.00"),
            availability="in_stock",
            brand="Potter",
            product_type="Kitchen > Mugs",
        )
    ]


@pytest.mark.parametrize(
    "spelling",
    [
        "Product", "http://schema.org/Product", "https://schema.org/Product/", "schema:Product", "product",
        ["Thing", "Product"], "IndividualProduct", "ProductModel", "SomeProducts", "Vehicle", "Book",
    ],
)  # fmt: skip
def test_products_by_any_spelling_of_their_type(spelling: object) -> None:
    assert [draft.title for draft in read(mug(**{"@type": spelling}))] == ["Mug"]


@pytest.mark.parametrize("spelling", ["Organization", "ProductReview", None, 7, [None], {"a": 1}])
def test_other_types_are_no_products(spelling: object) -> None:
    assert read(mug(**{"@type": spelling})) == []


@pytest.mark.parametrize(
    "block",
    [
        {"@graph": [{"@type": "WebSite", "name": "Shop"}, mug()]},
        [{"@type": "Organization"}, [mug()]],
        {"@type": "ItemPage", "mainEntity": mug()},
        {"@type": "Thing", "mainEntityOfPage": mug()},
        {"@type": "Offer", "itemOffered": mug()},
        {"@type": "Product", "isVariantOf": mug()},
        {"@type": "ItemPage", "mainEntity": {"@id": "#mug"}, "@graph": [mug(**{"@id": "#mug"})]},
    ],
)
def test_products_are_found_where_they_are_nested(block: object) -> None:
    assert [(draft.title, draft.images) for draft in read(block)] == [("Mug", ("https://shop.example/i/mug.jpg",))]


@pytest.mark.parametrize("name", ["isRelatedTo", "isSimilarTo", "isAccessoryOrSparePartFor", "review"])
def test_products_of_other_pages_are_left_out(name: str) -> None:
    other = {"@type": "Product", "name": "Teapot", "itemReviewed": mug(name="Teapot")}
    assert [draft.title for draft in read(mug(**{name: [other]}))] == ["Mug"]


def test_an_offer_that_holds_the_product_gives_its_price() -> None:
    (draft,) = read({"@type": "Offer", "price": 5, "priceCurrency": "INR", "itemOffered": mug()})
    assert draft.price == inr("5.00")


def test_one_broken_block_does_not_lose_the_others() -> None:
    skips: Counter[str] = Counter()
    found = jsonld.drafts(page('{"@type": "Product", "name": ', mug(), "  "), URL, skips)
    assert [draft.title for draft in found] == ["Mug"]
    assert skips == {"broken JSON-LD block": 1}


@pytest.mark.parametrize(
    "wrapped",
    [
        "{};", "<!-- {} -->", "<!-- Product data -->\n{}", "<![CDATA[ {} ]]>", "//<![CDATA[\n{}\n//]]>", "\ufeff{}",
        "/* <![CDATA[ */ {} /* ]]> */", "// the product's data\n{}", "/* a \" quote */ {} /* unfinished", "[{},]",
        "<!--//--><![CDATA[//><!--\n{}\n//--><!]]>",
    ],
)  # fmt: skip
def test_what_templates_leave_around_json_is_taken_off(wrapped: str) -> None:
    skips: Counter[str] = Counter()
    words = json.dumps(mug(url="https://shop.example/a//b", description="5 /* 6 */ <!-- 7 --> ,]"))
    (draft,) = jsonld.drafts(page(wrapped.replace("{}", words)), URL, skips)
    assert (draft.link, draft.description) == ("https://shop.example/a//b", "5 /* 6 */ ,]")
    assert not skips


def test_a_page_with_an_xml_declaration_is_read() -> None:
    html = f'<?xml version="1.0" encoding="ISO-8859-1"?>\n{page(mug(name="Tássa"))}'
    assert [draft.title for draft in jsonld.drafts(html, URL, Counter())] == ["Tássa"]


def test_control_characters_inside_of_texts_are_blanks() -> None:
    assert read('{"@type": "Product", "name": "Blue\n\tmug\x01"}')[0].title == "Blue mug"


def test_the_type_of_a_block_may_have_a_charset_and_any_case() -> None:
    block = page(mug()).replace("application/ld+json", "Application/LD+JSON; charset=utf-8")
    assert len(jsonld.drafts(block, URL, Counter())) == 1
    assert len(jsonld.drafts(block.replace("+", "&#43;"), URL, Counter())) == 1
    assert jsonld.drafts(block.replace("LD+JSON", "json"), URL, Counter()) == []


def test_a_block_that_is_commented_out_is_none() -> None:
    assert jsonld.drafts(f"<html><body><!-- {page(mug())} --></body>", URL, Counter()) == []


def test_markup_and_entities_in_names_become_plain_text() -> None:
    name = "Caf&eacute; &amp; <b>Co</b><script>steal()<\\/script>"
    assert read(json.dumps(mug(name=name)).replace("\\\\/", "\\/"))[0].title == "Café & Co"
    assert read(mug(name=[{"@value": "Tasse", "@language": "de"}]))[0].title == "Tasse"


@pytest.mark.parametrize(
    ("offers", "price", "sale_price"),
    [
        ({"price": 12.5, "priceCurrency": "INR"}, "12.50", None),
        ({"price": "Free", "priceCurrency": "INR"}, "0.00", None),
        ({"price": "Rs. 1,299", "priceCurrency": "INR"}, "1299.00", None),
        ({"price": "1299 INR"}, "1299.00", None),
        ([{"price": "9", "priceCurrency": "INR"}, {"price": "7", "priceCurrency": "INR"}], "7.00", None),
        ([{"price": "9", "priceCurrency": "INR"}, {"price": "7", "priceCurrency": "EUR"}], "9.00", None),
        ({"@type": "AggregateOffer", "lowPrice": "7", "highPrice": "7", "priceCurrency": "INR"}, "7.00", None),
        ({"@type": "AggregateOffer", "priceCurrency": "INR", "offers": [{"price": 8}, {"price": 6}]}, "6.00", None),
        ({"priceSpecification": {"price": 30, "priceCurrency": "INR"}}, "30.00", None),
        ({"price": None, "priceCurrency": "INR"}, None, None),
        ({"priceCurrency": "INR"}, None, None),
        (["x", None, 5], None, None),
    ],
)
def test_prices_of_offers(offers: object, price: str | None, sale_price: str | None) -> None:
    (draft,) = read(mug(offers=offers))
    assert (draft.price, draft.sale_price) == (price and inr(price), sale_price and inr(sale_price))


def test_a_price_that_is_beside_no_offer_counts_too() -> None:
    assert read(mug(price="12.50", priceCurrency="INR"))[0].price == inr("12.50")


def specified(*kinds: tuple[str, int]) -> dict[str, object]:
    prices = [{"@type": "UnitPriceSpecification", "priceType": kind, "price": price} for kind, price in kinds]
    return {"@type": "Offer", "priceCurrency": "INR", "priceSpecification": prices}


@pytest.mark.parametrize(
    ("offer", "price", "sale_price"),
    [
        (specified(("https://schema.org/StrikethroughPrice", 40)) | {"price": 30}, "40.00", "30.00"),
        (specified(("https://schema.org/ListPrice", 40), ("", 30)), "40.00", "30.00"),
        (specified(("ListPrice", 40), ("https://schema.org/SalePrice", 30)), "40.00", "30.00"),
        (specified(("ListPrice", 30)) | {"price": 30}, "30.00", None),
        (specified(("ListPrice", 20)) | {"price": 30}, "30.00", None),
        (specified(("ListPrice", 20)), "20.00", None),
    ],
)
def test_a_list_price_is_the_price_and_the_offers_the_sale_price(
    offer: object, price: str, sale_price: str | None
) -> None:
    (draft,) = read(mug(offers=offer))
    assert (draft.price, draft.sale_price) == (inr(price), sale_price and inr(sale_price))


def test_neither_a_price_per_litre_nor_a_members_price_is_the_price() -> None:
    specifications = [
        {"price": 5, "validForMemberTier": {"name": "Gold"}}, {"price": 90, "referenceQuantity": {"value": 1}},
        {"price": 30},
    ]  # fmt: skip
    (draft,) = read(mug(offers={"priceCurrency": "INR", "priceSpecification": specifications}))
    assert draft.price == inr("30.00")


@pytest.mark.parametrize(
    ("offers", "price", "reason"),
    [
        ({"lowPrice": 7, "highPrice": 9, "priceCurrency": "INR"}, "7.00", "range of prices"),
        ({"price": "7.00 - 9.00", "priceCurrency": "INR"}, "7.00", "range of prices"),
        ('{"price": NaN, "priceCurrency": "INR"}', None, "unreadable price"),
        ('{"price": 1e999, "priceCurrency": "INR"}', None, "unreadable price"),
        ({"price": -7, "priceCurrency": "INR"}, None, "negative price"),
        ({"price": 7}, None, "price without currency"),
        ({"price": "ask us", "priceCurrency": "INR"}, None, "unreadable price"),
    ],
)
def test_prices_that_need_a_word_are_counted(offers: object, price: str | None, reason: str) -> None:
    words = offers if isinstance(offers, str) else json.dumps(offers)
    skips: Counter[str] = Counter()
    (draft,) = jsonld.drafts(page(json.dumps(mug(offers="?")).replace('"?"', words)), URL, skips)
    assert draft.price == (price and inr(price))
    assert skips == {reason: 1}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["https://schema.org/OutOfStock", "http://schema.org/InStock"], "in_stock"),
        (["OutOfStock", None], "out_of_stock"),
        ([{"@id": "https://schema.org/PreOrder"}], "preorder"),
        (["whenever"], None),
    ],
)
def test_a_product_is_in_stock_if_any_offer_is(values: list[object], expected: str | None) -> None:
    offers = [{"availability": value, "price": 1, "priceCurrency": "INR"} for value in values]
    assert read(mug(offers=offers))[0].availability == expected


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("/a.jpg", ["https://shop.example/a.jpg"]),
        ("//cdn.example/a.jpg", ["https://cdn.example/a.jpg"]),
        ("a b.jpg", ["https://shop.example/p/a%20b.jpg"]),
        ("data:image/gif;base64,R0lGOD", []),
        ("", []),
        (["/a.jpg", ["/b.jpg"], "/a.jpg", None, 5], ["https://shop.example/a.jpg", "https://shop.example/b.jpg"]),
        ({"@type": "ImageObject", "url": "/a.jpg"}, ["https://shop.example/a.jpg"]),
        ({"@type": "ImageObject", "contentUrl": ["/a.jpg"], "url": "/view/a"}, ["https://shop.example/a.jpg"]),
        ([{"url": "/a.jpg"}, {"url": "/b.jpg"}], ["https://shop.example/a.jpg", "https://shop.example/b.jpg"]),
        ({"@type": "ImageObject"}, []),
        (URL, []),
    ],
)
def test_pictures_in_every_shape_become_absolute_addresses(image: object, expected: list[str]) -> None:
    assert read(mug(image=image))[0].images == tuple(expected)


def test_relative_addresses_honour_the_base_of_the_page() -> None:
    (draft,) = read(mug(image="a.jpg", url="mug"), head='<base href="https://cdn.example/x/">')
    assert (draft.images, draft.link) == (("https://cdn.example/x/a.jpg",), "https://cdn.example/x/mug")


@pytest.mark.parametrize("brand", ["Potter", {"name": "Potter"}, [{"name": ""}, {"name": "Potter"}], ["Potter", "B"]])
def test_a_brand_in_every_shape(brand: object) -> None:
    assert read(mug(brand=brand))[0].brand == "Potter"


@pytest.mark.parametrize(
    ("category", "expected"),
    [
        ("Kitchen &gt; Mugs", "Kitchen > Mugs"),
        ("Kitchen/Mugs", "Kitchen > Mugs"),
        ("Kitchen > Cups/Mugs", "Kitchen > Cups/Mugs"),
        ({"@type": "CategoryCode", "name": "Mugs"}, "Mugs"),
        (["Kitchen", {"name": "Mugs"}], "Kitchen > Mugs"),
        (["Kitchen > Mugs", "Gifts > Mugs"], "Kitchen > Mugs"),
        ("https://shop.example/c/mugs", ""),
        ("2169", ""),
    ],
)
def test_a_category_in_every_shape(category: object, expected: str) -> None:
    assert read(mug(category=category))[0].product_type == expected


def crumbs(*names: str) -> dict[str, object]:
    entries = [{"@type": "ListItem", "position": place, "name": name} for place, name in enumerate(names, 1)]
    return {"@type": "BreadcrumbList", "itemListElement": entries[::-1]}


def test_breadcrumbs_between_home_and_the_product_are_its_category() -> None:
    assert read(mug(), crumbs("Home", "Kitchen", "Mugs", "Mug"))[0].product_type == "Kitchen > Mugs"
    inside = {"@type": "WebPage", "breadcrumb": crumbs("Home", "Mugs", "Mug"), "mainEntity": mug()}
    assert read(inside)[0].product_type == "Mugs"
    assert read(mug(), crumbs("Home", "Mug"))[0].product_type == ""
    assert read(mug(category="Cups"), crumbs("Home", "Mugs", "Mug"))[0].product_type == "Cups"
    named = {"itemListElement": [{"position": str(place), "item": {"name": f"{place}"}} for place in (2, 10, 1)]}
    assert read(mug(), {"@type": "BreadcrumbList"} | named)[0].product_type == "2"


def test_breadcrumbs_say_nothing_of_several_products() -> None:
    found = read(mug(), mug(name="Teapot"), crumbs("Home", "Mugs", "Mug"))
    assert [(draft.product_type, draft.link) for draft in found] == [("", ""), ("", "")]


def test_two_blocks_about_one_product_both_have_the_page() -> None:
    assert [draft.link for draft in read(mug(), mug(sku="1"))] == [URL, URL]


@pytest.mark.parametrize("name", ["productID", "sku", "mpn", "gtin", "gtin13", "gtin8"])
def test_an_id_of_any_name(name: str) -> None:
    assert read(mug(**{name: 4006381333931}))[0].id == "4006381333931"


def test_ids_in_their_order_of_trust() -> None:
    assert read(mug(gtin13="4", mpn="3", sku="2", productID="1"))[0].id == "1"
    assert read(mug(gtin13="4", mpn="3"))[0].id == "3"
    assert read(mug())[0].id == ""


def test_the_link_is_the_products_own_or_its_offers() -> None:
    assert read(mug(url="/p/1#top", offers={"url": "/p/2"}))[0].link == "https://shop.example/p/1"
    assert read(mug(url="javascript:void(0)", offers={"url": "/p/2"}))[0].link == "https://shop.example/p/2"


SHELF = {
    "@type": "ItemList",
    "itemListElement": [
        {"@type": "ListItem", "position": 1, "item": mug(url="/p/1")},
        {"@type": "ListItem", "position": 2, "url": "/p/2", "item": mug(name="Teapot")},
        {"@type": "ListItem", "position": 3, "url": "/p/3"},
        {"@type": "ListItem", "position": 4, "item": "https://shop.example/p/4"},
        {"@type": "ListItem", "position": 5, "item": {"@id": "https://shop.example/p/5", "name": "Plate"}},
        {"@type": "ListItem", "position": 6, "item": {"@type": "Product", "url": "/p/6"}},
        {"@type": "ListItem", "position": 7, "url": "/p/3"},
        {"@type": "ListItem", "position": 8},
        {"@type": "SiteNavigationElement", "name": "Imprint", "url": "/imprint"},
        "/p/9",
        None,
    ],
}


@pytest.mark.parametrize("block", [SHELF, {"@type": "CollectionPage", "mainEntity": SHELF}, {"@graph": [SHELF]}])
def test_lists_give_products_and_links(block: object) -> None:
    assert [(draft.title, draft.link) for draft in read(block)] == [
        ("Mug", "https://shop.example/p/1"),
        ("Teapot", "https://shop.example/p/2"),
    ]
    assert jsonld.links(page(block), URL) == [f"https://shop.example/p/{number}" for number in (3, 4, 5, 6, 9)]


def test_the_one_product_of_a_list_is_not_at_the_lists_address() -> None:
    listed = {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": mug()}]}
    assert [draft.link for draft in read(listed)] == [""]
    assert [(draft.title, draft.link) for draft in read(mug(name="Pot"), listed)] == [("Pot", URL), ("Mug", "")]


def test_a_product_that_a_list_refers_to_is_in_the_list() -> None:
    refers = {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": {"@id": "#mug"}}]}
    assert [draft.link for draft in read({"@graph": [mug(**{"@id": "#mug"}), refers]})] == [""]


def test_breadcrumbs_are_no_links() -> None:
    trail = {"@type": "BreadcrumbList", "itemListElement": [{"@type": "ListItem", "item": "/c/mugs"}]}
    assert jsonld.links(page(trail), URL) == []


def group(*variants: object, **changes: object) -> dict[str, object]:
    return {
        "@type": "ProductGroup", "name": "Mug", "productGroupID": "G1", "brand": "Potter", "sku": "G",
        "hasVariant": list(variants),
    } | changes  # fmt: skip


def test_variants_inherit_from_their_group_but_its_id() -> None:
    blue, red = read(group(mug(name="Blue mug", sku="B"), {"@type": "Product", "image": "/i/red.jpg"}))
    assert (blue.id, blue.title, blue.brand, blue.group) == ("B", "Blue mug", "Potter", "G1")
    assert (red.id, red.title, red.brand, red.group) == ("", "Mug", "Potter", "G1")


def test_variants_that_look_the_same_are_one_draft() -> None:
    sizes = [
        mug(sku=size, offers={"availability": stock})
        for size, stock in [("S", "OutOfStock"), ("M", "InStock"), ("L", "OutOfStock")]
    ]
    found = read(group(*sizes, mug(sku="R", image="/i/red.jpg")))
    assert [(draft.id, draft.availability) for draft in found] == [("S", "in_stock"), ("R", None)]


def test_a_group_is_named_by_its_address_when_it_has_no_id() -> None:
    assert read(group(mug(), productGroupID="", url="/g/mug"))[0].group == "https://shop.example/g/mug"
    assert read(mug(inProductGroupWithID="G1"))[0].group == "G1"


def test_a_group_without_variants_is_a_product() -> None:
    assert [(draft.title, draft.link, draft.group) for draft in read(group())] == [("Mug", URL, "")]
    assert [draft.title for draft in read(group("https://shop.example/p/blue"))] == ["Mug"]


@pytest.mark.parametrize("together", [True, False])
def test_a_graph_whose_group_and_variants_refer_to_each_other(together: bool) -> None:
    variants: list[dict[str, Any]] = [
        {"@id": f"#{name}", "@type": "Product", "name": name, "image": f"/{name}.jpg"} for name in ("blue", "red")
    ]
    family = group(*({"@id": each["@id"]} for each in variants), **{"@id": "#mug"})
    if together:
        variants = [each | {"isVariantOf": {"@id": "#mug"}} for each in variants]
    found = read({"@graph": [*variants, family]})
    assert [(draft.title, draft.brand, draft.group) for draft in found] == [
        ("blue", "Potter", "G1"),
        ("red", "Potter", "G1"),
    ]


def test_references_are_resolved_across_blocks() -> None:
    offer = {"@id": "#offer", "@type": "Offer", "price": 7, "priceCurrency": "INR"}
    maker = {"@id": "#brand", "@type": "Brand", "name": "Potter"}
    picture = {"@id": "#picture", "@type": "ImageObject", "url": "/a.jpg"}
    product = mug(offers={"@id": "#offer"}, brand={"@id": "#brand"}, image={"@id": "#picture"})
    (draft,) = read(product, {"@graph": [maker, picture]}, offer)
    assert (draft.price, draft.brand, draft.images) == (inr("7.00"), "Potter", ("https://shop.example/a.jpg",))


@pytest.mark.parametrize(
    "cycle",
    [
        [mug(**{"@id": "#a", "isVariantOf": {"@id": "#a"}})],
        [
            mug(**{"@id": "#a", "isVariantOf": {"@id": "#b"}}),
            mug(**{"@id": "#b", "isVariantOf": {"@id": "#a"}}),
        ],
        [mug(offers={"@id": "#o"}, brand={"@id": "#o"}), {"@id": "#o", "offers": {"@id": "#o"}, "name": {"@id": "#o"}}],
        [mug(image={"@id": "#i"}), {"@id": "#i", "x": 1, "url": {"@id": "#i"}, "contentUrl": [{"@id": "#i"}]}],
        [{"@id": "#a", "x": 1, "@graph": {"@id": "#a"}, "mainEntity": mug()}],
        [mug(**{"@id": 5}), mug(**{"@id": ["#a"]}), mug(offers={"@id": {}})],
    ],
)
def test_references_that_run_in_circles_end(cycle: list[object]) -> None:
    assert {draft.title for draft in read(*cycle)} == {"Mug"}


def test_a_graph_in_which_all_refer_to_all_ends() -> None:
    everyone = [{"@id": f"#{number}"} for number in range(50)]
    assert len(read({"@graph": [mug(mainEntityOfPage=everyone, hasVariant=[]) | each for each in everyone]})) == 50


@pytest.mark.parametrize("left", ["[", '{"mainEntity":', '{"@type":"Product","name":"x","image":[{"url":'])
@pytest.mark.parametrize("depth", [30, 400, 100_000])
def test_deeply_nested_blocks_end(left: str, depth: int) -> None:
    right = "".join({"[": "]", "{": "}"}[letter] for letter in reversed(left) if letter in "[{")
    block = left * depth + json.dumps(mug(name="Deep")) + right * depth
    titles = {draft.title for draft in read(block, mug(name="Other"))}
    assert "Other" in titles
    assert jsonld.links(page(block), URL) == []


@pytest.mark.parametrize("part", ["<!--", "/*", '"\\"', ",", "//", '\\"', "[,", "<![CDATA[", "{", ";", " ", "/"])
def test_no_block_takes_long(part: str) -> None:
    start = time.perf_counter()
    read("{" + part * 100_000)
    assert time.perf_counter() - start < 5


def test_a_product_that_says_nothing_is_counted() -> None:
    skips: Counter[str] = Counter()
    assert jsonld.drafts(page({"@type": "ItemList", "itemListElement": [{"@type": "Product"}]}), URL, skips) == []
    assert skips == {"product without title": 1}


KEYS = """
    @type @id @graph @value name image url contentUrl offers price lowPrice highPrice priceCurrency priceSpecification
    priceType availability brand category sku item itemListElement position hasVariant isVariantOf mainEntity
    itemOffered productGroupID breadcrumb description
"""
WORDS = "Product ProductGroup ItemList ListItem BreadcrumbList Offer #a #b http://[ /a.jpg INR -1 NaN ListPrice \ud800"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS.split()) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS.split()), inner, max_size=6),
    max_leaves=40,
)


@given(JSON, st.sampled_from(["", "Product", "ProductGroup", "ItemList"]))
def test_no_json_raises(value: object, kind: str) -> None:
    value = value | {"@type": kind} if kind and isinstance(value, dict) else value
    html = page(json.dumps([value, {"@id": "#a", "offers": value}, {"@id": "#b", "@graph": value}]))
    assert all(draft.title or draft.images for draft in jsonld.drafts(html, URL, Counter()))
    assert all(link.startswith("http") for link in jsonld.links(html, URL))


@given(st.text(alphabet='<>!-/ "\\{}[],:;scriptldjon+=\x00\ud800', max_size=60))
def test_no_page_raises(words: str) -> None:
    skips: Counter[str] = Counter()
    html = f'<script type="application/ld+json">{words}</script>'
    assert jsonld.drafts(html, URL, skips) == jsonld.drafts(words, URL, skips) == []
