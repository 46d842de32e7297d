"""How the scraper behaves as a guest: pauses, rests that a host asks for, one connection per host, noai."""

import time
from email.utils import formatdate
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from catalogue.errors import Incomplete, Refused
from scraper.hosts import Robots
from scraper.run import settle
from tests.shop_server import Reply, Shop, fetch_shop, item, listing, photo, shop

HOUR = 3600


def gaps(server: Shop) -> list[float]:
    """Seconds from each request to the next."""
    return [after.at - before.at for before, after in pairwise(server.asked)]


def four_images() -> dict[str, Any]:
    names = ("a", "b", "c", "d")
    return {"/": listing(*(item(name, image=f"/{name}.png") for name in names)), "*": photo()}


def crawl_delay(value: str) -> Reply:
    return Reply(f"User-agent: *\nCrawl-delay: {value}\n", "text/plain")


def test_crawl_delay_is_honoured(tmp_path: Path) -> None:
    with shop(four_images() | {"/robots.txt": crawl_delay("0.3")}) as server:
        assert fetch_shop(tmp_path, server.address).images == 4
        assert len(server.asked) == 6
        assert all(0.3 <= gap < 0.3 * 1.3 + 0.3 for gap in gaps(server)[1:])


def test_the_site_files_delay_counts_when_it_is_longer(tmp_path: Path) -> None:
    with shop(four_images() | {"/robots.txt": crawl_delay("0.01")}) as server:
        fetch_shop(tmp_path, server.address, delay=0.25)
        assert len(server.asked) == 6
        assert min(gaps(server)) >= 0.25


@pytest.mark.parametrize("value", ["nan", "-1", "soon", "", "inf", "1e999"])
def test_a_crawl_delay_that_is_no_number_of_seconds_counts_as_none(value: str, tmp_path: Path) -> None:
    with shop(four_images() | {"/robots.txt": crawl_delay(value)}) as server:
        assert fetch_shop(tmp_path, server.address).images == 4
        assert max(gaps(server)) < 0.5


def test_one_connection_and_one_request_at_a_time_for_each_host(tmp_path: Path) -> None:
    slow = {"*": photo(after=0.05)}
    with shop({}) as first, shop(slow, "127.0.0.2") as second, shop(slow, "127.0.0.3") as third:
        others = (second, third)
        links = [f"{server.address}/{number}.png" for number in range(6) for server in others]
        first.answers["/"] = listing(*(item(f"t{place}", image=link) for place, link in enumerate(links)))
        report = fetch_shop(tmp_path, first.address, hosts=["127.0.0.2", "127.0.0.3"])
    assert report.images == 12
    for server in (first, *others):
        assert server.most_open == 1
    for server in others:
        assert len(server.asked) == 7
        assert min(gaps(server)) >= 0.05
    assert max(server.asked[0].at for server in others) < min(server.asked[-1].at for server in others)  # side by side


def test_names_before_an_at_sign_make_no_further_hosts(tmp_path: Path) -> None:
    with shop({"*": photo(after=0.05)}, "127.0.0.2") as second, shop({}) as first:
        links = [f"http://user{number}@127.0.0.2:{second.port}/{number}.png" for number in range(6)]
        first.answers["/"] = listing(*(item(f"t{place}", image=link) for place, link in enumerate(links)))
        report = fetch_shop(tmp_path, first.address, hosts=["127.0.0.2"])
        assert (second.most_open, second.paths.count("/robots.txt"), report.images) == (1, 1, 6)


def in_an_hour() -> str:
    return formatdate(time.time() + HOUR, usegmt=True)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("after", ["3600", "a date"])
