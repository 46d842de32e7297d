"""A build on a Ray cluster: what is the same in every build stays with the driver, which is the command itself.

The processes of the cluster extract photos and compare rows; they write nothing. Whatever they answer, in whichever
order and after whatever was lost on the way, the lists are those of a build on one machine.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from catalogue.errors import ClusterError
from model.cluster.worker import Recipe
from model.means import HERE, Means
from model.photos import PROCESSORS

# Read by Ray when it is imported, here and in the processes that it starts: it tells nobody that it runs.
QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_BACKEND_LOG_LEVEL": "fatal"}
LOOPBACK = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}  # which has Ray listen on 127.0.0.1 alone, on Linux too


@contextmanager
def means(address: str | None, folder: Path, recipe: Recipe, processors: int = PROCESSORS) -> Iterator[Means]:
    """This machine alone for None, for "" a cluster of `processors` of it, and else the cluster at HOST:PORT.

    The cluster sees the catalogue in `folder` and makes its network by `recipe`. Raises ClusterError when there is
    none, or none that gives the results that this machine would.
    """
    if address is None:
        yield HERE
        return
    os.environ.update(QUIET if address else QUIET | LOOPBACK)
    try:
        from model.cluster import own, searching, session
    except ImportError as error:
        raise ClusterError(
            "--ray needs Ray. Install it with: pip install --require-hashes -r requirements-cluster.txt"
        ) from error
    if not address:
        with own.Cluster(recipe, processors) as started:
            yield Means(started.extract, searching.search)
        return
    from model.cluster.extraction import Extraction

    with session.joined(address):
        session.check_nodes(folder.absolute())
        yield Means(Extraction(recipe), searching.search)
