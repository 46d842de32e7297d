"""What is measured before a push: a tree as Heroku has it, its parts, its memory, and a refusal that names names."""

import io
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

from benchmarks import dyno, slug, slug_parts, slug_tree, slug_visits
from benchmarks.__main__ import cli
from benchmarks.figure import Figure
from benchmarks.slug import Plan, Report
from benchmarks.slug_parts import Part
from benchmarks.slug_tree import SlugError
from model.progress import silent
from storefront.texts import LANGUAGES
from tests.serving import ROOT

SERVER = """
import http.server, os
kept = []
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/fill":
            kept.append(bytes(range(256)) * 400_000)  # 100 MB
        self.send_response(200)
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Page).serve_forever()
"""


def make_tree(folder: Path, *names: str) -> Path:
    tree = folder / "app"
    for name in names:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(name)
    return tree


def make_slug(folder: Path, command: str) -> Path:
    """A tree that a dyno can start with the Python of these tests."""
    tree = make_tree(folder, "app.json", "Procfile")
    (tree / "app.json").write_text('{"env": {"SHOP_NAME": {"value": "Lookalike"}, "PUBLIC_URL": {"required": false}}}')
    (tree / "Procfile").write_text(f"release: true\nweb: {command}\n")
    venv.create(tree / slug_tree.PYTHON, symlinks=True)
    return tree


@pytest.mark.parametrize(
    ("rules", "gone"),
    [
        ("", set()),
        ("# a comment\n\n  \n", set()),
        ("/docs\n", {"docs/a.md", "docs/b/c.psd"}),
        ("docs/\n", {"docs/a.md", "docs/b/c.psd"}),
        ("docs/b # with a reason\n", {"docs/b/c.psd"}),
        ("*.psd\n", {"docs/b/c.psd", "e.psd"}),
        ("/*.psd\n", {"e.psd"}),
        ("tests\n", {"tests/d.py", "model/tests/f.py"}),
        ("/tests\n", {"tests/d.py"}),
        ("nothing\n", set()),
    ],
)
def test_slugignore_is_read_as_heroku_reads_it(tmp_path: Path, rules: str, gone: set[str]) -> None:
    names = {"docs/a.md", "docs/b/c.psd", "tests/d.py", "model/tests/f.py", "e.psd", "app.py"}
    tree = make_tree(tmp_path, *names, ".slugignore")
    (tree / ".slugignore").write_text(rules)
    slug_tree.prune(tree)
    left = {path.relative_to(tree).as_posix() for path in tree.rglob("*") if path.is_file()}
    assert left == names - gone | {".slugignore"}


@pytest.mark.parametrize("rule", ["!app.py", "*.{psd,pdf}", "../elsewhere"])
def test_what_heroku_would_read_otherwise_is_refused(tmp_path: Path, rule: str) -> None:
    with pytest.raises(SlugError, match="does not understand"):
        slug_tree.ignored(rule, tmp_path)


def test_our_slugignore_has_no_idle_line_and_leaves_the_app(tmp_path: Path) -> None:
    slug_tree.export(ROOT, tmp_path)
    lines = (tmp_path / ".slugignore").read_text().split()
    assert [line for line in lines if not slug_tree.ignored(line, tmp_path)] == []
    slug_tree.prune(tmp_path)
    left = {path.name for path in tmp_path.iterdir()}
    assert left >= {"app.py", "assets", "bin", "catalogue", "model", "precomputed", "Procfile", "requirements.txt"}
    assert not left & {"tests", "benchmarks", "data", "docs", "runtime.txt"}


def test_without_photo_search_the_shorter_list_is_installed(tmp_path: Path) -> None:
    tree = make_tree(tmp_path, "requirements.txt", "requirements-web.txt", "precomputed/photo/manifest.json")
    slug_tree.without_photos(tree)
    assert (tree / "requirements.txt").read_text() == "requirements-web.txt"
    assert not (tree / "precomputed" / "photo").exists()


def test_what_is_not_committed_cannot_be_measured(tmp_path: Path) -> None:
    with pytest.raises(SlugError, match="measured is what is committed"):
        slug_tree.export(tmp_path, tmp_path / "app")


