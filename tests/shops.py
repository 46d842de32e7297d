"""Small shops of every kind that publishes something: what a server answers at its `address`, two products each."""

import json

from tests.factories import encoded, make_photo
from tests.shop_server import Answering, Reply, photo

JSON = "application/json"
XML = "application/xml"
PHOTOS: dict[str, Answering] = {
    "/mug.png": photo(encoded(make_photo("#c96f4a"))), "/bowl.png": photo(encoded(make_photo("#3a7d44"))),
}  # fmt: skip


def shopify(address: str) -> dict[str, Answering]:
    products = [
        {"id": 1, "title": "Mug", "handle": "mug", "variants": [{"price": "12.00", "available": True}],
         "images": [{"src": f"{address}/mug.png", "position": 1}]},
        {"id": 2, "title": "Bowl", "handle": "bowl", "variants": [{"price": "20.00", "available": False}],
         "images": [{"src": f"{address}/bowl.png", "position": 1}]},
    ]  # fmt: skip
    return {
        "/": Reply("<html>A shop</html>"),
        "/products.json?limit=250&page=1": Reply(json.dumps({"products": products}), JSON),
        "/products.json": Reply('{"products": []}', JSON),
        "/meta.json": Reply('{"id": 1, "currency": "EUR"}', JSON),
    }


def woocommerce(address: str) -> dict[str, Answering]:
    def product(number: int, name: str, minor: str) -> dict[str, object]:
        prices = {"price": minor, "regular_price": minor, "currency_code": "EUR", "currency_minor_unit": 2}
        images = [{"src": f"{address}/{name.lower()}.png"}]
        return {"id": number, "name": name, "permalink": f"{address}/{name}/", "prices": prices, "images": images,
                "is_in_stock": True}  # fmt: skip

    path, headers = "/wp-json/wc/store/v1/products", {"X-WP-TotalPages": "2"}
    return {
        "/": Reply("<html>A shop</html>"),
        f"{path}?per_page=100&page=1": Reply(json.dumps([product(1, "Mug", "1200")]), JSON, headers=headers),
        f"{path}?per_page=100&page=2": Reply(json.dumps([product(2, "Bowl", "2000")]), JSON, headers=headers),
    }


def merchant(address: str) -> dict[str, Answering]:
    entries = "".join(
        f"<item><g:id>{name}</g:id><title>{name}</title><link>{address}/{name}</link>"
        f"<g:image_link>{address}/{name.lower()}.png</g:image_link><g:price>{price} EUR</g:price></item>"
        for name, price in (("Mug", "12.00"), ("Bowl", "20.00"))
    )
    rss = '<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>'
    return {"/": Reply(f"<?xml version='1.0'?>{rss}{entries}</channel></rss>", XML)}


def product_page(name: str, price: str) -> Reply:
    product = {"@type": "Product", "name": name, "image": f"/{name.lower()}.png",
               "offers": {"price": price, "priceCurrency": "EUR", "availability": "InStock"}}  # fmt: skip
    head = (
        f'<script type="application/ld+json">{json.dumps(product)}</script><meta property="og:type" content="product">'
    )
    return Reply(f'<html><head>{head}<meta property="og:title" content="{name} for sale"></head></html>')


def microdata(address: str) -> dict[str, Answering]:
    items = "".join(
        f'<div itemscope itemtype="https://schema.org/Product"><a itemprop="url" href="{address}/{name.lower()}">'
        f'<b itemprop="name">{name}</b></a><img itemprop="image" src="/{name.lower()}.png"><span itemprop="offers" '
        f'itemscope itemtype="https://schema.org/Offer"><meta itemprop="price" content="{price}">'
        '<meta itemprop="priceCurrency" content="EUR"></span></div>'
        for name, price in (("Mug", "12.00"), ("Bowl", "20.00"))
    )
    return {"/": Reply(f"<html>{items}</html>"), "/mug": Reply("<html>Mug"), "/bowl": Reply("<html>Bowl")}


def sitemap(address: str) -> dict[str, Answering]:
    pages = "".join(f"<url><loc>{address}{path}</loc></url>" for path in ("/about", "/products/mug", "/products/bowl"))
    index = f"<sitemapindex><sitemap><loc>{address}/part.xml</loc></sitemap></sitemapindex>"
    return {
        "/": Reply("<html>A shop</html>"),
        "/robots.txt": Reply(f"User-agent: *\nSitemap: {address}/index.xml", "text/plain"),
        "/index.xml": Reply(index, XML),
        "/part.xml": Reply(f"<urlset>{pages}</urlset>", XML),
        "/about": Reply("<html>About us</html>"),
        "/products/mug": product_page("Mug", "12.00"),
        "/products/bowl": product_page("Bowl", "20.00"),
    }


def item_list(address: str) -> dict[str, Answering]:
    links = [
        {"@type": "ListItem", "position": n, "url": f"{address}/{name}"}
        for n, name in enumerate(("mug", "bowl"), start=1)
    ]
    block = json.dumps({"@type": "ItemList", "itemListElement": links})
    return {
        "/": Reply(f'<html><script type="application/ld+json">{block}</script></html>'),
        "/mug": product_page("Mug", "12.00"),
        "/bowl": product_page("Bowl", "20.00"),
    }
