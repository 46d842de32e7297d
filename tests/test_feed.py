"""`products.csv` in and out, and folders of photos without one."""

from decimal import Decimal
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue import feed
from catalogue.errors import CatalogueError
from catalogue.product import AVAILABILITIES, Price, Product
from tests.factories import make_product, products


@given(st.lists(products(), min_size=1, max_size=6, unique_by=lambda product: product.id))
def test_what_is_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, written: list[Product]) -> None:
    folder = tmp_path_factory.mktemp("feed")
    feed.write_table(folder / "products.csv", written)
    assert feed.read(folder) == feed.Feed(tuple(written))


def test_merchant_center_rows_become_products() -> None:
    table = (
        "id,title,price,sale_price,availability,product_type,image_link,additional_image_link,image_file\n"
        'p1,Mug,1299.00 INR,999.00 INR,out of stock,Kitchen > Mugs,https://a.example/1.jpg,"https://a.example/2.jpg, https://a.example/3.jpg",images/1.jpg|images/2.jpg\n'
    )
    (product,) = feed.parse_table(table).products
    assert product == make_product(
        id="p1",
        title="Mug",
        price=Price(Decimal("1299.00"), "INR"),
        sale_price=Price(Decimal("999.00"), "INR"),
        availability="out_of_stock",
        product_type="Kitchen > Mugs",
        image_link="https://a.example/1.jpg",
        additional_image_links=("https://a.example/2.jpg", "https://a.example/3.jpg"),
        image_files=("images/1.jpg", "images/2.jpg"),
    )
    assert product.category == "Mugs"


def test_an_id_and_a_local_image_link_are_enough() -> None:
    (product,) = feed.parse_table("id,image_link\np1,photos/a.jpg\n").products
    assert (product.title, product.image_files) == ("p1", ("photos/a.jpg",))


def test_tabs_and_byte_order_marks_are_understood(tmp_path: Path) -> None:
    (tmp_path / "products.csv").write_bytes(b"\xef\xbb\xbfid\ttitle\timage_link\r\np1\tA, b\ta.jpg\r\n")
    (product,) = feed.read(tmp_path).products
    assert (product.id, product.title, product.image_files) == ("p1", "A, b", ("a.jpg",))


def test_what_is_dropped_is_counted_by_reason() -> None:
    read = feed.parse_table(
        "id,title,price,availability,image_link,added\n"
        "p1,First,12 INR,in stock,a.jpg,2024-05-17\np1,Again,12 INR,,b.jpg,\n,Nameless,,,c.jpg,\n"
        "p2,Dear,a lot,sometimes,d.jpg,last summer\n"
    )
    assert [(product.id, product.title) for product in read.products] == [("p1", "First"), ("p2", "Dear")]
    assert read.products[1].price is None
    assert [product.added for product in read.products] == ["2024-05-17", ""]
    assert read.drops == {
        "duplicate id": 1,
        "row without id": 1,
        "unreadable price": 1,
        "unknown availability": 1,
        "unreadable date": 1,
    }


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "needs the columns id and image_file or image_link; it has none"),
        (b"sku,photo\n1,a.jpg\n", "it has photo, sku"),
        (b"id,title\n1,a\n", "it has id, title"),
        (b"id,image_link\n", "no products in"),
        (b"id,image_link\n1,caf\xe9.jpg\n", "not UTF-8 (byte 19)"),
        (b'id,image_link\n1,"' + b"a" * 200_000 + b'"\n', "line 1: field larger"),
    ],
)
def test_an_unusable_table_is_one_clear_error(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "products.csv").write_bytes(content)
    with pytest.raises(CatalogueError) as error:
        feed.read(tmp_path)
    assert message in str(error.value)


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_folder_without_products_says_what_it_needs(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(CatalogueError, match="photos"):
        feed.read(tmp_path / name)


def test_photos_alone_make_a_catalogue(tmp_path: Path) -> None:
    for name in ("mugs/blue-mug.jpg", "mugs/tall/red_mug.PNG", "lamp.webp", "notes.txt", ".hidden/x.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = {product.id: product for product in feed.read(tmp_path).products}
    assert {name: (p.title, p.product_type, p.image_files) for name, p in found.items()} == {
        "blue-mug": ("Blue mug", "Mugs", ("mugs/blue-mug.jpg",)),
        "red_mug": ("Red mug", "Mugs > Tall", ("mugs/tall/red_mug.PNG",)),
        "lamp": ("Lamp", "", ("lamp.webp",)),
    }


def test_names_that_occur_twice_still_make_unique_ids() -> None:
    names = ["a/1.jpg", "b/1.jpg", "b/1.png", "2.jpg"]
    found = feed.from_photos(map(PurePosixPath, names)).products
    assert [product.id for product in found] == ["2", "a-1", "b-1.jpg", "b-1.png"]


@given(st.lists(st.from_regex(r"([ab]/){0,2}[ab-]{1,3}\.(jpg|png)", fullmatch=True), unique=True, max_size=12))
def test_ids_of_photos_are_always_unique(names: list[str]) -> None:
    ids = [product.id for product in feed.from_photos(map(PurePosixPath, names)).products]
    assert len(set(ids)) == len(names)


@pytest.mark.parametrize("text", ["1299", "INR 12", "-1 INR", "1e3 INR", "12,50 EUR", "12 inr", "٣ INR1", ""])
def test_prices_that_are_not_merchant_centers_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"1299\.00 INR"):
        Price.parse(text)


def test_availabilities_are_merchant_centers() -> None:
    assert AVAILABILITIES == ("in_stock", "out_of_stock", "preorder", "backorder")


@pytest.mark.parametrize("title", ["=cmd()", "+1", "-5 %", "@home", "'=quoted", "''-twice"])
def test_no_spreadsheet_takes_a_cell_for_a_formula(tmp_path: Path, title: str) -> None:
    feed.write_table(tmp_path / "products.csv", [make_product(title=title, image_files=("a.png",))])
    written = (tmp_path / "products.csv").read_text().splitlines()[1].split(",")[1].strip('"')
    assert written == f"'{title}"
    assert feed.read(tmp_path).products[0].title == title
