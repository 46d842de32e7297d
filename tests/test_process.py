"""The web process as a platform runs it: stopped in the middle of answers, given new lists, and started wrongly."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import pytest

from catalogue.precomputed import MANIFEST, PHOTO, read_manifest
from tests.serving import ROOT, Server, free_port, running
from tests.shop_folder import make_products, make_shop_folder

GUNICORN = [sys.executable, "-m", "gunicorn", "app:server"]
BY_HAND = [sys.executable, "app.py"]
READ_ONLY = ["unshare", "--mount", "--map-root-user", "sh", "-c", 'mount -o remount,bind,ro / && exec "$@"', "sh"]
MEMORY = 6  # MB that a process may take more than before


def web(folder: Path, **environment: str) -> AbstractContextManager[Server]:
    return running(GUNICORN, environment={"PRECOMPUTED_DIR": str(folder), **environment})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_shop_folder(tmp_path_factory.mktemp("process"), make_products(6))


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    """A site of six products that is asked, never stopped."""
    with web(folder) as started:
        yield started


def ask(
    server: Server, path: str, headers: Mapping[str, str] | None = None, patience: float = 20
) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=patience)
    try:
        connection.request("GET", path, headers={"Connection": "close", **(headers or {})})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


@contextmanager
def begun(server: Server, request: str) -> Iterator[socket.socket]:
    """A connection on which a part of a request is on its way."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(request.encode())
        yield connection


def ended(connection: socket.socket, rest: str) -> http.client.HTTPResponse:
    """The answer, once the rest of its request was sent."""
    connection.sendall(rest.encode())
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    return answer


