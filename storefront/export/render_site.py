"""The whole site and its API as files, for any host that serves files."""

import multiprocessing
import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from catalogue import precomputed
from catalogue.encoding import dump
from catalogue.errors import ExportError
from catalogue.precomputed import SIZES
from catalogue.shop import Shop
from storefront.api import widget
from storefront.context import ASSETS, Context
from storefront.export.files import Contents, File
from storefront.export.static_page import NEEDED
from storefront.export.swap_folder import MARK, replacing
from storefront.settings import Settings

FORMAT = 1
FEW = 1000  # products that one process has written before others have begun
CHUNK = 16  # products that a worker writes at a time

Work = Callable[[str], int]
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

        write = partial(_write, draft)
        written = write(contents.of_site()) + write(_assets())
        ids = [product.id for product in shop.products]
        workers = processes or (os.cpu_count() or 1 if len(ids) > FEW else 1)
        with track(done(lambda product_id: write(contents.of_product(product_id)), ids, workers), len(ids)) as counts:
            written += sum(counts)
        if settings.serves_images:
            written += _link_images(shop, folder / precomputed.IMAGES, draft / precomputed.IMAGES)
        mark = {"format": FORMAT, "catalogue": shop.manifest.version, "products": len(shop), "files": written + 1}
        write([(MARK, dump(mark))])
    return Exported(len(shop), written + 1)


def done(work: Work, ids: Sequence[str], processes: int) -> Iterator[int]:
    """The number that `work` returns for each id. Raises its errors, and ExportError when a process is killed."""
    if processes == 1:
        yield from map(work, ids)
        return
    forked = multiprocessing.get_context("fork")  # the catalogue is open already
    with ProcessPoolExecutor(processes, forked, _begin, (work,)) as pool:
        try:
            yield from pool.map(_one, ids, chunksize=CHUNK)
        except BrokenProcessPool as error:
            raise ExportError("a process was ended from outside. Run the same command again.") from error


_inherited: list[Work] = []  # in a worker; a function that knows the open catalogue cannot be sent there


def _begin(work: Work) -> None:
    """A worker leaves Ctrl-C to its parent, and ends with it."""
    _inherited.append(work)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent: Any = multiprocessing.parent_process()
    threading.Thread(target=lambda: (parent.join(), os._exit(1)), daemon=True).start()


def _one(product_id: str) -> int:
    return _inherited[0](product_id)


def _write(folder: Path, files: Iterable[File]) -> int:
    """The number of files that were written."""
    count = 0
    for name, content in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("xb") as opened:
                opened.write(content)
        except FileExistsError as error:
            raise ExportError(
                f"{name} is there already: this disk takes capital letters of ids for small ones. Write to another."
            ) from error
        count += 1
    return count


def _assets() -> Iterator[File]:
    for name in NEEDED:
        yield f"{ASSETS.name}/{name}", (ASSETS / name).read_bytes()
    yield widget.SCRIPT.lstrip("/"), widget.script()


def _link_images(shop: Shop, images: Path, out: Path) -> int:
    """Thumbnails take no room twice where the disk can link; products may share one."""
    paths = {thumbnail.path(size) for entry in shop for thumbnail in entry.thumbnails for size in SIZES}
    for path in paths:
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link((images / path).resolve(), out / path)
        except OSError:  # another disk, or one without links
            shutil.copyfile(images / path, out / path)
    return len(paths)
