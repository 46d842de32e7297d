"""Where the fetcher goes and where it does not: private addresses, names that change, hosts, robots.txt, TLS."""

import ipaddress
import re
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from catalogue.errors import Refused, Unfetched
from scraper import connections
from scraper.fetch import Answer, Fetcher, Manners, Wanted
from tests.serving import free_port
from tests.shop_server import Answering, Raw, Reply, Shop, fetch_shop, item, listing, photo, redirect, shop

PAGE = Reply("<p>page</p>")
lookup = socket.getaddrinfo


def ask(url: str, *, image: bool = False, **manners: Any) -> Answer:
    given: dict[str, Any] = {"hosts": ("*",), "delay": 0.0, "allow_private": True, "seconds": 2.0, "retries": 0}
    with Fetcher(Manners(**given | manners)) as fetcher:
        return fetcher.fetch(Wanted(url, 10_000, image))


def reason_of(url: str, **manners: Any) -> str:
    with pytest.raises(Unfetched) as caught:
        ask(url, **manners)
    return caught.value.reason


@pytest.fixture
def first_is_public(monkeypatch: pytest.MonkeyPatch) -> None:
    """127.0.0.1 counts as a part of the open internet; all else is as it is."""
    real, public = connections.is_public, ipaddress.ip_address("127.0.0.1")
    monkeypatch.setattr(connections, "is_public", lambda ip: ip == public or real(ip))


@pytest.fixture
def twins() -> Iterator[tuple[Shop, Shop]]:
    """Two servers at one port of 127.0.0.1 and of 127.0.0.2."""
    with shop({"/": PAGE}) as first, shop({"/": PAGE}, "127.0.0.2", first.port) as second:
        yield first, second


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.2", "2130706434", "0x7f000002", "127.0.2", "0177.0.0.2", "[::1]", "[::ffff:127.0.0.2]", "[::]", "0",
        "169.254.169.254", "10.0.0.1", "192.168.1.1", "172.16.0.1", "100.64.0.1", "[fe80::1]", "[fd00::1]",
        "[64:ff9b::7f00:2]", "[2002:7f00:2::]", "168.63.129.16", "224.0.0.1", "255.255.255.255",
    ],
)  # fmt: skip
@pytest.mark.usefixtures("first_is_public")
def test_no_redirect_leads_to_a_private_address(host: str, twins: tuple[Shop, Shop]) -> None:
    first, second = twins
    first.answers["/"] = redirect(f"http://{host}:{first.port}/")
    assert reason_of(f"{first.address}/", allow_private=False) == "private address"
    assert first.paths == ["/robots.txt", "/"]
    assert (second.asked, second.most_open) == ([], 0)


@pytest.mark.usefixtures("first_is_public")
def test_an_image_that_redirects_to_a_private_address_is_refused_for_good(
    twins: tuple[Shop, Shop], tmp_path: Path
) -> None:
    first, second = twins
    first.answers |= {"/": listing(item(image="/x.png")), "/x.png": redirect(f"{second.address}/x.png")}
    second.answers["/x.png"] = photo()
    report = fetch_shop(tmp_path, first.address, allow_private=False, hosts=["127.0.0.2"])
    assert (report.refused, report.failed) == ({"image: private address": 1}, {})
    assert (report.products, second.most_open) == (1, 0)


def test_a_private_shop_is_refused(tmp_path: Path) -> None:
    with shop({"/": listing(item())}) as server, pytest.raises(Refused, match="private address") as caught:
        fetch_shop(tmp_path, server.address, allow_private=False)
    assert caught.value.exit_code == 4
    assert (server.asked, server.most_open) == ([], 0)
    assert not (tmp_path / "products.csv").exists()