def eventually(holds: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until a function returns something true."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def version(server: Server) -> str:
    return str(json.loads(ask(server, "/readyz")[2])["catalogue"])


def logged(server: Server) -> list[dict[str, object]]:
    return [json.loads(line) for line in server.said.splitlines() if line.startswith("{")]


def test_a_request_is_a_line_of_json(server: Server) -> None:
    style, hostile = "/assets/bootstrap.min.css", '/","status":200,"x":"\\'
    asked = {
        "/p/mug-000?from=someone%40mail.example": 200,
        "/nowhere": 404,
        f"{style}?v=1": 200,
        hostile: 404,
        "/healthz": 200,
        "/readyz?x": 200,
        f"/{'a' * 9000}": 414,  # gunicorn's own answer
    }
    for path, status in asked.items():
        headers = {"X-Request-ID": f"router-{status}-{len(path)}", "X-Forwarded-For": "203.0.113.77"}
        assert ask(server, path, headers)[0] == status
    wanted = ["/p/mug-000", "/nowhere", style, hostile]
    eventually(lambda: all(json.dumps(path) in server.said for path in wanted))  # a line is written after its answer
    lines = {str(line["path"]): line for line in logged(server) if str(line["id"]).startswith("router-")}
    assert sorted(lines) == sorted(wanted)
    page, missing, file, forged = (lines[path] for path in wanted)
    assert page.keys() == {"time", "id", "method", "path", "status", "bytes", "ms"}
    assert (page["method"], page["status"]) == ("GET", 200)
    assert (missing["status"], missing["id"]) == (404, "router-404-8")
    assert forged["status"] == 404
    assert file["bytes"] == (ROOT / style[1:]).stat().st_size
    assert "mail.example" not in server.said
    assert "203.0.113" not in server.said


def test_what_is_sent_as_a_file_is_counted(server: Server) -> None:
    path = re.findall(r"/images/[^\"]+-160\.webp", ask(server, "/")[2].decode())[0]
    content = ask(server, path)[2]
    eventually(lambda: path in server.said)
    (line,) = [line for line in logged(server) if line["path"] == path]
    assert line["bytes"] == len(content) > 0


def test_the_log_can_be_off(folder: Path) -> None:
    with web(folder, ACCESS_LOG="off") as server:
        ask(server, "/")
        assert logged(server) == []


def test_slow_uploads_leave_threads_for_pages(tmp_path: Path) -> None:
    make_shop_folder(tmp_path, make_products(3))
    (tmp_path / PHOTO).mkdir()
    (tmp_path / PHOTO / "manifest.json").write_text("{}")  # the search is open until it is looked at
    slow = "POST {} HTTP/1.1\r\nHost: x\r\nContent-Type: {}\r\nContent-Length: 9000\r\n\r\nbegun"
    kinds = [("/api/v1/similar", "image/png"), ("/photo", "image/png"), ("/_dash-update-component", "application/json")]
    with web(tmp_path) as server, ExitStack() as uploads:
        for kind in kinds * 4:
            uploads.enter_context(begun(server, slow.format(*kind)))
        assert ask(server, "/", patience=12)[0] == 200  # sooner than the 15 seconds that an upload may take
        assert server.said.count("Booting worker") == 1


def test_a_stop_waits_for_what_is_on_its_way(folder: Path) -> None:
    with (
        web(folder) as server,
        begun(server, "GET / HTTP/1.1\r\nHost: x\r\n") as page,
        begun(
            server,
            "POST /api/v1/similar HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\nContent-Type: image/png\r\n\r\n1234",
        ) as photo,
    ):
        time.sleep(0.3)  # they are in the worker's hands
        server.process.send_signal(signal.SIGTERM)
        eventually(lambda: refused(server))
        answers = [ended(page, "\r\n"), ended(photo, "5678")]
        assert [answer.status for answer in answers] == [200, 503]
        assert answers[0].read().rstrip().endswith(b"</html>")
        assert b"no search by photo" in answers[1].read()
        assert server.process.wait(20) == 0


def refused(server: Server) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", server.port), timeout=1):
            return False
    except ConnectionRefusedError:
        return True


def test_lists_are_swapped_while_the_site_is_visited(tmp_path: Path) -> None:
    old, new = (make_shop_folder(tmp_path / name, make_products(count)) for name, count in (("old", 8), ("new", 6)))
    link = tmp_path / "served"
    link.symlink_to(old)
    with web(link, WEB_CONCURRENCY="2") as server:
        with visiting(server) as seen:
            eventually(lambda: len(seen) > 10)
            switch(link, new)
            assert version(server) == read_manifest(old).version
            server.process.send_signal(signal.SIGHUP)
            eventually(lambda: version(server) == read_manifest(new).version)
        assert {status for _, status in seen} == {200}
        eventually(lambda: ask(server, "/p/bowl-007")[0] == 404)

        before = memory(server)
        for count in (9, 10, 11):  # as a build does it, in the folder itself
            make_shop_folder(new, make_products(count))
            server.process.send_signal(signal.SIGHUP)
            eventually(lambda: version(server) == read_manifest(new).version)
        eventually(lambda: memory(server) < before + MEMORY)  # once the old workers are gone


@contextmanager
def visiting(server: Server) -> Iterator[list[tuple[str, int]]]:
    """A visitor who goes on asking for pages of old and new lists: what was asked and its status."""
    seen: list[tuple[str, int]] = []
    leaving = threading.Event()

    def visit() -> None:
        while not leaving.is_set():
            for path in ("/", "/p/mug-000", "/api/v1/products/mug-002/similar", "/?q=mug", "/readyz"):
                try:
                    seen.append((path, ask(server, path)[0]))
                except OSError as error:
                    seen.append((f"{path} {error}", 0))

    visitor = threading.Thread(target=visit)
    visitor.start()
    try:
        yield seen
    finally:
        leaving.set()
        visitor.join()


def switch(link: Path, folder: Path) -> None:
    draft = link.with_suffix(".draft")
    draft.symlink_to(folder)
    draft.replace(link)


def memory(server: Server) -> float:
    """MB of the master."""
    (line,) = re.findall(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{server.process.pid}/status").read_text())
    return int(line) / 1024


def test_old_workers_finish_with_the_old_lists(tmp_path: Path) -> None:
    make_shop_folder(tmp_path, make_products(8))
    began = read_manifest(tmp_path).version
    request = "GET /readyz HTTP/1.1\r\nHost: x\r\n"
    with web(tmp_path) as server, begun(server, request) as first, begun(server, request) as second:
        time.sleep(0.3)  # two threads of the worker have them, and one has not asked the database yet
        make_shop_folder(tmp_path, make_products(6))
        server.process.send_signal(signal.SIGHUP)
        eventually(lambda: version(server) != began)
        for connection in (first, second):
            answer = json.loads(ended(connection, "\r\n").read())
            assert (answer["ready"], answer["catalogue"]) == (True, began)


def test_lists_that_cannot_be_read_leave_the_old_ones(tmp_path: Path) -> None:
    make_shop_folder(tmp_path, make_products(6))
    began = read_manifest(tmp_path).version
    with web(tmp_path) as server:
        (tmp_path / MANIFEST).write_text("{")
        server.process.send_signal(signal.SIGHUP)
        eventually(lambda: "error: " in server.said)
        assert version(server) == began
        (told,) = [line for line in server.said.splitlines() if "error: " in line]
        assert MANIFEST in told
        assert told.endswith("The lists loaded before stay.")
        assert "Traceback" not in server.said


@pytest.mark.parametrize("command", [GUNICORN, BY_HAND], ids=["gunicorn", "by hand"])
@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"PORT": "http"}, "PORT is 'http'. Set it to a number from 1 to 65535."),
        ({"PORT": "70000"}, "PORT is '70000'. Set it to a number from 1 to 65535."),
        ({"ACCESS_LOG": "loud"}, "ACCESS_LOG is 'loud'. Set it to one of: json, off."),
    ],
)
def test_a_wrong_variable_is_one_line(command: list[str], environment: dict[str, str], told: str) -> None:
    assert end_of(command, environment) == (18, f"error: {told}\n")


