"""A cluster of two nodes on this machine: the lists of one machine's build, whatever dies in the middle of it."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from catalogue.errors import ClusterError
from model import cluster
from model.build import Built, build
from model.cluster.worker import Recipe
from model.extractors import OPENVINO
from model.lists import PRESETS
from model.means import Means
from model.neighbours import approximate, exact
from model.neighbours import search as whole
from model.neighbours.exact import TopK
from model.progress import silent
from tests.factories import encoded, make_photo
from tests.serving import ROOT
from tests.test_build import command
from tests.test_described import describe, save_model
from tests.test_neighbours import random_features
from tests.test_precomputed import tree

os.environ.update(cluster.QUIET | cluster.LOOPBACK)  # before Ray is imported
ray = pytest.importorskip("ray")
pytestmark = [
    pytest.mark.cluster,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # of what Ray does itself
]

PHOTOS, FEW = 60, 2  # photos, and as many in a block
SHOP = PRESETS["shop"]
RUN = "import runpy; runpy.run_module('model', {}, '__main__')"


@pytest.fixture(scope="module")
def nodes() -> Iterator[Any]:
    """The head and one more, with a processor each; this process is connected to the head."""
    from ray.cluster_utils import Cluster

    alone: dict[str, Any] = {"num_cpus": 1, "node_ip_address": "127.0.0.1", "object_store_memory": 80_000_000}
    two = Cluster(initialize_head=True, head_node_args={**alone, "include_dashboard": False})
    from model.cluster import session

    with session.joined(two.address):
        two.add_node(**alone)  # after that, so that this process hangs on the head, which stays
        yield two
    two.shutdown()  # type: ignore[no-untyped-call]  # Ray says no types there
    assert ours() == []


@pytest.fixture
def second(nodes: Any) -> Any:
    """The node that is not the head, which a test may remove."""
    if not nodes.worker_nodes:
        nodes.add_node(num_cpus=1, node_ip_address="127.0.0.1", object_store_memory=80_000_000)
    (found,) = nodes.worker_nodes
    return found


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Recipe:
    folder = tmp_path_factory.mktemp("network")
    save_model(folder / "model.onnx")
    return Recipe(str(describe(folder, output="pooler_output")), None, OPENVINO, None)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, recipe: Recipe) -> Path:
    """A folder of photos with one that is broken; beside it `plain`, the lists that this machine alone makes of it."""
    folder = tmp_path_factory.mktemp("shop") / "photos"
    folder.mkdir()
    for number in range(PHOTOS):
        colour = f"#{number * 4:02x}{(number * 37) % 256:02x}{(number * 91) % 256:02x}"
        shape = ("ellipse", "rectangle")[number % 2]
        (folder / f"{number:02}.jpg").write_bytes(encoded(make_photo(colour, shape, (900, 700 + number)), "JPEG"))
    (folder / "broken.jpg").write_bytes(b"no picture")
    build(folder, folder.parent / "plain", recipe(), SHOP, silent)
    shutil.move(folder / "features", folder.parent / "features")
    return folder


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few photos and rows at a time, so that there is a middle."""
    from model.cluster import extraction, searching

    monkeypatch.setattr(extraction, "BLOCK", FEW)
    monkeypatch.setattr(extraction, "LIGHT", 0)
    monkeypatch.setattr(searching, "SMALL", 0)
    monkeypatch.setattr(exact, "BLOCK", 8)


