"""A precomputed folder of any size, built as that of a shop is, from drawn features on: what each stage takes.

Features are those of `neighbours`. Products are sold under the name of what they were drawn as; in one family of many
all show the same picture. There are no photos: thumbnails lie elsewhere, and reasons by colour or shape are left out.
Everything else is what a build does, but for the report, and the map of more than MAPPED products, whose places are
drawn.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks import drawn_shop
from benchmarks.drawn_shop import BUILD, KINDS, PICTURES
from benchmarks.neighbours import drawn_in_kinds
from benchmarks.stages import Stages
from catalogue import writer
from catalogue.content import Extras
from catalogue.encoding import Entry
from catalogue.precomputed import load
from catalogue.product import SOLD_OUT, Layout, Product
from model import build, layout, reasons
from model.balance import SHOWN
from model.duplicates import Pairs
from model.extractors import Features
from model.lists import PRESETS
from model.making import Lists, Photos, rank
from model.naming import Named
from model.neighbours import search as searching
from model.neighbours.exact import Integers, TopK
from model.neighbours.search import Search
from model.policy import Mask
from model.progress import Track

DIMENSION = 256
MAPPED = 200_000  # products above which the map takes too long to be laid out in a benchmark
TWINS = 20  # one family in as many shows one picture
GONE = 12  # one product in as many is sold out


@dataclass(frozen=True)
class Made:
    """A folder's ids, what its stages took, and what its lists are like.

    `orphans` are products in no list's first SHOWN places, `most` the places of the product that has most there;
    `own_kind` is the share of these places that what was drawn as the same kind has. `groups` are of duplicates.
    """

    ids: list[str]
    stages: Stages
    orphans: int
    most: int
    own_kind: float
    groups: int


def make(folder: Path, track: Track, count: int) -> Made:
    """Write the folder of `count` products, alike every time."""
    stages, preset = Stages(), PRESETS[BUILD.preset]
    with stages.stage("drawing"):
        drawn = drawn_in_kinds(count, DIMENSION)
        entries = _entries(drawn.categories)
        products = [entry.product for entry in entries]
        photos = Photos(drawn.features, np.arange(count), [entry.thumbnails[0].source for entry in entries], 1)
    with stages.stage("duplicates, order, balance, names"):
        search, tracked = _searched(stages, track), stages.tracked(track)
        lists = rank(products, photos, partial(_same, drawn.families), preset.k, preset.policy, tracked, search)
    with stages.stage("reasons"):
        lists = build.told(lists, products, *_unseen(count))
    with stages.stage("the map"):
        laid_out = _layout(products, lists, drawn.features, track)
    with stages.stage("writing"):
        extras = Extras(lists.elsewhere, lists.groups, laid_out)
        writer.write(folder, replace(BUILD, dimension=DIMENSION), entries, lists.similar, {}, extras)
    return _made(products, stages, lists, drawn.kinds)


def check(folder: Path) -> Stages:
    """What reading the whole folder takes. Raises PrecomputedError."""
    stages = Stages()
    with stages.stage("verifying"):
        load(folder, images=False).check()
    return stages


def _entries(categories: Integers) -> list[Entry]:
    rng = random.Random(len(categories))
    pictures = drawn_shop.thumbnails_of(rng, Path(), min(len(categories), PICTURES), write=False)

    def entry(number: int, category: int) -> Entry:
        product = drawn_shop.product(rng, number, KINDS[category % len(KINDS)])
        there = rng.randrange(GONE) > 0
        return Entry(
            product if there else replace(product, availability=SOLD_OUT), (drawn_shop.thumbnail(pictures, number),)
        )

    return [entry(number, category) for number, category in enumerate(categories.tolist())]


def _searched(stages: Stages, track: Track) -> Search:
    """The search of builds, each run of which is a stage."""
    names = iter(("search to expand by", "search for lists", "search among other categories"))

    def search(features: Features, k: int, owners: Integers | None, _: Track) -> TopK:
        with stages.stage(next(names)):
            return searching.search(features, k, owners, track)

    return search


def _same(families: Integers, pairs: Pairs) -> Mask:
    first, second = families[pairs.T]
    same: Mask = (first == second) & (first % TWINS == 0)
    return same


def _unseen(count: int) -> tuple[reasons.Palettes, reasons.Shapes]:
    """Of products that do not stand out from white."""
    white = np.full((1, 32, 32, 3), 255, dtype=np.uint8)
    palette, shape = reasons.palettes_of(white), reasons.shapes_of(white)
    return np.broadcast_to(palette, (count, *palette.shape[1:])), np.broadcast_to(shape, (count, *shape.shape[1:]))


def _layout(products: Sequence[Product], lists: Lists, features: Features, track: Track) -> Layout:
    ids = [product.id for product in products]
    if len(ids) > MAPPED:
        rng = random.Random(len(ids))
        return Layout({product_id: drawn_shop.place(rng) for product_id in ids}, len(ids))
    near = Named.of(ids, lists.similar).first(build.MAPPED)
    laid_out = layout.lay_out(ids, near.indices, near.similarities, features, track)
    return build.labelled(laid_out, products)


def _made(products: Sequence[Product], stages: Stages, lists: Lists, kinds: Integers) -> Made:
    ids = [product.id for product in products]
    shown = Named.of(ids, lists.similar).first(SHOWN).indices
    own, found = np.nonzero(shown >= 0)[0], shown[shown >= 0]
    times = np.bincount(found, minlength=len(ids))
    return Made(
        ids=ids,
        stages=stages,
        orphans=int((times == 0).sum()),
        most=int(times.max()),
        own_kind=float((kinds[own] == kinds[found]).mean()),
        groups=len(lists.groups),
    )
