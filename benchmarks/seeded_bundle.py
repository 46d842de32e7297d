"""A photo search by VGG16 without its half a gigabyte of published weights: its size and its memory are the same."""

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.slug_tree import SlugError
from model.progress import Track
from tests import seeded_vgg16
from tests.serving import ROOT

SHOP = ROOT / "data" / "demo"


def replace(tree: Path, track: Track) -> None:
    """Put lists and bundle of the demo shop by a VGG16 with seeded weights in place of a slug's. Raises SlugError."""
    with TemporaryDirectory(prefix="lookalike-vgg16-") as name:
        folder = Path(name)
        weights = folder / "seeded.h5"
        seeded_vgg16.write(weights, seeded_vgg16.weights())
        shutil.copytree(SHOP, folder / "shop", ignore=shutil.ignore_patterns("features", "*.py", "__pycache__"))
        for command in track(("build", "bundle"), "VGG16 of seeded weights", 2):
            _run(command, str(folder / "shop"), "--out", str(folder / "lists"), "--weights", str(weights))
        shutil.rmtree(tree / "precomputed")
        shutil.copytree(folder / "lists", tree / "precomputed")


def _run(*arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "model", *arguments, "--extractor", "vgg16"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()]
        raise SlugError(f"python -m model {arguments[0]} failed: {said[-1] if said else done.returncode}")
