"""A cluster of this machine alone, for one build: it starts beside what the driver does meanwhile."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import ray

from catalogue.errors import UnusableImage
from model.cluster import session
from model.cluster.worker import ONE, Recipe, environment
from model.extractors import Extractor
from model.features import Made
from model.images import View
from model.photos import Photo
from model.progress import Track

STORE = 0.25  # share of this machine's memory that arrays in the cluster may take
IDLERS = (b"/autoscaler/_private/monitor.py", b"/_private/log_monitor.py")


class Cluster:
    """Of as many processes, on loopback alone. It starts at once, and is gone when the block ends."""

    def __init__(self, recipe: Recipe, processors: int) -> None:
        self._recipe, self._open = recipe, ExitStack()
        # One thread for as long as the cluster lives: Linux ends processes with the thread that has started them.
        self._thread = ThreadPoolExecutor(1, "cluster")
        self._begun = self._thread.submit(self._begin, processors)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        wait([self._begun])
        # Not beside other work: what then lets go of an object ends this process, as the cluster is no more.
        self._open.close()
        self._thread.shutdown()

    def extract(
        self,
        missing: Mapping[View, Sequence[Photo]],
        extractor: Extractor,
        unusable: dict[str, UnusableImage],
        track: Track,
        label: str,
    ) -> Iterator[Made]:
        """As `Extraction` does, once the cluster is there. Raises ClusterError when it cannot be started."""
        self._begun.result()
        from model.cluster.extraction import Extraction  # which the thread has loaded meanwhile

        return Extraction(self._recipe)(missing, extractor, unusable, track, label)

    def _begin(self, processors: int) -> None:
        folder = tempfile.mkdtemp(prefix="ray-")
        self._open.callback(shutil.rmtree, folder, ignore_errors=True)
        self._open.callback(ray.shutdown)
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        with environment(ONE):  # what Ray has to set for a process keeps it from starting any ahead
            session.connect(
                address="local", num_cpus=processors, include_dashboard=False, _node_ip_address="127.0.0.1",
                object_store_memory=int(memory * STORE), _temp_dir=folder,
            )  # fmt: skip
        _end_idlers(folder)
        self._open.enter_context(session.until_it_is_lost())
        from model.cluster import extraction

        extraction.begin()


def _end_idlers(folder: str) -> None:
    """Of the cluster in `folder` the processes that would ask for more machines, and hand on logs that nobody reads.

    They take time from the others, and Ray waits a second for the first of them when it ends.
    """
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes()
            if folder.encode() in line and any(idler in line for idler in IDLERS):
                os.kill(int(path.parent.name), signal.SIGKILL)
        except OSError:
            continue  # it has ended meanwhile