def resolving(monkeypatch: pytest.MonkeyPatch, *turns: list[str]) -> list[str]:
    """`shop.test` leads elsewhere at each look-up; the look-ups, as they happen."""
    asked: list[str] = []

    def changing(host: Any, *args: Any, **options: Any) -> Any:
        if host != "shop.test":
            return lookup(host, *args, **options)
        asked.append(host)
        turn = turns[min(len(asked), len(turns)) - 1]
        return [entry for ip in turn for entry in lookup(ip, *args, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", changing)
    return asked


def test_a_name_that_becomes_private_after_an_earlier_look_up(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])
    (early,) = socket.getaddrinfo("shop.test", 80, type=socket.SOCK_STREAM)
    assert connections.is_public(ipaddress.ip_address(early[4][0]))
    with shop({"/": PAGE}) as server:
        assert reason_of(f"http://shop.test:{server.port}/", allow_private=False) == "private address"
        assert (server.asked, server.most_open) == ([], 0)


@pytest.mark.usefixtures("first_is_public")
def test_what_was_checked_is_what_is_connected_to(twins: tuple[Shop, Shop], monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = twins
    lookups = resolving(monkeypatch, ["127.0.0.1"], ["127.0.0.2"])
    assert ask(f"http://shop.test:{first.port}/", allow_private=False).content == b"<p>page</p>"
    assert len(lookups) == 1
    assert (first.paths, second.most_open) == (["/robots.txt", "/"], 0)


@pytest.mark.usefixtures("first_is_public")
def test_each_new_connection_is_checked_anew(twins: tuple[Shop, Shop], monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = twins
    first.answers["/robots.txt"] = Reply(status=404, headers={"Connection": "close"})
    resolving(monkeypatch, ["127.0.0.1"], ["127.0.0.2"])
    assert reason_of(f"http://shop.test:{first.port}/", allow_private=False) == "private address"
    assert (first.paths, second.most_open) == (["/robots.txt"], 0)


@pytest.mark.usefixtures("first_is_public")
def test_one_private_address_among_several_is_enough(twins: tuple[Shop, Shop], monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, ["127.0.0.1", "127.0.0.2"])
    assert reason_of(f"http://shop.test:{twins[0].port}/", allow_private=False) == "private address"
    assert (twins[0].most_open, twins[1].most_open) == (0, 0)


def test_an_address_that_does_not_answer_is_followed_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, ["127.0.0.2", "127.0.0.1"])
    with shop({"/": PAGE}) as server:
        assert ask(f"http://shop.test:{server.port}/").status == 200


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with shop({"*": Reply("proxy")}) as proxy, shop({"/": PAGE}) as server:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.address)
        assert ask(f"{server.address}/").content == b"<p>page</p>"
        assert proxy.asked == []


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "data:text/html,x", "javascript:x", "ftp://127.0.0.1/", "http://"]
)
def test_a_redirect_to_what_is_no_web_address(target: str) -> None:
    with shop({"/": redirect(target)}) as server:
        expected = "too many redirects" if target == "http://" else "redirect without an address"
        assert reason_of(f"{server.address}/") == expected


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/", "http:///x", "/x", "gopher://127.0.0.1/"])
def test_what_is_no_web_address(url: str) -> None:
    assert reason_of(url) == "not a web address"


def test_other_hosts_are_left_alone(twins: tuple[Shop, Shop], tmp_path: Path) -> None:
    first, second = twins
    second.answers["*"] = photo()
    first.answers["/"] = listing(
        item("A", image=f"{second.address}/a.png"),
        item("B", image=f"http://127.0.0.1@127.0.0.2:{second.port}/b.png"),
        item("C", image="/c.png"),
        following=f"{second.address}/page-2",
    )
    first.answers["/c.png"] = redirect(f"{second.address}/c.png")
    report = fetch_shop(tmp_path, first.address)
    assert report.refused == {"image: host not allowed": 3, "listing: host not allowed": 1}
    assert (second.asked, second.most_open, report.products) == ([], 0, 3)


def test_allowed_hosts_may_be_patterns(twins: tuple[Shop, Shop], tmp_path: Path) -> None:
    first, second = twins
    second.answers["/a.png"] = photo()
    first.answers["/"] = listing(item("A", image=f"{second.address}/a.png"))
    assert fetch_shop(tmp_path, first.address, hosts=["127.0.0.*"]).images == 1
    assert second.paths == ["/robots.txt", "/a.png"]


