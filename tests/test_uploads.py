"""Photos that are sent: what is let in, what is refused, and that neither takes the pages' place.

What looks at them is a stand-in here, but where the test is about pictures; tests/test_photo.py has the real one.
"""

import http.client
import io
import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.serving import make_server

from catalogue.precomputed import MANIFEST, PHOTO, read_manifest
from catalogue.product import Neighbour, Product
from model.images import letterboxed
from storefront.app import Storefront, create_app
from storefront.photo_search import uploads
from storefront.photo_search.engine import Engine
from storefront.photo_search.uploads import PLACES, Queue
from storefront.settings import Settings
from storefront.urls import BY_PHOTO
from tests.serving import ROOT, in_a_thread
from tests.shop_folder import make_products, make_shop_folder

JPEG = "image/jpeg"


class Alike:
    """Finds the first products, whatever the photo; `seconds` pass meanwhile."""

    def __init__(self, ids: list[str], seconds: float = 0.0) -> None:
        self.ids, self.seconds, self.at_once, self.most = ids, seconds, 0, 0

    def similar(self, photo: bytes, _part: object, k: int) -> list[Neighbour]:
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        time.sleep(self.seconds)
        self.at_once -= 1
        assert photo
        return [Neighbour(each, 0.9) for each in self.ids[:k]]


def drawn(kind: str = "JPEG", size: tuple[int, int] = (64, 48), mode: str = "RGB", **options: Any) -> bytes:
    file = io.BytesIO()
    Image.new(mode, size).save(file, kind, **options)
    return file.getvalue()


def make_folder(folder: Path, products: list[Product]) -> Path:
    """Lists with what looks like a bundle for them, until it is opened."""
    make_shop_folder(folder, products)
    told = {"catalogue": read_manifest(folder).version}
    (folder / PHOTO).mkdir()
    (folder / PHOTO / MANIFEST).write_text(json.dumps(told))
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_folder(tmp_path_factory.mktemp("shop"), make_products(30))


@pytest.fixture
def alike(app: Storefront, monkeypatch: pytest.MonkeyPatch) -> Alike:
    found = Alike([product.id for product in app.context.shop.products])
    monkeypatch.setattr(Queue, "engine", found)
    return found


@pytest.fixture
def client(app: Storefront, alike: Alike) -> FlaskClient:
    assert not alike.most
    tested: FlaskClient = app.server.test_client()
    return tested


@contextmanager
def threaded(app: Storefront) -> Iterator[int]:
    """The port of a server with a thread for each request: no limit but the app's own."""
    with in_a_thread(make_server("127.0.0.1", 0, app.server, threaded=True)) as port:
        yield port


def sent(port: int, body: bytes, kind: str = JPEG) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("POST", BY_PHOTO, body, {"Content-Type": kind})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


@pytest.mark.parametrize("kind", [JPEG, "image/png", "application/octet-stream"])
def test_a_photo_is_the_body(client: FlaskClient, kind: str) -> None:
    answer = client.post(f"{BY_PHOTO}?k=3", data=drawn(), content_type=kind)
    assert answer.status_code == 200
    assert [each["id"] for each in answer.get_json()["similar"]] == ["bowl-001", "bowl-003", "bowl-005"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_photo_is_a_field_of_a_form_whichever_is_filled_in(client: FlaskClient) -> None:
    form = {"photo": [(io.BytesIO(b""), ""), (io.BytesIO(drawn()), "x.jpg")], "other": "text"}
    assert client.post(BY_PHOTO, data=form, content_type="multipart/form-data").status_code == 200


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", JPEG, 400),
        (b"", "text/plain", 415),
        (b"a=b", "application/x-www-form-urlencoded", 415),
        (b"{}", "application/json", 415),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x", 400),
        (b"no boundary", "multipart/form-data", 400),
        (bytes(uploads.LARGEST + 1), JPEG, 413),
        (bytes(20_000_000), JPEG, 413),
    ],
)
def test_what_is_no_photo_is_refused_before_it_is_looked_at(
    client: FlaskClient, alike: Alike, body: bytes, kind: str, status: int
) -> None:
    answer = client.post(BY_PHOTO, data=body, content_type=kind)
    assert answer.status_code == status
    assert answer.get_json()["error"]["message"].endswith(".")
    assert alike.most == 0


