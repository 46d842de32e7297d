"""The comparison with the seed's published figures: on drawn pictures, with figures that NumPy computes here."""

import hashlib
import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from click.testing import CliRunner
from PIL import Image

import benchmarks.__main__ as commands
from benchmarks import reproduce_seed
from benchmarks.reproduce_seed import BASE, FIGURES, IMAGES, compare, fetch_missing, measure, read_figures, settle
from catalogue.errors import CatalogueError, FeaturesError, Refused
from catalogue.product import Neighbour
from model.evaluation import Lists
from model.extractors import vgg16
from model.progress import silent
from scraper.fetch import Manners
from tests.factories import MeanColour, encoded, make_photo
from tests.serving import free_port
from tests.shop_server import Reply, photo, shop

MANNERS = Manners(hosts=("127.0.0.1",), delay=0.0, allow_private=True, seconds=2.0, retries=0)
JUDGED = ("0", "10", "7")
Vectors = dict[str, npt.NDArray[np.float64]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seed's 56 images by name, drawn: each a shape of another colour."""
    path = tmp_path_factory.mktemp("seed")
    for image, colour in zip(IMAGES, np.random.default_rng(56).integers(0, 200, (len(IMAGES), 3)), strict=True):
        make_photo("#{:02x}{:02x}{:02x}".format(*colour)).save(path / f"{image}.jpeg")
    return path


@pytest.fixture(scope="module")
def vectors(folder: Path) -> Vectors:
    """The mean colour of each image squashed to 16 × 16: the pixel in the middle of each cell."""
    return {image: _mean_colour(folder / f"{image}.jpeg") for image in IMAGES}


@pytest.fixture
def figures(vectors: Vectors) -> Lists:
    """What someone would publish who had computed these lists with NumPy alone, to seven digits."""
    return {image: _nearest(vectors, image)[:5] for image in JUDGED}


def test_figures_that_hold_differ_by_nothing(folder: Path, figures: Lists, tmp_path: Path) -> None:
    found = measure(folder, MeanColour(), silent, _written(tmp_path / "figures.csv", figures))
    assert (found.lists, found.equal, len(found.pairs)) == (3, 3, 15)
    assert found.largest.difference < 1e-6
    settle(found, tmp_path / "weights are not looked at.h5")


def test_one_changed_figure_is_the_largest_difference(figures: Lists, vectors: Vectors, tmp_path: Path) -> None:
    changed = [*figures["10"]]
    changed[2] = Neighbour(changed[2].product_id, changed[2].similarity - 0.0025)
    found = compare({**figures, "10": changed}, IMAGES, _stacked(vectors))
    assert (found.largest.image, found.largest.published) == ("10", changed[2])
    assert found.largest.difference == pytest.approx(0.0025, abs=1e-6)
    assert found.equal == 3
    with pytest.raises(FeaturesError, match=r"difference 0\.0025.*10 to .*3 of 3 lists are equal") as caught:
        settle(found, _weights(tmp_path))
    assert caught.value.exit_code == 15


def test_a_difference_within_the_tolerance_is_none(figures: Lists, vectors: Vectors, tmp_path: Path) -> None:
    shifted = [Neighbour(each.product_id, each.similarity + 0.0009) for each in figures["0"]]
    settle(compare({**figures, "0": shifted}, IMAGES, _stacked(vectors)), tmp_path / "unread.h5")


def test_swapped_neighbours_are_noticed(figures: Lists, vectors: Vectors, tmp_path: Path) -> None:
    first, second, *others = figures["7"]
    found = compare({**figures, "7": [second, first, *others]}, IMAGES, _stacked(vectors))
    assert (found.equal, found.lists) == (2, 3)
    assert found.largest.difference < 1e-6  # each similarity is that of its own pair
    with pytest.raises(FeaturesError, match="2 of 3 lists are equal"):
        settle(found, _weights(tmp_path))


def test_lengths_of_vectors_change_nothing(figures: Lists, vectors: Vectors) -> None:
    scaled = _stacked(vectors) * np.arange(1, len(IMAGES) + 1, dtype=np.float32)[:, None]
    assert compare(figures, IMAGES, scaled).largest.difference < 1e-6


def test_weights_of_ones_own_are_told_from_the_published_ones(
    figures: Lists, vectors: Vectors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = compare({**figures, "0": figures["0"][::-1]}, IMAGES, _stacked(vectors))
    weights = _weights(tmp_path)
    with pytest.raises(FeaturesError, match=r"own\.h5 is not the file that Keras publishes\. .* cannot be expected"):
        settle(found, weights)
    monkeypatch.setattr(vgg16, "WEIGHTS_MD5", hashlib.md5(weights.read_bytes()).hexdigest())
    with pytest.raises(FeaturesError, match=r"own\.h5 is the file that Keras publishes"):
        settle(found, weights)


def test_the_published_lists_agree_with_each_other() -> None:
    published = read_figures(FIGURES)
    similarities: dict[frozenset[str], float] = {}
    for image, neighbours in published.items():
        assert len(neighbours) == 5
        assert [near.similarity for near in neighbours] == sorted((n.similarity for n in neighbours), reverse=True)
        for near in neighbours:
            pair = frozenset((image, near.product_id))
            assert len(pair) == 2
            assert pair <= set(IMAGES)
            assert similarities.setdefault(pair, near.similarity) == near.similarity  # as a cosine is
    assert list(published) == ["0", "1", "10", "11", "12", "13"]
    assert len(IMAGES) == 56


def test_missing_images_are_fetched_and_the_others_left(tmp_path: Path) -> None:
    (tmp_path / "0.jpeg").write_bytes(b"mine")
    with shop({"*": photo()}) as server:
        fetch_missing(tmp_path, silent, f"{server.address}/images", MANNERS)
        assert server.paths == ["/robots.txt", *(f"/images/{image}.jpeg" for image in IMAGES[1:])]
    assert (tmp_path / "0.jpeg").read_bytes() == b"mine"
    assert {path.name for path in tmp_path.iterdir()} == {f"{image}.jpeg" for image in IMAGES}


@pytest.mark.parametrize("answer", [Reply(status=404), Reply(b"<p>no</p>"), photo(b"no"), Reply(b"", "image/jpeg")])
def test_a_missing_image_is_named_and_what_has_arrived_is_kept(folder: Path, tmp_path: Path, answer: Reply) -> None:
    for image in IMAGES[:-3]:
        (tmp_path / f"{image}.jpeg").write_bytes((folder / f"{image}.jpeg").read_bytes())
    with shop({"*": photo(), "/9.jpeg": answer}) as server:
        with pytest.raises(Refused, match=r"put them there: 9\.jpeg, 99\.jpeg\.$") as caught:
            fetch_missing(tmp_path, silent, server.address, MANNERS)
        assert server.address in str(caught.value)
        assert (tmp_path / "8.jpeg").is_file()
        server.answers["/9.jpeg"] = photo()
        fetch_missing(tmp_path, silent, server.address, MANNERS)
    assert len(list(tmp_path.iterdir())) == 56


def test_without_internet_one_line_says_what_to_do(tmp_path: Path) -> None:
    base = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(
        Refused, match=rf"{base}: .*cannot connect.* put them there: 0\.jpeg, 1\.jpeg, .*99\.jpeg"
    ) as caught:
        fetch_missing(tmp_path, silent, base, MANNERS)
    assert caught.value.exit_code == 4
    assert "\n" not in str(caught.value)


def test_the_address_is_the_repositorys() -> None:
    assert BASE.split("/")[2] in reproduce_seed.MANNERS.hosts
    assert not reproduce_seed.MANNERS.allow_private


def test_an_image_that_cannot_be_used_is_named(folder: Path, tmp_path: Path) -> None:
    for image in IMAGES:
        (tmp_path / f"{image}.jpeg").write_bytes((folder / f"{image}.jpeg").read_bytes())
    (tmp_path / "31.jpeg").write_bytes(encoded(make_photo(), "JPEG")[:300])
    with pytest.raises(CatalogueError, match=r"31\.jpeg cannot be used: .* Remove it"):
        measure(tmp_path, MeanColour(), silent)


def _mean_colour(path: Path) -> npt.NDArray[np.float64]:
    pixels = np.asarray(Image.open(path), dtype=np.float64)
    rows, columns = (((np.arange(16) + 0.5) * side / 16).astype(int) for side in pixels.shape[:2])
    return np.asarray(pixels[np.ix_(rows, columns)].mean(axis=(0, 1)))


def _nearest(vectors: Vectors, image: str) -> list[Neighbour]:
    """All others, best first, by the cosine's formula."""
    one = vectors[image]
    cosines = {
        other: round(float(one @ each / np.sqrt((one @ one) * (each @ each))), 7)
        for other, each in vectors.items()
        if other != image
    }
    return [Neighbour(other, cosines[other]) for other in sorted(cosines, key=lambda other: -cosines[other])]


def _stacked(vectors: Vectors) -> npt.NDArray[np.float32]:
    return np.stack([vectors[image] for image in IMAGES]).astype(np.float32)


def _written(path: Path, figures: Lists) -> Path:
    rows = (f"{image},{near.product_id},{near.similarity}\n" for image, nears in figures.items() for near in nears)
    path.write_text("image,neighbour,similarity\n" + "".join(rows))
    return path


def _weights(folder: Path) -> Path:
    path = folder / "own.h5"
    path.write_bytes(b"weights of one's own")
    return path


def test_the_command_prints_what_it_found_and_then_fails(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "OnEngine", lambda *_: MeanColour())
    arguments = ["reproduce-seed", "--images", str(folder), "--weights", str(_weights(tmp_path))]
    table = CliRunner().invoke(commands.cli, arguments)
    assert "0 of 6 lists are equal" in table.stdout
    assert isinstance(table.exception, FeaturesError)
    rows = json.loads(CliRunner().invoke(commands.cli, [*arguments, "--json"]).stdout)
    assert (rows["lists"], rows["equal_lists"], len(rows["pairs"])) == (6, 0, 30)
