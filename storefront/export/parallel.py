"""Work on many products by several processes, which end by themselves when the one that started them is gone."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection

from catalogue.errors import ExportError

FEW = 1000  # products that one process has done before others have begun

Work = Callable[[str], int]


def done(work: Work, ids: Sequence[str], processes: int) -> Iterator[int]:
    """What `work` answers for each id, in no order; `processes` 0 stands for as many as there are processors.

    Raises what `work` raises, and ExportError when a process is killed.
    """
    count = processes or (os.cpu_count() or 1 if len(ids) > FEW else 1)
    yield from _shared(work, [ids[number::count] for number in range(count)]) if count > 1 else map(work, ids)


def _shared(work: Work, shares: Sequence[Sequence[str]]) -> Iterator[int]:
    forked = multiprocessing.get_context("fork")  # the catalogue is open already
    reader, writer = forked.Pipe(duplex=False)
    started = [forked.Process(target=_run, args=(work, share, reader, writer), daemon=True) for share in shares]
    for process in started:
        process.start()
    writer.close()
    try:
        with reader:
            yield from _received(reader)
    finally:
        for process in started:
            process.join()
    if any(process.exitcode for process in started):
        raise ExportError("a process was ended from outside. Run the same command again.")


def _received(reader: Connection) -> Iterator[int]:
    while True:
        try:
            answer = reader.recv()
        except EOFError:  # all have ended
            return
        if isinstance(answer, Exception):
            raise answer
        yield answer


def _run(work: Work, ids: Sequence[str], reader: Connection, writer: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the other end of the pipe decides
    reader.close()
    try:
        for product_id in ids:
            writer.send(work(product_id))
    except BrokenPipeError:
        return
    except Exception as error:  # for the process that asked
        writer.send(error)
