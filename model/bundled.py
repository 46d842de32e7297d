"""The format of a photo search beside precomputed lists, which a web process reads.

precomputed/photo/
    manifest.json            what it was made of, how well it agrees, and the sha256 of each file
    VERSION/network.onnx     from a photo in the network's range to its features
    VERSION/features.npy     (N, D) int8 or float16, a row for each photo of the catalogue
    VERSION/scales.npy       (N,) float32, by which a row becomes one of unit length
    VERSION/products.json    the ids of the products in the order of their rows, and how many each has
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from catalogue.encoding import dump
from catalogue.errors import BundleError
from catalogue.precomputed import MANIFEST
from model.extractors import Scale
from model.images import View
from model.runtime import Way

FORMAT = 1
NETWORK, FEATURES, SCALES, PRODUCTS = "network.onnx", "features.npy", "scales.npy", "products.json"
FILES = (NETWORK, FEATURES, SCALES, PRODUCTS)
REMEDY = "Make it with: python -m model bundle data/SHOP --out {}"


@dataclass(frozen=True)
class Candidate:
    """A precision of the network: its megabytes, as they are and compressed, and how it agrees.

    That is the least `cosine` of a photo's features with those that the lists were made of, and the mean share of its
    ten nearest that both find.
    """

    precision: str
    megabytes: float
    compressed: float
    cosine: float
    overlap: float


@dataclass(frozen=True)
class Bundle:
    """What a bundle's manifest says.

    `catalogue` is the version of the lists beside it; `fingerprint` and `engine` are those of the features that it was
    made of; `kind` is the type of those that it holds, and `recall` how much of ten nearest they keep. `candidates` are
    the precisions that were measured on as many `photos`, the last of which it has.
    """

    catalogue: str
    fingerprint: str
    engine: str
    way: Way
    views: tuple[View, ...]
    kind: str
    recall: float
    photos: int
    candidates: tuple[Candidate, ...]
    files: Mapping[str, str]

    @property
    def version(self) -> str:
        """16 hexadecimal digits that stand for the whole content."""
        return hashlib.sha256(dump(_values(self))).hexdigest()[:16]

    @property
    def chosen(self) -> Candidate:
        """The precision that it has."""
        return self.candidates[-1]


def manifest_bytes(bundle: Bundle) -> bytes:
    """Equal bytes for equal bundles."""
    values = {**_values(bundle), "version": bundle.version}
    return f"{json.dumps(values, sort_keys=True, indent=1, ensure_ascii=False)}\n".encode()


def parse_manifest(content: bytes) -> Bundle:
    """Raises ValueError, KeyError or TypeError for what is not a manifest of this format."""
    values: dict[str, Any] = json.loads(content)
    if (format_ := values.pop("format")) != FORMAT:
        raise ValueError(f"expected format {FORMAT}, received {format_!r}")
    version, way = values.pop("version"), values.pop("way")
    scale = way.pop("scale")
    bundle = Bundle(
        **{
            **values,
            "way": Way(**way, scale=Scale(tuple(scale["mean"]), tuple(scale["std"]), scale["bgr"])),
            "views": tuple(map(View.parse, values["views"])),
            "candidates": tuple(Candidate(**each) for each in values["candidates"]),
        }
    )
    if bundle.version != version or sorted(bundle.files) != sorted(FILES):
        raise ValueError("the version is not the hash of the content")
    return bundle


def opened(folder: Path, catalogue: str) -> tuple[Bundle, Path]:
    """The bundle in `folder` for lists of the version `catalogue`, and where its files lie, each of which is hashed.

    Raises BundleError for a bundle that is missing, damaged, or of another catalogue.
    """
    remedy = REMEDY.format(folder.parent)
    try:
        bundle = parse_manifest((folder / MANIFEST).read_bytes())
    except FileNotFoundError:
        raise BundleError(f"no search by photo in {folder}. {remedy}") from None
    except OSError as error:
        raise BundleError(f"{folder / MANIFEST} cannot be read ({error.strerror}). {remedy}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BundleError(f"{folder / MANIFEST} is not a manifest of this version: {error}. {remedy}") from error
    if bundle.catalogue != catalogue:
        raise BundleError(
            f"the search by photo in {folder} was made for version {bundle.catalogue} of the lists, and these are"
            f" {catalogue}. {remedy}"
        )
    for name, sha256 in bundle.files.items():
        _check(folder / bundle.version / name, sha256, remedy)
    return bundle, folder / bundle.version


def products_bytes(ids: Sequence[str], photos: Sequence[int]) -> bytes:
    """The products `ids`, which have as many photos each."""
    return dump({"ids": ids, "photos": photos})


def parse_products(content: bytes) -> tuple[list[str], list[int]]:
    """The ids, and how many rows each has. Raises ValueError, KeyError or TypeError."""
    value = json.loads(content)
    return [str(each) for each in value["ids"]], [int(count) for count in value["photos"]]


def _values(bundle: Bundle) -> dict[str, Any]:
    return {"format": FORMAT, **asdict(bundle), "views": [str(view) for view in bundle.views]}


def _check(path: Path, sha256: str, remedy: str) -> None:
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise BundleError(f"{path} cannot be read ({error.strerror}). {remedy}") from error
    if found != sha256:
        raise BundleError(f"{path} is not the file that its manifest names. {remedy}")
