"""The rules of the house that a machine can check: imports, arrows between packages, files that must agree."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.serving import free_port

ROOT = Path(__file__).parent.parent
ARROWS = {
    "catalogue": {"catalogue"},
    "model": {"model", "catalogue"},
    "scraper": {"scraper", "catalogue"},
    "storefront": {"storefront", "catalogue"},
}
PACKAGES = set(ARROWS)
ENGINE = ROOT / "storefront" / "photo_search" / "engine.py"  # imported with the first photo, and may ask the model
HEAVY = ("tensorflow", "keras", "numpy", "pandas", "sklearn", "onnxruntime", "PIL.Image", "model")


def imports_of(path: Path) -> set[str]:
    """The first names of all modules that a file imports, at any depth of it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("package", sorted(ARROWS))
def test_imports_follow_the_arrows(package: str) -> None:
    files = sorted((ROOT / package).rglob("*.py"))
    assert files
    for path in files:
        allowed = ARROWS[package] | ({"model"} if path == ENGINE else set())
        assert (imports_of(path) & PACKAGES) <= allowed, path


def test_only_extractors_import_tensorflow() -> None:
    for path in (ROOT / "model").rglob("*.py"):
        if path.parent.name != "extractors":
            assert not imports_of(path) & {"tensorflow", "keras"}, path


def test_only_the_cluster_imports_ray() -> None:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            if path.parent.name != "cluster":
                assert "ray" not in imports_of(path), path


def test_the_web_process_loads_nothing_heavy() -> None:
    code = f"import sys, app; print([name for name in {HEAVY} if name in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_object_storage_is_imported_for_a_url_alone() -> None:
    for path in (path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        found = imports_of(path) & {"fsspec", "s3fs", "botocore"}
        assert found <= ({"fsspec"} if path == ROOT / "catalogue" / "storage.py" else set()), path
    code = "import sys, model.__main__, app; print({'fsspec', 's3fs', 'botocore'} & {*sys.modules})"
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "set()"


def test_the_app_without_lists_ends_with_one_line(tmp_path: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT, env={"PRECOMPUTED_DIR": str(tmp_path), "PORT": str(free_port())},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert answer.returncode == 16
    assert answer.stderr.startswith("error: no manifest.json in ")
    assert answer.stderr.count("\n") == 1


def test_runtime_files_name_one_python() -> None:
    version = (ROOT / ".python-version").read_text().strip()
    assert (ROOT / "runtime.txt").read_text().strip() == f"python-{version}"
    assert re.fullmatch(r"3\.\d+", version)
    assert f'target-version = "py{version.replace(".", "")}"' in (ROOT / "pyproject.toml").read_text()


def test_the_procfile_starts_what_app_json_describes() -> None:
    assert (ROOT / "Procfile").read_text() == "web: gunicorn app:server\n"
    assert json.loads((ROOT / "app.json").read_text())["env"]["PRECOMPUTED_DIR"]["value"] == "precomputed"


@pytest.mark.parametrize(
    "name", ["requirements-web", "requirements", "requirements-pipeline", "requirements-cluster", "requirements-dev"]
)
def test_locks_pin_every_direct_dependency_with_hashes(name: str) -> None:
    lock = (ROOT / f"{name}.txt").read_text()
    wanted = re.findall(r"^([a-z][a-z0-9-]*)", (ROOT / f"{name}.in").read_text(), re.MULTILINE)
    pinned = re.findall(r"^([a-z0-9-]+)==\S+.*\\\n\s+--hash=sha256:", lock, re.MULTILINE)
    assert wanted
    assert set(wanted) <= set(pinned)
    assert len(pinned) == len(re.findall(r"^[A-Za-z0-9_.-]+==", lock, re.MULTILINE))
    assert "file:" not in lock
    assert "--index-url" not in lock


def test_styles_stand_in_the_style_sheets() -> None:
    for path in (ROOT / "storefront").rglob("*.py"):
        assert not re.search(r"\bstyle=(?!(tone|height)\b)", path.read_text()), path  # custom properties


def test_committed_lists_are_those_of_the_demo_shop() -> None:
    from catalogue import feed
    from catalogue.precomputed import verify

    shop = verify(ROOT / "precomputed")
    assert shop.manifest.build.extractor == "efficientnet-lite0"
    assert sorted(shop.products, key=lambda product: product.id) == sorted(
        feed.read(ROOT / "data" / "demo").products, key=lambda product: product.id
    )
