"""What lies on disk: a folder of photos, a folder with a table, a feed's file."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from catalogue import feed
from catalogue.errors import CatalogueError
from catalogue.product import Product
from scraper.progress import silent
from scraper.report import Report
from scraper.run import run
from scraper.site import parse
from tests.factories import encoded, make_photo
from tests.serving import ROOT
from tests.shop_server import photo, shop

FEED = """id\ttitle\tlink\timage link\tprice\titem group id
1\tMug, red\thttps://shop.example/mug\t{address}/red.png\t12.00 EUR\tmug
2\tMug, large and red\thttps://shop.example/mug\t{address}/red.png\t15.00 EUR\tmug
3\tMug, blue\thttps://shop.example/mug\t{address}/blue.png\t12.00 EUR\tmug
3\tMug, blue again\t\t{address}/red.png\t9.00 EUR\t
4\tMug, blue\thttps://shop.example/mug\t{address}/blue.png\t12.00 EUR\t
"""


def taken_in(path: Path, folder: Path, **entries: object) -> tuple[Report, tuple[Product, ...]]:
    site = parse({"local": {"path": str(path)}, "delay": 0.0, "allow_private": True, **entries})
    return run(site, folder, silent), feed.read(folder).products


def test_a_folder_of_photos(tmp_path: Path) -> None:
    (tmp_path / "photos" / "mugs").mkdir(parents=True)
    (tmp_path / "photos" / "mugs" / "red mug.png").write_bytes(encoded(make_photo()))
    report, (mug,) = taken_in(tmp_path / "photos", tmp_path / "shop")
    assert (mug.title, mug.product_type) == ("Red mug", "Mugs")
    assert (tmp_path / "shop" / mug.image_files[0]).read_bytes() == encoded(make_photo())
    assert (report.added, report.images) == (1, 1)


def test_a_photo_that_was_replaced_is_taken_in_again(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "mug.png").write_bytes(encoded(make_photo()))
    taken_in(tmp_path / "photos", tmp_path / "shop")
    (tmp_path / "photos" / "mug.png").write_bytes(encoded(make_photo("#0b57d0")))
    (tmp_path / "photos" / "bowl.png").write_bytes(encoded(make_photo("#3a7d44")))
    report, products = taken_in(tmp_path / "photos", tmp_path / "shop")
    assert (report.added, report.changed, report.removed) == (1, 1, 0)
    mug = next(product for product in products if product.id == "mug")
    assert (tmp_path / "shop" / mug.image_files[0]).read_bytes() == encoded(make_photo("#0b57d0"))


def test_a_table_with_photos_beside_it_and_what_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "secret.png").write_bytes(encoded(make_photo()))
    (tmp_path / "own" / "a.png").write_bytes(encoded(make_photo()))
    (tmp_path / "own" / "products.csv").write_text(
        "id,title,image_file\n1,A,a.png\n2,B,missing.png\n3,C,../secret.png\n"
    )
    report, products = taken_in(tmp_path / "own", tmp_path / "shop")
    assert [bool(product.image_files) for product in products] == [True, False, False]
    assert report.refused == {"image: unreadable file": 1, "image: outside the folder": 1}
    assert len(list((tmp_path / "shop" / "images").iterdir())) == 1


def test_a_feed_on_disk_whose_images_are_fetched(tmp_path: Path) -> None:
    red, blue = photo(encoded(make_photo("#c00"))), photo(encoded(make_photo("#00c")))
    with shop({"/red.png": red, "/blue.png": blue}) as server:
        (tmp_path / "feed.tsv").write_text(FEED.format(address=server.address))
        report, products = taken_in(tmp_path / "feed.tsv", tmp_path / "shop", hosts=["127.0.0.1"])
    assert [(product.id, product.title) for product in products] == [
        ("1", "Mug, red"),
        ("3", "Mug, blue"),
        ("4", "Mug, blue"),
    ]
    assert report.skipped == {"variant with the same picture": 1, "duplicate id": 1}
    assert all(product.image_files for product in products)


def test_nothing_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="no folder and no feed at"):
        taken_in(tmp_path / "none", tmp_path / "shop")
    (tmp_path / "feed.xml").write_text("<html>Not a feed</html>")
    with pytest.raises(CatalogueError) as raised:
        taken_in(tmp_path / "feed.xml", tmp_path / "shop")
    assert raised.value.exit_code == 11


def peak_memory(folder: Path, products: int) -> int:
    """Megabytes that a run over a feed of so many products needs at its highest point."""
    folder.mkdir()
    with (folder / "feed.tsv").open("w") as file:
        file.write("id\ttitle\tlink\timage link\n")
        for n in range(products):
            file.write(f"{n}\tProduct {n}\thttps://shop.example/{n}\thttps://cdn.example/{n}.jpg\n")
    (folder / "site.toml").write_text('[local]\npath = "feed.tsv"\n[coverage]\nimage = 0\n')
    told = (
        "import atexit, resource, runpy;"
        "atexit.register(lambda: print('peak', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024));"
        "runpy.run_module('scraper', run_name='__main__')"
    )
    words = [sys.executable, "-c", told, "run", str(folder / "site.toml"), "--out", str(folder / "out")]
    answer = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    assert f"{products} products" in answer.stdout
    return int(re.findall(r"peak (\d+)", answer.stdout)[0])


def test_memory_does_not_grow_with_the_catalogue(tmp_path: Path) -> None:
    assert peak_memory(tmp_path / "large", 20_000) - peak_memory(tmp_path / "small", 500) < 20
