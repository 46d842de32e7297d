"""A run that is killed, stopped, repeated, refreshed or left without space; and what its commands say."""

import hashlib
import json
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from catalogue import feed
from catalogue.errors import Drift, SiteError
from scraper.report import Report
from tests.factories import encoded, make_photo
from tests.serving import ROOT
from tests.shop_server import Answering, Reply, Shop, fetch_shop, item, listing, photo, redirect, shop

SITE = """
start = "{address}/"
delay = 0.0
allow_private = true
[limits]
retries = 0
seconds = 5
[listing]
item = "article"
link = "a"
title = "a"
price = "b"
image = "img"
next = "a[rel=next]"
"""
COLOURS = ("#c96f4a", "#3a7d44", "#1b1c1d", "#0b57d0", "#8ab4f8", "#ffd166", "#ef476f", "#118ab2")


def pictures(count: int = len(COLOURS), after: float = 0.0) -> dict[str, Answering]:
    """Listings of four products each, and their photos."""
    answers: dict[str, Answering] = {}
    for number in range(count):
        answers[f"/img/{number}.png"] = photo(encoded(make_photo(COLOURS[number])), after=after)
    for page, start in enumerate(range(0, count, 4), start=1):
        items = [item(f"Mug {n}", f"/img/{n}.png", f"€ {n}.50") for n in range(start, min(start + 4, count))]
        answers["/" if page == 1 else f"/?page={page}"] = listing(
            *items, following=f"/?page={page + 1}" if start + 4 < count else ""
        )
    return answers


def command(folder: Path, address: str) -> list[str]:
    site = folder.parent / "site.toml"
    site.write_text(SITE.format(address=address))
    return [sys.executable, "-m", "scraper", "run", str(site), "--out", str(folder)]