def test_a_certificate_that_nobody_vouches_for(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with shop({"/": listing(item())}, tls=context) as server:
        with pytest.raises(Refused, match="TLS error") as caught:
            fetch_shop(tmp_path / "out", server.address)
        assert server.asked == []
    with shop({"/": listing(item(image=f"{server.address}/x.png"))}) as plain, shop({}, port=server.port, tls=context):
        report = fetch_shop(tmp_path / "two", plain.address)
    assert caught.value.exit_code == 4
    assert (report.refused, report.failed) == ({"image: TLS error": 1}, {})


def test_a_name_that_does_not_resolve(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="does not resolve") as caught:
        fetch_shop(tmp_path, "http://no-such-host.invalid")
    assert caught.value.exit_code == 4


def test_a_port_where_nobody_listens(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot connect") as caught:
        fetch_shop(tmp_path, f"http://127.0.0.1:{free_port()}")
    assert caught.value.exit_code == 4


FORBID = b"User-agent: *\nDisallow: /\n"
ALLOWED = {
    "no robots.txt": Reply(status=404),
    "a forbidden robots.txt": Reply(status=403),
    "an HTML page": Reply("<html><body>User-agent: *<br>Disallow: /</body></html>"),
    "an empty file": Reply(b"", "text/plain"),
    "bytes": Reply(bytes(range(256)), "text/plain"),
    "rules for another": Reply(b"User-agent: GPTBot\nDisallow: /\n", "text/plain"),
    "a rule for us that is kinder": Reply(FORBID + b"\nUser-agent: Lookalike\nAllow: /\n", "text/plain"),
    "redirects without end": redirect("/robots.txt"),
    "a BOM and an allowance": Reply(b"\xef\xbb\xbfUser-agent: *\nDisallow:\n", "text/plain"),
}
FORBIDDEN: dict[str, tuple[Reply | Raw, str]] = {
    "a rule": (Reply(FORBID, "text/plain"), "robots.txt disallows"),
    "a BOM": (Reply(b"\xef\xbb\xbf" + FORBID, "text/plain"), "robots.txt disallows"),
    "a rule for us": (Reply(b"User-agent: lookalike\nDisallow: /", "text/plain"), "robots.txt disallows"),
    "ends of lines as of old": (Reply(FORBID.replace(b"\n", b"\r"), "text/plain"), "robots.txt disallows"),
    "a redirect": (redirect("/r.txt"), "robots.txt disallows"),
    "a redirect to a stranger": (redirect("http://127.0.0.9/"), "robots.txt unreachable"),
    "500": (Reply(status=500), "robots.txt unreachable"),
    "503": (Reply(status=503), "robots.txt unreachable"),
    "503 with a short pause": (Reply(status=503, headers={"Retry-After": "0"}), "robots.txt unreachable"),
    "a short body": (Raw([b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"]), "robots.txt unreachable"),
    "a line that is cut": (Raw([]), "robots.txt unreachable"),
    "silence": (Raw([b"HTTP/1.1 200 OK\r\n"], pause=9.0), "robots.txt unreachable"),
    "too much": (Raw([b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"]), "robots.txt unreachable"),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_a_robots_txt_that_allows(name: str, tmp_path: Path) -> None:
    with shop({"/robots.txt": ALLOWED[name], "/": listing(item())}) as server:
        assert fetch_shop(tmp_path, server.address).products == 1


@pytest.mark.parametrize("name", FORBIDDEN)
def test_a_robots_txt_that_forbids(name: str, tmp_path: Path) -> None:
    answer, reason = FORBIDDEN[name]
    with shop({"/robots.txt": answer, "/": listing(item()), "/r.txt": Reply(FORBID, "text/plain")}) as server:
        with pytest.raises(Refused, match=rf"listing: {re.escape(reason)}") as caught:
            fetch_shop(tmp_path, server.address, limits={"seconds": 0.7})
        assert "/" not in server.paths
    assert caught.value.exit_code == 4


def test_what_robots_txt_names_is_left_out(tmp_path: Path) -> None:
    pages: dict[str, Answering] = {
        "/robots.txt": Reply(b"User-agent: *\nDisallow: /private/\n", "text/plain"),
        "/": listing(item("A", image="/private/a.png"), item("B", image="/b.png"), item("C", image="/c.png")),
        "/b.png": photo(),
        "/c.png": redirect("/private/c.png"),
    }
    with shop(pages) as server:
        report = fetch_shop(tmp_path, server.address)
        assert server.paths == ["/robots.txt", "/", "/b.png", "/c.png"]
    assert report.refused == {"image: robots.txt disallows": 2}