def test_without_workers_nothing_is_served() -> None:
    told = "error: WEB_CONCURRENCY is '0'. Set it to a number from 1 to 1000.\n"
    assert end_of(GUNICORN, {"WEB_CONCURRENCY": "0"}) == (18, told)


@pytest.mark.parametrize("command", [GUNICORN, BY_HAND], ids=["gunicorn", "by hand"])
def test_a_port_in_use_is_one_line(command: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        code, said = end_of(command, {"PORT": port, "GUNICORN_CMD_ARGS": f"--bind 127.0.0.1:{port}"})
    assert code == 18
    assert f"error: Nothing can listen on 127.0.0.1:{port}: Address already in use. Set PORT to a free one.\n" in said
    assert "Traceback" not in said
    assert "Retrying" not in said
    assert "connection to" not in said


def end_of(command: list[str], environment: Mapping[str, str]) -> tuple[int, str]:
    """The exit code and stderr of what ends by itself."""
    answer = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False, timeout=30
    )
    return answer.returncode, answer.stderr


def test_a_full_disk_is_one_line() -> None:
    limited = ["sh", "-c", 'ulimit -f 0; exec "$@"', "sh", *BY_HAND]
    code, said = end_of(limited, {"PORT": str(free_port())})
    assert code == 6
    assert said.startswith("error: ")
    assert said.count("\n") == 1


@pytest.mark.skipif(
    subprocess.run([*READ_ONLY, "true"], capture_output=True, check=False).returncode != 0,
    reason="a disk cannot be made read-only here",
)
def test_a_read_only_disk_is_enough(folder: Path) -> None:
    read_only = {"PRECOMPUTED_DIR": str(folder), "HOME": "/nowhere"}
    with running([*READ_ONLY, *GUNICORN], environment=read_only) as server:
        assert ask(server, "/?q=mug")[0] == 200
        assert json.loads(ask(server, "/readyz")[2])["ready"]
        assert "Traceback" not in server.said
        assert "WARNING" not in server.said


def test_the_commands_of_the_document_do_what_it_says(tmp_path: Path) -> None:
    document = (ROOT / "docs" / "operations.md").read_text()
    start, *rest = [
        line for block in re.findall(r"```sh\n(.*?)```", document, re.DOTALL) for line in block.splitlines()
    ]
    said = []
    with running(["bash", "-c", _here(start, tmp_path, 8050)], environment=_with_commands()) as server:
        for command in rest:
            answer = subprocess.run(
                ["bash", "-ec", _here(command, tmp_path, server.port)], capture_output=True, check=True
            )
            said.append(answer.stdout)
        assert server.process.wait(20) == 0
        assert "Handling signal: hup" in server.said
    assert said[0] == b"ok\n"
    shown = json.loads(re.findall(r"```json\n(\{\"catalogue.*?)```", document, re.DOTALL)[0])
    assert json.loads(said[1]).keys() == shown.keys()


def _here(command: str, folder: Path, port: int) -> str:
    return command.replace("/tmp/lookalike.pid", str(folder / "pid")).replace("8050", str(port))


def _with_commands() -> dict[str, str]:
    return {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