def test_a_host_that_asks_for_an_hour_is_left_alone(
    status: int, after: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rest = Reply("slow down", status=status, headers={"Retry-After": in_an_hour() if after == "a date" else after})
    with shop(four_images() | {"/b.png": rest}) as server:
        begin = time.time()
        report = fetch_shop(tmp_path, server.address)
        assert time.time() - begin < 5
        assert server.paths == ["/robots.txt", "/", "/a.png", "/b.png"]
        assert (report.failed, report.products, report.images) == ({"image: asks to wait": 1}, 4, 1)
        assert report.resting[server.address] == pytest.approx(begin + HOUR, abs=6)
        until = time.strftime("%Y-%m-%d %H:%M", time.localtime(report.resting[server.address]))
        with pytest.raises(Incomplete, match=f"{server.address} asks to be left alone until {until}") as caught:
            settle(report)
        assert caught.value.exit_code == 3

        again = fetch_shop(tmp_path, server.address)
        assert len(server.asked) == 4
        assert (again.products, again.images) == (4, 1)
        with pytest.raises(Incomplete, match=f"until {until}"):
            settle(again)

        server.answers["/b.png"] = photo()
        later = time.time() + HOUR + 60
        monkeypatch.setattr("scraper.store.time.time", lambda: later)
        finished = fetch_shop(tmp_path, server.address)
        settle(finished)
        assert (finished.products, finished.images, finished.failed, finished.resting) == (4, 4, {}, {})
        assert server.paths[4:] == ["/robots.txt", "/b.png", "/c.png", "/d.png"]


@pytest.mark.parametrize(("after", "days"), [("604800", 7), ("9" * 20, 30), ("9" * 400, 30)])
def test_long_rests_are_believed_up_to_a_month(after: str, days: int, tmp_path: Path) -> None:
    with shop(four_images() | {"/b.png": Reply(status=429, headers={"Retry-After": after})}) as server:
        report = fetch_shop(tmp_path, server.address)
        assert report.resting[server.address] == pytest.approx(time.time() + days * 86_400, abs=6)


@pytest.mark.parametrize("path", ["/", "/robots.txt"])
def test_a_shop_that_asks_for_an_hour_at_once(path: str, tmp_path: Path) -> None:
    with shop(four_images() | {path: Reply(status=429, headers={"Retry-After": "3600"})}) as server:
        asked = []
        for _ in range(2):
            with pytest.raises(Incomplete, match="asks to be left alone until") as caught:
                settle(fetch_shop(tmp_path, server.address))
            assert caught.value.exit_code == 3
            asked.append(list(server.paths))
        assert asked[0] == asked[1] == ["/robots.txt", "/"][: 1 + (path == "/")]


def test_a_short_rest_is_sat_out(tmp_path: Path) -> None:
    rest = Reply(status=503, headers={"Retry-After": "1"})
    with shop(four_images() | {"/b.png": [rest, photo()]}) as server:
        report = fetch_shop(tmp_path, server.address, limits={"retries": 1})
        assert server.paths[2:] == ["/a.png", "/b.png", "/b.png", "/c.png", "/d.png"]
        assert 1.0 <= gaps(server)[3] < 1.5
    assert (report.images, report.failed) == (4, {})
    settle(report)


def test_short_rests_without_end_are_given_up(tmp_path: Path) -> None:
    with shop(four_images() | {"/b.png": Reply(status=503, headers={"Retry-After": "0"})}) as server:
        report = fetch_shop(tmp_path, server.address, limits={"retries": 2})
        assert server.paths.count("/b.png") == 3
    assert (report.images, report.failed) == (3, {"image: HTTP 503": 1})
    with pytest.raises(Incomplete, match="1 × image: HTTP 503"):
        settle(report)


@pytest.mark.parametrize("after", ["soon", "-5", "", "9" * 20, "9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT", "NaN"])
def test_odd_rests_end_the_run_all_the_same(after: str, tmp_path: Path) -> None:
    with shop(four_images() | {"/b.png": Reply(status=429, headers={"Retry-After": after})}) as server:
        report = fetch_shop(tmp_path, server.address)
    assert report.failed.total() == 1
    with pytest.raises(Incomplete, match="asks to be left alone until"):
        settle(report)


def page(markup: str = "", **headers: str) -> Reply:
    return Reply(
        f"<html><head>{markup}</head><body><h1>Mug</h1><img src=/x.png></body></html>",
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


NOAI = {
    "a meta tag": page("<meta name=robots content=noai>"),
    "a quoted meta tag": page('<meta name="robots" content="noindex, noai, noimageai">'),
    "a meta tag the other way round": page("<META CONTENT='NoAI' NAME='Robots'/>"),
    "a meta tag for us": page("<meta name=lookalike content=noai>"),
    "a header": page(X_Robots_Tag="noai"),
    "a header for us": page(X_Robots_Tag="lookalike: noai"),
    "a header with several": page(X_Robots_Tag="noindex, noai"),
}
NOIMAGEAI = {
    "a meta tag": page("<meta name=robots content=noimageai>"),
    "a header": page(X_Robots_Tag="noimageai"),
}
FINE = {
    "a header for another": page(X_Robots_Tag="otherbot: noai"),
    "a meta tag for another": page("<meta name=otherbot content=noai>"),
    "a description": page("<meta name=description content='robots, noai'>"),
    "noindex": page("<meta name=robots content='noindex,nofollow'>", X_Robots_Tag="noindex"),
}


def with_page(answer: Reply) -> dict[str, Any]:
    return {"/": listing(item("Listed", link="/p")), "/p": answer, "/x.png": photo()}


def read_page(folder: Path, server: Shop, **entries: Any) -> Any:
    product = {"read": ["selectors"], "title": "h1", "image": "img"}
    return fetch_shop(folder, server.address, product=product, **entries)


@pytest.mark.parametrize("name", NOAI)
def test_pages_that_say_noai_are_not_used(name: str, tmp_path: Path) -> None:
    with shop(with_page(NOAI[name])) as server:
        report = read_page(tmp_path / "kept", server)
        assert (report.refused, report.images) == ({"product: noai": 1}, 0)
        assert "/x.png" not in server.paths
        assert read_page(tmp_path / "ignored", server, respect_noai=False).images == 1


@pytest.mark.parametrize("name", NOIMAGEAI)
def test_images_of_pages_that_say_noimageai_are_not_used(name: str, tmp_path: Path) -> None:
    with shop(with_page(NOIMAGEAI[name])) as server:
        report = read_page(tmp_path / "kept", server)
        assert (report.refused, report.images, report.products) == ({}, 0, 1)
        assert report.skipped["noimageai"] == 1
        assert "/x.png" not in server.paths
        assert read_page(tmp_path / "ignored", server, respect_noai=False).images == 1


@pytest.mark.parametrize("name", FINE)
def test_what_is_said_to_others_is_not_said_to_us(name: str, tmp_path: Path) -> None:
    with shop(with_page(FINE[name])) as server:
        report = read_page(tmp_path, server)
    assert (report.refused, report.images, report.products) == ({}, 1, 1)


def test_an_image_that_says_noai_may_be_had_when_the_site_file_says_so(tmp_path: Path) -> None:
    with shop({"/": listing(item(image="/x.png")), "/x.png": photo(headers={"X-Robots-Tag": "noimageai"})}) as server:
        assert fetch_shop(tmp_path / "kept", server.address).refused == {"image: noai": 1}
        assert fetch_shop(tmp_path / "ignored", server.address, respect_noai=False).images == 1


def test_a_listing_that_says_noai_is_refused(tmp_path: Path) -> None:
    told = Reply(f"<meta name=robots content=noai>{listing(item()).body!s}")
    with shop({"/": told}) as server:
        with pytest.raises(Refused, match="noai"):
            fetch_shop(tmp_path / "kept", server.address)
        assert fetch_shop(tmp_path / "ignored", server.address, respect_noai=False).products == 1


def test_the_user_agent_says_who_asks(tmp_path: Path) -> None:
    with shop(four_images()) as server:
        fetch_shop(tmp_path, server.address, contact="https://me.example/bot")
        agents = {request.headers["User-Agent"] for request in server.asked}
    assert agents == {"Lookalike/0.1 (looks-similar catalogue builder; https://me.example/bot)"}


def test_a_crawl_delay_of_ages_is_a_day() -> None:
    assert Robots.read(200, b"User-agent: *\nCrawl-delay: 99999999999").delay == 86_400
