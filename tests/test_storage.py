"""Builds from and to object storage by a real S3-compatible server: equal bytes, little traffic, whole versions."""

import os
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

import fsspec
import pytest
from botocore.exceptions import ClientError
from click.testing import Result

from catalogue import feed, storage
from catalogue.encoding import SHARD, parse_manifest
from catalogue.errors import LookalikeError, PrecomputedError, StorageError
from catalogue.mirror import Mirror
from catalogue.precomputed import load, verify
from catalogue.product import Product
from catalogue.publication import Publication, copy
from catalogue.storage import Overtaken
from model import places
from storefront import remote
from tests.serving import ROOT, free_port, serving
from tests.shop_folder import make_products, make_shop_folder
from tests.storage_server import BUCKET, ENVIRONMENT, SECRET, Storage
from tests.storage_server import storage as served
from tests.test_build import built, command
from tests.test_precomputed import tree, write_many

DEMO = ROOT / "data" / "demo"
LITE0 = ("--extractor", "efficientnet-lite0")
SOURCE, LISTS = f"s3://{BUCKET}/catalogue", f"s3://{BUCKET}/lists"
S3 = fsspec.get_filesystem_class("s3")


@pytest.fixture(scope="module")
def server() -> Iterator[Storage]:
    with served() as running:
        yield running


