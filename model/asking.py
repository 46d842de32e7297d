"""What the terminal is asked: one product, or one photo from outside, and what in the catalogue looks like it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from catalogue.errors import UnknownProduct
from catalogue.product import Neighbour
from model.extracted import Extracted
from model.extractors import Extractor
from model.features import describe
from model.lists import Preset, neighbours_of
from model.neighbours.exact import nearest
from model.photos import read
from model.progress import Track


@dataclass(frozen=True)
class Answer:
    """What was asked for, where its picture lies, and its neighbours, best first."""

    title: str
    photo: Path
    neighbours: Sequence[Neighbour]


def similar(catalogue: Extracted, wanted: str, extractor: Extractor, preset: Preset, track: Track) -> Answer:
    """The list of the product with the id `wanted`, or the products most similar to the image file at that path.

    Raises UnknownProduct when it is neither, and UnusableImage for a file that is no picture.
    """
    if wanted in catalogue.ids:
        return _similar_product(catalogue, wanted, preset, track)
    path = Path(wanted)
    if path.is_file():
        best = nearest(catalogue.vectors, describe(read(path), extractor, preset.views), preset.k)
        return Answer(path.name, path, neighbours_of(catalogue.ids, best, 0))
    if wanted in catalogue.gathered.photos:
        raise UnknownProduct(f"product {wanted!r} has no usable photo, so nothing can be compared with it.")
    raise UnknownProduct(f"no product has the id {wanted!r}, and no image file has that path.")


def _similar_product(catalogue: Extracted, product_id: str, preset: Preset, track: Track) -> Answer:
    found = catalogue.lists(preset, track).similar[product_id][: preset.k]
    product = next(product for product in catalogue.products if product.id == product_id)
    return Answer(product.title, catalogue.gathered.photos[product_id][0].path, found)
