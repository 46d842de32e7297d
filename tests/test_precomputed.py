"""The precomputed format: what is written is read again, what does not match is named, what was served stays."""

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue import atomic, writer
from catalogue.content import Extras
from catalogue.encoding import SHARD, Entry, Manifest, manifest_bytes, version_of
from catalogue.errors import PrecomputedError, UnknownProduct
from catalogue.precomputed import load, read_manifest, verify
from catalogue.product import Layout, MapGroup, Neighbour, Placed, Product
from tests.factories import make_product, products
from tests.shop_folder import BUILD, make_products, make_shop_folder


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def write_many(folder: Path, count: int, k: int, last: str = "last") -> Manifest:
    """Products with lists of others, in several shards; the last one has another title."""
    entries = [Entry(make_product(f"product-{number:06}")) for number in range(count - 1)]
    entries.append(Entry(make_product(f"product-{count - 1:06}", last)))
    ids = [entry.product.id for entry in entries]
    lists = {
        own: [Neighbour(ids[(row * 7919 + place * 104729) % count], round(0.9 - place / 50, 4)) for place in range(k)]
        for row, own in enumerate(ids)
    }
    return writer.write(folder, BUILD, entries, lists)


@settings(deadline=None)  # a folder is written and synced each time
@given(st.lists(products(), min_size=1, max_size=8, unique_by=lambda product: product.id), st.data())
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, written: list[Product], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("precomputed")
    ids = [product.id for product in written]
    near = st.builds(
        Neighbour,
        st.sampled_from(ids),
        st.integers(-10_000, 10_000).map(lambda whole: whole / 10_000),
        st.integers(0, 31),
    )
    several = st.lists(near, max_size=5)
    lists, elsewhere = ({each: data.draw(several) for each in ids} for _ in range(2))
    drawn = {each: data.draw(st.none() | st.tuples(st.integers(0, 9999), st.integers(0, 9999))) for each in ids}
    places = {each: place for each, place in drawn.items() if place}
    layout = Layout(places, len(places)) if places else None
    heats = {each: data.draw(st.lists(st.text("0123456789", max_size=9), max_size=3)) for each in ids}
    extras = Extras(elsewhere, [sorted(ids)] if len(ids) > 1 else [], layout, heats, b'{"format":1}')
    writer.write(folder, BUILD, [Entry(product) for product in written], lists, extras=extras)
    shop = load(folder)
    assert list(shop.products) == sorted(written, key=lambda product: product.id)
    assert {each: shop.stored(each) for each in ids} == lists
    available = {product.id for product in written if product.available}
    assert all(shop.elsewhere(i) == [n for n in elsewhere[i] if n.product_id in available] for i in ids)
    assert all(shop.duplicates(each) == sorted(set(ids) - {each}) for each in ids)
    assert shop.layout == layout
    assert {each: list(shop.heats(each)) for each in ids} == heats
    assert shop.report == extras.report


def test_what_was_not_written_is_empty(tmp_path: Path) -> None:
    shop = load(make_shop_folder(tmp_path, make_products(3)))
    assert (shop.elsewhere("mug-000"), shop.duplicates("mug-000"), shop.heats("mug-000")) == ([], [], ())
    assert (shop.groups, shop.layout, shop.report) == ([], None, b"")


def test_what_is_sold_out_is_passed_over(tmp_path: Path) -> None:
    products = [
        make_product(f"p{number:02}", availability="out_of_stock" if number % 2 else "in_stock") for number in range(40)
    ]
    lists = {"p00": [Neighbour(product.id, 0.9) for product in products[1:]]}
    writer.write(tmp_path, BUILD, [Entry(product) for product in products], lists)
    shop = load(tmp_path)
    assert [near.product_id for near in shop.neighbours("p00", 12)] == [f"p{2 * n:02}" for n in range(1, 13)]
    assert len(shop.stored("p00")) == 39


def test_thumbnails_are_read_again(tmp_path: Path) -> None:
    shop = verify(make_shop_folder(tmp_path, make_products(3)))
    thumbnail = shop.thumbnails("mug-000")[0]
    assert (thumbnail.width, thumbnail.height) == (213, 320)
    assert thumbnail.colour == "#7a9e7e"
    assert shop.manifest.photos == 3


def test_lists_run_over_several_files(tmp_path: Path) -> None:
    manifest = write_many(tmp_path, 2 * SHARD + 1, 3)
    assert sorted(manifest.files) == [f"{kind}-000{n}.json" for kind in ("catalogue", "neighbours") for n in range(3)]
    assert len(load(tmp_path).neighbours("product-002000")) == 3


