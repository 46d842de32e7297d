"""What of a slug takes how much: its packages one by one, our code, the lists, the images, and Python."""

import gzip
import io
import shutil
import subprocess
import sys
import sysconfig
import tarfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.slug_tree import BUNDLE, PYTHON
from model.progress import Track

LARGEST = 8  # packages that have a row of their own
LEVEL = 6  # of gzip: a slug is a .tar.gz, as https://devcenter.heroku.com/articles/platform-api-deploying-slugs says
RUNTIME = "Python itself (estimated)"
REST = "the rest"
PLACES = {  # of what is not installed; the first that fits
    "photo bundle": (f"{BUNDLE}/",),
    "images": ("precomputed/images/",),
    "lists": ("precomputed/",),
    "our code": ("app.py", "gunicorn.conf.py", "assets/", "catalogue/", "model/", "scraper/", "storefront/"),
}
NOT_SHIPPED = {"test", "tests", "idle_test", "site-packages"}  # by the buildpack, of what Python installs
Groups = dict[str, list[Path]]


@dataclass(frozen=True)
class Part:
    """A part of a slug: bytes of its files, and of these in a `.tar.gz` of their own."""

    name: str
    on_disk: int
    compressed: int


def measured(tree: Path, track: Track) -> list[Part]:
    """The parts of a tree and Python's, the largest first; of packages the largest, and then all others as one."""
    packages, places = _packages(tree), _places(tree)
    with TemporaryDirectory(prefix="lookalike-slug-") as name, ThreadPoolExecutor(2) as threads:
        groups = {**packages, **places, RUNTIME: list(_runtime(Path(name)))}
        sizes = track(threads.map(compressed, groups.values()), "compressing", len(groups))
        parts = [Part(name, _bytes(files), size) for (name, files), size in zip(groups.items(), sizes, strict=True)]
    ranked = sorted(parts, key=lambda part: (-part.compressed, part.name))
    few = [part for part in ranked if part.name in packages][LARGEST:]
    rows = [part for part in ranked if part not in few]
    return [*rows, summed(f"{len(few)} other packages", few)] if few else rows


def summed(name: str, parts: Sequence[Part]) -> Part:
    return Part(name, sum(part.on_disk for part in parts), sum(part.compressed for part in parts))


def compressed(files: Sequence[Path]) -> int:
    """Bytes of a `.tar.gz` of files. Compressing parts alone changes little: gzip looks back 32 kB."""
    packed = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=LEVEL, mtime=0) as stream,
        tarfile.open(fileobj=stream, mode="w|") as archive,
    ):
        for path in files:
            archive.add(path, recursive=False)
    return len(packed.getvalue())


def _packages(tree: Path) -> Groups:
    """The files that pip has installed, by package and version."""
    (context,) = (tree / PYTHON / "lib").glob("python*/site-packages")
    return {
        f"{package.metadata['Name']} {package.version}": sorted(
            path for file in package.files or () if (path := Path(str(package.locate_file(file)))).is_file()
        )
        for package in distributions(path=[str(context)])
    }


def _places(tree: Path) -> Groups:
    """What is committed, by what it is."""
    found: Groups = defaultdict(list)
    for path in sorted(path for path in tree.rglob("*") if path.is_file()):
        name = path.relative_to(tree).as_posix()
        if not name.startswith(".heroku/"):
            place = next((place for place, begins in PLACES.items() if name.startswith(begins)), REST)
            found[place].append(path)
    return dict(found)


def _runtime(folder: Path) -> Iterator[Path]:
    """The files of the running Python as the buildpack ships it: without tests, and its binaries stripped.

    Copies of these go into `folder`. pip, which it ships too, is among the files.
    """
    library = Path(sysconfig.get_path("stdlib"))
    for path in sorted(library.rglob("*")):
        inside = path.relative_to(library).parts
        is_shipped = not NOT_SHIPPED & {*inside} or inside[:2] == ("site-packages", "pip")
        if path.is_file() and is_shipped and ".opt-" not in path.name and path.suffix != ".a":
            yield _stripped(path, folder) if path.suffix == ".so" else path
    yield _stripped(Path(sys.base_prefix, "bin", f"python{sys.version_info.major}.{sys.version_info.minor}"), folder)
    for path in Path(sysconfig.get_config_var("LIBDIR")).glob("libpython3.*.so.1.0"):
        yield _stripped(path, folder)


def _stripped(binary: Path, folder: Path) -> Path:
    """A copy without its symbols, where there is a `strip`."""
    copy = folder / binary.name
    shutil.copyfile(binary, copy)
    if strip := shutil.which("strip"):
        subprocess.run([strip, copy], capture_output=True, check=False)
    return copy


def _bytes(files: Sequence[Path]) -> int:
    return sum(path.stat().st_size for path in files)