def test_each_part_has_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slug_parts, "_runtime", lambda _: iter([]))
    monkeypatch.setattr(slug_parts, "LARGEST", 1)
    site = f"{slug_tree.PYTHON}/lib/python3.11/site-packages"
    packages = [
        f"{site}/{name}-1.dist-info/{file}" for name in ("big", "small", "tiny") for file in ("METADATA", "RECORD")
    ]
    names = [
        "app.py",
        "README.md",
        "precomputed/manifest.json",
        "precomputed/images/a.webp",
        "precomputed/photo/b.onnx",
    ]
    tree = make_tree(tmp_path, *names, *packages, f"{site}/big/code.py")
    for name in ("big", "small", "tiny"):
        (tree / site / f"{name}-1.dist-info" / "METADATA").write_text(f"Name: {name}\nVersion: 1\n")
        (tree / site / f"{name}-1.dist-info" / "RECORD").write_text(f"{name}-1.dist-info/METADATA,,\n")
    (tree / site / "big" / "code.py").write_bytes(os.urandom(5000))
    (tree / site / "big-1.dist-info" / "RECORD").write_text("big/code.py,,\nbig/gone.py,,\n")
    parts = {part.name: part for part in slug_parts.measured(tree, silent)}
    assert {*parts} == {
        "big 1", "2 other packages", "our code", "lists", "images", "photo bundle", "the rest", slug_parts.RUNTIME
    }  # fmt: skip
    assert parts["big 1"].on_disk == 5000
    assert 5000 < parts["big 1"].compressed < 6000  # what is random does not shrink
    assert parts["images"].on_disk == len("precomputed/images/a.webp")


@pytest.mark.parametrize(("photo", "budget"), [(slug.COMMITTED, 150), (slug.NONE, 60), (slug.VGG16, 220)])
def test_a_slug_within_its_budget_passes_and_above_it_is_refused_with_its_largest_parts(
    photo: str, budget: int
) -> None:
    parts = [Part("numpy 2", 9, 20_000_000), Part("lists", 9, 1_000_000), Part("photo bundle", 9, 25_000_000)]
    rest = (budget - 46) * slug.MB
    slug.settle(Report([*parts, Part("images", 9, rest)], slug.sizes([*parts, Part("images", 9, rest)], photo), []))
    larger = [*parts, Part("images", 9, rest + 1_000_000)]
    with pytest.raises(SlugError) as told:
        slug.settle(Report(larger, slug.sizes(larger, photo), []))
    said = str(told.value)
    assert f"compressed, our budget: {budget + 1}.0 MB of {budget}" in said
    assert "numpy 2 (20.0 MB)" in said
    assert "lists" not in said
    assert "\n" not in said


def test_too_much_memory_is_over_the_budget_too() -> None:
    figures = [Figure("memory", "worker, idle", 110.5, "MB", 110), Figure("start", "cold", 1.0, "s", 2)]
    with pytest.raises(SlugError, match=r"memory, worker, idle: 110\.5 MB of 110\. The largest parts are lists"):
        slug.settle(Report([Part("lists", 9, 9)], figures, []))


def test_the_command_prints_its_tables_before_it_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = [Part("onnxruntime 1", 900_000_000, 510_000_000)]
    report = Report(parts, slug.sizes(parts, slug.COMMITTED), ["commit 1234567"])
    monkeypatch.setattr(slug, "measure", lambda plan, track: report)  # noqa: ARG005 - the names it is called by
    answer = CliRunner().invoke(cli, ["slug"])
    assert answer.exit_code != 0
    assert isinstance(answer.exception, SlugError)
    assert "510.0" in answer.stdout
    assert "commit 1234567" in answer.stdout


def test_a_tree_that_cannot_start_says_why_in_one_line(tmp_path: Path) -> None:
    tree = make_slug(tmp_path, "echo Error: SHOP_LANGUAGE is $SHOP_NAME >&2; exit 18")
    with pytest.raises(SlugError, match=r"^the slug does not serve: Error: SHOP_LANGUAGE is Lookalike$"):
        _start(tree)


def test_a_tree_without_a_procfile_says_so(tmp_path: Path) -> None:
    tree = make_slug(tmp_path, "true")
    (tree / "Procfile").write_text("worker: true\n")
    with pytest.raises(SlugError, match="no Procfile with a line that begins with web:"):
        _start(tree)


def test_processes_that_take_more_than_a_dyno_has_are_ended_and_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = make_slug(tmp_path, "python server.py & echo $! > pid; wait")
    (tree / "server.py").write_text(SERVER)
    monkeypatch.setattr(slug_visits, "addresses", lambda _, count: ["/fill"] * count)
    figures = slug._lived(Plan(clicks=20), tree, silent, has_bundle=False)
    assert dyno.memory(int((tree / "pid").read_text())) == 0
    assert [figure.name for figure in figures] == [
        "cold, median of 3", "worker, idle", "its share of what is shared, idle", "all processes at most"
    ]  # fmt: skip
    with pytest.raises(
        SlugError, match=r"memory, all processes at most: \d+\.\d MB of 512\. The largest parts are lists"
    ):
        slug.settle(Report([Part("lists", 9, 9)], figures, []))


