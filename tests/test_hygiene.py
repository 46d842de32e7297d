"""What every answer says of itself, files that are sent as they lie, and what those ask who watch over the process."""

import gzip
import re
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import brotli
import pytest
from flask.logging import default_handler
from flask.testing import FlaskClient

from catalogue.errors import SettingsError
from storefront import create_app
from storefront.app import Storefront
from storefront.context import Context
from storefront.settings import Settings
from storefront.urls import ASSETS, CALLBACKS, SUITES
from tests.serving import ROOT
from tests.shop_folder import make_products, make_shop_folder

TLS = {"X-Forwarded-Proto": "https"}
STYLE = "/assets/bootstrap.min.css"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_shop_folder(tmp_path_factory.mktemp("hygiene"), make_products(6))


@pytest.fixture(scope="module")
def client(app: Storefront) -> FlaskClient:
    visitor: FlaskClient = app.server.test_client()
    return visitor


def scripts(client: FlaskClient) -> list[str]:
    """The addresses of the scripts of a page: Dash's own, and those of the site."""
    return re.findall(r'<script src="([^"]+)"', client.get("/").text)


def thumbnail(context: Context) -> str:
    return f"/images/{context.shop.thumbnails('mug-000')[0].path(320)}"


def test_every_answer_says_what_it_is_and_has_a_name(client: FlaskClient, context: Context) -> None:
    pages = ["/", "/p/nobody", "/nowhere", "/photo"]
    others = ["/api/v1/products", "/api/v1/nothing", "/healthz", "/readyz", "/robots.txt", "/images/none.webp", STYLE]
    for address in [*pages, *others, thumbnail(context), *scripts(client)]:
        with client.get(address, headers=TLS) as answer:
            assert answer.headers.getlist("X-Content-Type-Options") == ["nosniff"], address
            assert answer.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
            assert "max-age=" in answer.headers["Strict-Transport-Security"]
            assert len(answer.headers["X-Request-ID"]) == 32
            assert (answer.mimetype == "text/html") == ("Content-Security-Policy" in answer.headers)
            assert (answer.mimetype == "text/html") == ("Permissions-Policy" in answer.headers)
    head = client.get("/photo").headers
    assert "camera=(self)" in head["Permissions-Policy"]
    assert "microphone=()" in head["Permissions-Policy"]
    assert head["Cross-Origin-Opener-Policy"] == "same-origin"


def test_only_visits_behind_tls_are_told_to_stay_there(client: FlaskClient) -> None:
    for address in ("/", STYLE, "/api/v1/products"):
        assert "Strict-Transport-Security" not in client.get(address).headers


def test_a_failure_is_logged_with_the_name_that_its_answer_has(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server = create_app(folder, Settings()).server

    def fails() -> str:
        raise RuntimeError("this should not happen")

    server.add_url_rule("/fails", view_func=fails)
    server.config["PROPAGATE_EXCEPTIONS"] = False
    server.logger.addHandler(default_handler)  # which Flask leaves out where pytest listens
    try:
        answer = server.test_client().get("/fails", headers={"X-Request-ID": "router-12345678"})
    finally:
        server.logger.removeHandler(default_handler)
    assert (answer.status_code, answer.headers["X-Request-ID"]) == (500, "router-12345678")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "should not happen" not in answer.text
    assert "[router-12345678] ERROR" in capsys.readouterr().err


@pytest.mark.parametrize("sent", ["", "short", "a" * 129, 'x"}\t{"forged":1', "../../etc/passwd", "naïve-naïve"])
def test_unsafe_names_are_replaced(client: FlaskClient, sent: str) -> None:
    name = client.get("/healthz", environ_overrides={"HTTP_X_REQUEST_ID": sent}).headers["X-Request-ID"]
    assert name not in ("", sent)


def test_scripts_and_styles_are_compressed_and_kept_for_good(client: FlaskClient) -> None:
    addresses = [f"{STYLE}?v=1", *scripts(client)]
    assert {ASSETS, SUITES} <= {address[: address.index("/", 1) + 1] for address in addresses}
    for address in addresses:
        plain = client.get(address)
        assert "immutable" in plain.headers["Cache-Control"], address
        assert "Content-Encoding" not in plain.headers
        for coding, unpacked in {"br": brotli.decompress, "gzip": gzip.decompress}.items():
            packed = client.get(address, headers={"Accept-Encoding": f"{coding}, zstd"})
            if len(plain.data) >= 500:
                assert packed.headers["Content-Encoding"] == coding, address
                assert unpacked(packed.data) == plain.data
            assert packed.mimetype == plain.mimetype
            assert packed.headers["Vary"] == "Accept-Encoding"
    assert client.get(f"{STYLE}?v=1", headers={"Accept-Encoding": "br;q=0, gzip"}).content_encoding == "gzip"
    assert client.get(f"{STYLE}?v=1").data == (ROOT / STYLE[1:]).read_bytes()


def test_an_address_without_a_version_is_asked_for_again(client: FlaskClient) -> None:
    first = client.get(STYLE, headers={"Accept-Encoding": "br"})
    assert first.headers["Cache-Control"] == "public, no-cache"
    again = client.get(STYLE, headers={"Accept-Encoding": "br", "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.head(STYLE).data == b""
    assert client.post(STYLE).status_code == 405


def test_what_a_build_has_removed_is_not_found(tmp_path: Path) -> None:
    app = create_app(make_shop_folder(tmp_path, make_products(3)), Settings())
    address, client = thumbnail(app.context), app.server.test_client()
    with client.get(address) as answer:
        assert (answer.status_code, answer.mimetype) == (200, "image/webp")
        assert "immutable" in answer.headers["Cache-Control"]
        later = {"If-Modified-Since": answer.headers["Last-Modified"]}
    assert client.get(address, headers=later).status_code == 304
    make_shop_folder(tmp_path, [])
    assert client.get(address).status_code == 404
    assert client.get("/p/mug-000").status_code == 200  # the lists are in the process


def test_the_state_of_the_process_and_of_its_catalogue(client: FlaskClient, context: Context) -> None:
    assert client.get("/healthz").text == "ok\n"
    answer = client.get("/readyz")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json == {
        "ready": True,
        "catalogue": context.shop.manifest.version,
        "extractor": "drawn",
        "products": 6,
        "photo_search": False,
    }


def test_a_catalogue_that_cannot_be_asked_is_not_ready(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    client = create_app(folder, Settings()).server.test_client()
    (database,) = tmp_path.glob("lookalike-*.sqlite")
    database.unlink()
    with ThreadPoolExecutor(1) as anew:  # a thread that has not opened it yet
        answer = anew.submit(client.get, "/readyz").result()
        assert (answer.status_code, answer.json["ready"]) == (503, False)
        assert anew.submit(client.get, "/healthz").result().status_code == 200


def test_photos_and_callbacks_alone_are_sent(client: FlaskClient) -> None:
    assert client.post(CALLBACKS, json={}).status_code == 400
    for address in ("/", "/p/mug-000", "/map", "/_dash-layout", "/_dash-dependencies", "/nowhere", "/robots.txt"):
        assert client.post(address, data=b"x" * 1000).status_code in (404, 405), address


def test_an_unknown_log_is_one_clear_error() -> None:
    assert Settings.of({"ACCESS_LOG": ""}).access_log == "json"
    with pytest.raises(SettingsError, match="json, off"):
        Settings.of({"ACCESS_LOG": "loud"})
