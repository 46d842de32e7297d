"""The connection to a cluster for as long as a build takes."""

import logging
import os
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from threading import Event, Thread
from typing import Any

import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from catalogue.errors import ClusterError
from model.cluster.worker import ONE
from model.seen import RECORDS

PATIENCE = 4.0  # seconds that a cluster has to answer
LOST = 10  # seconds of silence after which a cluster is given up
PACKAGES = ("numpy", "openvino", "pillow")  # what features depend on
SEEN = 50  # names in the catalogue's folder by which it is known
CODE = [str(Path(__file__).parents[2] / package) for package in ("catalogue", "model")]


@dataclass(frozen=True)
class Node:
    """What a node of a cluster says of itself."""

    versions: Sequence[str]
    names: Sequence[str]

    @classmethod
    def here(cls, folder: Path) -> "Node":
        """Of this one; `names` are the first in `folder`, none where it cannot be read."""
        try:
            names = sorted(path.name for path in folder.iterdir() if path.name not in ("features", RECORDS))[:SEEN]
        except OSError:
            names = []
        return cls([f"{package} {_version(package)}" for package in PACKAGES], names)


@contextmanager
def joined(address: str) -> Iterator[None]:
    """The cluster at `address`, HOST:PORT, of which this machine is a node. Raises ClusterError."""
    _answers(address)
    try:
        # The code goes with the build, so that the nodes run that of the driver.
        connect(address=address, runtime_env={"env_vars": ONE, "py_modules": CODE})
        with until_it_is_lost():
            yield
    finally:
        ray.shutdown()


def check_nodes(folder: Path) -> None:
    """Raises ClusterError for a node that would give other results, or that does not see `folder`."""
    own = Node.here(folder)
    for node in ray.nodes():  # type: ignore[no-untyped-call]  # Ray says no types there
        if not node["Alive"] or not node["Resources"].get("CPU"):
            continue
        where, there = node["NodeManagerAddress"], _node(node["NodeID"], folder)
        if there.versions != own.versions:
            differ = ", ".join(f"{a}, here {b}" for a, b in zip(there.versions, own.versions, strict=True) if a != b)
            raise ClusterError(
                f"the node {where} has {differ}. Install the same requirements-cluster.txt on all nodes."
            )
        if there.names != own.names:
            raise ClusterError(
                f"the node {where} does not see {folder} as this one does. Keep the catalogue on a file system that"
                " all nodes have at the same path."
            )


def processors() -> int:
    """How many tasks of one core the cluster runs at a time."""
    found = ray.cluster_resources()  # type: ignore[no-untyped-call]  # Ray says no types there
    return max(1, int(found.get("CPU", 1)))


def connect(**settings: Any) -> None:
    """To the cluster that `ray.init` joins or starts by these `settings`. Raises ClusterError."""
    try:
        import ray.data  # which takes as long as Ray itself, while the driver may be at other work

        with _hushed():
            ray.init(log_to_driver=False, logging_level=logging.CRITICAL, **settings)
    except Exception as error:  # of many classes
        text = " ".join(str(error).split())
        if "Version mismatch" in text:
            found = text.partition("Version mismatch: ")[2]
            raise ClusterError(f"{found.strip(' .')}. Install the same requirements-cluster.txt everywhere.") from error
        raise ClusterError(f"the cluster cannot be used: {text or type(error).__name__}") from error
    logging.getLogger("ray").setLevel(logging.CRITICAL)
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = context.print_on_execution_start = False
    context.max_errored_blocks = -1  # `extraction` asks for them again


@contextmanager
def _hushed() -> Iterator[None]:
    """Without the line that Ray's own core writes on stderr when it is told to write none; Python's own are kept."""
    before = sys.stderr
    before.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    # Never closed: the progress of another thread may still hold it.
    sys.stderr = os.fdopen(kept, "w", buffering=1, closefd=False)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(nowhere)
        sys.stderr = before


def _answers(address: str) -> None:
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or int(port) >= 2**16:
        raise ClusterError(f"{address} is no address of a cluster. Give HOST:PORT, or --ray alone for one of its own.")
    try:
        socket.create_connection((host, int(port)), PATIENCE).close()
    except OSError as error:
        raise ClusterError(
            f"no cluster answers at {address} ({error}). Start one with `ray start --head`, or use --ray alone."
        ) from error


@contextmanager
def until_it_is_lost() -> Iterator[None]:
    """Without its head a cluster never answers again, and Ray waits for it: then the process ends with one line."""
    over = Event()
    address = ray.get_runtime_context().gcs_address
    Thread(target=_watch, args=(address, over), daemon=True).start()
    try:
        yield
    finally:
        over.set()


def _watch(address: str, over: Event) -> None:
    silent = 0
    while not over.wait(1):
        try:
            _answers(address)
            silent = 0
        except ClusterError:
            silent += 1
        if silent >= LOST:
            print(
                f"error: the cluster at {address} is gone. What was finished is kept: run this again.", file=sys.stderr
            )
            sys.stderr.flush()
            os._exit(ClusterError.exit_code)


def _node(node_id: str, folder: Path) -> Node:
    there = NodeAffinitySchedulingStrategy(node_id, soft=False)
    try:
        found: Node = ray.get(_look.options(scheduling_strategy=there).remote(folder), timeout=60)
    except (ray.exceptions.RayError, TimeoutError) as error:
        text = " ".join(str(error).split())[-200:]
        raise ClusterError(f"a node of the cluster cannot run the build's code: {text}") from error
    return found


@ray.remote(num_cpus=0)
def _look(folder: Path) -> Node:
    return Node.here(folder)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"