@pytest.mark.parametrize(
    "query", ["k=0", "k=25", "k=x", "box=1,2", "box=.5,.5,.6,.5", "box=0,0,0,1", "in_stock=maybe", "x=1"]
)
def test_values_that_make_no_sense_are_told(client: FlaskClient, query: str) -> None:
    answer = client.post(f"{BY_PHOTO}?{query}", data=drawn(), content_type=JPEG)
    assert answer.status_code == 400
    assert query.partition("=")[0] in answer.get_json()["error"]["message"]


def test_sold_out_products_are_passed_over(app: Storefront, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert app.context.photo_search
    products = [
        replace(each, availability="out_of_stock") if number < 5 else each
        for number, each in enumerate(make_products(20))
    ]
    monkeypatch.setattr(Queue, "engine", Alike([each.id for each in products]))
    client = create_app(make_folder(tmp_path, products), Settings()).server.test_client()

    def found(query: str) -> list[str]:
        answer = client.post(f"{BY_PHOTO}?k=3{query}", data=drawn(), content_type=JPEG)
        return [each["id"] for each in answer.get_json()["similar"]]

    assert found("") == [each.id for each in products[5:8]]
    assert found("&in_stock=false") == [each.id for each in products[:3]]


def test_one_is_looked_at_at_a_time_and_what_finds_no_place_is_told_when(app: Storefront, alike: Alike) -> None:
    alike.seconds = 0.15
    with threaded(app) as port, ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: sent(port, drawn()), range(50)))
        statuses = [answer.status for answer in answers]
        assert set(statuses) == {200, 429}
        assert statuses.count(200) >= PLACES
        assert alike.most == 1
        assert {answer.headers["Retry-After"] for answer in answers if answer.status == 429} == {"2"}
        assert sent(port, drawn()).status == 200


def test_slow_uploads_end_and_leave_their_places(
    app: Storefront, alike: Alike, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "SLOWEST", 0.4)
    assert not alike.most
    head = f"POST {BY_PHOTO} HTTP/1.1\r\nHost: x\r\nContent-Type: {JPEG}\r\nContent-Length: 100000\r\n\r\n".encode()
    with threaded(app) as port:
        slow = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(PLACES)]
        for each in slow:
            each.sendall(head + b"a few bytes")
        time.sleep(0.1)
        assert sent(port, drawn()).status == 429
        for each in slow:
            assert b" 408 " in each.recv(4096).split(b"\r\n")[0]
            each.close()
        assert sent(port, drawn()).status == 200


def test_aborted_uploads_leave_their_places(app: Storefront, alike: Alike) -> None:
    assert not alike.most
    head = f"POST {BY_PHOTO} HTTP/1.1\r\nHost: x\r\nContent-Type: {JPEG}\r\nContent-Length: 100000\r\n\r\n".encode()
    with threaded(app) as port:
        for _ in range(2 * PLACES):
            with socket.create_connection(("127.0.0.1", port), timeout=10) as gone:
                gone.sendall(head + b"a few bytes")
        for _ in range(100):
            if sent(port, drawn()).status == 200:
                return
            time.sleep(0.02)
        raise AssertionError("places stay taken")


def test_a_photo_waits_for_its_turn_no_longer_than_is_useful(
    app: Storefront, alike: Alike, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "LONGEST", 0.1)
    alike.seconds = 0.5
    with threaded(app) as port, ThreadPoolExecutor(2) as pool:
        statuses = sorted(answer.status for answer in pool.map(lambda _: sent(port, drawn()), range(2)))
        assert statuses == [200, 503]


