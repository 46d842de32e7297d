"""The whole site and its API as files, for any host that serves files."""

import os
import shutil
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from catalogue import precomputed
from catalogue.encoding import dump
from catalogue.errors import ExportError
from catalogue.precomputed import SIZES
from catalogue.shop import Shop
from storefront.api import widget
from storefront.context import ASSETS, Context
from storefront.export.files import Contents, File
from storefront.export.parallel import done
from storefront.export.static_page import NEEDED
from storefront.export.swap_folder import MARK, replacing
from storefront.settings import Settings

FORMAT = 1

Track = Callable[[Iterable[int], int], AbstractContextManager[Iterable[int]]]


@dataclass(frozen=True)
class Exported:
    """How many products were written, and how many files in all."""

    products: int
    files: int


def export(folder: Path, out: Path, settings: Settings, track: Track, processes: int = 0) -> Exported:
    """Write the site of the lists in `folder` to the folder `out`, which is replaced once all of it is there.

    `track` shows how many of the products are done, by `processes`, or as many as help. Raises PrecomputedError,
    ExportError and DiskError.
    """
    with replacing(out) as draft:
        shop = precomputed.load(folder, images=settings.serves_images)
        contents = Contents(Context(shop, replace(settings, path_prefix=""), up=""))

        def write(files: Iterable[File]) -> int:
            return sum(_write(draft, file) for file in files)

        written = write(contents.of_site()) + _copy_assets(draft)
        ids = [product.id for product in shop.products]
        with track(done(lambda product_id: write(contents.of_product(product_id)), ids, processes), len(ids)) as counts:
            written += sum(counts)
        if settings.serves_images:
            written += _link_images(shop, folder / precomputed.IMAGES, draft / precomputed.IMAGES)
        mark = {"format": FORMAT, "catalogue": shop.manifest.version, "products": len(shop), "files": written + 1}
        _write(draft, (MARK, dump(mark)))
    return Exported(len(shop), written + 1)


def _write(folder: Path, file: File) -> int:
    """How many files that is."""
    name, content = file
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("xb") as opened:
            opened.write(content)
    except FileExistsError as error:
        raise ExportError(
            f"{name} is there already: this disk takes capital letters of ids for small ones. Write to another disk."
        ) from error
    return 1


def _copy_assets(draft: Path) -> int:
    for name in NEEDED:
        _write(draft, (f"{ASSETS.name}/{name}", (ASSETS / name).read_bytes()))
    return len(NEEDED) + _write(draft, (widget.SCRIPT.lstrip("/"), widget.script()))


def _link_images(shop: Shop, images: Path, out: Path) -> int:
    """Thumbnails take no room twice where the disk can link; products may share one."""
    linked = 0
    for path in (thumbnail.path(size) for entry in shop for thumbnail in entry.thumbnails for size in SIZES):
        if not (out / path).exists():
            (out / path).parent.mkdir(parents=True, exist_ok=True)
            _link(images / path, out / path)
            linked += 1
    return linked


def _link(source: Path, out: Path) -> None:
    try:
        os.link(source.resolve(), out)
    except OSError:  # another disk, or one without links
        shutil.copyfile(source, out)