def test_reasons_take_at_most_two_bytes_a_pair(tmp_path: Path) -> None:
    sizes = {}
    for flags in (0, 31):
        near = [Neighbour(f"p{number}", 0.9, flags) for number in range(1, 9)]
        writer.write(tmp_path / str(flags), BUILD, [Entry(make_product(f"p{n}")) for n in range(9)], {"p0": near})
        sizes[flags] = sum(path.stat().st_size for path in (tmp_path / str(flags)).glob("lists/neighbours-*"))
    assert 0 < sizes[31] - sizes[0] <= 2 * 8


def test_lists_of_twelve_take_at_most_130_bytes_a_product(tmp_path: Path) -> None:
    write_many(tmp_path, 3000, 12)
    size = sum(path.stat().st_size for path in tmp_path.glob("lists/neighbours-*"))
    assert size / 3000 <= 130


def test_equal_input_gives_equal_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        make_shop_folder(tmp_path / name, make_products(5))
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


def test_an_unknown_product_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownProduct, match="'lamp-1'"):
        load(make_shop_folder(tmp_path, make_products(2))).neighbours("lamp-1")


def edited(change: Callable[[dict[str, object]], object]) -> Callable[[Path], Path]:
    def spoil(folder: Path) -> Path:
        path = folder / "manifest.json"
        manifest = json.loads(path.read_bytes())
        change(manifest)
        path.write_text(json.dumps(manifest))
        return path

    return spoil


def emptied(name: str) -> Callable[[Path], Path]:
    def spoil(folder: Path) -> Path:
        path = next(folder.glob(name))
        path.write_bytes(b"")
        return path

    return spoil


def removed(name: str) -> Callable[[Path], Path]:
    def spoil(folder: Path) -> Path:
        path = next(folder.glob(name))
        path.unlink()
        return path

    return spoil


def flipped(folder: Path) -> Path:
    path = next(folder.glob("lists/neighbours-0000-*"))
    path.write_bytes(path.read_bytes().replace(b"9500", b"9501", 1))
    return path


def truncated(folder: Path) -> Path:
    path = next(folder.glob("lists/catalogue-0000-*"))
    path.write_bytes(path.read_bytes()[:-7])
    return path


def foreign(folder: Path) -> Path:
    path = folder / "lists" / "neighbours-0001.json"
    path.write_text("[]")
    return path


@pytest.mark.parametrize(
    "spoil",
    [
        removed("manifest.json"),
        emptied("manifest.json"),
        edited(lambda manifest: manifest.update(format=99)),
        edited(lambda manifest: manifest.update(version="0" * 16)),
        edited(lambda manifest: manifest.pop("build")),
        edited(lambda manifest: manifest.update(files=[])),
        removed("lists/catalogue-0000-*"),
        truncated,
        emptied("lists/neighbours-0000-*"),
        removed("images/*/*-160.webp"),
        flipped,
        foreign,
    ],
)
def test_what_does_not_match_the_manifest_is_named(tmp_path: Path, spoil: Callable[[Path], Path]) -> None:
    path = spoil(make_shop_folder(tmp_path, make_products(4)))
    with pytest.raises(PrecomputedError) as error:
        load(tmp_path)
    assert path.name in str(error.value)
    assert "uild" in str(error.value)


def test_what_is_no_folder_of_lists_is_named(tmp_path: Path) -> None:
    (tmp_path / "letter").touch()
    (tmp_path / "folder" / "manifest.json").mkdir(parents=True)
    for name in ("letter", "folder"):
        with pytest.raises(PrecomputedError, match=rf"{name}.manifest\.json cannot be read"):
            load(tmp_path / name)


def test_a_manifest_of_other_lists_is_refused(tmp_path: Path) -> None:
    one, two = (make_shop_folder(tmp_path / name, make_products(n)) for name, n in (("one", 2), ("two", 3)))
    (one / "manifest.json").write_bytes((two / "manifest.json").read_bytes())
    with pytest.raises(PrecomputedError, match=r"catalogue-0000-\w+\.json cannot be read"):
        load(one)


def replace_file(folder: Path, name: str, content: bytes) -> None:
    """Put `content` in the place of a version's file, with a manifest to match."""
    manifest = read_manifest(folder)
    put_manifest(folder, manifest, {**manifest.files, name: hashlib.sha256(content).hexdigest()})
    (folder / read_manifest(folder).paths[name]).write_bytes(content)