def test_nothing_is_kept_of_a_photo(
    client: FlaskClient,
    folder: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    exif = Image.Exif()
    exif[0x010E] = "a secret place"
    before = sorted(folder.rglob("*"))
    form = {"photo": (io.BytesIO(drawn(size=(2000, 2000), exif=exif)), "secret name.jpg")}
    answer = client.post("/photo", data=form, content_type="multipart/form-data")
    assert answer.status_code == 200
    assert b"secret" not in answer.data
    assert "secret" not in "".join(capfd.readouterr())
    assert sorted(folder.rglob("*")) == before
    assert list(tmp_path.iterdir()) == []


def test_a_page_is_answered_also_without_scripts(client: FlaskClient) -> None:
    answer = client.post("/photo", data={"photo": (io.BytesIO(drawn()), "x.jpg")}, content_type="multipart/form-data")
    assert answer.status_code == 200
    assert b'href="/p/bowl-001?from=photo"' in answer.data
    refused = client.post("/photo", data={"photo": (io.BytesIO(b""), "")}, content_type="multipart/form-data")
    assert refused.status_code == 400
    assert b"There was no whole photo in it." in refused.data
    assert refused.mimetype == "text/html"


def test_a_site_without_bundle_says_what_to_do(tmp_path: Path) -> None:
    client = create_app(make_shop_folder(tmp_path, make_products(3)), Settings()).server.test_client()
    assert b"python -m model bundle" in client.get("/photo").data
    assert b"photo-link" not in client.get("/").data
    answer = client.post(BY_PHOTO, data=drawn(), content_type=JPEG)
    assert answer.status_code == 503
    assert "python -m model bundle" in answer.get_json()["error"]["message"]
    assert BY_PHOTO not in client.get("/api/v1/openapi.json").get_json()["paths"]
    assert client.get(BY_PHOTO).status_code == 405


@pytest.mark.parametrize(
    ("content", "is_open"),
    [('{"catalogue": "VERSION"}', True), ('{"catalogue": "0"}', False), ("{}", False), ("[]", False), ("{", False)],
)
def test_a_bundle_of_other_lists_is_as_none(tmp_path: Path, content: str, is_open: bool) -> None:
    (tmp_path / MANIFEST).write_text(content.replace("VERSION", "1234567890abcdef"))
    assert Queue(tmp_path, "1234567890abcdef").is_open is is_open


def test_a_bundle_that_cannot_be_used_is_told_in_the_log(app: Storefront, caplog: pytest.LogCaptureFixture) -> None:
    answer = app.server.test_client().post(BY_PHOTO, data=drawn(), content_type=JPEG)
    assert answer.status_code == 503
    assert "python -m model bundle" in caplog.text
    assert str(ROOT) not in answer.text


class Decoding(Engine):
    """Decodes a photo, and finds nothing."""

    def __init__(self) -> None:
        pass

    def nearest(self, photo: bytes, _box: object, _k: int) -> list[Neighbour]:
        letterboxed(photo, 224)
        return []


def _bomb(kind: str, side: int) -> bytes:
    """A few kilobytes that decode to side × side pixels."""
    file = io.BytesIO()
    Image.new("1" if kind == "PNG" else "L", (side, side)).save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize(
    ("photo", "status"),
    [
        (b"text, not a picture", 415),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", 415),
        (b"%PDF-1.7", 415),
        (b"\xff\xd8\xff\xe0 not much of a JPEG", 422),
        (drawn()[:400], 422),
        (_bomb("PNG", 12_000), 422),
        (_bomb("GIF", 8_000), 422),
        (_bomb("JPEG", 9_000), 422),
        (drawn("PNG", (3_000, 3_000)), 200),
        (drawn("PNG", (3_000, 3_000), mode="RGBA"), 422),
        (drawn("TIFF", (2_100, 2_100), mode="F", compression="tiff_deflate"), 422),
    ],
)
def test_what_is_too_much_or_no_picture_is_refused(
    app: Storefront, monkeypatch: pytest.MonkeyPatch, photo: bytes, status: int
) -> None:
    monkeypatch.setattr(Queue, "engine", Decoding())
    answer = app.server.test_client().post(BY_PHOTO, data=photo, content_type=JPEG)
    assert (answer.status_code, answer.mimetype) == (status, "application/json")
    told = json.dumps(answer.json)
    assert "alert" not in told
    assert str(ROOT) not in told
