"""The files that hosts read: what they name is there, they agree with each other, and the image would start."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from storefront.settings import Settings
from tests.serving import ROOT, serving

DOCUMENT = (ROOT / "docs" / "deploy.md").read_text()
APP = json.loads((ROOT / "app.json").read_text())
# https://devcenter.heroku.com/articles/app-json-schema
FIELDS = {
    "name", "description", "keywords", "website", "repository", "logo", "success_url", "scripts", "env", "formation",
    "image", "addons", "buildpacks", "environments", "stack",
}  # fmt: skip
Instruction = tuple[str, str]
GIVEN_BACK = """
import runpy, sys
runpy.run_path("gunicorn.conf.py")

def resident():
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmRSS:")).split()[1])

before = resident()
first = bytearray(4_000_000)
del first  # after which glibc, by itself, takes what is smaller from the heap
photos, kept = [], []
for _ in range(50):
    photos.append(bytearray(b"1") * 2_000_000)
    kept.append(bytearray(b"1") * 50_000)  # small things between them, which stay
photos.clear()
print(resident() - before)
"""


def instructions() -> list[Instruction]:
    """The instructions of the Dockerfile with their arguments, in their order."""
    text = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text())
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(name, rest.strip()) for name, _, rest in (line.partition(" ") for line in lines)]


def final_stage() -> list[Instruction]:
    found = instructions()
    return found[max(number for number, (name, _) in enumerate(found) if name == "FROM") :]


def copied(stage: list[Instruction]) -> list[str]:
    """What is copied from this folder."""
    return [
        source
        for name, rest in stage
        if name == "COPY" and not rest.startswith("--from=")
        for source in rest.split()[:-1]
    ]


def test_app_json_has_the_fields_of_its_schema_and_no_others() -> None:
    assert {*APP} <= FIELDS
    assert len(APP["name"]) <= 30
    for name, variable in APP["env"].items():
        assert re.fullmatch(r"[A-Z][A-Z0-9_]*", name)
        assert {*variable} <= {"description", "value", "required", "generator"}
        assert isinstance(variable.get("value", ""), str)
        assert "value" in variable or variable["required"] is False, f"the button would ask for {name}"
    assert APP["buildpacks"] == [{"url": "heroku/python"}]
    assert APP["stack"] == "heroku-24"
    assert APP["formation"] == {"web": {"quantity": 1, "size": "basic"}}


def test_the_variables_of_app_json_are_those_of_the_site() -> None:
    values = {name: variable["value"] for name, variable in APP["env"].items() if "value" in variable}
    assert Settings.of(values) == Settings()
    table = (ROOT / "README.md").read_text()
    for name in APP["env"]:
        assert f"| `{name}` |" in table or name in DOCUMENT, name


def test_heroku_is_not_shown_the_file_that_it_warns_of() -> None:
    assert "/runtime.txt" in (ROOT / ".slugignore").read_text().split()
    assert "/.python-version" not in (ROOT / ".slugignore").read_text().split()


def test_the_dockerfile_names_what_is_there_and_the_engine_is_given_nothing_else() -> None:
    allowed = {
        line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().split("\n") if line.startswith("!")
    }
    sources = copied(instructions())
    assert {*sources} == allowed
    for source in sources:
        assert (ROOT / source).exists(), source


def test_the_dockerfile_keeps_the_rules() -> None:
    python = (ROOT / ".python-version").read_text().strip()
    for name, rest in instructions():
        if name == "FROM":
            assert rest.split()[0] == f"python:{python}-slim"  # a tag, and the one that is tested
        assert name not in ("ADD", "MAINTAINER", "SHELL")
        if "pip install" in rest:
            assert "--no-cache-dir" in rest
            assert "--require-hashes" in rest
        if name == "WORKDIR":
            assert rest.startswith("/")
    stage = dict(final_stage())
    assert int(stage["USER"]) > 0
    assert json.loads(stage["CMD"]) == (ROOT / "Procfile").read_text().removeprefix("web:").split()
    assert "PORT=8050" in stage["ENV"].split()
    assert stage["EXPOSE"] == "8050"


def test_what_the_image_holds_is_enough_to_serve(tmp_path: Path) -> None:
    for source in copied(final_stage()):
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, tmp_path / source, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(ROOT / source, tmp_path / source)
    (compiled,) = (rest for name, rest in final_stage() if name == "RUN" and "compileall" in rest)
    subprocess.run([sys.executable, *compiled.split()[1:]], cwd=tmp_path, check=True)
    with serving([sys.executable, "-m", *json.loads(dict(final_stage())["CMD"])], tmp_path):
        pass


def test_memory_that_a_photo_took_is_given_back() -> None:
    answer = subprocess.run([sys.executable, "-c", GIVEN_BACK], cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(answer.stdout) < 20_000  # kB, of 100 MB


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_the_health_check_passes_and_fails(status: int, code: int) -> None:
    command = json.loads(re.sub(r"^.*?CMD ", "", dict(final_stage())["HEALTHCHECK"]))
    with _answering(status) as (port, asked):
        done = subprocess.run(
            [sys.executable, *command[1:]], env={"PORT": str(port)}, stderr=subprocess.DEVNULL, check=False
        )
    assert done.returncode == code
    assert asked == ["/healthz"]


def test_only_what_needs_an_account_or_an_engine_is_not_run() -> None:
    blocks = re.findall(r"```sh account\n(.*?)```", DOCUMENT, re.DOTALL)
    commands = [line for block in blocks for line in block.strip().splitlines()]
    assert commands
    assert [line for line in commands if not line.startswith(("heroku ", "git push heroku ", "docker "))] == []


def test_the_documents_have_the_buttons_own_address() -> None:
    button = "[![Deploy](https://www.herokucdn.com/deploy/button.svg)](https://www.heroku.com/deploy)"
    assert button in DOCUMENT
    assert button in (ROOT / "README.md").read_text()


@contextmanager
def _answering(status: int) -> Iterator[tuple[int, list[str]]]:
    """A server on loopback that answers anything with a status: its port, and the paths it was asked for."""
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port, asked
        server.shutdown()
