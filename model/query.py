"""One product, or one photo from outside the catalogue, and what in the catalogue looks like it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from catalogue.errors import UnknownProduct
from catalogue.product import Neighbour
from model.build import Extracted
from model.extractors import Extractor
from model.features import describe
from model.images import View
from model.neighbours import nearest
from model.photos import read
from model.ranking import neighbours_of


@dataclass(frozen=True)
class Answer:
    """What was asked for, where its picture lies, and its neighbours, best first."""

    title: str
    photo: Path
    neighbours: list[Neighbour]


def similar(catalogue: Extracted, wanted: str, extractor: Extractor, views: Sequence[View], k: int) -> Answer:
    """The `k` products most similar to the product with the id `wanted`, or to the image file at that path.

    Raises UnknownProduct when it is neither, and UnusableImage for a file that is no picture.
    """
    if wanted in catalogue.ids:
        return _similar_product(catalogue, wanted, k)
    path = Path(wanted)
    if path.is_file():
        best = nearest(catalogue.vectors, describe(read(path), extractor, views), k)
        return Answer(path.name, path, neighbours_of(catalogue.ids, best, 0))
    if wanted in catalogue.gathered.photos:
        raise UnknownProduct(f"product {wanted!r} has no usable photo, so nothing can be compared with it.")
    raise UnknownProduct(f"no product has the id {wanted!r}, and no image file has that path.")


def _similar_product(catalogue: Extracted, product_id: str, k: int) -> Answer:
    row = catalogue.ids.index(product_id)
    best = nearest(catalogue.vectors, catalogue.vectors[row], k + 1)
    others = [near for near in neighbours_of(catalogue.ids, best, 0) if near.product_id != product_id]
    product = next(product for product in catalogue.products if product.id == product_id)
    return Answer(product.title, catalogue.gathered.photos[product_id][0].path, others[:k])
