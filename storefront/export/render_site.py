"""The whole site and its API as files, for any host that serves files."""

import fcntl
import multiprocessing
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import IO, Any

from catalogue import precomputed
from catalogue.atomic import disk_is_full
from catalogue.encoding import dump
from catalogue.errors import DiskError, ExportError
from catalogue.precomputed import SIZES
from catalogue.shop import Shop
from storefront.context import Context
from storefront.export.files import Contents, File
from storefront.settings import Settings

MARK = "lookalike-export.json"  # the file by which a folder is known as an export
FORMAT = 1
FEW = 1000  # products that one process has written before others have begun
CHUNK = 16  # products that a worker writes at a time

Work = Callable[[str], int]
Track = Callable[[Iterable[int], int], AbstractContextManager[Iterable[int]]]


def export(folder: Path, out: Path, settings: Settings, track: Track, processes: int = 0) -> tuple[int, int]:
    """Write the site of the lists in `folder` to the folder `out`, which is replaced once all of it is there.

    `track` shows how many of the products are done, by `processes`, or as many as help. The numbers of products and
    of files that were written. Raises PrecomputedError, ExportError and DiskError.
    """
    with replacing(out) as draft:
        shop = precomputed.load(folder, images=settings.serves_images)
        contents = Contents(Context(shop, replace(settings, path_prefix=""), up=""))
        write = partial(_write, draft)
        written = write(contents.of_site())
        ids = [product.id for product in shop.products]
        workers = processes or (os.cpu_count() or 1 if len(ids) > FEW else 1)
        with track(done(lambda product_id: write(contents.of_product(product_id)), ids, workers), len(ids)) as counts:
            written += sum(counts)
        if settings.serves_images:
            written += _link_images(shop, folder / precomputed.IMAGES, draft / precomputed.IMAGES)
        mark = {"format": FORMAT, "catalogue": shop.manifest.version, "products": len(shop), "files": written + 1}
        write([(MARK, dump(mark))])
    return len(shop), written + 1


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


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """A draft that takes the place of `folder` when the block ends well; by then it holds the file MARK.

    Raises ExportError when `folder` holds anything else than a former export, or when another process writes one,
    and DiskError.
    """
    folder = folder.resolve()
    beside = folder.parent / f".{folder.name}.draft"
    draft, former = beside / "new", beside / "former"
    try:
        if (any(folder.iterdir()) if folder.is_dir() else folder.exists()) and not (folder / MARK).is_file():
            raise ExportError(f"{folder} holds what this command did not write. Name another folder, or empty it.")
        beside.mkdir(parents=True, exist_ok=True)
        with (beside / "lock").open("w") as lock:
            _hold(lock, beside)
            if former.is_dir() and not folder.exists():
                former.rename(folder)  # a run was killed between the two steps below
            for left in filter(Path.is_dir, (draft, former)):
                shutil.rmtree(left)
            draft.mkdir()
            yield draft
            if folder.exists():
                folder.rename(former)
            draft.rename(folder)
            shutil.rmtree(beside)
    except OSError as error:
        if disk_is_full(error):
            shutil.rmtree(draft, ignore_errors=True)
            raise DiskError(f"no space left to write {folder}. Free some, and run the same command again.") from error
        raise ExportError(
            f"{folder} cannot be written ({error.strerror}: {error.filename}). Name another one."
        ) from error


def _hold(lock: IO[str], folder: Path) -> None:
    """The system frees the lock when the process ends, however that ends."""
    for _ in range(20):  # the workers of a killed run hold it for a moment
        with suppress(BlockingIOError):
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        time.sleep(0.1)
    raise ExportError(f"another process is writing {folder}. Wait until it has ended.")