def ours(name: bytes = b"ray::") -> list[int]:
    """The processes called so that this one has started, or that those have."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = (folder / "stat").read_text().rpartition(")")[2].split()
            if status[0] != "Z":
                found[int(folder.name)] = int(status[1]), (folder / "cmdline").read_bytes()
        except OSError:
            continue  # it has ended meanwhile
    return [pid for pid, (parent, line) in found.items() if name in line and found.get(parent, (0,))[0] == os.getpid()]


class After:
    """Progress that does something when `count` items of a stage are done, once."""

    def __init__(self, **stages: Callable[[], object]) -> None:
        self.stages, self.count = stages, 5

    def __call__(self, items: Iterable[Any], description: str, total: int) -> Iterator[Any]:  # noqa: ARG002 - Track's name for it
        for number, item in enumerate(items, start=1):
            yield item
            name = description.partition(",")[0]
            if number == self.count and name in self.stages:
                self.stages.pop(name)()


def means(recipe: Recipe) -> Means:
    from model.cluster import extraction, searching

    return Means(extraction.Extraction(recipe), searching.search)


def build_again(folder: Path, recipe: Recipe, track: Any) -> Built:
    """On the cluster, all features anew; the lists go to `out` beside the folder."""
    for name in (folder / "features", folder.parent / "out"):
        shutil.rmtree(name, ignore_errors=True)
    return build(folder, folder.parent / "out", recipe(), SHOP, track, None, means(recipe))


def killed() -> None:
    """A process ends at once: one that extracts, or else one that searches or could."""
    names = (b"ray::MapWorker", b"ray::_run", b"ray::IDLE")
    for _ in range(200):
        if found := [pid for name in names for pid in ours(name)]:
            os.kill(found[0], signal.SIGKILL)
            return
        time.sleep(0.05)  # the cluster is starting others
    raise AssertionError("the cluster has no process to end")


@pytest.mark.parametrize("node_lost_in", ["features", "neighbours"])
def test_what_is_lost_in_extraction_and_in_the_search_changes_nothing(
    nodes: Any, second: Any, shop: Path, recipe: Recipe, node_lost_in: str
) -> None:
    losing = After(**{"features": killed, "neighbours": killed, node_lost_in: lambda: nodes.remove_node(second)})
    done = build_again(shop, recipe, losing)
    assert losing.stages == {}
    assert (done.new, done.reused) == (PHOTOS, 0)
    assert tree(shop.parent / "out") == tree(shop.parent / "plain")


@pytest.mark.usefixtures("second")
def test_a_killed_driver_resumes(nodes: Any, shop: Path, recipe: Recipe) -> None:
    shutil.rmtree(shop / "features", ignore_errors=True)  # of the tests before
    few = f"import model.cluster.extraction as e; e.BLOCK = {FEW}; {RUN}"
    line = [sys.executable, "-c", few, "build", shop, "--out", shop.parent / "out", "--extractor", recipe.name]
    driver = subprocess.Popen(
        [*map(str, line), "--ray", nodes.address], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while len(list((shop / "features").glob("*/*.npz"))) < 3:
        assert driver.poll() is None
        time.sleep(0.01)
    driver.kill()
    driver.wait()
    stored = {path: path.stat().st_mtime_ns for path in (shop / "features").glob("*/*.npz")}
    build(shop, shop.parent / "out", recipe(), SHOP, silent, None, means(recipe))
    assert {path: path.stat().st_mtime_ns for path in stored} == stored
    for folder in (path for path in (shop / "features").iterdir() if path.is_dir()):
        assert sum(len(np.load(block)["keys"]) for block in folder.glob("*.npz")) == PHOTOS  # none of them twice
    assert tree(shop.parent / "out") == tree(shop.parent / "plain")


def equal(one: TopK, other: TopK) -> bool:
    return np.array_equal(one.indices, other.indices) and np.array_equal(one.similarities, other.similarities)


@pytest.mark.usefixtures("second")
def test_both_searches_find_what_one_machine_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    from model.cluster import searching

    monkeypatch.setattr(exact, "BLOCK", 128)
    rows, owners = random_features(1500, 24), np.arange(1500) // 3
    rows[700:800] = rows[0]  # more equals than candidates are kept
    assert equal(searching.search(rows, 7, owners, silent), whole.search(rows, 7, owners))
    monkeypatch.setattr(whole, "EXACT", 0)
    monkeypatch.setattr(approximate, "ROWS", 128)
    assert equal(searching.search(rows, 7, owners, silent), approximate.top_k(rows, 7, owners))


def test_a_cluster_of_its_own_is_gone_afterwards(shop: Path, recipe: Recipe) -> None:
    short = Path(tempfile.mkdtemp())  # sockets have short names
    shutil.rmtree(shop / "features", ignore_errors=True)
    answer = subprocess.run(
        [sys.executable, "-m", "model", "build", str(shop), "--out", str(shop.parent / "own"),
         "--extractor", recipe.name, "--ray"],
        cwd=ROOT, env={**os.environ, "TMPDIR": str(short)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    assert tree(shop.parent / "own") == tree(shop.parent / "plain")
    assert tree(shop / "features") == tree(shop.parent / "features")
    assert list(short.iterdir()) == []
    short.rmdir()


def refused(*options: str, before: str = "", **settings: Any) -> str:
    """The one line on stderr of a build that does not begin."""
    run = f"{before}; {RUN}"
    answer = subprocess.run(
        [sys.executable, "-c", run, "build", *options], capture_output=True, text=True, check=False, **settings
    )
    assert answer.returncode == ClusterError.exit_code, answer.stderr
    (line,) = [line for line in answer.stderr.splitlines() if line]
    return str(line).removeprefix("error: ")


@pytest.mark.parametrize(
    ("address", "message"),
    [("127.0.0.1:1", "no cluster answers at 127.0.0.1:1"), ("ray://head", "is no address of a cluster")],
)
def test_a_cluster_that_does_not_answer_is_one_line(shop: Path, recipe: Recipe, address: str, message: str) -> None:
    begin = time.monotonic()
    line = refused(
        str(shop), "--out", "/nowhere", "--extractor", recipe.name, "--ray", address, cwd=ROOT, before="pass"
    )
    assert message in line
    assert time.monotonic() - begin < 60


def test_without_ray_it_says_how_to_install_it(shop: Path, recipe: Recipe, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("model.cluster.")]:
        monkeypatch.delitem(sys.modules, name)
    for name in ("extraction", "own", "searching", "session"):
        monkeypatch.delattr(cluster, name, raising=False)
    monkeypatch.setitem(sys.modules, "ray", None)
    answer = command("build", shop, "--out", shop.parent / "none", "--extractor", recipe.name, "--ray")
    assert "pip install --require-hashes -r requirements-cluster.txt" in str(answer.exception)
    assert isinstance(answer.exception, ClusterError)


@pytest.mark.usefixtures("second")
def test_another_version_of_ray_on_the_cluster_is_one_line(nodes: Any, shop: Path, recipe: Recipe) -> None:
    options = (str(shop), "--out", "/nowhere", "--extractor", recipe.name, "--ray", nodes.address)
    line = refused(*options, before="import ray; ray.__version__ = '1.0.0'", cwd=ROOT)
    assert f"The cluster was started with: Ray: {ray.__version__}" in line
    assert "Ray: 1.0.0" in line


@pytest.mark.usefixtures("second")
def test_a_catalogue_that_the_nodes_do_not_see_is_one_line(
    nodes: Any, shop: Path, recipe: Recipe, tmp_path: Path
) -> None:
    # A path that each process sees its own folder under.
    shutil.copytree(shop, tmp_path / "hidden")
    options = ("/proc/self/cwd/hidden", "--out", "/nowhere", "--extractor", recipe.name, "--ray", nodes.address)
    line = refused(*options, before="pass", cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert "does not see /proc/self/cwd/hidden" in line


def test_a_network_with_other_weights_on_the_cluster_is_refused(recipe: Recipe) -> None:
    from model.cluster.worker import Task, Worker

    worker = Worker(recipe, "another")
    (answer,) = [worker._answer(Task(0, SHOP.views[0], ()))]
    assert "other weights" in str(answer.error)


def test_nothing_else_imports_ray() -> None:
    code = "import sys, model.__main__, app; print([name for name in ('ray', 'pyarrow') if name in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