@pytest.fixture(autouse=True)
def environment(server: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a user sets; the cache of a machine of its own for each test."""
    for name, value in {**ENVIRONMENT, "AWS_ENDPOINT_URL": server.address, "AWS_EC2_METADATA_DISABLED": "true"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    _forget()
    yield
    _forget()


def _forget() -> None:
    """Connections keep the environment that they were opened in."""
    storage._storage.cache_clear()
    S3.clear_instance_cache()


def some(count: int, start: int = 0) -> list[Product]:
    """Products of the demo shop, each of another kind."""
    return [product for product in feed.read(DEMO).products if len(product.image_files) == 1][start :: 200 // count][
        :count
    ]


def save(folder: Path, products: Sequence[Product]) -> Path:
    for name in (name for product in products for name in product.image_files):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(DEMO / name, folder / name)
    feed.write_table(folder / "products.csv", products)
    return folder


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue of twelve products in a folder, built into `lists` beside it."""
    folder = save(tmp_path_factory.mktemp("shop") / "catalogue", some(12))
    assert command("build", folder, "--out", folder.parent / "lists", *LITE0).exit_code == 0
    return folder


def build(*options: object, source: object = SOURCE, out: object = LISTS) -> Result:
    answer = command("build", source, "--out", out, *LITE0, *options)
    assert SECRET not in answer.output
    return answer


def told(answer: Result, error: type[LookalikeError] = StorageError) -> str:
    """The one line of an error of ours."""
    assert isinstance(answer.exception, error), answer.output
    assert "\n" not in str(answer.exception)
    assert SECRET not in str(answer.exception)
    return str(answer.exception)


def check_whole(folder: Path, prefix: str) -> None:
    """A copy of what is there is whole, and each of its thumbnails what it should be."""
    copy(storage.at(f"s3://{BUCKET}/{prefix}"), folder)
    verify(folder)


def test_a_build_from_storage_to_storage_is_the_local_one(server: Storage, shop: Path, tmp_path: Path) -> None:
    local = tree(shop.parent / "lists")
    server.upload(save(tmp_path / "catalogue", some(12)), "catalogue")
    first = build()
    assert first.exit_code == 0, first.output
    assert f"{LISTS} holds version {load(shop.parent / 'lists').manifest.version}" in first.output
    assert built(first.output)["features new"] == 12
    assert server.tree("lists") == local
    features = {
        name: content for name, content in tree(shop).items() if name.startswith("features/") and "/." not in name
    }
    assert {n: c for n, c in server.tree("catalogue").items() if n.startswith("features/")} == features

    written = {prefix: server.written(prefix) for prefix in ("catalogue", "lists")}
    assert {*written["lists"].values(), *written["catalogue"].values()} == {1}
    assert built(build().output)["features new"] == 0
    assert built(build("--work", tmp_path / "another").output)["features new"] == 0  # the machine has no cache
    assert {prefix: server.written(prefix) for prefix in written} == written


def test_only_what_changed_travels(server: Storage, shop: Path, tmp_path: Path) -> None:
    products = some(12)
    folder = save(tmp_path / "changed", [*products[:11], *some(1, 5)])
    server.upload(shop, "moving")
    server.upload(shop.parent / "lists", "moving-lists")
    shutil.copytree(shop / "features", folder / "features", ignore=shutil.ignore_patterns(".lock"))
    shutil.copytree(shop.parent / "lists", tmp_path / "lists")
    assert command("build", folder, "--out", tmp_path / "lists", *LITE0).exit_code == 0
    before = server.written("moving"), server.written("moving-lists")

    for name in (name for product in some(1, 5) for name in product.image_files):
        server.put(f"moving/{name}", (DEMO / name).read_bytes())
    server.put("moving/products.csv", (folder / "products.csv").read_bytes())
    answer = build(source=f"s3://{BUCKET}/moving", out=f"s3://{BUCKET}/moving-lists")
    assert (built(answer.output)["features new"], built(answer.output)["features reused"]) == (1, 11)
    assert server.tree("moving-lists") == tree(tmp_path / "lists")
    after = server.written("moving"), server.written("moving-lists")
    sent = [{name for name in now if now[name] != then.get(name, 0)} for now, then in zip(after, before, strict=True)]
    assert len([name for name in sent[0] if name.startswith("features/")]) == 3  # two views and the prints
    assert len([name for name in sent[1] if name.startswith("images/")]) == 2  # two sizes
    check_whole(tmp_path / "copy", "moving-lists")


def test_files_that_stay_are_neither_sent_nor_fetched_again(server: Storage, tmp_path: Path) -> None:
    place = storage.at(f"s3://{BUCKET}/large")

    def published(titled: str) -> set[str]:
        """The names of what was sent."""
        before = server.written("large")
        with places.lists(place, tmp_path / "work", lambda items, *_: items) as folder:
            write_many(folder, 3 * SHARD, 3, titled)
        return {name for name, _ in server.written("large").items() - before.items()}

    assert len(published("before")) == 7
    site = remote.site(place.url)
    manifest = parse_manifest(server.tree("large")["manifest.json"])
    sent = published("after")
    changed = parse_manifest(server.tree("large")["manifest.json"]).paths["catalogue-0002.json"]
    assert sent == {"manifest.json", changed}
    assert published("after") == set()
    check_whole(tmp_path / "copy", "large")

    after = remote.site(place.url, site.server)
    assert [*after.context.shop.products][-1].title == "after"
    base = manifest.paths["neighbours-0001.json"]
    assert (site.folder / base).samefile(after.folder / base)  # not fetched again
    assert not (site.folder / changed).exists()


REAL = f"""
import runpy, sys
sys.argv[1:] = ["build", {{!r}}, "--out", {{!r}}, *{LITE0}]
runpy.run_module("model", run_name="__main__")
"""
DRAWN = """
from catalogue import storage
from model import places, progress
from tests.shop_folder import make_products, make_shop_folder
with places.lists(storage.at({1!r}), None, progress.silent) as folder:
    make_shop_folder(folder, make_products(30))
"""
FIRST = "import os; from catalogue.storage import Place as P\ndef die(): os.kill(os.getpid(), 9)\n"
KILLED = {
    "between-its-files": "from catalogue import mirror; mirror.BLOCK = 24; put, left = P.put, [0]\n"
    f"def stop(*given):\n    left or die()\n    left.pop()\n    put(*given)\nP.put = stop\n{DRAWN}",
    "before-its-manifest": f"P.replace = lambda *given: die()\n{REAL}",
}


@pytest.mark.parametrize("when", KILLED)
def test_a_publication_that_is_killed_leaves_the_version_before(
    server: Storage, shop: Path, tmp_path: Path, when: str
) -> None:
    place = f"s3://{BUCKET}/{when}"
    server.upload(make_shop_folder(tmp_path / "old", make_products(8)), when)
    before = server.tree(when)
    run = [sys.executable, "-c", FIRST + KILLED[when].format(str(shop), place)]
    answer = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert answer.returncode == -signal.SIGKILL, answer.stderr
    assert SECRET not in answer.stdout + answer.stderr
    left = server.tree(when)
    assert {name: left.get(name) for name in before} == before
    assert len(left) > len(before)
    check_whole(tmp_path / "copy", when)
    assert len(load(tmp_path / "copy")) == 8
    assert build(source=shop, out=place).exit_code == 0
    assert server.tree(when) == tree(shop.parent / "lists")


def test_of_two_publications_at_once_one_is_refused(server: Storage, tmp_path: Path) -> None:
    server.upload(make_shop_folder(tmp_path / "old", make_products(6)), "twice")
    place = storage.at(f"s3://{BUCKET}/twice")
    slow, quick = (Publication(place, tmp_path / name) for name in ("slow", "quick"))
    for publication, products in ((slow, 7), (quick, 8)):
        _all(publication.fetched(publication.to_fetch()))
        make_shop_folder(tmp_path / ("slow" if publication is slow else "quick"), make_products(products))
    _all(slow.sent(slow.to_send()))
    _all(quick.sent(quick.to_send()))
    _all(quick.removed(quick.switch()))
    with pytest.raises(StorageError, match=r"other lists were published to .* since this build began"):
        slow.switch()
    check_whole(tmp_path / "copy", "twice")
    assert len(load(tmp_path / "copy")) == 8
    assert server.tree("twice") == tree(tmp_path / "quick")


def test_a_storage_without_conditions_is_looked_at_before(server: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = S3._pipe_file

    async def simple(self: object, path: str, data: bytes, **given: object) -> object:
        if given:
            raise ClientError({"Error": {"Code": "NotImplemented"}}, "PutObject")
        return await whole(self, path, data)

    monkeypatch.setattr(S3, "_pipe_file", simple)
    place = storage.at(f"s3://{BUCKET}/simple")
    place.replace("file", b"one", None)
    first = place.item("file")
    place.replace("file", b"two", first)
    with pytest.raises(Overtaken):
        place.replace("file", b"three", first)
    assert server.tree("simple") == {"file": b"two"}


def test_a_publication_puts_back_what_another_one_removed(server: Storage, tmp_path: Path) -> None:
    server.upload(make_shop_folder(tmp_path / "old", make_products(6)), "shared")
    publication = Publication(storage.at(f"s3://{BUCKET}/shared"), tmp_path / "new")
    _all(publication.fetched(publication.to_fetch()))
    make_shop_folder(tmp_path / "new", make_products(7))
    _all(publication.sent(publication.to_send()))
    thumbnail = next(name for name in tree(tmp_path / "new") if name.startswith("images/"))
    server.delete(f"shared/{thumbnail}")
    _all(publication.removed(publication.switch()))
    assert server.tree("shared") == tree(tmp_path / "new")


def test_a_block_that_is_damaged_there_is_done_again_once(server: Storage, shop: Path, tmp_path: Path) -> None:
    server.upload(shop, "damaged")
    block = sorted(name for name in server.tree("damaged") if name.endswith(".npz"))[0]
    server.put(f"damaged/{block}", server.tree("damaged")[block][:-100])
    for work, said in (("one", True), ("two", False)):
        answer = build("--work", tmp_path / work, source=f"s3://{BUCKET}/damaged", out=tmp_path / "lists")
        assert ("damaged, extracted again" in answer.output) is said
    assert server.tree("damaged")[block] == (shop / block).read_bytes()


def test_other_commands_read_a_catalogue_there(server: Storage, shop: Path, tmp_path: Path) -> None:
    server.upload(shop, "asked")
    source = f"s3://{BUCKET}/asked"
    wanted = some(12)[0].id
    asked = [command("similar", each, wanted, *LITE0).output for each in (source, shop)]
    assert asked[0].splitlines()[-8:] == asked[1].splitlines()[-8:]
    assert command("extract", source, "--out", tmp_path / "far.npz", *LITE0).exit_code == 0
    assert command("extract", shop, "--out", tmp_path / "near.npz", *LITE0).exit_code == 0
    assert (tmp_path / "far.npz").read_bytes() == (tmp_path / "near.npz").read_bytes()
    assert "is a path of this machine" in told(command("extract", shop, "--out", f"{source}/far.npz", *LITE0))
    assert "features to extract, crop" in build("--dry-run", source=source, out=f"s3://{BUCKET}/planned").output
    assert not server.tree("planned")


def test_photos_that_are_gone_are_counted_and_those_alone_are_a_catalogue(server: Storage, tmp_path: Path) -> None:
    folder = save(tmp_path / "shop", some(3))
    for name in some(3)[0].image_files:
        (folder / name).unlink()
    server.upload(folder, "lacking")
    with_ = ("--preset", "classic", "--work", tmp_path / "work")
    far = built(build(*with_, source=f"s3://{BUCKET}/lacking", out=tmp_path / "far").output)
    assert far == built(build(*with_, source=folder, out=tmp_path / "near").output)
    assert far["dropped: missing file"] == len(some(3)[0].image_files)
    assert tree(tmp_path / "far") == tree(tmp_path / "near")
    server.delete("lacking/products.csv")
    for number, path in enumerate((folder / "images").iterdir()):
        server.put(f"loose/cups/{number}.webp", path.read_bytes())
    loose = build(*with_, source=f"s3://{BUCKET}/loose", out=tmp_path / "loose")
    assert {product.category for product in load(tmp_path / "loose").products} == {"Cups"}, loose.output


def test_other_storages_take_the_same_way(shop: Path, tmp_path: Path) -> None:
    """A folder by its URL stands for those that have neither ETags nor conditions."""
    shutil.copytree(shop, tmp_path / "there", ignore=shutil.ignore_patterns(".lock"))
    place = f"file://{tmp_path}/lists"
    for k in (3, 24):
        answer = build("--k", k, source=f"file://{tmp_path}/there", out=place)
        assert built(answer.output)["features new"] == 0
    assert tree(tmp_path / "lists") == tree(shop.parent / "lists")
    late, early = (Publication(storage.at(place), tmp_path / name) for name in ("late", "early"))
    for publication, name in ((late, "late"), (early, "early")):
        _all(publication.fetched(publication.to_fetch()))
        make_shop_folder(tmp_path / name, make_products(len(name)))
        _all(publication.sent(publication.to_send()))
    early.switch()
    with pytest.raises(StorageError, match="since this build began"):
        late.switch()


def test_half_a_catalogue_is_told(server: Storage, tmp_path: Path) -> None:
    out = tmp_path / "lists"
    assert "needs a products.csv with rows, or photos" in told(build(source=f"s3://{BUCKET}/nothing", out=out))
    folder = save(tmp_path / "shop", some(2))
    server.put("table/products.csv", (folder / "products.csv").read_bytes())
    assert "has none of the" in told(build(source=f"s3://{BUCKET}/table", out=out))
    server.put(f"photos/images/{'a' * 64}.jpg", b"any")
    assert "has photos and no products.csv that names them" in told(build(source=f"s3://{BUCKET}/photos", out=out))
    server.put("letters/a-letter.txt", b"any")
    to_letters = build(source=folder, out=f"s3://{BUCKET}/letters")
    assert "holds a-letter.txt, which is no part" in told(to_letters, PrecomputedError)
    assert "catalogue's own folder" in told(build(out=SOURCE), PrecomputedError)
    assert not out.exists()


def test_storage_that_cannot_be_used_is_told(server: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "there is no such bucket" in told(build(source="s3://nobodys-bucket/shop"))
    with server.guarded():
        assert "refuses these credentials" in told(build())
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    _forget()
    assert "no credentials" in told(build())


def test_a_server_that_is_away_ends_the_command_with_one_line() -> None:
    environment = {**os.environ, "AWS_ENDPOINT_URL": f"http://{SECRET}:{SECRET}@127.0.0.1:{free_port()}"}
    answer = subprocess.run(
        [sys.executable, "-m", "model", "build", SOURCE, "--out", LISTS],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 21
    assert answer.stderr == (
        f"error: {LISTS} cannot be reached. Check AWS_ENDPOINT_URL and the network, and run this again.\n"
    )
    assert not answer.stdout


@pytest.mark.parametrize(
    "url", [f"s3://key:{SECRET}@bucket/shop", f"s3://key:{SECRET}/@bucket/shop", f"s3://bucket/shop?secret={SECRET}"]
)
def test_secrets_have_no_place_in_a_url(url: str) -> None:
    assert "Give credentials in the environment alone" in told(build(source=url))


@pytest.mark.parametrize(
    ("url", "message"), [("s3:///shop", "names no bucket"), ("nothing://bucket/shop", "is of no storage that is known")]
)
def test_a_url_of_nothing_is_told(url: str, message: str) -> None:
    assert message in told(build(source=url))


@pytest.mark.parametrize("package", ["fsspec", "s3fs"])
def test_what_is_not_installed_is_named(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name == package or name.startswith(f"{package}.")]:
        monkeypatch.setitem(sys.modules, name, None)
    if package == "s3fs":
        monkeypatch.delitem(sys.modules["fsspec.registry"]._registry, "s3")
    said = told(build())
    assert f"needs {package}" in said
    assert "pip install --require-hashes -r requirements-cluster.txt" in said


def test_two_builds_on_one_copy_do_not_meet(tmp_path: Path) -> None:
    with places.lists(storage.at(f"s3://{BUCKET}/alone"), tmp_path / "work", lambda items, *_: items):
        said = told(build("--work", tmp_path / "work", out=f"s3://{BUCKET}/alone"))
    assert "another build is at work on" in said


def test_names_of_a_stranger_stay_in_the_folder(server: Storage, tmp_path: Path) -> None:
    for key in ("strange/../outside.png", "strange//twice.png", "strange/ok.png"):
        server.put(key, b"any")
    mirror = Mirror(storage.at(f"s3://{BUCKET}/strange"), tmp_path / "copy")
    assert [*mirror.there] == ["ok.png"]


def test_the_site_serves_a_copy(server: Storage, shop: Path, tmp_path: Path) -> None:
    server.upload(shop.parent / "lists", "site")
    environment = {"PRECOMPUTED_DIR": f"s3://{BUCKET}/site", "TMPDIR": str(tmp_path), "ACCESS_LOG": "off"}
    gunicorn = [sys.executable, "-m", "gunicorn", "app:server"]
    with serving(gunicorn, environment=environment) as address:
        page = urllib.request.urlopen(f"{address}/p/{some(12)[0].id}", timeout=10).read().decode()
        assert some(12)[0].title in page
        assert any(tmp_path.glob("lookalike-lists-*"))
    assert not any(tmp_path.glob("lookalike-lists-*"))


def _all(names: Iterator[str]) -> None:
    for _ in names:
        pass