def ran(words: list[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)


def titles(folder: Path) -> list[str]:
    return [product.title for product in feed.read(folder).products]


def whole_images(folder: Path) -> int:
    """How many images there are; each has the hash that it is named by."""
    files = [path for path in (folder / "images").glob("*") if not path.name.startswith(".")]
    for path in files:
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.stem
    return len(files)


def wait_for(server: Shop, requests: int) -> None:
    end = time.monotonic() + 30
    while len(server.asked) < requests and time.monotonic() < end:
        time.sleep(0.005)
    assert len(server.asked) >= requests


@pytest.mark.parametrize("requests", [2, 4, 7, 10])
def test_a_killed_run_loses_only_the_request_in_flight(tmp_path: Path, requests: int) -> None:
    folder = tmp_path / "shop"
    with shop(pictures(after=0.05)) as server:
        with subprocess.Popen(command(folder, server.address), cwd=ROOT, stderr=subprocess.DEVNULL) as process:
            wait_for(server, requests)
            process.kill()
        assert not (folder / "products.csv").exists()
        whole_images(folder)
        answer = ran(command(folder, server.address))
        assert answer.returncode == 0, answer.stderr
        twice = [path for path, count in Counter(server.paths).items() if count > 1 and path != "/robots.txt"]
    assert len(twice) <= 1
    assert titles(folder) == [f"Mug {number}" for number in range(8)]
    assert whole_images(folder) == 8
    assert not list(folder.rglob("*.tmp"))


def test_an_interrupted_run_says_that_it_can_go_on(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    with shop(pictures(after=0.3)) as server:
        with subprocess.Popen(command(folder, server.address), cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
            wait_for(server, 4)
            process.send_signal(signal.SIGINT)
            assert "run the same command again to go on" in process.communicate(timeout=30)[1]
        assert process.returncode == 130
        assert ran(command(folder, server.address)).returncode == 0
    assert len(titles(folder)) == whole_images(folder) == 8


def test_a_second_run_on_the_folder_says_so_and_leaves(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    with shop(pictures(after=0.3)) as server:
        words = command(folder, server.address)
        first = subprocess.Popen(words, cwd=ROOT, stderr=subprocess.DEVNULL)
        wait_for(server, 3)
        second = ran(words)
        assert first.wait(timeout=30) == 0
    assert second.returncode == 2
    assert second.stderr.strip().endswith(
        f"error: another run is at work on {folder}. Wait for it, or give another --out."
    )
    assert len(titles(folder)) == 8


def test_a_lock_left_by_a_dead_process_holds_nobody_up(tmp_path: Path) -> None:
    (tmp_path / ".scrape.lock").touch()
    with shop(pictures(4)) as server:
        assert fetch_shop(tmp_path, server.address).products == 4
        with FileLock(tmp_path / ".scrape.lock"), pytest.raises(SiteError, match="another run"):
            fetch_shop(tmp_path, server.address)


@pytest.mark.parametrize("least", [0, 40_000], ids=["of an image", "of the manifest"])
def test_a_full_disk_stops_the_run_which_then_goes_on(tmp_path: Path, least: int) -> None:
    """A limit on the size of files stands for the disk: the system refuses the bytes in the same place."""
    folder, noise = tmp_path / "shop", encoded(make_photo(size=(900, 900)), "BMP")
    answers = pictures() | {"/img/5.png": photo(noise, "image/bmp")}
    size = least or len(noise) - 1
    limited = (
        f"import resource, runpy; resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}));"
        "runpy.run_module('scraper', run_name='__main__')"
    )
    with shop(answers) as server:
        words = command(folder, server.address)
        answer = ran([sys.executable, "-c", limited, *words[3:]])
        assert answer.returncode == 6, answer.stderr
        assert "no space left to write" in answer.stderr.splitlines()[-1]
        assert not (folder / "products.csv").exists()
        assert not list(folder.rglob("*.tmp"))
        assert ran(words).returncode == 0
        assert max(Counter(path for path in server.paths if path != "/robots.txt").values()) <= 2
    assert len(titles(folder)) == whole_images(folder) == 8


def test_a_rerun_asks_for_nothing(tmp_path: Path) -> None:
    with shop(pictures()) as server:
        fetch_shop(tmp_path, server.address)
        table, asked = (tmp_path / "products.csv").read_bytes(), len(server.asked)
        report = fetch_shop(tmp_path, server.address)
        assert len(server.asked) == asked
    assert (report.products, report.added, report.changed, report.removed) == (8, 0, 0, 0)
    assert (tmp_path / "products.csv").read_bytes() == table


def test_only_what_failed_is_asked_for_again(tmp_path: Path) -> None:
    answers = pictures() | {"/img/3.png": [Reply(status=500), photo()], "/img/6.png": Reply(status=404)}
    with shop(answers) as server:
        first = fetch_shop(tmp_path, server.address)
        assert first.failed == {"image: HTTP 500": 1}
        assert first.refused == {"image: HTTP 404": 1}
        asked = len(server.asked)
        second = fetch_shop(tmp_path, server.address)
        assert server.paths[asked:] == ["/robots.txt", "/img/3.png"]
    assert (second.failed, second.changed) == ({}, 1)
    without = [product.title for product in feed.read(tmp_path).products if not product.image_files]
    assert without == ["Mug 6"]


def tagged(server: Shop) -> None:
    """Give every answer an ETag, and answer 304 to those who know it."""
    honest = dict(server.answers)

    def answer(path: str) -> Reply:
        reply = honest.get(path, Reply(status=404))
        assert isinstance(reply, Reply)
        tag = f'"{hashlib.sha256(reply.body if isinstance(reply.body, bytes) else reply.body.encode()).hexdigest()}"'
        if server.asked[-1].headers.get("If-None-Match") == tag:
            return Reply(status=304, headers={"ETag": tag})
        return Reply(reply.body, reply.kind, reply.status, {"ETag": tag})

    server.answers = {"*": answer}


def test_refresh_asks_whether_anything_changed(tmp_path: Path) -> None:
    with shop(pictures()) as server:
        tagged(server)
        fetch_shop(tmp_path, server.address)
        table, asked = (tmp_path / "products.csv").read_bytes(), len(server.asked)
        report = fetch_shop(tmp_path, server.address, refresh=True)
        again = server.asked[asked:]
    assert Counter(server.paths[asked:]) == Counter(server.paths[:asked])
    assert all("If-None-Match" in request.headers for request in again if request.path != "/robots.txt")
    assert (report.products, report.added, report.changed, report.removed) == (8, 0, 0, 0)
    assert (tmp_path / "products.csv").read_bytes() == table
    assert whole_images(tmp_path) == 8


def test_refresh_tells_what_was_added_changed_and_removed(tmp_path: Path) -> None:
    with shop(pictures()) as server:
        tagged(server)
        fetch_shop(tmp_path, server.address)
        kept = [item(f"Mug {n}", f"/img/{n}.png", f"€ {n}.50") for n in range(5, 8)]
        changed = item("Mug 4", "/img/4.png", "€ 99.00")
        server.answers = pictures(4) | {f"/img/{n}.png": pictures()[f"/img/{n}.png"] for n in range(4, 8)}
        server.answers["/"] = listing(changed, *kept, item("Jug", "/img/1.png", "€ 1.00"))
        tagged(server)
        report = fetch_shop(tmp_path, server.address, refresh=True)
    assert (report.products, report.added, report.changed, report.removed) == (5, 1, 1, 4)
    assert titles(tmp_path) == ["Mug 4", "Mug 5", "Mug 6", "Mug 7", "Jug"]
    assert whole_images(tmp_path) == 5


def test_a_product_whose_page_is_gone_leaves_the_catalogue(tmp_path: Path) -> None:
    answers = pictures(4) | {f"/p/Mug {n}": Reply("<h1>here</h1>") for n in range(4)}
    page: dict[str, Any] = {"product": {"read": ["selectors"], "description": "h1"}}
    answers = {path.replace(" ", "%20"): answer for path, answer in answers.items()}
    with shop(answers) as server:
        assert fetch_shop(tmp_path, server.address, **page).products == 4
        server.answers["/p/Mug%202"] = Reply(status=410)
        server.answers["/p/Mug%203"] = Reply(status=500)
        report = fetch_shop(tmp_path, server.address, refresh=True, **page)
    assert report.skipped["product page gone"] == 1
    assert report.removed == 1
    assert titles(tmp_path) == ["Mug 0", "Mug 1", "Mug 3"]
    assert all(product.description == "here" for product in feed.read(tmp_path).products)


def test_a_listing_that_fails_in_a_refresh_takes_no_product_away(tmp_path: Path) -> None:
    with shop(pictures()) as server:
        fetch_shop(tmp_path, server.address)
        server.answers["/?page=2"] = Reply(status=500)
        report = fetch_shop(tmp_path, server.address, refresh=True)
    assert report.failed == {"listing: HTTP 500": 1}
    assert (len(titles(tmp_path)), whole_images(tmp_path)) == (8, 8)


def test_drift_keeps_the_table_that_was_there(tmp_path: Path) -> None:
    with shop(pictures()) as server:
        fetch_shop(tmp_path, server.address)
        table = (tmp_path / "products.csv").read_bytes()
        server.answers["/"] = Reply("<html><div class='product'>All new</div></html>")
        with pytest.raises(Drift, match=r"no products found. Do these still match: listing.item = 'article'"):
            fetch_shop(tmp_path, server.address, refresh=True)
    assert (tmp_path / "products.csv").read_bytes() == table
    assert whole_images(tmp_path) == 8
    assert json.loads((tmp_path / "report.json").read_text())["skipped"] == {"listing page without products": 1}


def test_another_site_file_reads_the_pages_again_and_keeps_the_images(tmp_path: Path) -> None:
    with shop(pictures(4)) as server:
        tagged(server)
        fetch_shop(tmp_path, server.address)
        asked = len(server.asked)
        report = fetch_shop(tmp_path, server.address, listing={"title": "a", "brand": "b"})
        again = {request.path: request.headers.get("If-None-Match", "") for request in server.asked[asked:]}
    assert report.changed == 4
    assert not again["/"]
    assert all(tag for path, tag in again.items() if path.startswith("/img/"))


def test_a_lost_image_is_fetched_again(tmp_path: Path) -> None:
    with shop(pictures(4)) as server:
        fetch_shop(tmp_path, server.address)
        first, second = sorted((tmp_path / "images").iterdir())[:2]
        first.unlink()
        second.write_bytes(b"")
        asked = len(server.asked)
        fetch_shop(tmp_path, server.address)
        assert len([path for path in server.paths[asked:] if path.startswith("/img/")]) == 2
    assert whole_images(tmp_path) == 4


def test_redirects_of_listings_do_not_loop(tmp_path: Path) -> None:
    answers = pictures(4) | {"/?page=9": redirect("/")}
    with shop(answers) as server:
        report = fetch_shop(tmp_path, server.address, listing={"address": ["/", "/?page=9"]})
        assert server.paths.count("/") == 2
    assert report.products == 4
    assert report.skipped["redirect to a page that is read anyway"] == 1


@pytest.mark.parametrize(
    ("answers", "code", "told"),
    [
        ({"/": listing(item("Mug", "/a.png")), "/a.png": photo()}, 0, ""),
        ({"/": listing(item("Mug", "/a.png")), "/a.png": Reply(status=500)}, 3,
         r"error: 1 addresses are missing \(1 × image: HTTP 500\). Run the same command again."),
        ({"/robots.txt": Reply("User-agent: *\nDisallow: /", "text/plain")}, 4,
         r"error: nothing could be fetched: listing: robots.txt disallows \(http://.*\)."),
        ({"/": Reply(status=500)}, 4, r"error: nothing could be fetched: listing: HTTP 500 \(http://.*\)."),
        ({"/": Reply("<html>")}, 5, "error: no products found. .*"),
    ],
)  # fmt: skip
def test_exit_codes(tmp_path: Path, answers: dict[str, Answering], code: int, told: str) -> None:
    with shop(answers) as server:
        answer = ran(command(tmp_path / "shop", server.address))
    assert answer.returncode == code, answer.stderr
    assert re.fullmatch(told, answer.stderr.splitlines()[-1] if code else "")
    assert "Traceback" not in answer.stderr


def test_a_wrong_site_file_and_a_wrong_option_are_exit_code_2(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text("start = 1")
    words = [sys.executable, "-m", "scraper", "run", str(tmp_path / "site.toml"), "--out", str(tmp_path / "out")]
    assert ran(words).returncode == ran([*words, "--nonsense"]).returncode == 2


def test_a_damaged_manifest_is_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "scrape.sqlite").write_bytes(b"no database" * 500)
    with pytest.raises(SiteError, match=r"is damaged: .* Remove it to fetch the shop anew; images are kept"):
        fetch_shop(tmp_path, "http://127.0.0.1:9")


def test_status_tells_how_far_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    answers = pictures(4) | {"/img/2.png": Reply(status=404)}
    with shop(answers) as server:
        ran(command(folder, server.address))
    answer = ran([sys.executable, "-m", "scraper", "status", str(folder)])
    words = " ".join(answer.stdout.replace("│", " ").split())
    assert "image done 3 image refused: HTTP 404 1 listing done 1 products in products.csv 4" in words
    nothing = ran([sys.executable, "-m", "scraper", "status", str(tmp_path / "none")])
    assert nothing.returncode == 2
    assert "nothing was fetched into" in nothing.stderr


def test_the_report_says_where_each_field_came_from(tmp_path: Path) -> None:
    with shop(pictures(4)) as server:
        report = fetch_shop(tmp_path, server.address)
    assert report.fields["price"] == {"listing": 4}
    written = json.loads((tmp_path / "report.json").read_text())
    assert written["coverage"]["title"] == 1.0
    assert written["coverage"]["brand"] == 0.0
    assert isinstance(report, Report)