def put_manifest(folder: Path, manifest: Manifest, files: dict[str, str]) -> None:
    other = replace(manifest, version=version_of(manifest.build, files), files=files)
    (folder / "manifest.json").write_bytes(manifest_bytes(other))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("duplicates.json", [[0, 2]], "outside the 2 products"),
        ("catalogue-0000.json", [{"id": "a", "title": "A"}], "1 products and 2 lists"),
        ("catalogue-0000.json", [{"id": "b", "title": "B"}, {"id": "a", "title": "A"}], "out of order"),
        ("catalogue-0000.json", [{"id": "a", "title": "A"}, {"id": "a", "title": "A"}], "there twice"),
        ("catalogue-0000.json", [{"id": "a", "title": "A", "added": "soon"}], "cannot be read"),
        ("catalogue-0000.json", [{"id": "a", "title": "A", "price": "dear"}], "cannot be read"),
        ("catalogue-0000.json", [{"id": "a"}], "cannot be read"),
        ("catalogue-0000.json", [{"id": "a", "title": "A", "size": 3}], "cannot be read"),
    ],
)
def test_what_makes_no_sense_is_named(tmp_path: Path, name: str, content: object, message: str) -> None:
    replace_file(make_shop_folder(tmp_path, make_products(2)), name, json.dumps(content).encode())
    with pytest.raises(PrecomputedError, match=message):
        load(tmp_path)


def test_a_manifest_without_all_lists_is_refused(tmp_path: Path) -> None:
    manifest = write_many(tmp_path, SHARD + 1, 1)
    put_manifest(
        tmp_path, manifest, {name: each for name, each in manifest.files.items() if name != "neighbours-0001.json"}
    )
    with pytest.raises(PrecomputedError, match="1001 products and 1000 lists where its manifest says 1001"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("neighbours-0000.json", [[[2], [9500]], [[0], [9500]]], "outside the 2 products"),
        ("neighbours-0000.json", [[[-1], [9500]], [[0], [9500]]], "outside the 2 products"),
        ("neighbours-0000.json", [[[1, 1], [9500]], [[], []]], "not as many similarities"),
        ("neighbours-0000.json", [[[1], [9500]]], "1 rows that can be told apart, of 2 products"),
        ("neighbours-0000.json", {"0": [[1], [9500]]}, "cannot be read"),
        ("elsewhere-0000.json", [[[2], [9500]], [[], []]], "outside the 2 products"),
        ("heats-0000.json", [["1"]], "1 rows"),
        ("map.json", {"laid_out": 1, "places": [[1, 1]]}, "cannot be read"),
        ("map.json", {"laid_out": 1, "places": [[1, 1], [1, 10_000]]}, "expected a place"),
        ("map.json", {"laid_out": 1, "places": [[1, 1], 0], "groups": [[1, 1, "", 1]]}, "expected a name"),
    ],
)
def test_lists_that_make_no_sense_are_named_when_they_are_read(
    tmp_path: Path, name: str, content: object, message: str
) -> None:
    replace_file(make_shop_folder(tmp_path, make_products(2)), name, json.dumps(content).encode())
    shop = load(tmp_path)
    assert shop.product("bowl-001").title == "Bowl number 1"
    with pytest.raises(PrecomputedError, match=f"{name} cannot be read.*{message.removeprefix('cannot be read')}"):
        _ = (shop.neighbours("bowl-001"), shop.elsewhere("bowl-001"), shop.heats("bowl-001"), shop.layout)
    with pytest.raises(PrecomputedError, match=name):
        verify(tmp_path)


def test_a_folder_without_images_is_enough_where_they_are_served_from_elsewhere(tmp_path: Path) -> None:
    folder = make_shop_folder(tmp_path, make_products(3))
    shutil.rmtree(folder / "images")
    with pytest.raises(PrecomputedError, match=r"images/.*\.webp is missing"):
        load(folder)
    assert load(folder, images=False).thumbnails("mug-000")


def test_some_of_many_places_are_chosen_evenly(tmp_path: Path) -> None:
    ids = [f"p{number}" for number in range(10)]
    layout = Layout({each: (number, 9) for number, each in enumerate(ids) if number != 4}, 9)
    entries = [Entry(make_product(each, product_type="Kitchen > Mugs" if each == "p8" else "")) for each in ids]
    writer.write(tmp_path, BUILD, entries, {}, extras=Extras(layout=layout))
    shop = load(tmp_path)
    chosen = [Placed("p0", "", (0, 9)), Placed("p8", "Mugs", (8, 9))]
    assert shop.places(4) == ([chosen[0], *(Placed(f"p{n}", "", (n, 9)) for n in (3, 6)), Placed("p9", "", (9, 9))], 9)
    assert shop.places(3) == (chosen, 9)
    assert {each.product_id: each.place for each in shop.places(10)[0]} == layout.places


def test_the_labels_of_the_map_are_read_again(tmp_path: Path) -> None:
    groups = (MapGroup("Mugs & <b>", (8, 9), 7), MapGroup("कटोरे", (9999, 0), 1))
    writer.write(
        tmp_path, BUILD, [Entry(make_product("p1"))], {}, extras=Extras(layout=Layout({"p1": (8, 9)}, 1, groups))
    )
    shop = load(tmp_path)
    assert shop.map_groups() == groups
    assert shop.layout == Layout({"p1": (8, 9)}, 1, groups)


