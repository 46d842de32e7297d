"""Real builds that go on from the lists before: they say so, and a kill, damage or other settings lose nothing."""

import shutil
import signal
import sys
from pathlib import Path

import pytest

from catalogue.precomputed import verify
from tests.factories import encoded, make_photo
from tests.test_build import built
from tests.test_crash import dying, finished, ran, whole

LARGE = "from model import neighbours; neighbours.EXACT = 0"  # every catalogue is too large to compare all rows
NETWORK = ("--extractor", "efficientnet-lite0", "--engine", "openvino", "--views", "letterbox")
PHOTOS = 60


def line(folder: Path, *options: str, before: str = LARGE) -> list[str]:
    run = f"{before}; import runpy; runpy.run_module('model', run_name='__main__')"
    words = ("build", str(folder / "photos"), "--out", str(folder / "lists"), *options, *NETWORK)
    return [sys.executable, "-c", run, *words]


def save_photo(folder: Path, number: int) -> None:
    colour = f"#{number * 97 % 256:02x}{number * 31 % 256:02x}{number * 4 % 256:02x}"
    picture = make_photo(colour, ("ellipse", "rectangle")[number % 2], (64, 32 + number % 7))
    (folder / "photos" / f"{number:03}.png").write_bytes(encoded(picture))


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop whose lists were made, and one photo that came since."""
    folder = tmp_path_factory.mktemp("first")
    (folder / "photos").mkdir()
    for number in range(PHOTOS):
        save_photo(folder, number)
    counted = built(finished(line(folder)))
    assert (counted["lists made anew"], counted["lists gone on from"]) == (PHOTOS, 0)
    save_photo(folder, PHOTOS)
    return folder


@pytest.fixture(scope="module")
def second(first: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same after a build that went on."""
    folder = copied(first, tmp_path_factory.mktemp("second"))
    counted = built(finished(line(folder)))
    assert counted["lists made anew"] + counted["lists gone on from"] == PHOTOS + 1
    assert counted["lists changed"] <= counted["lists made anew"]
    assert counted["lists gone on from"] > 0
    return folder


def copied(folder: Path, to: Path) -> Path:
    shutil.copytree(folder, to / "shop", ignore=shutil.ignore_patterns(".lock"))
    return to / "shop"


def state(folder: Path) -> dict[str, bytes]:
    return whole(folder / "photos" / "features" / "lists")


def test_the_same_change_of_the_same_state_gives_the_same_bytes(first: Path, second: Path, tmp_path: Path) -> None:
    again = copied(first, tmp_path)
    shutil.rmtree(again / "lists")
    finished(line(again))
    assert state(again) == state(second)
    assert lists(again) == lists(second)
    assert lists(second) != lists(first)
    counted = built(finished(line(again)))
    assert counted["lists made anew"] == counted["lists changed"] == 0


def lists(folder: Path) -> dict[str, str]:
    """What is served, but for the map, which keeps places of its own."""
    return {name: each for name, each in verify(folder / "lists").manifest.files.items() if name != "map.json"}


def test_whole_makes_all_anew_as_a_first_build_would(second: Path, tmp_path: Path) -> None:
    shop = copied(second, tmp_path)
    assert built(finished(line(shop, "--whole")))["lists made anew"] == PHOTOS + 1
    fresh = copied(second, tmp_path / "fresh")
    shutil.rmtree(fresh / "photos" / "features" / "lists")
    shutil.rmtree(fresh / "lists")
    finished(line(fresh))
    assert (lists(shop), state(shop)) == (lists(fresh), state(fresh))


def test_other_settings_do_not_go_on(second: Path, tmp_path: Path) -> None:
    assert built(finished(line(copied(second, tmp_path), "--k", "5")))["lists gone on from"] == 0


@pytest.mark.parametrize("name", ["features/lists/manifest.json", "lists/manifest.json"])
def test_a_build_killed_as_it_ends_goes_on_from_the_old_or_the_new(
    first: Path, second: Path, tmp_path: Path, name: str
) -> None:
    shop = copied(first, tmp_path)
    killed = dying("os.rename", str(shop / ("photos" if "features" in name else "") / name))
    assert ran(line(shop, before=f"{LARGE}; {killed}")).returncode == -signal.SIGKILL
    finished(line(shop))
    assert lists(shop) == lists(second)
    assert state(shop) == state(second)
    assert len([path for path in (shop / "photos" / "features" / "lists").iterdir() if path.is_dir()]) == 1


def test_a_damaged_state_is_nothing_to_go_on_from(first: Path, tmp_path: Path) -> None:
    shop = copied(first, tmp_path)
    (rows,) = (shop / "photos" / "features" / "lists").glob("*/rows.npy")
    rows.write_bytes(rows.read_bytes()[:-4])
    assert built(finished(line(shop)))["lists made anew"] == PHOTOS + 1
