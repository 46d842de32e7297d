"""Every command of the README runs, in a copy of the clone; those that install are asked what they would do."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from catalogue import feed
from tests.serving import ROOT, serving
from tests.shop_server import shop
from tests.shops import PHOTOS, sitemap
from tests.storage_server import BUCKET, ENVIRONMENT, storage

README = (ROOT / "README.md").read_text()
SITES = (ROOT / "docs" / "site-files.md").read_text()
DOCUMENTS = ("extraction.md", "ranking.md", "photo-search.md", "static-site.md", "widget.md", "deploy.md", "scale.md")
FURTHER = [(ROOT / "docs" / name).read_text() for name in DOCUMENTS]
# Blocks of `sh account` and `sh cluster` need what is not here: see tests/test_deploy.py and tests/test_ray.py.
BLOCKS = re.findall(r"```sh\n(.*?)```", "".join([README, *FURTHER]), re.DOTALL)
COMMANDS = [line.split("    #")[0].strip() for block in BLOCKS for line in block.strip().splitlines()]
SERVERS = ("make demo", "app:server", "app.py", "http.server")
INSTEAD = {  # what a test must not do to the machine or to itself, and what it does to check the command
    "python3 -m venv .venv": "python3 -m venv --without-pip .build/new-venv",
    "make test": "make --dry-run test",
    "make slug": "make --dry-run slug",
    ".venv/bin/python -m pytest": ".venv/bin/python -m pytest --collect-only -q",
    "--sizes 1000000": "--sizes 1000",
    "--products 1000000": "--products 1000",
    "pip install": "pip install --dry-run --quiet --disable-pip-version-check",
}


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What git tracks here, with this environment as its `.venv`, and a small `data/SHOP`."""
    folder = tmp_path_factory.mktemp("readme") / "clone"
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / ".build").mkdir()
    for name in ("web", "demo", "test"):
        (folder / ".build" / f"{name}-installed").touch()
    _small_shop(folder / "data" / "demo", folder / "data" / "SHOP")
    return folder


@pytest.fixture(scope="module")
def published() -> Iterator[str]:
    """A shop on loopback, in the place of the documents' shop.example."""
    with shop(PHOTOS) as server:
        server.answers |= sitemap(server.address)
        yield server.address


@pytest.fixture(scope="module")
def stored(clone: Path) -> Iterator[dict[str, str]]:
    """What leads to a storage on loopback that holds the small shop."""
    with storage() as server:
        server.upload(clone / "data" / "SHOP", "shop")
        yield {**ENVIRONMENT, "AWS_ENDPOINT_URL": server.address, "XDG_CACHE_HOME": str(clone.parent / "cache")}


@pytest.mark.parametrize("command", COMMANDS)
def test_command_runs(clone: Path, published: str, command: str, request: pytest.FixtureRequest) -> None:
    environment = _environment()
    if "s3://BUCKET" in command:
        environment |= request.getfixturevalue("stored")
        command = command.replace("s3://BUCKET", f"s3://{BUCKET}")
    if any(name in command for name in SERVERS):
        with serving(["bash", "-c", command], clone, environment, seconds=240):
            return
    if re.search(r"scraper (probe|run)", command):
        command = f"{command.replace('https://shop.example', published)} --allow-private --delay 0"
    for found, instead in INSTEAD.items():
        command = command.replace(found, instead)
    subprocess.run(["bash", "-ec", command], cwd=clone, env=environment, check=True, timeout=240)


def test_a_second_demo_extracts_nothing(clone: Path) -> None:
    command = ".venv/bin/python -m model build data/demo --out .build/demo --extractor efficientnet-lite0"
    answers = [
        subprocess.run(
            ["bash", "-ec", command], cwd=clone, env=_environment(), capture_output=True, text=True, check=True
        )
        for _ in range(2)
    ]
    assert re.search(r"features new\s+│\s+0 │", answers[1].stdout)


def test_python_of_the_readme_runs() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.count("Neighbour(") == 5


def test_every_file_that_the_documents_name_is_there() -> None:
    for document in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")):
        for name in re.findall(r"\]\((?!http)([^)#]+)\)", document.read_text()):
            assert (document.parent / name).is_file(), f"{document.name} names {name}"


def test_the_commands_of_the_other_documents_are_the_readmes() -> None:
    for block in re.findall(r"```sh\n(.*?)```", SITES, re.DOTALL):
        assert set(block.strip().splitlines()) <= set(COMMANDS)


def _small_shop(demo: Path, shop: Path) -> None:
    products = [product for product in feed.read(demo).products if product.image_files][:6]
    for product in products:
        for name in product.image_files:
            (shop / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(demo / name, shop / name)
    feed.write_table(shop / "products.csv", [replace(product, description="") for product in products])


def _environment() -> dict[str, str]:
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