def test_a_shop_without_labels_has_none(tmp_path: Path) -> None:
    for number, layout in enumerate((None, Layout({"p1": (8, 9)}, 1))):
        folder = tmp_path / str(number)
        writer.write(folder, BUILD, [Entry(make_product("p1"))], {}, extras=Extras(layout=layout))
        assert load(folder).map_groups() == ()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        '{"groups":1}',
        '{"groups":"Mugs"}',
        '{"groups":[1]}',
        '{"groups":[[1,2,"Mugs",0]]}',
        '{"groups":[[1,2,"\\ud800",3]]}',
    ],
)
def test_labels_that_make_no_sense_are_refused(tmp_path: Path, content: str) -> None:
    writer.write(tmp_path, BUILD, [Entry(make_product("p1"))], {}, extras=Extras(layout=Layout({"p1": (8, 9)}, 1)))
    replace_file(tmp_path, "map.json", content.encode())
    with pytest.raises(PrecomputedError, match=r"map\.json"):
        load(tmp_path).map_groups()


def test_dates_are_read_again(tmp_path: Path) -> None:
    writer.write(tmp_path, BUILD, [Entry(make_product("p1", added="2024-05-17")), Entry(make_product("p2"))], {})
    assert [product.added for product in load(tmp_path).products] == ["2024-05-17", ""]


def test_a_changed_thumbnail_is_found_by_verify(tmp_path: Path) -> None:
    path = emptied("images/*/*-320.webp")(make_shop_folder(tmp_path, make_products(2)))
    load(tmp_path)
    with pytest.raises(PrecomputedError, match=path.name):
        verify(tmp_path)


@pytest.mark.parametrize("survived", [0, 1, 2])
def test_a_write_that_fails_leaves_what_was_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, survived: int
) -> None:
    before = read_manifest(make_shop_folder(tmp_path, make_products(3)))
    written = 0
    real = atomic.write_bytes

    def full_disk(path: Path, content: bytes, *, durable: bool = True) -> None:
        nonlocal written
        if written == survived:
            raise OSError(28, "No space left on device", str(path))
        written += 1
        real(path, content, durable=durable)

    monkeypatch.setattr(atomic, "write_bytes", full_disk)
    with pytest.raises(PrecomputedError, match="No space left"):
        writer.write(tmp_path, BUILD, [Entry(make_product("new"))], {})
    assert verify(tmp_path).manifest == before


def test_a_new_version_replaces_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    make_shop_folder(tmp_path, make_products(3))
    (tmp_path / "notes").mkdir()
    (tmp_path / "images" / "ab").mkdir(exist_ok=True)
    (tmp_path / "images" / "ab" / ".left-over.tmp").touch()
    writer.write(tmp_path, BUILD, [Entry(make_product("only"))], {})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["images", "lists", "manifest.json", "notes"]
    assert {f"lists/{path.name}" for path in (tmp_path / "lists").iterdir()} == {
        *load(tmp_path).manifest.paths.values()
    }
    assert not [path for path in (tmp_path / "images").rglob("*") if path.is_file()]


def test_a_file_that_cannot_be_put_in_its_place_leaves_no_trace(tmp_path: Path) -> None:
    (tmp_path / "place").mkdir()
    with pytest.raises(OSError, match="directory"):
        atomic.write_bytes(tmp_path / "place", b"content")
    assert [path.name for path in tmp_path.iterdir()] == ["place"]


def test_what_a_version_does_not_change_is_not_written_again(tmp_path: Path) -> None:
    def files() -> dict[str, int]:
        return {path.name: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}

    write_many(tmp_path, 2 * SHARD, 3)
    first = files()
    write_many(tmp_path, 2 * SHARD, 3)
    assert files() == first
    write_many(tmp_path, 2 * SHARD, 3, "another")
    second = files()
    new = {name.rsplit("-", 1)[0] for name, time in second.items() if first.get(name) != time}
    assert new == {"manifest.json", "catalogue-0001"}
    assert len(second) == len(first)
    verify(tmp_path)


def test_lists_of_the_former_format_are_built_again(tmp_path: Path) -> None:
    former = tmp_path / "0123456789abcdef"
    former.mkdir()
    (former / "catalogue-0000.json").write_text("[]")
    edited(lambda manifest: manifest.update(format=2))(make_shop_folder(tmp_path, make_products(2)))
    with pytest.raises(PrecomputedError, match=r"expected format 3.*Build the folder again"):
        load(tmp_path)
    make_shop_folder(tmp_path, make_products(2))
    verify(tmp_path)
    assert not former.exists()