def test_a_start_that_takes_more_than_a_dyno_has_is_refused(tmp_path: Path) -> None:
    tree = make_slug(tmp_path, "python -c 'kept = bytes(range(256)) * 400_000; input()' < <(sleep 60)")
    with pytest.raises(SlugError, match=r"took \d+ MB, and 80 MB are allowed"):
        _start(tree, dyno.Watch(80))


def test_a_module_from_elsewhere_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = make_slug(tmp_path, "true")
    (tree / "app.py").write_text("import inside")
    (tree / "inside.py").write_text("import json")
    slug_tree.check_modules(tree)
    (tmp_path / "outside.py").write_text("")
    (tree / "inside.py").write_text(f"import sys; sys.path.append({str(tmp_path)!r}); import outside")
    with pytest.raises(SlugError, match=r"outside\.py, which is not in it"):
        slug_tree.check_modules(tree)
    (tree / "inside.py").write_text("import nowhere")
    with pytest.raises(SlugError, match="cannot be imported: ModuleNotFoundError: No module named 'nowhere'"):
        slug_tree.check_modules(tree)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))  # which is not given on
    (tree / "inside.py").write_text("import outside")
    with pytest.raises(SlugError, match="No module named 'outside'"):
        slug_tree.check_modules(tree)


def test_what_is_committed_lives_in_a_dyno(tmp_path: Path) -> None:
    tree = tmp_path / "app"
    slug_tree.export(ROOT, tree)
    slug_tree.prune(tree)
    venv.create(tree / slug_tree.PYTHON, symlinks=True)
    (site,) = (tree / slug_tree.PYTHON / "lib").glob("python*/site-packages")
    site.rmdir()
    (installed,) = (path for path in map(Path, sys.path) if path.name == "site-packages")
    site.symlink_to(installed)  # of this environment, in place of installing again
    slug_tree.check_modules(tree)
    (tree / slug_tree.PYTHON / "bin" / "gunicorn").write_text(
        f"#!{slug_tree.interpreter(tree)}\nfrom gunicorn.app.wsgiapp import run\nrun()\n"
    )
    (tree / slug_tree.PYTHON / "bin" / "gunicorn").chmod(0o755)
    figures = slug._lived(Plan(clicks=16, photos=0, workers=2), tree, silent, has_bundle=False)
    by_name = {figure.name: figure for figure in figures}
    assert by_name[f"cold, median of {slug.STARTS}"].value > 0
    assert by_name["worker, idle"].value > 20
    assert by_name["worker, after 16 clicks"].most == 110
    assert by_name["its share of what is shared, after 16 clicks"].value < by_name["worker, after 16 clicks"].value
    assert by_name["all processes at most"].value < dyno.LIMIT


def test_photos_are_those_of_telephones() -> None:
    photos = list(slug_visits.photos(7))
    assert [mimetype for _, mimetype in photos] == ["image/png", *4 * ["image/jpeg"], "image/png", "image/jpeg"]
    for photo, _ in photos[:2]:
        assert Image.open(io.BytesIO(photo)).size == (4032, 3024)
    assert 2_000_000 < len(photos[1][0]) < 5_000_000


@pytest.mark.parametrize("photos", [True, False])
def test_what_is_taken_out_of_packages_is_never_read(tmp_path: Path, photos: bool) -> None:
    spoken = {"root.dat", "en.dat", "en_GB.dat", "de.dat", "de_AT.dat"}
    packages = {f"babel/locale-data/{name}" for name in spoken} | {"dash/x.js", "dash/dcc/y.js.map"}
    taken = {"babel/locale-data/fr.dat", "babel/locale-data/zh_Hant.dat", "plotly/labextension/a.js"}
    if photos:
        packages |= {
            "onnxruntime/__init__.py",
            "onnxruntime/capi/_pybind_state.py",
            "numpy/core.py",
            "numpy/testing/a.py",
        }
        taken |= {"onnxruntime/capi/libonnxruntime.so.1", "onnxruntime/tools/a.py", "numpy/lib/tests/a.py"}
    site = tmp_path / "site"
    for name in packages | taken:
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text("content")
    (tmp_path / "python").write_text(f"#!/bin/sh\necho {site}\n")
    (tmp_path / "python").chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    for _ in range(2):  # Heroku keeps what it has installed, and runs it again
        subprocess.run([ROOT / slug_tree.HOOK], env=environment, check=True)
        assert {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()} == packages
    assert (site / "dash" / "x.js").read_text() == "content"
    assert (site / "dash" / "dcc" / "y.js.map").read_text() == ""
    assert {f"{language}.dat" for language in LANGUAGES} <= spoken


def _start(tree: Path, watch: dyno.Watch | None = None) -> None:
    with dyno.running(tree, watch or dyno.Watch()):
        pass
